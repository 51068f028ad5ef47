"""The stage's kernels in a real V8: the paths, derivatives and diagnostics of the Python functions.

Paths are equal in the sense of the design (`benchmarks.kernel_matrix.compare`), and with them every
number that a step shows. A part of all pairs runs here, as each is compiled: on every surface three
rules in turn, each under another penalty or none, so that every rule, surface, penalty and kind of
schedule occurs; and every setting of every rule's switches on one surface. That is enough, as a
rule's kernel and a surface's are written apart: the first is one for all surfaces, and the second,
under every penalty, is held to JAX's at many points below. Every rule on every surface is
`python benchmarks/kernel_matrix.py`.

Two computations of one path may part where a sign's argument is 0 but for rounding, on a kink,
where a line search compares losses that differ by their last bit, and where products overflow.
There each of V8's steps must still be the step that XLA takes from V8's own numbers.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.kernel_matrix import (
    KINDS,
    NO_NOISE,
    Case,
    Reference,
    Stage,
    compare,
    random_case,
    random_fields,
    step_source,
    wrong_steps,
)
from calculus.kernels import module, trace
from calculus.kernels.operations import HELPERS
from calculus.matrices import eigen
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.helpers import STARTS, SURFACES, suited
from thalweg.diagnostics import Model, alpha, best_of, limit_of, point_kernels, rate_of, sharpness
from thalweg.diagnostics.point_kernels import point_source, theory_source, tunings
from thalweg.diagnostics.rules import THEORY
from thalweg.scenes import PRESETS, Penalty, Run, Scene, SceneError, View
from thalweg.scenes.scene_kernels import live
from thalweg.simulation import SCHEDULES, Noise, step_kernels
from thalweg.simulation.step import Exact
from thalweg.simulation.step_kernels import growth_source, rule_kernel, surface_source

pytestmark = pytest.mark.float64

# What is typed has other texts and tests of its own (test_own.py).
RULES = [slug for slug, cls in OPTIMIZERS.items() if not cls.text_fields]
PLACES = [slug for slug, cls in LANDSCAPES.items() if not cls.text_fields]
NOISES = ("gaussian", "student_t", "none")
THEORIES = [cls.slug for cls in THEORY]
HOSTILE = "\"'</script><script>alert(1)</script>`${alert(2)}\u2028\u2029*/ //\\"


@pytest.fixture(scope="module")
def stage():
    return Stage()


def settings_of(rule):
    """Every setting of a rule's switches."""
    names = list(OPTIMIZERS[rule].switches())
    return [
        dict(zip(names, on, strict=True))
        for on in itertools.product((False, True), repeat=len(names))
    ]


SWITCHED = [(rule, on) for rule in RULES for on in settings_of(rule) if on]


def words(case):
    """A rule and its switches, as a test's name."""
    rule, on = case
    return "-".join([rule, *(f"{'' if value else 'no_'}{name}" for name, value in on.items())])


# --- paths --------------------------------------------------------------------------------------


PAIRS = 3  # of each surface, of which there are 25: every rule at least once


def pairs_on(place):
    """The pairs of a surface, as (rule, penalty, number): numbers run on from one to another."""
    first = PAIRS * PLACES.index(place)
    for n in range(first, first + PAIRS):
        yield RULES[n % len(RULES)], KINDS[n % len(KINDS)], n


def runs_on(place):
    """Two runs of each pair: one without noise, one with it, or at a wild rate."""
    for rule, penalty, n in pairs_on(place):
        rng = np.random.default_rng(n)
        schedule = list(SCHEDULES)[(n + n // len(RULES)) % len(SCHEDULES)]
        yield random_case(rng, place, rule, penalty, schedule)
        wild = n % 3 == 2
        yield random_case(rng, place, rule, penalty, schedule, NOISES[n % 3], wild=wild)


def compared(stage, case, computed=None):
    """How V8's path compares with XLA's; where they part, V8's steps must be right."""
    reference = Reference.of(case)
    found = compare(reference, computed or stage.compute(case))
    if found.complaints:
        wrong = wrong_steps(reference, stage)
        assert wrong.ordinary == (), (wrong, found.complaints)
    return found


@pytest.mark.parametrize("place", PLACES)
def test_paths_in_v8_are_those_of_run(place, stage):
    found = [compared(stage, case) for case in runs_on(place)]
    parted = [verdict.complaints for verdict in found if verdict.complaints]
    # A comparison that chaos allows to hold whatever comes, and paths that part, are exceptions.
    assert sum(v.tight for v in found) > 0.95 * sum(v.numbers for v in found)
    assert len(parted) <= 2, parted


def test_the_part_that_runs_here_meets_every_rule_surface_penalty_and_schedule():
    assert {rule for place in PLACES for rule, *_ in pairs_on(place)} == set(RULES)
    for place in PLACES:
        assert len({kind for _, kind, _ in pairs_on(place)}) == 3
    for kind in KINDS:
        assert sum(kind in [own for _, own, _ in pairs_on(place)] for place in PLACES) > 15
    runs = [case for place in PLACES for case in runs_on(place)]
    assert {case.schedule.slug for case in runs} == SCHEDULES.keys()
    assert {case.noise.kind for case in runs} == {"none", "gaussian", "student_t"}
    assert any(case.clip for case in runs)
    assert any(case.clip is None for case in runs)


@pytest.mark.parametrize("switched", SWITCHED, ids=words)
def test_every_setting_of_a_rules_switches_is_a_kernel_that_agrees(switched, stage):
    rule, on = switched
    rng = np.random.default_rng(SWITCHED.index(switched))
    case = random_case(rng, "himmelblau", rule, **on)
    found = compared(stage, case)
    assert not found.complaints
    assert found.tight > 0.9 * found.numbers


@pytest.mark.parametrize("place", PLACES[::3])
def test_the_one_kernel_of_a_whole_step_computes_the_same_path(place, stage):
    case = list(runs_on(place))[4]  # the third pair's run without noise
    found = compared(stage, case, stage.in_one(case, step_source(case)))
    # Its columns have no verdicts; everything else is compared.
    assert found.numbers > 100
    assert [c for c in found.complaints if not c.startswith(("not finite", "growing"))] == []


@pytest.mark.parametrize("rate", [10.0, 0.02])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "optax:sgd"])
def test_overflow_comes_at_the_same_step_and_counts_as_growth(rule, rate, stage):
    case = Case(
        SURFACES["rosenbrock"], OPTIMIZERS[rule](lr=rate), STARTS["rosenbrock"],
        SCHEDULES["constant"](), NO_NOISE, 0, None,
    )  # fmt: skip
    found, ours = stage.compute(case), Reference.of(case).ours
    assert ours.diverged_at > 0
    assert abs(found.diverged_at - ours.diverged_at) <= 1
    assert found.growing is True
    assert ours.growing is True


def on_valley(rate, steps, start=(-2.0, 1.0)):
    return Case(
        LANDSCAPES["valley"](), OPTIMIZERS["sgd"](lr=rate), start, SCHEDULES["constant"](),
        NO_NOISE, 0, None, steps,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "growing"),
    [
        (on_valley(0.019, 50), False),
        (on_valley(0.021, 50), True),  # lr·λ = 2.1: moves away, finite to the end
        (on_valley(0.05, 2), True),  # quarters of one step
        (on_valley(0.05, 1), False),
        (on_valley(0.021, 0), False),
        (on_valley(0.021, 50, (1e200, 0.0)), False),  # not finite before the first step
        (replace(on_valley(0.2, 50), surface=LANDSCAPES["saddle"]()), False),  # falls without end
        (replace(on_valley(10.0, 400), surface=LANDSCAPES["saddle"]()), False),
    ],
)
def test_the_verdict_on_growth_is_that_of_run(case, growing, stage):
    found, ours = stage.compute(case), Reference.of(case).ours
    assert found.growing is ours.growing is growing
    assert found.diverged_at == ours.diverged_at


def test_a_path_is_written_anew_at_every_change(stage):
    case = on_valley(0.015, 50)
    first = stage.compute(case)
    stage.compute(replace(case, rule=OPTIMIZERS["sgd"](lr=10.0), start=(1e200, 1.0)))
    again = stage.compute(case)
    for name, column in first.columns.items():
        np.testing.assert_array_equal(again.columns[name], column)
    assert again.diverged_at == -1


class Changed(Stage):
    """A stage whose kernels of rules are not the right ones."""

    def __init__(self, old, new):
        super().__init__()
        self.old, self.new = old, new

    def module(self, source):
        if "export function step" in source:
            assert self.old in source
            source = source.replace(self.old, self.new)
        return super().module(source)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Math.sqrt(", "1.0000000001 * Math.sqrt("),
        ("on.grad(v8, v9,", "on.grad(v9, v8,"),
        ("r1[k1 + 18] = v46", "r1[k1 + 18] = v47"),  # shown, and used nowhere
        ("v40 = v2 * v14", "v40 = v2"),
    ],
)
def test_a_wrong_kernel_is_noticed_and_not_taken_for_rounding(old, new):
    case = Case(
        SURFACES["himmelblau"], suited("adam", "himmelblau"), STARTS["himmelblau"],
        SCHEDULES["constant"](), NO_NOISE, 0, None,
    )  # fmt: skip
    wrong, reference = Changed(old, new), Reference.of(case)
    assert compare(reference, wrong.compute(case)).complaints
    assert wrong_steps(reference, wrong).ordinary
    assert not compare(reference, Stage().compute(case)).complaints


def test_a_wrong_verdict_is_noticed(stage):
    case = on_valley(0.015, 50)
    reference, right = Reference.of(case), stage.compute(case)
    assert compare(reference, replace(right, growing=True)).complaints
    assert compare(reference, replace(right, diverged_at=49)).complaints
    assert compare(reference, replace(right, columns={"x": right.columns["x"]})).complaints


# --- surfaces -----------------------------------------------------------------------------------


JET = ("f", "fx", "fy", "fxx", "fxy", "fyx", "fyy")


def special_points(surface):
    """Where something is 0: critical points, the origin, the axes, and edges off the axes."""
    known = (surface.minima, surface.local_minima, surface.saddles, surface.maxima)
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.linspace(x0, x1, 5)[1:4], np.linspace(y0, y1, 5)[1:4]
    kinks: dict[str, list[tuple[float, float]]] = {
        "bukin6": [(v, v**2 / 100) for v in x] + [(-10.0, v) for v in y],
        "eggholder": [(v, -47 - v / 2) for v in x] + [(v, v - 47) for v in x],
    }
    return np.concatenate(
        [
            *[np.asarray(p).reshape(-1, 2) for p in known if p is not None],
            np.zeros((1, 2)),
            [(v, 0.0) for v in x],
            [(0.0, v) for v in y],
            np.reshape(kinks.get(surface.slug, []), (-1, 2)),
        ]
    )


@jax.jit
def jets(surfaces, points):
    """f, ∇f and ∇²f of each of the surfaces at each of the points (n, 2)."""

    def jet(surface, x):
        exact = Exact(surface)
        return jnp.concatenate([exact.value(x)[None], exact.grad(x), jnp.ravel(exact.hess(x))])

    return [jax.vmap(lambda x, s=s: jet(s, x))(points) for s in surfaces]


def jets_in_v8(stage, surface, points):
    name, memory = stage.array("points", points.size)
    memory[:] = points.ravel()
    out, result = stage.array("jets", 7 * len(points))
    numbers = stage.filled("surface", map(float, jax.tree.leaves(surface)))
    kernel = stage.module(surface_source(surface))
    stage.engine.run(
        f"for (let i = 0; i < {len(points)}; i++) {{"
        f"{kernel}.value({numbers}, 0, {name}, 2 * i, {out}, 7 * i);"
        f"{kernel}.grad({numbers}, 0, {name}, 2 * i, {out}, 7 * i + 1);"
        f"{kernel}.hess({numbers}, 0, {name}, 2 * i, {out}, 7 * i + 3); }} 0"
    )
    return result.reshape(-1, 7).copy()


@pytest.mark.parametrize("place", PLACES)
def test_value_gradient_and_hessian_are_jaxs_at_any_point_and_where_something_is_0(place, stage):
    rng = np.random.default_rng(PLACES.index(place))
    cls = LANDSCAPES[place]
    bare = cls(**random_fields(rng, cls))
    surfaces = [bare.penalized(kind, 0.37) for kind in KINDS]
    low, high = np.transpose(bare.domain)
    anywhere = rng.uniform(low, high, (40, 2))
    points = np.concatenate([anywhere, special_points(bare), special_points(cls())])
    # What last bits of a point make of it; multiplied, so that 0 stays 0 and a kink is a kink.
    ulp = np.finfo(float).eps
    moved = [points * (1 + ulp * np.array(s)) for s in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    traced = jax.tree.map(np.float64, surfaces)
    ours, *others = (np.stack(jets(traced, p)) for p in (points, *moved))
    for s, surface in enumerate(surfaces):
        found = jets_in_v8(stage, surface, points)
        size = np.abs(ours[s, : len(anywhere)]).max(axis=0)
        change = np.max([np.abs(o[s] - ours[s]) for o in others], axis=0)
        allowed = 1e-13 * np.abs(ours[s]) + 1e-14 * size + 10 * change
        apart = np.where(np.isnan(found) & np.isnan(ours[s]), 0, np.abs(found - ours[s]))
        over = np.argwhere(~(apart <= allowed))
        assert not len(over), [(points[i], JET[j], found[i, j], ours[s, i, j]) for i, j in over]
        # It must be able to fail: on a kink of the bare surface alone, anything is allowed.
        assert (allowed <= 1e-6 * (size + np.abs(ours[s]))).mean() > 0.85


# --- diagnostics --------------------------------------------------------------------------------


def called(stage, source, name, arguments, count):
    """What a function over arrays and offsets gives: ``count`` numbers, written at an offset."""
    given = [(stage.filled(f"argument{i}", np.ravel(a)), a) for i, a in enumerate(arguments)]
    out, result = stage.array("result", count + 1)
    result[:] = np.nan
    places = "".join(f"{own}, 0, " for own, _ in given)
    stage.engine.run(f"{stage.module(source)}.{name}({places}{out}, 1); 0")
    return result[1:].copy()


def symmetric(rng):
    """Symmetric matrices of every kind that has a name, and random ones of all sizes."""
    named: list[list[float]] = [[0, 0, 0], [1, 0, 1], [2, 0, 2], [3, 0, -1], [-1, 0, 3]]
    named += [[0, 1, 0], [1, 1, 1]]
    named += [[1, -1, 1], [5, 0, 0], [0, 0, -5], [1e-99, 0, 1e99], [1, 1e-9, 1]]
    anything = rng.normal(size=(100, 3)) * 10.0 ** rng.uniform(-6, 6, (100, 1))
    for xx, xy, yy in [*named, *anything]:
        yield np.array([[xx, xy], [xy, yy]], np.float64)


def test_eigenvalues_and_eigenvectors_are_those_of_python(stage):
    for h in symmetric(np.random.default_rng(0)):
        values, vectors = (np.asarray(v) for v in jax.jit(eigen)(h))
        found = called_eigen(stage, h)
        size = np.abs(h).max()
        np.testing.assert_allclose(found[:2], values, rtol=1e-14, atol=4e-16 * size)
        # Where both values are one, any directions will do.
        if values[1] - values[0] > 1e-6 * size:
            np.testing.assert_allclose(found[2:], vectors.ravel(), rtol=0, atol=1e-9)
        np.testing.assert_allclose(found[:2], np.linalg.eigvalsh(h), rtol=1e-9, atol=1e-14 * size)


def called_eigen(stage, h):
    name, out = stage.filled("h", h.ravel()), stage.array("eigen", 6)
    stage.engine.run(
        f"{stage.module(point_source())}.eigen({name}, 0, {out[0]}, 0, {out[0]}, 2); 0"
    )
    return out[1].copy()


def test_newtons_step_is_that_of_python_and_none_where_the_hessian_is_singular(stage):
    rng = np.random.default_rng(1)
    regular = singular = 0
    for h in symmetric(rng):
        g = rng.normal(size=2)
        model = Model(jnp.zeros(2), jnp.zeros(()), jnp.asarray(g), jnp.asarray(h))
        step = np.asarray(jax.jit(Model.newton_step)(model))
        found = called(stage, point_source(), "newton", (h, g), 2)
        if np.isnan(step).any():
            singular += 1
            assert np.isnan(found).all()
        else:
            regular += 1
            worse = np.linalg.cond(h)
            np.testing.assert_allclose(found, step, atol=1e-14 * worse * np.abs(step).max())
    assert regular > 50
    assert singular > 3


def test_alpha_is_that_of_python(stage):
    rng = np.random.default_rng(2)
    rows = [*rng.normal(size=(200, 4)), [1, -1, 0, 0], [0, 0, 0, 0], [1, -2, 1, 2], [1, -1, 0, -1]]
    ours = np.array([float(alpha(*row)) for row in rows])
    found = [called(stage, point_source(), "alpha", (row,), 1)[0] for row in rows]
    np.testing.assert_allclose(found, ours, rtol=1e-12)
    assert (ours == -1).any()
    assert (ours > -1).any()


def theory_cases(slug):
    """A rule under every setting of its switches, at its defaults and at random numbers."""
    rng = np.random.default_rng(THEORIES.index(slug))
    for on in settings_of(slug):
        yield OPTIMIZERS[slug](**on)
        for _ in range(3):
            yield OPTIMIZERS[slug](**random_fields(rng, OPTIMIZERS[slug]), **on)


@pytest.mark.parametrize("slug", THEORIES)
def test_limits_rates_and_best_settings_are_those_of_python(slug, stage):
    rng = np.random.default_rng(3)
    for rule in theory_cases(slug):
        source, numbers = theory_source(rule), [getattr(rule, name) for name in rule.knobs()]
        limit = called(stage, source, "limit", (numbers,), 1)[0]
        assert limit == pytest.approx(limit_of(rule), rel=1e-13, abs=0)
        for curvatures in ([1.0, 100.0], [3.0, 3.0], *10 ** rng.uniform(-2, 3, (3, 2))):
            rate = called(stage, source, "rate", (numbers, curvatures), 1)[0]
            # The root of a difference that may be 0: half of the digits.
            assert rate == pytest.approx(rate_of(rule, curvatures), rel=1e-7, abs=0)
            choices = best_of(rule, curvatures) or ()
            assert tunings(rule) == tuple(c.name for c in choices)
            if choices:
                best = called(stage, source, "best", (numbers, curvatures), 3 * len(choices))
                ours = [[c.fields["lr"], c.fields.get("rho", np.nan), c.rate] for c in choices]
                np.testing.assert_allclose(best.reshape(-1, 3), ours, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("slug", THEORIES)
def test_sharpness_along_a_run_is_that_of_python(slug, stage):
    surface = SURFACES["himmelblau"]
    for rule in theory_cases(slug):
        case = Case(
            surface, rule, STARTS["himmelblau"], SCHEDULES["constant"](), NO_NOISE, 0, None, 5
        )
        columns = Reference.of(case).ours.columns
        terms = {n.removeprefix("terms."): v for n, v in columns.items() if n.startswith("terms.")}
        numbers = [getattr(rule, name) for name in rule.knobs()]
        for t in range(5):
            if not np.isfinite(columns["x"][t]).all():
                break
            shown = {name: column[t] for name, column in terms.items()}
            found = sharpness(rule, surface, columns["x"][t], shown)
            assert found is not None
            hessian = jets_in_v8(stage, surface, columns["x"][t][None])[0, 3:]
            given = np.concatenate([np.ravel(shown[name]) for name in sorted(shown)])
            arguments = (numbers, given, hessian)
            in_v8 = called(stage, theory_source(rule), "sharpness", arguments, 2)
            size = np.abs(found.scaled).max()
            np.testing.assert_allclose(in_v8, found.scaled, rtol=1e-12, atol=1e-13 * size)


def test_a_rule_without_theory_has_no_module_of_it():
    without = OPTIMIZERS.keys() - set(THEORIES)
    assert without
    for slug in without:
        assert theory_source(OPTIMIZERS[slug]()) is None
        assert tunings(OPTIMIZERS[slug]()) == ()


# --- scenes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PRESETS)
def test_every_preset_has_kernels_each_text_once(slug):
    scene = PRESETS[slug].scene
    made = live(scene)
    assert [run.id for run in made.runs] == [run.id for run in scene.runs]
    wanted = {made.surface, made.growth, made.point, *(run.kernel for run in made.runs)}
    assert made.texts.keys() == wanted | {run.theory for run in made.runs} - {None}
    assert len(set(made.texts.values())) == len(made.texts)
    for run in made.runs:
        assert len(run.names) == len(run.numbers)
        ends = sorted(at + count for at, count in run.row.values())
        assert ends[-1] == run.width


def test_runs_of_one_rule_share_one_text():
    rates = [
        Run(f"sgd.{i}", OPTIMIZERS["sgd"](lr=lr))
        for i, lr in enumerate((0.1, 0.01, 0.001, 0.0001), 2)
    ]
    scene = replace(Scene.default(), runs=tuple(rates))
    made = live(scene)
    assert len({run.kernel for run in made.runs}) == 1
    assert len(made.texts) == 5  # surface, growth, point, the rule, its theory
    assert [run.numbers[0] for run in made.runs] == [0.1, 0.01, 0.001, 0.0001]
    other = live(replace(scene, runs=(*rates, Run("adam", OPTIMIZERS["adam"]()))))
    assert len({run.kernel for run in other.runs}) == 2


def renumbered(scene, rng):
    """The same kinds of surface, rules and schedules, and not one number the same."""

    def other(thing):
        return replace(thing, **random_fields(rng, type(thing)))

    def moved(run):
        clip = float(rng.uniform(1, 9))
        return replace(run, rule=other(run.rule), schedule=other(run.schedule), clip=clip)

    return replace(
        scene,
        bare=other(scene.bare),
        runs=tuple(map(moved, scene.runs)),
        start=tuple(rng.uniform(-1, 1, 2)),
        penalty=replace(scene.penalty, strength=float(rng.uniform(1, 2))),
        steps=int(rng.integers(1, 400)),
        noise=Noise("student_t", float(rng.uniform(1, 2)), 7),
        seed=int(rng.integers(1, 99)),
    )


@pytest.mark.parametrize("slug", PRESETS)
def test_no_number_of_a_scene_is_in_a_text(slug):
    scene = PRESETS[slug].scene
    other = renumbered(scene, np.random.default_rng(4))
    before, after = live(scene), live(other)
    assert after.texts == before.texts
    assert [run.kernel for run in after.runs] == [run.kernel for run in before.runs]
    for ours, theirs in zip(after.runs, before.runs, strict=True):
        assert ours.numbers != theirs.numbers


def test_the_numbers_are_those_of_the_scene_by_name():
    made = live(full_scene())
    assert dict(zip(made.surface_names, made.surface_numbers, strict=True)) == {
        "condition": 30.0, "angle": 25.0, "penalty.strength": 0.25,
    }  # fmt: skip
    adam, sgd = (dict(zip(run.names, run.numbers, strict=True)) for run in made.runs)
    assert adam["lr"] == 0.07
    assert adam["schedule.warmup"] == 3
    assert adam["clip"] == 2.5
    assert adam["noise_scale"] == sgd["noise_scale"] == 0.3 / np.sqrt(4)
    assert sgd["clip"] == np.inf


def full_scene():
    """Penalty, noise, a schedule and a clip: all that acts on a run."""
    adam = Run("adam", OPTIMIZERS["adam"](lr=0.07), SCHEDULES["cosine"](warmup=3), 2.5)
    return Scene(
        bare=LANDSCAPES["valley"](condition=30.0, angle=25.0),
        runs=(adam, Run("sgd", OPTIMIZERS["sgd"](lr=0.01))),
        start=(-1.87, 0.93),
        penalty=Penalty("l2", 0.25),
        steps=50,
        noise=Noise("gaussian", 0.3, 4),
        seed=11,
    )


def test_a_scenes_texts_and_numbers_compute_its_trajectories(stage):
    scene = full_scene()
    made = live(scene)
    for run, live_run in zip(scene.runs, made.runs, strict=True):
        case = Case(
            scene.surface, run.rule, scene.start, run.schedule, scene.noise, scene.seed, run.clip
        )
        kernel = rule_kernel(run.rule, run.schedule)
        assert made.texts[live_run.kernel] == kernel.source
        assert made.texts[made.surface] == surface_source(scene.surface)
        assert made.texts[made.growth] == growth_source()
        assert made.texts[made.point] == point_source()
        assert (live_run.names, live_run.row) == (kernel.names, kernel.row)
        assert (live_run.carry, live_run.width) == (kernel.carry, kernel.width)
        assert made.surface_numbers == tuple(map(float, jax.tree.leaves(scene.surface)))
        assert not compare(Reference.of(case), stage.compute(case)).complaints


def test_what_was_written_is_not_written_again(monkeypatch):
    calls = []

    def counting(*arguments, **options):
        calls.append(arguments[0])
        return trace(*arguments, **options)

    kept = (
        step_kernels._rule_kernel, step_kernels._surface_source,
        step_kernels.growth_source, point_kernels._theory_source, point_source,
    )  # fmt: skip
    for each in kept:
        each.cache_clear()
    monkeypatch.setattr(step_kernels, "trace", counting)
    monkeypatch.setattr(point_kernels, "trace", counting)
    scene = full_scene()
    first = live(scene)
    written = len(calls)
    # Two rules with theory (best settings for one of them), a surface, the point, growth.
    assert written == 2 * 2 + 3 + 3 + 1 + 2 + 7 + 3
    assert live(renumbered(scene, np.random.default_rng(5))).texts == first.texts
    assert live(scene) == first
    assert len(calls) == written
    live(replace(scene, penalty=Penalty("l1", 0.25)))
    assert len(calls) == written + 3


def test_the_caches_are_bounded():
    for kept in (
        step_kernels._rule_kernel, step_kernels._surface_source,
        step_kernels.growth_source, point_kernels._theory_source, point_source,
    ):  # fmt: skip
        assert kept.cache_info().maxsize in range(1, 1025)  # None: without bound


# --- what a text is made of ---------------------------------------------------------------------

KEYWORDS = """
export default function const let return for if else break throw new true false NaN Infinity
on value grad hess init step growing overflowed eigen newton widths compare alpha limit
sharpness rate best rates
settings length Math Number Boolean BigInt Float64Array BigInt64Array BigUint64Array RangeError of
"""
ELEMENTARY = """
abs exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt sqrt
sign floor ceil round trunc max min pow atan2 hypot imul fround
"""
WORDS = set(KEYWORDS.split()) | set(HELPERS)
OF = {
    "Math": set(ELEMENTARY.split()),
    "Number": {"isFinite"},
    "BigInt": {"asIntN", "asUintN"},
    "on": {"value", "grad", "hess"},
    "Float64Array": {"of"},
    "BigInt64Array": {"of"},
    "BigUint64Array": {"of"},
}
MADE = re.compile(r"[airkv]\d+|(?:[a-z]+_)?t\d+")
TOKEN = re.compile(
    r"""
    (?P<space>[ \n]+)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?n?)(?![\w$])
  | (?P<member>(?P<owner>[A-Za-z]\w*)\.(?P<own>[A-Za-z]\w*))
  | (?P<name>[A-Za-z_]\w*)
  | (?P<stop>"a\ loop\ went\ on\ for\ more\ than\ \d+\ rounds\ and\ was\ stopped")
  | (?P<sign>===|!==|<=|>=|>>>|>>|<<|&&|\|\||\+\+|--|[-+*/%<>=!?:;,(){}\[\]&|^~])
    """,
    re.VERBOSE | re.ASCII,
)


def foreign(text):
    """What is in a text and not among the words of kernels."""
    for name, code in HELPERS.items():
        text = text.replace(f"const {name} = {code};", "")
    found: list[str] = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            return [*found, text[at : at + 20]]
        at = token.end()
        name = token["name"]
        if name and name not in WORDS and not MADE.fullmatch(name):
            found.append(name)
        if token["member"] and token["own"] not in OF.get(token["owner"], ()):
            found.append(token["member"])
    return found


def every_text():
    """The texts of every kind of surface, rule, schedule and theory, by what they are of."""
    yield "growth", growth_source()
    yield "point", point_source()
    for i, slug in enumerate(RULES):
        schedules = list(SCHEDULES) if i == 0 else [list(SCHEDULES)[i % len(SCHEDULES)]]
        for schedule, on in itertools.product(schedules, settings_of(slug)):
            rule = OPTIMIZERS[slug](**on)
            yield f"{slug} {schedule} {on}", rule_kernel(rule, SCHEDULES[schedule]()).source
            if slug in THEORIES:
                yield f"theory of {slug} {on}", theory_source(rule)
    for place, kind in itertools.product(PLACES, KINDS):
        yield f"{place} {kind}", surface_source(LANDSCAPES[place]().penalized(kind, 0.5))


def test_every_text_is_made_of_fixed_words_and_numbers():
    texts = dict(every_text())
    assert len(texts) > 190
    assert {of: found for of, text in texts.items() if (found := foreign(text))} == {}


@pytest.mark.parametrize(
    ("planted", "noticed"),
    [
        ("const v1 = alert;", ["alert"]),
        ("const v1 = Math.constructor;", ["Math.constructor"]),
        ("const v1 = on.constructor;", ["on.constructor"]),
        ("const v1 = (1).constructor;", [".constructor;"]),
        ("globalThis.v1 = 1;", ["globalThis.v1"]),
        ("const v1 = a1[i1]; // hello", ["hello"]),
        ("const v1 = `x`;", ["`x`;"]),
        ('const v1 = "x";', ['"x";']),
        ("const v1 = 'x';", ["'x';"]),
        ("const ν1 = 1;", ["ν1 = 1;"]),
        ("const v1 = 1\u2028;", ["\u2028;"]),
        ("const v1 = 0x10;", ["0x10;"]),
        ("const v1 = \\u0061;", ["\\u0061;"]),
        ("</script>", ["script"]),
    ],
)
def test_a_planted_word_is_noticed(planted, noticed):
    assert foreign(planted) == noticed
    text = surface_source(SURFACES["rosenbrock"])
    assert foreign(text) == []
    assert foreign(text.replace("\n  const v1 =", f"\n  {planted}\n  const v1 =", 1)) != []


def test_a_name_of_a_kernel_that_is_not_one_of_ours_is_noticed():
    program = trace(lambda x: x + 1, 0.0)
    assert foreign(module({"init": program})) == []
    assert foreign(module({"steal": program})) == ["steal"]


def test_nothing_that_a_person_typed_is_in_a_text():
    hostile = Scene.default().to_dict()
    hostile["surface"]["name"] = HOSTILE
    hostile["surface"]["fields"][HOSTILE] = HOSTILE
    hostile["runs"][0] |= {"id": HOSTILE, "label": HOSTILE, "rule": "sgd"}
    hostile["runs"][1] |= {"switches": {HOSTILE: True}, "fields": {"lr": HOSTILE}}
    hostile["runs"][2] |= {"schedule": {"kind": HOSTILE}}
    hostile["view"] |= {"overlays": [HOSTILE], "curve": HOSTILE}
    with pytest.raises(SceneError) as refused:
        Scene.from_dict(hostile)
    # As if the checks had let it through: a scene that carries it wherever a scene has text.
    read = refused.value.scene
    runs = (Run(HOSTILE, OPTIMIZERS["sgd"]()), *read.runs)
    forced = replace(read, runs=runs, view=View(curve=HOSTILE, overlays=(HOSTILE,)))
    for scene in (read, forced):
        made = live(scene)
        for name, text in made.texts.items():
            assert foreign(text) == []
            assert re.fullmatch("[0-9a-f]{16}", name)
            for part in ("script", "alert", "`", "${", "\u2028", "\u2029", "*/", "//", "\\", "'"):
                assert part not in text
