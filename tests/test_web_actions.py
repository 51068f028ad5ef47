"""What a person does to the stage's model, in a real V8 without a page."""

from __future__ import annotations

import json

import pytest

from tests.v8 import Engine
from thalweg.stage.bundle import bundle
from thalweg.stage.files import WEB

HOST = """
const host = {
  current: {
    scene: { view: { window: null } }, payload: { surface: { domain: [[-1, 1], [-2, 2]] } },
    window: [[-1, 1], [-2, 2]],
  },
  reports: 0,
  parts: [],
  stale(...parts) { this.parts.push(...parts); },
  reportSoon() { this.reports++; },
};
const actions = MODULE.makeActions(host, {});
"""


@pytest.fixture(scope="module")
def engine() -> tuple[Engine, str]:
    engine = Engine()
    return engine, engine.load(bundle(WEB, "model/actions"))


def after(engine: tuple[Engine, str], code: str) -> dict[str, object]:
    """The window, what is stale and the number of reports after some actions."""
    v8, module = engine
    result = "JSON.stringify({ window: host.current.window, own: host.current.scene.view.window, "
    result += "parts: host.parts, reports: host.reports })"
    made = f"(() => {{ {HOST.replace('MODULE', module)} {code}; return {result}; }})()"
    found: dict[str, object] = json.loads(str(v8.run(made)))
    return found


def test_a_window_is_reported_when_its_gesture_has_ended(engine: tuple[Engine, str]) -> None:
    moved = (
        "actions.setWindow([[0, 1], [0, 2]], 'move'); actions.setWindow([[0, 2], [0, 2]], 'move')"
    )
    found = after(engine, moved)
    assert found == {
        "window": [[0, 2], [0, 2]], "own": [[0, 2], [0, 2]], "parts": ["window"] * 2, "reports": 0,
    }  # fmt: skip
    assert after(engine, f"{moved}; actions.setWindow([[0, 2], [0, 2]], 'end')")["reports"] == 1


def test_a_window_without_a_gesture_is_reported_at_once(engine: tuple[Engine, str]) -> None:
    found = after(engine, "actions.setWindow([[0, 1], [0, 2]]); actions.setWindow(null)")
    assert found["reports"] == 2
    assert found["own"] is None
    assert found["window"] == [[-1, 1], [-2, 2]]
