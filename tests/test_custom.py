"""One's own surface and rule as they live in a Scene: numbers, links, kernels, what is found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jax
import numpy as np
import pytest

from benchmarks.kernel_matrix import Case, Reference, Stage, compare
from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS, FormulaError, typed
from landscapes import LANDSCAPES
from landscapes.custom import interesting_window
from optimizers import OPTIMIZERS
from thalweg.scenes import Run, Scene, SceneError
from thalweg.scenes.scene_kernels import live
from thalweg.simulation import SCHEDULES, Noise, run
from thalweg.simulation.step_kernels import surface_source
from thalweg.stage.formula_requests import RefusedError, answer_typed, retyped, with_typed
from thalweg.stage.payload import payload
from thalweg.stage.reports import answer

pytestmark = pytest.mark.float64

Surface: Any = LANDSCAPES["own"]
OwnRule: Any = OPTIMIZERS["own"]
LECTURED = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
SCENE = with_typed(Scene.default())


# --- as members of their families ----------------------------------------------------------------


def test_parameters_are_knobs_with_the_range_and_the_symbol_that_was_typed() -> None:
    surface = Surface("a x^2 + beta1*y^2, a = 2 in 1..500, beta1 = -1..1")
    a, beta1 = surface.knobs().values()
    assert (a.default, a.low, a.high, a.log, a.symbol) == (2, 1, 500, True, "a")
    assert (beta1.default, beta1.low, beta1.high, beta1.log) == (0, -1, 1, False)
    assert beta1.symbol == r"\beta_{1}"
    assert surface.replace(a=7.0).number("a") == 7
    assert float(surface.replace(a=7.0)(np.array([2.0, 5.0]))) == 28


def test_a_parameter_may_have_any_name_that_is_free() -> None:
    surface = Surface("start*x^2 + domain*y^2, start = 1..3, domain = 4..6")
    assert surface.number("start") == 2
    assert surface.domain == Surface().domain
    assert float(surface(np.array([1.0, 1.0]))) == 7
    assert Surface(start=3.0, text=surface.text).number("start") == 3
    with pytest.raises(TypeError, match="no parameters"):
        Surface("x^2", b=3.0)


def test_other_texts_are_other_programs_and_other_numbers_and_windows_are_not() -> None:
    one, other = Surface("x^2 + b y^2, b = 1..2"), Surface("x^2 + b y^2, b = 1..3")
    same = Surface("x² + b*y²,  b = 1..2", window=((0, 1), (0, 1)), b=1.25)
    structure: Any = jax.tree.structure
    assert structure(one) == structure(same)
    assert structure(one) != structure(other)
    assert surface_source(one) is surface_source(same)


@pytest.mark.parametrize("name", LECTURED)
def test_the_lectures_rules_as_texts_walk_the_paths_of_the_built_in_ones(name: str) -> None:
    for surface in (LANDSCAPES["valley"](condition=20.0), Surface()):
        ours = run(surface, OPTIMIZERS[name](), surface.start, 60)
        theirs = run(surface, OwnRule(RULE_TEXTS[name]), surface.start, 60)
        np.testing.assert_allclose(theirs.x, ours.x, rtol=0, atol=1e-12 * np.abs(ours.x).max())
        np.testing.assert_allclose(theirs.query, ours.query, rtol=0, atol=1e-11)
        np.testing.assert_array_equal(theirs.calls, ours.calls)
        for term in theirs.terms.keys() & ours.terms.keys():
            np.testing.assert_allclose(theirs.terms[term], ours.terms[term], rtol=1e-9, atol=1e-12)


def test_what_a_step_asks_for_is_counted() -> None:
    rule = OwnRule("x = x - solve(hess(x), g)*where(f(x) > f(x - g), 1, 0.5)")
    t = run(Surface(), rule, (-1.0, 1.0), 3)
    np.testing.assert_array_equal(t.calls[-1] - t.calls[-2], t.calls[-2] - t.calls[-3])
    assert t.calls.shape[1] == 3
    assert not t.growing


# --- what is found -------------------------------------------------------------------------------


def test_minima_and_saddles_of_a_typed_surface_are_found() -> None:
    wells = Surface("(x^2 - 1)^2 + y^2 + d x, d = 0.2 in -1..1", ((-2, 2), (-1.5, 1.5)))
    assert wells.minima.shape == wells.local_minima.shape == wells.saddles.shape == (1, 2)
    assert wells.minima[0] == pytest.approx([-1.0241203002, 0], abs=1e-9)
    assert wells.f_min == pytest.approx(float(wells(wells.minima[0])))
    even = wells.replace(d=0.0)
    assert sorted(even.minima[:, 0]) == pytest.approx([-1, 1])
    assert even.f_min == pytest.approx(0, abs=1e-15)


def test_a_kink_is_named_and_its_minimum_found_all_the_same() -> None:
    diamond = Surface("|x - 0.3| + c|y + 0.7|, c = 3", ((-2, 2), (-2, 2)))
    assert diamond.not_smooth == "The formula may have kinks or jumps: it uses abs."
    assert diamond.minima[0] == pytest.approx([0.3, -0.7], abs=1e-12)
    assert diamond.f_min == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["x", "x*y", "-x^2 - y^2", "log(-1 - x^2)", "1/0*x", "x^3 - 3x y^2"]
)
def test_where_the_lowest_place_is_no_minimum_there_is_none(text: str) -> None:
    surface = Surface(text)
    assert surface.minima is None
    assert surface.f_min is None


def test_a_window_is_found_with_the_minima_inside() -> None:
    surface = Surface("(x - 7)^2 + 3(y + 4)^2", ((-1, 1), (-1, 1)))
    (x0, x1), (y0, y1) = interesting_window(surface)
    assert x0 < 7 < x1
    assert y0 < -4 < y1
    assert interesting_window(Surface("x + y")) == Surface("x + y").domain


@pytest.mark.parametrize(
    "window",
    [None, [], [[0, 1]], [[1, 0], [0, 1]], [[0, 0], [0, 1]], [["0", 1], [0, 1]], [[0, 1e9], [0, 1]],
     [[float("nan"), 1], [0, 1]], [[True, 2], [0, 1]], "abcd", [[0, 10**400], [0, 1]]],
)  # fmt: skip
def test_a_wrong_window_gets_a_sentence(window: Any) -> None:
    with pytest.raises(ValueError, match=r"The window is .* it must be \[\[x0, x1\], \[y0, y1\]\]"):
        Surface("x^2", window)


# --- in a scene ----------------------------------------------------------------------------------


def test_a_scene_with_typed_things_travels_as_json_and_as_a_link() -> None:
    scene = SCENE.with_run(OwnRule(RULE_TEXTS["adam"], lr=0.3))
    scene = replace(scene, bare=Surface("x²  + c·y², c = 1..9", ((-1, 4), (-2, 2)), c=2.5))
    for again in (Scene.from_json(scene.to_json()), Scene.from_link(scene.to_link())):
        assert again == scene
        assert again.bare.texts()["text"] == "x²  + c·y², c = 1..9"
        assert again.bare.domain == ((-1, 4), (-2, 2))
    assert [r.id for r in scene.runs] == ["own", "sgd", "adam", "own.2"]
    assert len(set(scene.labels().values())) == 4


def test_a_text_that_cannot_be_read_is_a_problem_and_the_rest_stays() -> None:
    value = SCENE.to_dict()
    value["surface"]["text"] = "x^2 + z"
    value["runs"][0]["text"] = "import os"
    value["runs"][1]["text"] = "x = x"
    with pytest.raises(SceneError) as caught:
        Scene.from_dict(value)
    first, second, third = caught.value.problems
    assert first.startswith("surface own: unknown name 'z': use x, y or a parameter")
    assert second.startswith("runs[0] own: ")
    assert "runs[1] has no 'text'" in third
    assert caught.value.scene.start == SCENE.start
    assert [r.id for r in caught.value.scene.runs] == ["own", "sgd", "adam"]


@pytest.mark.parametrize("text", [None, 3, [], {}, True, "", "x" * 5000, "(" * 400, "\x00"])
def test_no_text_makes_a_scene_raise_anything_else(text: Any) -> None:
    for place in ("surface", "run"):
        value = SCENE.to_dict()
        (value["surface"] if place == "surface" else value["runs"][0])["text"] = text
        with pytest.raises(SceneError):
            Scene.from_dict(value)


def test_nothing_typed_reaches_a_kernel() -> None:
    evil = "evilname"
    scene = replace(SCENE, bare=Surface(f"x^2 + {evil} y^2, {evil} = 1..2"))
    scene = replace(scene, runs=(Run("own", OwnRule(f"{evil} = g\nx = x - 0.1*{evil}")),))
    assert not any(evil in text for text in live(scene).texts.values())


def test_a_typed_rule_has_its_equations_under_the_lens() -> None:
    made = payload(SCENE, plotly="", page="microscope")
    lines = made["runs"][0]["lines"]
    assert [line["numbers"] is not None for line in lines] == [True, True]
    assert [slot["name"] for slot in lines[0]["slots"]] == ["rho", "v", "lr", "g", "v"]
    assert made["surface"]["critical"]


# --- while it is typed ---------------------------------------------------------------------------


def ask(of: str, text: str, scene: Scene = SCENE) -> dict[str, Any]:
    return answer_typed(json.dumps({"scene": scene.to_dict(), "of": of, "text": text}).encode())


def test_a_right_text_is_answered_with_what_it_changes_and_nothing_is_compiled() -> None:
    found = ask("surface", "x^2 + 3 q y^2, q = 1..5")["payload"]
    assert found["scene"]["surface"]["text"] == "x^2 + 3 q y^2, q = 1..5"
    assert [knob["name"] for knob in found["surface"]["knobs"]] == ["q"]
    assert found["surface"]["kernel"] in found["texts"]
    assert found["surface"]["fMin"] is None
    assert "menus" not in found
    json.dumps(found, allow_nan=False)
    ruled = ask("own", "x = x - step*g\nstep = 0.1")["payload"]
    assert ruled["scene"]["runs"][0]["fields"] == {"step": 0.1}


@pytest.mark.parametrize(
    ("of", "text", "line", "start", "end", "sentence"),
    [
        ("surface", "x^2 + z", 0, 6, 7, "unknown name 'z'"),
        ("surface", "", 0, 0, 0, "there is no formula yet"),
        ("own", "v = g\nx = x - w", 1, 8, 9, "unknown name 'w'"),
        ("own", "v = g", 0, 0, 0, "no line moves the point"),
    ],
)
def test_a_wrong_text_is_answered_with_its_place(
    of: str, text: str, line: int, start: int, end: int, sentence: str
) -> None:
    problem = ask(of, text)["problem"]
    assert problem["sentence"].startswith(sentence)
    assert (problem["line"], problem["start"], problem["end"]) == (line, start, end)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"of": "surface"}', b'{"of": 1, "text": "x"}',
     b'{"of": "surface", "text": "x", "scene": {"version": 9}}',
     b'{"of": "nobody", "text": "x", "scene": {}}', b"x" * 300_000],
)  # fmt: skip
def test_what_no_stage_sends_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(RefusedError, match=r"\.$"):
        answer_typed(body)


def test_a_parameter_that_stays_as_it_was_declared_keeps_its_number() -> None:
    scene = replace(SCENE, bare=Surface("a x^2 + b y^2, a = 1..3, b = 1..3", a=2.5, b=2.9))
    surface = retyped(scene, "surface", "a x^2 + b y^2 + c, a = 1..3, b = 1..4, c = 0..1").bare
    assert (surface.number("a"), surface.number("b"), surface.number("c")) == (2.5, 2.5, 0.5)
    built_in = replace(scene, bare=LANDSCAPES["himmelblau"]())
    assert retyped(built_in, "surface", "x^2 + y^2").bare.domain == built_in.bare.domain


def test_typed_things_beyond_the_bound_drop_the_compiled_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[int] = []
    monkeypatch.setattr(typed, "_compiled", {})
    monkeypatch.setattr(jax, "clear_caches", lambda: dropped.append(1))
    for k in range(typed.MOST_COMPILED):
        typed.keep_few(Surface(f"x^2 + {k}"), SCENE.surface, "something else")
    assert len(dropped) == 1


# --- asked for -----------------------------------------------------------------------------------


def done(**request: str) -> Scene:
    scene, problems = answer({"scene": SCENE.to_dict(), "request": request})
    assert not problems
    return scene


@pytest.mark.parametrize("index", range(len(SURFACE_TEXTS)))
def test_every_example_of_a_surface_opens_where_it_is_worth_seeing(index: int) -> None:
    example = SURFACE_TEXTS[index]
    scene = done(own_surface=str(index))
    assert scene.bare.texts()["text"] == example.text
    assert scene.bare.domain == example.window
    assert scene.start == example.start
    gradient = jax.grad(scene.bare)(np.array(scene.start))
    assert np.hypot(*gradient) > 0.01


@pytest.mark.parametrize("name", RULE_TEXTS)
def test_every_example_of_a_rule_comes_down_on_the_first_surface(name: str) -> None:
    scene = done(own_rule=f"{name} own")
    assert scene.runs[0].rule.texts() == {"text": RULE_TEXTS[name]}
    assert len(done(own_rule=name).runs) == len(SCENE.runs) + 1
    t = scene.trajectory(scene.runs[0])
    assert t.f[-1] < 0.2 * t.f[0]


def test_requests_that_cannot_be_done_get_a_sentence() -> None:
    for request in ({"own_surface": "99"}, {"own_rule": "sgd nobody"}, {"own_rule": "nothing"}):
        scene, problems = answer({"scene": SCENE.to_dict(), "request": request})
        assert scene == SCENE
        assert problems[0].startswith("There is no")
    valley = Scene.default()
    _, problems = answer({"scene": valley.to_dict(), "request": {"find_window": ""}})
    assert problems == ("Only a surface of your own has a window to find.",)


def test_a_retyped_scene_raises_the_formulas_own_error() -> None:
    with pytest.raises(FormulaError, match="unknown name"):
        retyped(SCENE, "surface", "x + q")


# --- in a real V8 --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("index", range(len(SURFACE_TEXTS)))
def test_in_v8_typed_rules_on_typed_surfaces_walk_the_paths_of_run(
    index: int, stage: Stage
) -> None:
    example, rule = SURFACE_TEXTS[index], list(RULE_TEXTS)[index % len(RULE_TEXTS)]
    surface = Surface(example.text, example.window)
    constant, quiet = SCHEDULES["constant"](), Noise("none", 0.0)
    case = Case(surface, OwnRule(RULE_TEXTS[rule]), example.start, constant, quiet, 0, None, 40)
    found = compare(Reference.of(case), stage.compute(case))
    assert not found.complaints
    assert found.numbers > 100
    assert found.tight > 0.5 * found.numbers
