"""The README is true: its code runs, its examples are short, its counts are right."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import landscapes.base
import optimizers.base
from thalweg.cli import main
from thalweg.simulation import run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
USE, MAP, RULE, SURFACE, ASK, KERNEL, NOTEBOOK = BLOCKS
# In a block a line, in a paragraph between backticks, where it may be broken.
COMMANDS = [
    " ".join(found.split())
    for found in re.findall(
        r"^thalweg (?:render|deck) .*$|(?<=`)thalweg (?:render|deck) [^`]+", README, re.M
    )
]


@pytest.fixture
def registries() -> Iterator[None]:
    """What an example registers is taken out again."""
    both: list[dict[str, Any]] = [landscapes.base.LANDSCAPES, optimizers.base.OPTIMIZERS]
    before = [set(registry) for registry in both]
    yield
    for registry, known in zip(both, before, strict=True):
        for slug in set(registry) - known:
            del registry[slug]


def executed(block: str) -> dict[str, Any]:
    module = sys.modules["readme_example"] = ModuleType("readme_example")
    exec(block, module.__dict__)
    return vars(sys.modules.pop("readme_example"))


def test_the_example_in_python_runs() -> None:
    names = executed(USE)
    assert names["t"].x.shape == (301, 2)
    assert names["s"].loss.shape == (2, 2)


def test_a_map_is_made_as_is_said() -> None:
    made = executed(USE + MAP)["m"]
    assert made.loss.shape == made.settled.shape == made.growing.shape == (64, 64)
    assert 0 < made.growing.sum() < 64 * 64


def test_what_the_comments_say_of_points_rules_and_scenes_is_so() -> None:
    names = executed(ASK)
    assert len(names["critical_points"](names["himmelblau"])) == 9
    assert names["limit_of"](names["OPTIMIZERS"]["momentum"](rho=0.9)) == pytest.approx(3.8)
    assert names["Scene"].from_link(names["scene"].to_link()) == names["scene"]


def test_the_notebooks_cells_show_and_return_the_scene() -> None:
    names = executed(NOTEBOOK)
    live = names["live"]
    assert live.scene == names["Scene"].default("rosenbrock")
    live.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_write_their_files(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "lecture.txt", tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    main(shlex.split(command)[1:])
    assert Path(capsys.readouterr().out.strip()).stat().st_size > 1000


def test_the_readme_has_commands() -> None:
    assert {command.split()[1] for command in COMMANDS} == {"render", "deck"}
    assert len(COMMANDS) >= 4


def test_the_kernel_of_the_example_is_a_module() -> None:
    source = executed(KERNEL)["kernel"].source
    assert source.startswith("export default function kernel(a0, a1, a2) {")


@pytest.mark.parametrize("block", [RULE, SURFACE])
def test_adding_a_class_takes_under_fifteen_lines(block: str) -> None:
    code = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) < 15


@pytest.mark.usefixtures("registries")
def test_the_added_rule_and_surface_run_and_describe_themselves() -> None:
    rule = executed(RULE)["Normalized"]
    surface = executed(SURFACE)["Bowl"]
    assert optimizers.base.OPTIMIZERS["normalized"] is rule
    assert landscapes.base.LANDSCAPES["bowl"] is surface
    t = run(surface(a=2.0), rule(lr=0.1), surface().start, 30)
    lengths = np.hypot(*t.update.T)
    np.testing.assert_allclose(lengths, 0.1, rtol=1e-12)
    assert t.f[-1] < t.f[0]
    assert surface.knobs()["a"].about == "curvature"
    assert len(rule.lines()) == len(surface.lines()) == 1
