"""The batch: every cell is the run it stands for, and only what is asked for is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from calculus.fields import knob
from calculus.kernels import batched, trace
from calculus.kernels.batched import searches, varying
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, Loss, Rule, base
from tests.helpers import OWN, SCALE_OF_GRADIENT, STARTS, SURFACES, suited
from thalweg.simulation import SCHEDULES, Noise, run, sweep
from thalweg.simulation.cache_limit import MOST_PROGRAMS
from thalweg.simulation.cells import CHUNK, CHUNK_OF_SEARCHES, Block, _kind, block_of
from thalweg.simulation.chunks import _span
from thalweg.simulation.grid import places_in
from thalweg.simulation.noise import as_noise
from thalweg.simulation.run import BLOCK, as_setting

pytestmark = pytest.mark.float64

VALLEY = LANDSCAPES["valley"](condition=100.0)
FAR = (-2.0, 1.0)
SGD, ADAM, MOMENTUM = (OPTIMIZERS[slug] for slug in ("sgd", "adam", "momentum"))
COSINE = SCHEDULES["cosine"]
KEEP = ("x", "f")
# XLA may fuse a batch otherwise than a single run; a rule that is stable forgets the difference.
CLOSE: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-12}

# One case for each kind of axis: what is swept, what stays, and the run that a cell stands for.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "two fields": (
        {"lr": [0.01, 0.1, 0.3], "beta1": [0.0, 0.5, 0.9, 0.99]},
        {"rule": ADAM()},
        lambda lr, beta1: {"rule": ADAM(lr=lr, beta1=beta1)},
    ),
    "surface": (
        {"surface.condition": [1.0, 10.0, 300.0], "surface.angle": [-30.0, 0.0, 80.0]},
        {"rule": SGD(lr=0.005)},
        lambda c, a: {"surface": VALLEY.replace(condition=c, angle=a)},
    ),
    "schedule": (
        {"schedule.warmup": [0.0, 10.0, 50.0], "lr": [0.01, 0.02]},
        {"rule": SGD(), "schedule": COSINE()},
        lambda w, lr: {"schedule": COSINE(warmup=w), "rule": SGD(lr=lr)},
    ),
    "start": (
        {"start": [(-2.0, 1.0), (0.5, -1.5), (0.0, 0.0)], "rho": [0.0, 0.9]},
        {"rule": MOMENTUM(lr=0.01), "start": None},
        lambda start, rho: {"start": start, "rule": MOMENTUM(lr=0.01, rho=rho)},
    ),
    "seed and noise": (
        {"seed": [0, 3, 11], "noise.sigma": [0.0, 0.5], "noise.batch": [1, 4]},
        {"rule": SGD(lr=0.01), "noise": 1.0},
        lambda s, sigma, b: {"seed": int(s), "noise": Noise(sigma=sigma, batch=b)},
    ),
    "clip": (
        {"clip": [1.0, 30.0, np.inf]},
        {"rule": SGD(lr=0.01)},
        lambda clip: {"clip": clip},
    ),
    "line search": (
        {"gamma": [0.3, 0.5, 0.8]},
        {"rule": OPTIMIZERS["backtracking"]()},
        lambda gamma: {"rule": OPTIMIZERS["backtracking"](gamma=gamma)},
    ),
}


@pytest.mark.parametrize("steps", [60, BLOCK + 3])
@pytest.mark.parametrize("case", CASES)
def test_every_cell_is_the_run_it_stands_for(case: str, steps: int) -> None:
    axes, settings, cell = CASES[case]
    common: dict[str, Any] = {"surface": VALLEY, "start": FAR, "steps": steps} | settings
    s = sweep(axes=axes, keep=KEEP, **common)
    shape = tuple(len(v) for v in axes.values())
    assert s.loss.shape == s.diverged_at.shape == s.growing.shape == shape
    assert s.x is not None
    assert s.f is not None
    assert s.x.shape == (*shape, 2)
    assert s.f.shape == (*shape, steps + 1)
    assert s.diverged_at.dtype == np.int64
    assert s.growing.dtype == np.bool_
    for where in np.ndindex(*shape):
        values = [axis[i] for axis, i in zip(axes.values(), where, strict=True)]
        assert_cell_is(s, where, run(**(common | cell(*values))))


def assert_cell_is(s: Any, where: Any, t: Any) -> None:
    """All that a sweep with `KEEP` says of a cell is what the run ``t`` says."""
    np.testing.assert_allclose(s.x[where], t.x[-1], **CLOSE)
    np.testing.assert_allclose(s.f[where], t.f, **CLOSE)
    np.testing.assert_allclose(s.loss[where], t.f[-1], **CLOSE)
    assert s.diverged_at[where] == (-1 if t.diverged_at is None else t.diverged_at)
    assert s.growing[where] == t.growing


# Loops that end apart (searches), branches, whole numbers and truths in the state, powers, medians.
FROM_OPTAX = ("adafactor", "dog", "galore", "lamb", "muon", "prodigy", "radam", "rprop", "sm3")


def two_fields(slug: str, surface: str) -> tuple[Any, dict[str, list[float]]]:
    """A rule that suits a surface, and two values each of its first two fields; one if none."""
    rule = suited(slug, surface)
    fields = list(rule.knobs())[:2]
    return rule, {n: [getattr(rule, n), 0.8 * getattr(rule, n)] for n in fields}


# Every second of our own rules and of some of optax's, in turn on each of the surfaces: the program
# of each is held to XLA in V8.
RULES = [*OWN, *(f"optax:{name}" for name in FROM_OPTAX)]


@pytest.mark.parametrize(
    ("slug", "surface"), [(slug, list(SURFACES)[i % 3]) for i, slug in enumerate(RULES)][::2]
)
def test_every_rule_sweeps_as_it_runs(slug: str, surface: str) -> None:
    rule, axes = two_fields(slug, surface)
    where = SURFACES[surface], STARTS[surface]
    s = sweep(where[0], rule, axes, where[1], 40, keep=KEEP)
    for place in np.ndindex(s.loss.shape):
        values: Any = {n: v[i] for (n, v), i in zip(axes.items(), place, strict=True)}
        assert_cell_is(s, place, run(where[0], rule.replace(**values), where[1], 40))


# One in five: the scalar program of each is held to XLA in V8.
@pytest.mark.parametrize("surface", [*list(LANDSCAPES)[::5], "mccormick", "eggholder"])
def test_a_surface_is_swept_as_it_is_run_on(surface: str) -> None:
    own: Any = LANDSCAPES[surface]()
    # Newton asks for all of a surface; across a kink any last bit grows.
    rule, steps = (SGD(lr=1e-4), 5) if own.not_smooth else (OPTIMIZERS["newton"](lr=0.1), 25)
    name = next(iter(own.knobs()), None)
    field, thing = (f"surface.{name}", own) if name else ("lr", rule)
    values = [getattr(thing, name or "lr") * share for share in (1.0, 0.9)]
    s = sweep(own, rule, {field: values}, own.start, steps, keep=KEEP)
    for i, value in enumerate(values):
        changed: Any = thing.replace(**{name or "lr": value})
        moved, how = (changed, rule) if name else (own, changed)
        assert_cell_is(s, i, run(moved, how, own.start, steps))


def test_all_kinds_of_axes_at_once_on_a_penalized_surface() -> None:
    surface = LANDSCAPES["rosenbrock"]().penalized("elastic", 0.3)
    axes: Any = {
        "start": [(-1.2, 1.0), (0.4, 1.7)],
        "surface.strength": [0.1, 1.0],
        "seed": [2, 7],
        "noise.batch": [1, 9],
        "clip": [3.0, np.inf],
        "schedule.warmup": [0.0, 8.0],
        "beta1": [0.5, 0.9],
    }
    s = sweep(surface, ADAM(), axes, steps=30, noise=2.0, schedule=COSINE(), keep=KEEP)
    assert s.loss.shape == (2,) * 7
    for where in np.ndindex(*s.loss.shape):
        if sum(where) % 3 == 0:  # a third of them
            start, strength, seed, size, clip, warmup, beta1 = (
                axis[i] for axis, i in zip(axes.values(), where, strict=True)
            )
            t = run(
                surface.replace(strength=strength), ADAM(beta1=beta1), start, 30,
                noise=Noise(sigma=2.0, batch=size), seed=seed, clip=clip,
                schedule=COSINE(warmup=warmup),
            )  # fmt: skip
            assert_cell_is(s, where, t)


@pytest.mark.parametrize("slug", [*SCALE_OF_GRADIENT, "backtracking", "optax:sgd"])
def test_cells_that_overflow_leave_the_others_alone(slug: str) -> None:
    surface, rule = LANDSCAPES["rosenbrock"](), OPTIMIZERS[slug]()
    rates = [2e-4, 3.0, 1e-4, 50.0]
    s = sweep(surface, rule, {"lr": rates}, STARTS["rosenbrock"], BLOCK + 1, keep=KEEP)
    runs = [run(surface, OPTIMIZERS[slug](lr=lr), STARTS["rosenbrock"], BLOCK + 1) for lr in rates]
    assert slug == "backtracking" or sorted(t.diverged_at is None for t in runs) == [0, 0, 1, 1]
    for i, t in enumerate(runs):
        assert_cell_is(s, i, t)


class Gap(Landscape):
    """A slope with a gap in which the loss is infinite, but not its gradient."""

    a: float = knob(1.0, "a", 0, 10, "slope")

    def __call__(self, p: Array) -> Array:
        return self.a * p[0] + jnp.where(jnp.abs(p[0]) < 0.1, jnp.inf, 0.0)


@pytest.mark.parametrize(("steps", "ended"), [(3, 1), (6, 2), (30, 3)])
def test_a_loss_that_is_finite_again_does_not_bring_a_run_back(steps: int, ended: int) -> None:
    """Some end in their very last step: there the loss is still told. Some end where they begin."""
    axes: Any = {"start": [(1.0, 0.0), (0.0, 0.0)], "lr": [0.01, 0.05, 0.3], "surface.a": [0.5, 1]}
    s = sweep(Gap(), SGD(), axes, steps=steps, keep=KEEP)
    for where in np.ndindex(s.loss.shape):
        start, lr, a = (values[i] for values, i in zip(axes.values(), where, strict=True))
        assert_cell_is(s, where, run(Gap(a=a), SGD(lr=lr), start, steps))
    assert (s.diverged_at[0] > 0).sum() == ended
    assert (s.diverged_at[1] == 0).all()
    assert np.isinf(s.loss).any() == (steps in s.diverged_at)


class Delayed(Rule):
    """Gradient descent two steps late. Its memory: the start, at first; the last two gradients."""

    lr: float = base.lr(0.01)

    def init(self, x: Array, loss: Loss) -> Any:
        return x, jnp.zeros(2), jnp.zeros(2)

    def step(self, x: Array, state: Any, loss: Loss) -> Any:
        before, newer, older = state
        g = loss.grad(x)
        shown = base.info(query=x, grad=g, rate=self.lr)
        return x - self.lr * (older + 0.1 * before), (jnp.zeros(2), g, newer), shown


def test_numbers_of_a_state_may_come_to_vary_late_or_only_at_first() -> None:
    s = sweep(VALLEY, Delayed(), {"lr": [0.002, 0.004]}, FAR, 30, keep=KEEP)
    for i, lr in enumerate([0.002, 0.004]):
        assert_cell_is(s, i, run(VALLEY, Delayed(lr=lr), FAR, 30))


class Peeks(Rule):
    """Gradient descent by the largest curvature, which LAPACK finds: no form over scalars."""

    lr: float = base.lr(0.5)

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros((2, 2), jnp.float32)

    def step(self, x: Array, state: Array, loss: Loss) -> Any:
        g, h = loss.grad(x), loss.hess(x)
        rate = self.lr / jnp.abs(jnp.linalg.eigvalsh(h)).max()
        return x - rate * g, h.astype(jnp.float32), base.info(query=x, grad=g, rate=rate)


def test_a_rule_that_has_no_form_over_scalars_is_swept_too() -> None:
    surface, start = SURFACES["himmelblau"], STARTS["himmelblau"]
    s = sweep(surface, Peeks(), {"lr": [0.3, 0.9]}, start, 20, keep=KEEP)
    for i, lr in enumerate([0.3, 0.9]):
        assert_cell_is(s, i, run(surface, Peeks(lr=lr), start, 20))


@pytest.mark.parametrize(("slug", "chunk"), [("adam", CHUNK), ("backtracking", CHUNK_OF_SEARCHES)])
def test_chunks_and_blocks_leave_no_seam(slug: str, chunk: int) -> None:
    """Two chunks, the last not full, and two blocks; every cell with noise of its own."""
    count, steps = chunk + 70, BLOCK + 2
    rates = np.geomspace(1e-3, 1e-1, count // 10)
    axes = {"lr": rates, "seed": np.arange(10)}
    rule = OPTIMIZERS[slug]()
    s = sweep(VALLEY, rule, axes, FAR, steps, noise=0.3, clip=20.0, keep=KEEP)
    assert np.isfinite(s.loss).all()
    for where in [(0, 0), (len(rates) // 2, 3), (len(rates) - 8, 9), (len(rates) - 1, 9)]:
        t = run(
            VALLEY, OPTIMIZERS[slug](lr=rates[where[0]]), FAR, steps,
            noise=0.3, seed=where[1], clip=20.0,
        )  # fmt: skip
        assert_cell_is(s, where, t)


def test_verdicts_are_those_of_run_on_both_sides_of_the_limit() -> None:
    rates = np.array([1e-4, 0.0198, 0.0202, 0.023, 0.1, 1.0, 9.0])
    for steps in (2, 300, 1500):
        s = sweep(VALLEY, SGD(), {"lr": rates}, FAR, steps, keep=("f", "x"))
        runs = [run(VALLEY, SGD(lr=lr), FAR, steps) for lr in rates]
        assert s.growing.tolist() == [t.growing for t in runs]
        assert s.diverged_at.tolist() == [
            -1 if t.diverged_at is None else t.diverged_at for t in runs
        ]
        assert s.f is not None
        for ours, t in zip(s.f, runs, strict=True):
            np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(t.f))
    assert s.growing.any()
    assert not s.growing.all()
    assert (s.diverged_at > 0).sum() == 4
    np.testing.assert_array_equal(np.isnan(s.loss), s.diverged_at >= 0)


def test_falling_without_end_is_not_growing_here_either() -> None:
    saddle = LANDSCAPES["saddle"]()
    s = sweep(saddle, SGD(), {"lr": [0.01, 0.1, 1.0]}, (-1.8, 0.01), 1500)
    assert not s.growing.any()
    assert (s.diverged_at > 0).any()


def test_a_sweep_of_nothing_is_one_run() -> None:
    s = sweep(VALLEY, ADAM(), {}, FAR, 50)
    assert s.loss.shape == ()
    assert float(s.loss) == pytest.approx(run(VALLEY, ADAM(), FAR, 50).f[-1], rel=1e-9)


def test_nothing_is_kept_unless_asked_for() -> None:
    s = sweep(VALLEY, ADAM(), {"lr": np.geomspace(1e-3, 1, 50)}, FAR, 300)
    assert s.x is None
    assert s.f is None
    kept = sweep(VALLEY, ADAM(), {"lr": [0.1]}, FAR, 300, keep=("x",))
    assert kept.x is not None
    assert kept.f is None


def prepared(rule: Rule, *names: str, every_loss: bool = False) -> tuple[Block, Any, Any]:
    """The block of sweeps over these fields on the valley, its setting's numbers, its leaves."""
    setting = as_setting(VALLEY, rule, None, as_noise(None), None)
    places = places_in(setting)
    numbers, structure = jax.tree.flatten(setting)
    leaves = tuple(places[name] for name in names)
    return block_of(structure, leaves, False, every_loss), np.array(numbers), leaves


def test_no_step_allocates_for_a_loss_that_nobody_asked_for() -> None:
    for every_loss, rows in ((False, 0), (True, BLOCK)):
        block, numbers, _ = prepared(SGD(), "lr", every_loss=every_loss)
        lowered = block.steps.lower(
            numbers, np.ones((1, CHUNK)), block.nothing(CHUNK), _span(0, BLOCK),
            np.zeros((BLOCK, 2, 1)), None,
        )  # fmt: skip
        memory: Any = lowered.compile().memory_analysis()
        size = memory.output_size_in_bytes + memory.temp_size_in_bytes
        assert (size > 8 * CHUNK * BLOCK) == bool(rows)


def test_a_number_that_is_the_same_in_all_cells_stays_one_number() -> None:
    def sizes(*names: str) -> list[int]:
        block, _, _ = prepared(ADAM(), *names)
        return [np.size(number) for number in block.nothing(5).state]

    assert sizes("lr") == [5, 5, 5, 5, 1, 1]  # m and v; β₁ᵗ and β₂ᵗ
    assert sizes("beta2", "lr") == [5, 5, 5, 5, 1, 5]


def test_noise_swept_over_sigma_is_gaussian_where_none_was_named() -> None:
    s = sweep(VALLEY, SGD(lr=0.01), {"noise.sigma": [0.0, 1.0]}, FAR, 50, keep=("x",))
    assert s.x is not None
    np.testing.assert_allclose(s.x[1], run(VALLEY, SGD(lr=0.01), FAR, 50, noise=1.0).x[-1], **CLOSE)
    assert np.abs(s.x[1] - s.x[0]).max() > 1e-3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"axes": {"speed": [1.0]}}, "'speed' is not an axis here; axes are: "),
        ({"axes": {"surface.speed": [1.0]}}, "'surface.speed' is not an axis here; axes are: "),
        ({"axes": {"schedule.drop": [1.0]}}, "'schedule.drop' is not an axis here; axes are: "),
        ({"axes": {"lr": 0.1}}, "the axis 'lr' has shape (); it must be a list of numbers."),
        ({"axes": {"start": [1.0]}}, "the axis 'start' has shape (1,); it must be points (k, 2)."),
        ({"axes": {"seed": [0.5]}}, "seed is 0.5; it must be a whole number from 0 to 4294967295."),
        ({"axes": {"noise.sigma": [-1.0]}}, "noise sigma is -1.0; it must be a number from 0 up."),
        ({"axes": {"noise.batch": [0.0]}}, "noise batch is 0.0; it must be a number from 1 up."),
        ({"axes": {"clip": [1.0, -1.0]}}, "clip is -1.0; it must be a number above 0, or None."),
        ({"keep": ("x", "grad")}, "keep has 'grad'; it may have: f, x."),
        ({"steps": 20_001}, "steps is 20001; it must be a whole number from 0 to 20000."),
        ({"start": None}, "start is None; it must be two finite numbers."),
    ],
)
def test_what_cannot_be_swept_gets_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    settings: dict[str, Any] = {"axes": {"lr": [0.1]}, "start": FAR, "steps": 5} | wrong
    with pytest.raises(ValueError) as error:  # noqa: PT011
        sweep(VALLEY, SGD(), **settings)
    assert str(error.value).startswith(sentence)


def test_the_sentence_names_the_axes() -> None:
    with pytest.raises(ValueError, match=r"axes are: .*surface\.condition.*lr.*start, seed\.$"):
        sweep(VALLEY, SGD(), {"speed": [1.0]}, FAR, 5)


@pytest.fixture
def compiled() -> Iterator[list[str]]:
    """Grows by an entry for whatever JAX traces or compiles."""
    events: list[str] = []

    def note(event: str, duration_secs: float, **_: Any) -> None:
        if "/compile/" in event:
            events.append(event)

    jax.monitoring.register_event_duration_secs_listener(note)
    yield events
    jax.monitoring.unregister_event_duration_listener(note)


def test_other_numbers_compile_nothing(compiled: list[str]) -> None:
    def go(values: Any, steps: int = 300, **more: Any) -> None:
        sweep(VALLEY, ADAM(), {"lr": values, "beta1": [0.5, 0.9]}, FAR, steps, **more)

    go([0.1, 0.2, 0.3])
    assert compiled
    compiled.clear()
    go([1, 2, 3])
    for steps in (0, 3, 700, 2000):
        go([0.1, 0.2, 0.3], steps=steps)
    go([0.1, 0.2, 0.3], noise=1.0, seed=4, clip=3.0)
    sweep(
        VALLEY.replace(condition=3), ADAM(eps=1e-3), {"lr": [1, 2, 3], "beta1": [0, 0]}, (0, 1), 9
    )
    assert compiled == []


def test_lists_of_about_the_same_length_share_a_program(compiled: list[str]) -> None:
    def go(count: int) -> None:
        sweep(VALLEY, SGD(), {"lr": np.geomspace(1e-4, 1e-2, count)}, FAR, 5)

    for first, *others in ((20, 31, 32), (CHUNK, 2 * CHUNK, 3 * CHUNK - 1)):
        go(first)
        compiled.clear()
        for count in others:
            go(count)
        assert compiled == []


def test_the_programs_that_are_kept_are_counted() -> None:
    assert _kind.cache_info().maxsize == block_of.cache_info().maxsize == MOST_PROGRAMS


# --- what a batch knows of a program -------------------------------------------------------------


def searched(x: Array, n: Array) -> Any:
    """Searches inside a branch, a count for all, a table read in a counted loop, known numbers."""

    def halve(a: Array) -> Array:
        return jax.lax.while_loop(lambda s: s > 1.0, lambda s: s / 2, a)

    branched = jax.lax.cond(x[0] > 0, lambda x: halve(x[0]), lambda x: x[1], x)
    alike = jax.lax.cond(n > 2, lambda x: x[0] * 2, lambda x: x[1], x)
    rounds = jax.lax.fori_loop(0, n, lambda i, s: (s[0] + 1.0, s[1] * x[0]), (0.0, 1.0))
    total, kept = jax.lax.scan(lambda s, r: (s + r, s * x[1]), jnp.float64(0), jnp.arange(9.0))
    chosen = jax.lax.cond(n > 2, lambda n: n * 2, lambda n: n, n)
    known = jax.lax.cond(x[0] > 0, lambda: 1.0, lambda: 2.0)
    inside = jax.lax.cond(x[0] > 0, lambda n: halve(1.0 * n), lambda n: 0.5, n)
    return branched, alike, rounds, total, kept, chosen, known, inside


def test_what_varies_is_what_has_a_value_for_each_cell() -> None:
    program = trace(searched, np.zeros(2), np.int64(3))
    by_jax = jax.jit(jax.vmap(lambda a, b, n: searched(jnp.stack([a, b]), n)))
    x, y = np.array([[5.0, -1.0, 3.0], [0.5, 2.0, -4.0]])
    for apart in [
        (True, True, False),
        (True, False, False),
        (False, True, False),
        (True, True, True),
    ]:
        wide = [v if a else v[0] for v, a in zip((x, y, np.array([3, 1, 4])), apart, strict=True)]
        found = jax.jit(partial(batched, program))(wide)
        assert [f.ndim == 1 for f in found] == varying(program, apart)
        wanted = by_jax(*np.broadcast_arrays(*wide))
        flat = np.concatenate([np.reshape(w, (3, -1)) for w in jax.tree.leaves(wanted)], axis=1)
        ours = np.stack([np.broadcast_to(f, 3) for f in found], axis=1)
        np.testing.assert_allclose(ours, flat, rtol=1e-15)
    assert not all(varying(program, (True, True, False)))


def test_only_the_branch_that_all_cells_take_is_computed() -> None:
    def either(n: Array, x: Array) -> Array:
        return jax.lax.cond(n > 0, jnp.sin, jnp.cos, x)

    program = trace(either, np.int64(1), np.float64(1))
    shape = jax.ShapeDtypeStruct((3,), np.float64)
    alike = jax.make_jaxpr(lambda n, x: batched(program, [n, x]))(1, shape)
    apart = jax.make_jaxpr(lambda n, x: batched(program, [n, x]))(shape, shape)
    assert "cond[" in str(alike)
    assert "cond[" not in str(apart)


def test_a_program_searches_if_its_loop_ends_by_a_condition() -> None:
    assert searches(trace(searched, np.zeros(2), np.int64(3)))
    assert not searches(trace(lambda x: jax.lax.fori_loop(0, 20, lambda i, s: s * x, x), 1.0))


def test_where_cells_search_fewer_of_them_run_together() -> None:
    chunks = [
        prepared(OPTIMIZERS[slug](), "lr")[0].chunk for slug in ("backtracking", "bfgs", "newton")
    ]
    assert chunks == [CHUNK_OF_SEARCHES, CHUNK_OF_SEARCHES, CHUNK]
