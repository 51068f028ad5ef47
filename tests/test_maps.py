"""Maps as they are built: what may lie along their sides, their cells, their limits."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from calculus.fields import Knob
from calculus.formulas.names import plain_symbol, spelled, symbol
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.diagnostics import margins_over, rate_of
from thalweg.maps import builders as made
from thalweg.maps.axes import (
    axes_of,
    cells_along,
    chosen,
    searched,
    usual_span,
)
from thalweg.maps.builders import key_of, make
from thalweg.scenes import Map, Scene
from thalweg.simulation import SCHEDULES

KINDS = {
    "log": Knob(0.01, "x", 1e-6, 10, "by ratios", log=True),
    "one": Knob(0.9, "x", 0, 0.9999, "towards one"),
    "linear": Knob(0, "x", -180, 180, "even"),
}


def mapped(scene: Scene, **asked: Any) -> Scene:
    return replace(scene, view=replace(scene.view, map=Map(**asked)))


def finished(scene: Scene) -> dict[str, Any]:
    """The scene's map, with its arrays as arrays."""
    pieces = make(scene)
    while True:
        try:
            share = next(pieces)
        except StopIteration as end:
            return decoded(json.loads(end.value))
        assert 0 <= share <= 1


def decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [decoded(part) for part in value]
    if not isinstance(value, dict):
        return value
    if {"type", "shape", "data"} == set(value):
        data = base64.b64decode(value["data"])
        return np.frombuffer(data, np.dtype(value["type"])).reshape(value["shape"])
    return {name: decoded(part) for name, part in value.items()}


# --- sides and cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_even_on_the_slider_and_short_to_say(kind: str) -> None:
    knob = KINDS[kind]
    assert knob.spacing == kind
    for span in (usual_span(knob, 300), (0.31, 0.3117)):
        values = cells_along(knob, span, 128)
        assert values.shape == (128,)
        assert (np.diff(values) > 0).all()
        assert span[0] <= values[0]
        assert values[-1] <= span[1]
        assert max(len(f"{v:.15g}".lstrip("-")) for v in values) <= 11
        measure: dict[str, Callable[[Any], Any]] = {
            "log": np.log, "one": lambda v: -np.log1p(-v), "linear": lambda v: v,
        }  # fmt: skip
        ends = measure[kind](np.array(span))
        even = (measure[kind](values) - ends[0]) / (ends[1] - ends[0])
        np.testing.assert_allclose(even, (np.arange(128) + 0.5) / 128, atol=0.3 / 128)


def test_a_whole_number_has_a_cell_for_each() -> None:
    steps = Knob(90, "t_1", 0, 20_000, "a step", whole=True)
    assert usual_span(steps, 300) == (0, 300)
    many = cells_along(steps, (0, 300), 128)
    assert (many == np.floor(many)).all()
    assert (np.diff(many) >= 1).all()
    np.testing.assert_array_equal(np.diff(cells_along(steps, (10, 14), 128)) >= 1, True)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_run_has_two_numbers_to_begin_with(slug: str) -> None:
    for surface in ("valley", "himmelblau"):
        scene = Scene.default(surface, [slug])
        x, y = chosen(scene, scene.runs[0])
        knobs = axes_of(scene, scene.runs[0])
        assert x != y
        assert {x, y} <= set(knobs)
        if "lr" in knobs:
            assert x == "lr"
        for name, knob in knobs.items():
            low, high = usual_span(knob, scene.steps)
            assert knob.low <= low < high <= knob.high, name
            assert plain_symbol(knob.symbol)


def test_symbols_in_plain_text() -> None:
    assert plain_symbol(r"\beta_1") == "β₁"
    assert plain_symbol(r"\varepsilon") == "ε"
    assert plain_symbol(r"\mathrm{decay\_rate}") == "decay rate"
    assert plain_symbol(r"\text{warm-up}") == "warm-up"
    # Unicode spells it LAMDA.
    assert plain_symbol(r"\lambda") == "λ"
    assert plain_symbol(r"\Lambda") == "Λ"
    assert plain_symbol(r"\varphi") == "φ"
    knobs = axes_of(Scene.default(), Scene.default(rules=["momentum"]).runs[0])
    assert plain_symbol(knobs["rho"].symbol) == "ρ"
    assert searched(OPTIMIZERS["adam"]()) == ["lr", "beta1", "beta2"]


@pytest.mark.parametrize("typed", ["λ", "λ2", "Λ", "ε", "φ", "m_hat", "κ12", "μ"])
def test_a_typed_letter_is_itself_on_a_map(typed: str) -> None:
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    shown = typed.translate(digits).replace("_hat", "\u0302")
    assert plain_symbol(symbol(spelled(typed))) == shown


WRONG = {
    "another run": ({"run": "lion"}, "'lion'", "sgd, momentum"),
    "another number": ({"x": "rho"}, "rho", "lr, surface.condition"),
    "one number twice": ({"x": "lr", "y": "lr"}, "lr", "two different"),
    "too far": ({"span": ((1e-9, 1.0), (1.0, 2.0))}, "lr", "1e-06 to 10"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_mapped_is_a_sentence(name: str) -> None:
    asked, found, allowed = WRONG[name]
    scene = mapped(Scene.default(), **asked)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\.$") as caught:
        finished(scene)
    assert found.strip("'") in str(caught.value)
    assert allowed in str(caught.value)


def test_the_limits_are_named() -> None:
    scene = mapped(replace(Scene.default(), steps=20_000), kind="basins")
    with pytest.raises(ValueError, match=r"1 000 000 000\. Choose fewer steps or fewer runs"):
        finished(scene)
    with pytest.raises(ValueError, match="set σ > 0"):
        finished(mapped(Scene.default(), kind="ensemble"))
    with pytest.raises(ValueError, match="add one"):
        finished(mapped(replace(Scene.default(), runs=()), kind="fair"))
    with pytest.raises(ValueError, match="no known minimum"):
        finished(mapped(Scene.default("saddle"), kind="basins"))
    with pytest.raises(ValueError, match="asks for no map"):
        finished(Scene.default())


# --- what a map says is what a run does ----------------------------------------------------------


def with_number(scene: Scene, name: str, value: float) -> Scene:
    owner, _, field = name.rpartition(".")
    run = scene.runs[0]
    if owner == "surface":
        return replace(scene, bare=scene.bare.replace(**{field: value}))
    if owner == "noise":
        return replace(scene, noise=replace(scene.noise, sigma=value))
    return replace(scene, runs=(replace(run, rule=run.rule.replace(**{name: value})),))


@pytest.mark.parametrize(
    "asked", [{}, {"x": "beta1", "y": "surface.condition", "tolerance": 1e-3}], ids=str
)
def test_a_cell_is_the_run_of_the_scene_with_its_numbers(asked: dict[str, Any]) -> None:
    scene = mapped(replace(Scene.default(rules=["adam"]), steps=60), **asked)
    found = finished(scene)
    assert found["heights"].shape == (128, 128)
    random = np.random.default_rng(5)
    for j, i in random.integers(0, 128, (12, 2)):
        x, y = found["names"]
        own = with_number(with_number(scene, x, found["x"][i]), y, found["y"][j])
        assert Scene.from_json(own.to_json()) == own  # a page may show it
        t = own.trajectory(own.runs[0])
        height = 10.0 ** found["heights"][j, i]
        np.testing.assert_allclose(height, t.f[-1] - (own.surface.f_min or 0.0), rtol=1e-5)
        assert (found["verdict"][j, i] == made.GROWING) == t.growing
        above = np.flatnonzero(t.f > own.view.map.tolerance)  # type: ignore[union-attr]
        settled = -1 if above[-1] == 60 else above[-1] + 1
        assert found["settled"][j, i] == settled


def test_a_surface_without_minimum_is_measured_from_the_lowest_run() -> None:
    scene = mapped(replace(Scene.default("saddle", ["sgd"]), steps=20))
    found = finished(scene)
    heights = found["heights"][found["verdict"] == made.FINE]
    assert heights.min() == -np.inf
    assert found["margins"] is None


@pytest.mark.parametrize(("x", "y"), [("lr", "surface.depth"), ("surface.depth", "lr")])
def test_a_surface_whose_minimum_moves_is_measured_from_its_own(x: str, y: str) -> None:
    scene = replace(Scene.default("double_well", ["sgd"]), steps=40)
    found = finished(mapped(scene, x=x, y=y))
    for j, i in np.random.default_rng(1).integers(0, 128, (6, 2)):
        own = with_number(with_number(scene, x, found["x"][i]), y, found["y"][j])
        t = own.trajectory(own.runs[0])
        assert own.surface.f_min is not None
        height = 10.0 ** found["heights"][j, i]
        np.testing.assert_allclose(height, t.f[-1] - own.surface.f_min, rtol=1e-4, atol=1e-14)


def test_basins_are_of_the_shown_runs_and_their_ends() -> None:
    scene = Scene.default("himmelblau", ["sgd", "adam", "momentum"])
    scene = replace(scene, runs=(*scene.runs[:2], replace(scene.runs[2], shown=False)))
    found = finished(mapped(scene, kind="basins", span=((0.0, 5.0), (0.0, 5.0))))
    assert [m["id"] for m in found["maps"]] == ["sgd", "adam"]
    assert len(found["ends"]) == len(found["losses"]) == 4
    for own in found["maps"]:
        run = next(r for r in scene.runs if r.id == own["id"])
        for j, i in np.random.default_rng(2).integers(0, 256, (6, 2)):
            there = replace(scene, start=(found["x"][i], found["y"][j]))
            t = there.trajectory(run)
            end = own["which"][j, i]
            if end >= 0:
                assert np.hypot(*(t.x[-1] - found["ends"][end])) < 0.3
                assert 0 <= own["settled"][j, i] <= 300


@pytest.mark.parametrize("surface", ["rosenbrock", "levy13", "bukin6"])
def test_runs_that_go_far_off_have_basins_too(
    surface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "STARTS", 24)
    scene = replace(Scene.default(surface, ["momentum"]), steps=100)
    found = finished(mapped(scene, kind="basins"))
    which = found["maps"][0]["which"]
    assert which.shape == (24, 24)
    assert ((which >= -2) & (which < len(found["ends"]))).all()
    assert ((found["maps"][0]["settled"] >= 0) == (which >= 0)).all()


def test_an_ensemble_is_its_runs_and_its_law() -> None:
    scene = Scene.default(rules=["sgd"])
    scene = mapped(replace(scene, noise=replace(scene.noise, kind="gaussian", sigma=0.3), seed=7),
                   kind="ensemble")  # fmt: skip
    found = finished(scene)
    assert found["cloud"].shape == (301, 256, 2)
    t = replace(scene, seed=9).trajectory(scene.runs[0])
    np.testing.assert_allclose(found["cloud"][:, 2], t.x, atol=1e-6)
    law = found["law"]
    fit = np.polyfit(np.log(law["sizes"]), np.log(law["variance"]), 1)
    np.testing.assert_allclose(fit[0], -1, atol=0.05)  # 1/B
    assert law["enough"]
    assert law["steps"] > 300  # what the shallow direction needs
    theory, measured, error = (np.array(law[k]) for k in ("theory", "variance", "error"))
    assert (np.abs(measured - theory) < 5 * error).all()


def test_a_fair_race_turns_what_is_said_and_its_best_is_a_run() -> None:
    scene = mapped(Scene.default(rules=["momentum", "adam"]), kind="fair", budget=80)
    found = finished(scene)
    for run, best in zip(scene.runs, found["runs"], strict=True):
        assert set(best["fields"]) == {"lr", *best["names"]} == set(searched(run.rule))
        there = replace(scene, runs=(replace(run, rule=run.rule.replace(**best["fields"])),),
                        steps=best["steps"])  # fmt: skip
        t = there.trajectory(there.runs[0])
        np.testing.assert_allclose(np.log10(t.f[-1]), best["height"], atol=1e-6)
        assert found["budget"] == best["steps"] == 80


WHY = {
    "scales each coordinate": Scene.default(rules=["adam"]),
    "surface is not smooth": Scene.default("ackley", ["sgd"]),
    "changes from step to step": replace(
        Scene.default(),
        runs=(replace(Scene.default().runs[0], schedule=SCHEDULES["cosine"]()),),
    ),
    "gradients are clipped": replace(
        Scene.default(), runs=(replace(Scene.default().runs[0], clip=1.0),)
    ),
    "over these two axes": mapped(Scene.default(), x="noise.sigma"),
    "have to be searched for": mapped(
        Scene.default(), x="surface.angle", y="surface.condition", span=((0, 9), (2, 9))
    ),
    "no known minimum is curved": Scene.default("saddle", ["sgd"]),
    "stability limit for": Scene.default(rules=["lion"]),
}


@pytest.mark.parametrize("words", WHY)
def test_where_theory_has_no_border_it_is_said_why(words: str) -> None:
    scene = replace(WHY[words], steps=5)
    found = finished(scene if scene.view.map else mapped(scene))
    assert found["margins"] is None
    assert words in found["why"]


@pytest.mark.parametrize("slug", ["sgd", "momentum", "nesterov", "nadam"])
def test_the_border_is_where_the_rate_is_one(slug: str) -> None:
    rule, surface = OPTIMIZERS[slug](), LANDSCAPES["valley"](condition=30.0)
    names = ("lr", "rho" if "rho" in rule.knobs() else "surface.condition")
    x = np.geomspace(1e-3, 1, 40)
    y = np.linspace(0, 0.99, 20) if names[1] == "rho" else np.geomspace(2, 1000, 20)
    margins = margins_over(surface, rule, (names[0], x), (names[1], y))
    if slug == "nadam":
        assert margins is None  # it scales each coordinate by itself
        return
    assert margins is not None
    for j, i in np.ndindex(margins.shape):
        other = surface.replace(condition=float(y[j])) if names[1] != "rho" else surface
        own = rule.replace(lr=x[i], **({"rho": y[j]} if names[1] == "rho" else {}))
        eigenvalues = sorted((1.0, other.number("condition")))
        rate = rate_of(own, eigenvalues)
        assert rate is not None
        assert (margins[j, i] > 0) == (rate > 1), (j, i)


def test_one_key_for_one_map() -> None:
    scene = mapped(Scene.default())
    other = replace(scene, view=replace(scene.view, step=3, curve="rate"))
    assert key_of(scene) == key_of(other)
    assert key_of(scene) != key_of(replace(scene, steps=299))
    assert key_of(scene) != key_of(mapped(scene, measure="settled"))
