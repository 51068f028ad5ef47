"""The map of stability, what a sweep can follow for it, and work in pieces."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import jax
import numpy as np
import pytest
from jax import Array

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Loss, Rule, base
from thalweg.diagnostics import limit_of
from thalweg.simulation import (
    SCHEDULES,
    Progress,
    collect,
    run,
    stability,
    sweep,
    sweep_with_progress,
)
from thalweg.simulation.progress import LONG, SHORT, cores, in_parallel, part
from thalweg.simulation.run import BLOCK
from thalweg.simulation.summary import ARRIVED
from thalweg.simulation.sweep import SweepPlan

VALLEY: Any = LANDSCAPES["valley"](condition=100.0)
FAR = (-2.0, 1.0)
SGD, MOMENTUM, NESTEROV, ADAM = (OPTIMIZERS[s] for s in ("sgd", "momentum", "nesterov", "adam"))
CLOSE: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-12}


# --- shared with the tests of the other maps -----------------------------------------------------


@contextmanager
def compilations() -> Iterator[list[str]]:
    """A list that grows by an entry for whatever JAX traces or compiles."""
    events: list[str] = []

    def note(event: str, duration_secs: float, **_: Any) -> None:
        if "/compile/" in event:
            events.append(event)

    jax.monitoring.register_event_duration_secs_listener(note)
    try:
        yield events
    finally:
        jax.monitoring.unregister_event_duration_listener(note)


def since(holds: Any) -> int:
    """The first index from which on all of ``holds`` (n,) is true; −1 where the last is not."""
    wrong = np.flatnonzero(~np.asarray(holds))
    first = int(wrong[-1]) + 1 if wrong.size else 0
    return first if first < len(holds) else -1


def cells(shape: tuple[int, ...], count: int = 200) -> Any:
    """Places in a grid, drawn once for all."""
    draws = np.random.default_rng(0).permutation(int(np.prod(shape)))[:count]
    return [tuple(map(int, place)) for place in np.transpose(np.unravel_index(draws, shape))]


def steps_of(pieces: Progress[Any]) -> tuple[list[tuple[int, int]], Any]:
    """What the pieces yield, and what they return."""
    seen = []
    while True:
        try:
            seen.append(next(pieces))
        except StopIteration as end:
            return seen, end.value


# --- the map -------------------------------------------------------------------------------------


def test_every_cell_of_the_map_is_the_run_it_stands_for() -> None:
    """With noise and a schedule; some of the runs settle, some grow, some overflow."""
    lr, rho = np.geomspace(1e-4, 10.0, 24), np.linspace(0.0, 0.98, 20)
    more: dict[str, Any] = {
        "steps": BLOCK + 40, "noise": 0.02, "seed": 3, "schedule": SCHEDULES["cosine"](),
    }  # fmt: skip
    level = 0.01
    s = collect(stability(VALLEY, MOMENTUM(), ("lr", lr), ("rho", rho), FAR, level=level, **more))
    assert s.loss.shape == s.settled.shape == s.growing.shape == s.diverged_at.shape == (20, 24)
    for row, column in cells(s.loss.shape):
        t = run(VALLEY, MOMENTUM(lr=lr[column], rho=rho[row]), FAR, **more)
        np.testing.assert_allclose(s.loss[row, column], t.f[-1], **CLOSE)
        assert s.settled[row, column] == since(t.f <= level)
        assert s.growing[row, column] == t.growing
        assert s.diverged_at[row, column] == (-1 if t.diverged_at is None else t.diverged_at)
    assert (s.settled > 0).any()
    assert s.growing.any()
    assert (s.diverged_at > 0).any()


def test_settled_is_above_the_minimum_of_each_surface_of_an_axis() -> None:
    """The double well's minimum falls with its depth: without a level it is that minimum's."""
    well: Any = LANDSCAPES["double_well"]()
    depth = np.linspace(0.05, 0.5, 12)
    lr = np.geomspace(1e-3, 1.0, 17)
    s = collect(stability(well, SGD(), ("lr", lr), ("surface.depth", depth), (-0.3, 1.0), 300))
    lows = [well.replace(depth=d).f_min for d in depth]
    assert np.ptp(lows) > 100 * ARRIVED
    for row, column in cells(s.settled.shape):
        t = run(well.replace(depth=depth[row]), SGD(lr=lr[column]), (-0.3, 1.0), 300)
        assert s.settled[row, column] == since(t.f <= lows[row] + ARRIVED)
    assert (s.settled > 0).any(axis=1).all()


def test_nothing_settles_where_there_is_no_minimum() -> None:
    saddle = LANDSCAPES["saddle"]()
    x, y = ("lr", np.array([0.01, 0.1])), ("surface.curvature_up", np.array([1.0, 2.0]))
    s = collect(stability(saddle, SGD(), x, y, (-1.0, 0.0), 50))
    assert (s.settled == -1).all()


LR = np.geomspace(1e-3, 0.5, 96)
RHO = np.linspace(0.0, 0.97, 24)
CONDITION = np.geomspace(10.0, 1000.0, 24)


@pytest.mark.parametrize(
    ("cls", "name", "values"),
    [
        (SGD, "surface.condition", CONDITION),
        (MOMENTUM, "rho", RHO),
        (MOMENTUM, "surface.condition", CONDITION),
        (NESTEROV, "rho", RHO),
        (NESTEROV, "surface.condition", CONDITION),
    ],
)
def test_growth_begins_within_a_cell_of_theorys_limit(cls: Any, name: str, values: Any) -> None:
    """In every row the growing cells are those right of lr·λ = limit.

    What limits the nearness: a run just above the limit multiplies its error by little more than
    1 a step, and to grow it must come to exceed, in the given steps, the first steps along the
    flat direction. 500 are enough for cells 7 % wide, and for ρ up to 0.97.
    """
    s = collect(stability(VALLEY, cls(), ("lr", LR), (name, values), FAR, 500))
    for grows, value in zip(s.growing, values, strict=True):
        rho = {name: value} if name in cls.knobs() else {}
        steepest = value if not rho else VALLEY.condition
        limit = limit_of(cls(**rho))
        assert limit is not None
        border = int(np.searchsorted(LR, limit / steepest))
        assert 0 < border < len(LR) - 1
        assert not grows[: border - 1].any()
        assert grows[border + 1 :].all()


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (("lr", [0.1]), ("lr", [0.2]), "Both axes are 'lr'; a map needs two different ones."),
        (("lr", [0.2, 0.1]), ("rho", [0.2]), "The values of 'lr' must be a list of numbers that"),
        (("lr", [0.1]), ("start", [[0, 0]]), "The values of 'start' must be a list of numbers"),
        (("lr", [0.1]), ("speed", [1]), "'speed' is not an axis here; axes are: "),
        (("lr", [0.1]), ("surface.speed", [1]), "'surface.speed' is not an axis here; axes are: "),
    ],
)
def test_what_makes_no_map_gets_a_sentence(x: Any, y: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        stability(VALLEY, MOMENTUM(), x, y, FAR)
    assert str(error.value).startswith(sentence)


def test_other_numbers_compile_nothing() -> None:
    lr, rho = np.geomspace(1e-4, 1e-2, 24), np.linspace(0.0, 0.9, 20)

    def go(condition: float, low: float, **more: Any) -> None:
        surface = VALLEY.replace(condition=condition)
        collect(stability(surface, MOMENTUM(), ("lr", low * lr), ("rho", rho), FAR, **more))

    with compilations() as seen:
        go(10.0, 1.0)
        assert seen
        seen.clear()
        go(20.0, 2.0, level=0.3)
        go(30.0, 1.5, steps=700, seed=2, noise=1.0, clip=3.0)
        assert seen == []


# --- what a sweep can follow ---------------------------------------------------------------------


def test_a_path_is_every_point_of_the_run() -> None:
    """Over the seam of two blocks; NaN after a point that is not finite."""
    lr, steps = [0.001, 0.019, 0.03, 9.0], BLOCK + 9
    s = sweep(VALLEY, SGD(), {"lr": lr}, FAR, steps, keep=("path", "f"))
    assert s.path is not None
    for ours, rate in zip(s.path, lr, strict=True):
        t = run(VALLEY, SGD(lr=rate), FAR, steps)
        np.testing.assert_allclose(ours, t.x, **CLOSE)
    assert np.isnan(s.path).any()


@pytest.mark.parametrize("slug", ["sgd", "newton", "backtracking", "nelder_mead"])
def test_a_budget_ends_a_run_before_the_step_that_exceeds_it(slug: str) -> None:
    """A gradient counts 1, a value 1, a Hessian 2. Steps of the last two differ in what they cost.

    Half of the starts are near the minimum: there a line search takes other numbers of trials.
    """
    surface, rule, budget = LANDSCAPES["rosenbrock"](), OPTIMIZERS[slug](), 100.0
    rule = rule.replace(lr=1e-3) if slug == "sgd" else rule
    starts = np.random.default_rng(1).uniform((-2, -1), (2, 3), (40, 2))
    starts[20:] = 1.0 + 0.01 * starts[20:]
    level = 0.3
    s = sweep(
        surface, rule, {"start": starts}, steps=120, keep=("path", "f"), level=level, budget=budget
    )
    assert s.made is not None
    assert s.evaluations is not None
    assert s.settled is not None
    assert s.path is not None
    assert s.f is not None
    before = float(rule.init_calls[0])
    for i, start in enumerate(starts):
        t = run(surface, rule, start, 120)
        spent = before + np.cumsum(t.calls @ [1.0, 1.0, 2.0])
        made = int((spent <= budget).sum())
        assert s.made[i] == made
        frozen = np.append(t.x[: made + 1], np.repeat(t.x[made][None], 120 - made, axis=0), axis=0)
        np.testing.assert_allclose(s.path[i], frozen, **CLOSE)
        np.testing.assert_allclose(s.f[i, made:], t.f[made], **CLOSE)
        settled = since(t.f[: made + 1] <= level)
        assert s.settled[i] == settled
        evaluations = np.append(before, spent)[settled] if settled >= 0 else np.nan
        np.testing.assert_equal(s.evaluations[i], evaluations)
    assert (s.made < 120).any()
    assert (s.settled >= 0).any()


def test_a_schedule_spans_the_steps_asked_for_whatever_the_budget() -> None:
    """With 30 of 60 steps made, a rate that falls in a line is at its half."""
    linear = SCHEDULES["linear"]()
    s = sweep(VALLEY, SGD(), {"lr": [0.01]}, FAR, 60, schedule=linear, keep=("x",), budget=30)
    t = run(VALLEY, SGD(lr=0.01), FAR, 60, schedule=linear)
    assert s.x is not None
    np.testing.assert_allclose(s.x[0], t.x[30], **CLOSE)


class Still(Rule):
    """A rule that asks for nothing."""

    lr: float = base.lr(0.1)

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> Any:
        return x - self.lr, (), base.info(query=x, grad=0.0, rate=self.lr, calls=(0, 0, 0))


def test_steps_that_cost_nothing_are_all_made() -> None:
    s = sweep(VALLEY, Still(), {"lr": [0.1, 0.2]}, FAR, 30, keep=("x",), budget=0.0)
    assert s.x is not None
    assert s.made is not None
    assert s.made.tolist() == [30, 30]
    np.testing.assert_allclose(s.x[:, 0], [-5.0, -8.0])


def test_what_is_not_asked_for_is_not_there() -> None:
    s = sweep(VALLEY, SGD(), {"lr": [0.01]}, FAR, 5)
    assert [s.x, s.f, s.path, s.settled, s.arrived, s.made, s.evaluations] == [None] * 7


def test_axes_can_be_taken_together() -> None:
    """Side by side instead of crossed; filled up to a chunk of a size that is asked for."""
    lr, rho = [0.001, 0.004, 0.01], [0.0, 0.5, 0.9]
    axes = {"lr": lr, "rho": rho}
    s = collect(
        sweep_with_progress(SweepPlan(VALLEY, MOMENTUM(), axes, FAR, 40, together=True, chunk=8))
    )
    runs = [run(VALLEY, MOMENTUM(lr=a, rho=b), FAR, 40) for a, b in zip(lr, rho, strict=True)]
    np.testing.assert_allclose(s.loss, [t.f[-1] for t in runs], **CLOSE)
    with pytest.raises(ValueError, match=r"must be of one length; they have lr 3, rho 2\.$"):
        sweep_with_progress(
            SweepPlan(VALLEY, MOMENTUM(), {"lr": lr, "rho": rho[:2]}, FAR, together=True)
        )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"budget": -1.0}, "budget is -1.0; it must be a number from 0 up, or None."),
        ({"level": [1.0, 2.0, 3.0]}, "level has shape (3,); it must spread over (2,)."),
        ({"target": [1.0]}, "target has shape (1,); it must spread over (2, 2)."),
        ({"keep": ["path"], "axes": {"seed": range(9000)}, "steps": 20_000}, "The paths of 9000"),
    ],
)
def test_what_cannot_be_followed_gets_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    settings: dict[str, Any] = {"axes": {"lr": [0.1, 0.2]}, "start": FAR, "steps": 5} | wrong
    with pytest.raises(ValueError) as error:  # noqa: PT011
        sweep(VALLEY, SGD(), **settings)
    assert str(error.value).startswith(sentence)


# --- work in pieces ------------------------------------------------------------------------------


def long_map(side: int = 64) -> Progress[Any]:
    """Some 0.3 s of work."""
    x, y = ("lr", np.geomspace(1e-3, 1.0, side)), ("beta1", np.linspace(0.0, 0.9, side))
    return stability(VALLEY, ADAM(), x, y, FAR, 15 * BLOCK)


def test_pieces_tell_how_far_they_are() -> None:
    collect(long_map(32))  # compiled for whole chunks
    seen, found = steps_of(long_map())
    assert isinstance(found.loss, np.ndarray)
    assert len(seen) > 1
    assert {all_of for _, all_of in seen} == {seen[-1][0]}
    assert all(a[0] < b[0] for a, b in pairwise(seen))


def test_a_map_that_is_closed_leaves_nothing_behind() -> None:
    """Between two pieces nothing computes; and the next map is what it would have been."""
    whole = collect(long_map(33))
    pieces = long_map(33)
    next(pieces)
    begun = time.process_time()
    time.sleep(0.2)
    assert time.process_time() - begun < 0.05
    pieces.close()
    assert cores()._work_queue.empty()
    with pytest.raises(StopIteration):
        next(pieces)
    np.testing.assert_array_equal(collect(long_map(33)).loss, whole.loss)


def test_two_maps_can_take_turns() -> None:
    alone = collect(long_map(33))
    one, other = long_map(33), long_map(33)
    next(one)
    next(other)
    next(one)
    other.close()
    np.testing.assert_array_equal(collect(one).loss, alone.loss)


@pytest.mark.parametrize(("each", "calls"), [(0.0005, 400), (0.06, 4)])
def test_a_piece_is_neither_short_nor_long(each: float, calls: int) -> None:
    """Quick calls go together; of slow ones as many are a piece as the processor has cores."""
    many = os.cpu_count() or 1
    begun = time.perf_counter()
    seen, _ = steps_of(in_parallel([lambda k: time.sleep(each)] * 3, 3, many * calls))
    took = time.perf_counter() - begun
    assert seen[-1] == (3 * many * calls, 3 * many * calls)
    assert took / LONG / 3 <= len(seen) <= took / SHORT + 1
    assert SHORT < LONG <= 0.1


def test_parts_follow_each_other() -> None:
    def work() -> Progress[str]:
        yield 1, 2
        yield 2, 2
        return "done"

    def both() -> Progress[list[str]]:
        return [(yield from part(work(), 0, 1, 4)), (yield from part(work(), 1, 3, 4))]

    seen, found = steps_of(both())
    assert found == ["done", "done"]
    assert [done / all_of for done, all_of in seen] == [1 / 8, 1 / 4, 5 / 8, 1]
