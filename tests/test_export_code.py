"""The scripts are true: run by themselves, they end where the stage ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from calculus.fields import knob
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS
from tests.helpers import OWN, STARTS, SURFACES, allowed_difference, suited
from thalweg.export.code import LIBRARIES, code
from thalweg.export.code.functions import surface_text
from thalweg.export.code.names import comment
from thalweg.messages.export import Refused
from thalweg.scenes import Run, Scene
from thalweg.scenes.parts import Penalty, numbered
from thalweg.simulation import SCHEDULES, Noise

pytestmark = pytest.mark.float64

STEPS = 30
# A process that runs scripts one after the other and says, as JSON, what each has printed.
RUNNER = """
import contextlib, io, json, runpy, sys
said = []
for file in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(file)
    said.append(out.getvalue().splitlines())
print(json.dumps(said))
"""


def on_himmelblau(slugs: tuple[str, ...], **more: Any) -> Scene:
    runs = tuple(numbered([suited(slug, "himmelblau") for slug in slugs]))
    return Scene(SURFACES["himmelblau"], runs, STARTS["himmelblau"], steps=STEPS, **more)


def acted_on(slugs: tuple[str, ...]) -> Scene:
    """Noise, clipping, a penalty and schedules, all at once."""
    scene = on_himmelblau(
        slugs, noise=Noise("student_t", 0.3, 4.0, 3.0), seed=7, penalty=Penalty("elastic", 0.1)
    )
    kinds = ["cosine", "step", "exponential", "constant"]
    runs = [
        replace(run, schedule=SCHEDULES[kind](warmup=5.0), clip=clip)
        for run, kind, clip in zip(scene.runs, kinds, (None, 5.0, None, 20.0), strict=True)
    ]
    return replace(scene, runs=tuple(runs))


SCENES = {
    "numpy, first rules": (on_himmelblau(OWN[:12]), "numpy"),
    "numpy, other rules": (on_himmelblau((*OWN[12:], "optax:yogi", "optax:novograd")), "numpy"),
    "numpy, all that acts": (acted_on(("adam", "momentum", "newton", "sgd")), "numpy"),
    "optax": (on_himmelblau(("sgd", "momentum", "rmsprop", "adam", "optax:yogi")), "optax"),
    "optax, all that acts": (acted_on(("adam", "rmsprop", "optax:yogi", "sgd")), "optax"),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("scripts")
    files = []
    for i, (scene, library) in enumerate(SCENES.values()):
        files.append(folder / f"script{i}.py")
        files[-1].write_text(code(scene, library), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, *map(str, files)],
        capture_output=True, text=True, cwd=folder, check=False,
    )  # fmt: skip
    assert not ended.returncode, ended.stderr
    return dict(zip(SCENES, json.loads(ended.stdout), strict=True))


@pytest.mark.parametrize("name", SCENES)
def test_every_run_ends_where_the_stage_has_it(said: dict[str, list[str]], name: str) -> None:
    scene, _ = SCENES[name]
    labels = scene.labels()
    for line, run in zip(said[name], scene.runs, strict=True):
        number = r"(-?[\d.]+(?:e[-+]\d+)?)"
        found = re.fullmatch(rf"(.*): x = {number}, y = {number}, f = {number}", line)
        assert found, line
        assert found[1] == labels[run.id]
        ours = scene.trajectory(run)
        apart = np.abs(np.array([float(found[2]), float(found[3])]) - ours.x[-1]).max()
        rerun = lambda start, run=run: replace(scene, start=start).trajectory(run).x  # noqa: E731
        allowed = allowed_difference(ours.x, rerun)[-1]
        assert allowed < 1e-3 * np.ptp(ours.x, axis=0).max()
        assert apart <= allowed, f"{line} is {apart:.3g} from {ours.x[-1]}"
        assert float(found[4]) == pytest.approx(ours.f[-1], rel=1e-6, abs=1e-12)


def test_a_run_that_is_not_finite_says_so_at_the_step_of_the_stage() -> None:
    run = Run("sgd", OPTIMIZERS["sgd"](lr=1.0))
    scene = replace(Scene.default("rosenbrock"), runs=(run,))
    names: dict[str, Any] = {}
    lines: list[str] = []
    exec(compile(code(scene), "script", "exec"), names | {"print": lines.append})
    step = scene.trajectory(run).diverged_at
    assert lines == [f"SGD: not finite after step {step}"]


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_surface_and_its_slope_are_the_same_function(slug: str) -> None:
    surface = LANDSCAPES[slug]().penalized("elastic", 0.2)
    names: dict[str, Any] = {"np": np}
    numbers, functions = surface_text(surface, ("value", "grad"))
    exec("\n".join([*numbers, *functions]), names)
    (x0, x1), (y0, y1) = surface.domain
    p = np.array([x0 + 0.37 * (x1 - x0), y0 + 0.71 * (y1 - y0)])
    assert names["value"](*p) == pytest.approx(float(surface(jnp.array(p))), rel=1e-12)
    h = 1e-6 * np.array([[x1 - x0, 0], [0, y1 - y0]])  # jax's own gradient would be compiled
    slope = [(names["value"](*(p + d)) - names["value"](*(p - d))) / (2 * d.sum()) for d in h]
    np.testing.assert_allclose(names["grad"](*p), slope, rtol=1e-5, atol=1e-6 * np.abs(slope).max())


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_rule_is_written_or_refused_with_a_sentence(library: str) -> None:
    refused, sentences = set(), []
    for slug, rule in OPTIMIZERS.items():
        scene = replace(Scene.default("branin"), runs=(Run(slug, rule()),), steps=3)
        try:
            compile(code(scene, library), slug, "exec")
        except Refused as error:
            refused.add(slug)
            sentences.append((rule.title, str(error)))
    assert all(said.startswith(f"{title} cannot be written in ") for title, said in sentences)
    # The others are all that have a call there that gives this path under these switches.
    if library == "numpy":
        assert refused == set()
    else:
        assert {s for s in OWN if getattr(OPTIMIZERS[s], f"in_{library}") is None} <= refused
        assert not {"sgd", "momentum", "rmsprop", "adam", "adamw"} & refused


def test_a_rate_that_is_part_of_a_velocity_is_no_schedule_of_a_library() -> None:
    run = Run("momentum", OPTIMIZERS["momentum"](), SCHEDULES["cosine"]())
    scene = replace(Scene.default(), runs=(run,))
    with pytest.raises(Refused, match=r"^Momentum cannot be written in optax: the rate of its"):
        code(scene, "optax")


def test_a_switch_that_the_librarys_call_has_otherwise_is_named() -> None:
    run = Run("adam", OPTIMIZERS["adam"](bias_correction=False))
    scene = replace(Scene.default(), runs=(run,))
    with pytest.raises(Refused, match=r"only with bias correction on\.$"):
        code(scene, "torch")


def test_an_unknown_library_is_a_sentence() -> None:
    with pytest.raises(Refused, match=r"^The library is 'keras'; it must be one of: numpy,"):
        code(Scene.default(), "keras")


HOSTILE = "a'\"\nimport os; os.abort()\r\x0c\u2028#\\"


def test_nothing_in_a_name_is_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scene, "labels", lambda self: {r.id: HOSTILE for r in self.runs})
    scene = replace(Scene.default(), runs=(Run("adam", OPTIMIZERS["adam"]()),), steps=1)
    for library in LIBRARIES:
        text = code(scene, library)
        assert "abort" not in [n.strip() for n in text.splitlines()]
        assert [line for line in text.splitlines() if "abort" in line and line[0] not in " #"] == []
    lines: list[str] = []
    exec(compile(code(scene), "script", "exec"), {"print": lines.append})
    assert lines[0].startswith(HOSTILE)


def test_a_comment_is_one_line() -> None:
    assert comment(HOSTILE) == "# a'\" import os; os.abort() #\\"


def test_a_script_names_its_scene(tmp_path: Path) -> None:
    scene = Scene.default("saddle")
    found = re.search(r"\?s=([\w-]+)", code(scene))
    assert found
    assert Scene.from_link(found[1]) == scene


class Confusing(Landscape):
    """A surface whose numbers have the names of other things: $$f(x, y) = x^2 + y^2$$"""

    f: float = knob(2.0, "f", 0, 10, "a name that a script uses, too")
    lambda_: float = knob(3.0, "l", 0, 10, "nearly a keyword")
    minima = property(lambda self: np.zeros((1, 2)))

    def __call__(self, p: Any) -> Any:
        return self.f * p[0] ** 2 + self.lambda_ * p[1] ** 2


def test_a_number_may_have_any_name() -> None:
    scene = replace(Scene.default(rules=("adam",)), bare=Confusing(), steps=20)
    lines: list[str] = []
    exec(compile(code(scene), "script", "exec"), {"print": lines.append})
    end = scene.trajectory(scene.runs[0])
    assert float(lines[0].rpartition("f = ")[2]) == pytest.approx(end.f[-1], rel=1e-12)
