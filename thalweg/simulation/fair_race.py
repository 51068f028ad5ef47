r"""The fair race: every rule at its own best setting, found by the same search.

What is searched are the rule's lr, by ratios over its knob's range, and its decays: the knobs that
say what share of something is kept from step to step. The number 1/(1 − v) of steps that such a
share remembers is what matters, so v is spaced evenly in

$$u = -\log(1 - v)$$

All other numbers (ε, weight decay, those of line searches) and the switches stay as they are.

Half of the trials are a grid, lr × settings of the decays, the other half four rounds of points
around the best so far, in a box that shrinks. The points are those of an additive recurrence of
low discrepancy (Roberts, The unreasonable effectiveness of quasirandom sequences, 2018): nothing
is left to chance. Whatever the number of its knobs, a rule gets as many trials, and each of these
as many evaluations, as any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jax.typing import ArrayLike

from calculus.fields import Knob
from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats
from thalweg.simulation.chunks import Whole
from thalweg.simulation.minima import loss_at, lowest
from thalweg.simulation.noise import Noise
from thalweg.simulation.progress import Progress, part
from thalweg.simulation.run import MOST_STEPS, check_start
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.sweep import Sweep, SweepPlan, steps_within, sweep_with_progress

Race = Callable[[dict[str, Floats]], Progress[Sweep]]

LR = "lr"
RATES = 64
"""Values of lr in the grid, where there are decays to be crossed with them."""
ROUNDS = 4
SHRINK = 0.4
"""The side of a round's box, as a share of the one before."""
SHARE_OF_START = 1e-8
"""The level, unless given, as a share of the start's height above the minimum."""
LEAST_TRIALS, MOST_TRIALS = 128, 16_384
CHUNK = 128
"""Trials of one call of the program: the same for the grid and for every round."""


def is_decay(knob: Knob) -> bool:
    """Whether a knob is a share that is kept from step to step.

    Such a share can be nothing, or all but all, and is more than a half unless one chooses
    otherwise: momentum, and the decays of averages. A weight decay is not, nor what a line search
    asks for.
    """
    whole_range = knob.low == 0 and 0.99 <= knob.high <= 1
    return whole_range and knob.default > 0.5 and not (knob.log or knob.whole)


@dataclass(frozen=True)
class Tuned:
    """A rule at its best, and how much that best depends on the lr."""

    rule: Rule
    """The rule with the best fields."""
    fields: dict[str, float]
    """Those that were searched."""
    loss: float
    """f − f_min at the end; f itself where the surface has no minimum."""
    settled: int
    """Evaluations until f − f_min stays at most ``level``; −1: it does not."""
    steps: int
    """Steps that the budget was enough for."""
    trials: int
    level: float | None
    """None where the surface has no minimum."""
    lr: Floats
    """(n,), ascending: in each of n equal parts of lr's range (by ratios) the trial that came
    lowest. Empty for a rule without lr."""
    best: Floats
    """(n,), its loss, as ``loss``; ∞ where all grew or were not finite."""
    names: tuple[str, ...]
    others: Floats
    """(n, m), its other fields, by ``names``."""
    width: float
    """Decades of lr within which ``best`` is at most ``level``; where no trial comes there, at
    most ten times the least. NaN for a surface without minimum, or a rule without lr."""


@in_float64
def tuned(
    surface: Surface,
    rule: Rule,
    start: ArrayLike | Sequence[float],
    budget: int,
    trials: int = 1024,
    level: float | None = None,
    noise: Noise | float | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
) -> Progress[Tuned]:
    """``rule`` at the best of ``trials`` settings, each a run of ``budget`` evaluations.

    The best is the one that needs the fewest evaluations until f − f_min stays at most ``level``
    (`SHARE_OF_START`); where none does, and on a surface without a minimum, the one that ends
    lowest; and never one that grows or is not finite, unless all do. Evaluations are counted in
    gradients, as `sweep` does. A schedule spans the steps that the budget is enough for; where
    steps differ in what they cost, as many as there are evaluations. A rule without lr and decays
    has one setting, and one trial. The rest is as in `run`. Raises ValueError, with a sentence,
    for a number of trials or a budget that is not allowed, and for what `sweep` refuses.
    """
    _check_whole("trials", trials, LEAST_TRIALS, MOST_TRIALS)
    _check_whole("budget", budget, 1, MOST_STEPS)
    if level is not None and not 0 <= level < np.inf:
        raise ValueError(f"level is {level!r}; it must be a number from 0 up, or None.")
    x0 = check_start(start)
    f_min = lowest(surface)
    if f_min is None:
        level = None
    elif level is None:
        level = SHARE_OF_START * (loss_at(surface, x0) - f_min)

    steps = steps_within(budget, surface, rule, schedule)

    def race(axes: dict[str, Floats]) -> Progress[Sweep]:
        return sweep_with_progress(
            SweepPlan(
                surface,
                rule,
                axes,
                x0,
                steps,
                noise,
                seed,
                schedule,
                clip,
                level=None if f_min is None or level is None else f_min + level,
                budget=budget,
                together=True,
                chunk=CHUNK if axes else None,
            )
        )

    search = Search.over(rule, trials)
    race(search.fields(np.full((1, len(search.knobs)), 0.5)))  # raises what it refuses
    return _tuned(rule, search, race, f_min or 0.0, level)


class Trials(NamedTuple):
    """Settings that were tried, as points of the unit cube (n, d), and what came of each."""

    at: Floats
    loss: Floats  # above the minimum; ∞ where it grew or was not finite
    evaluations: Floats  # evaluations until it settled; ∞ where it did not
    made: Whole

    @property
    def best(self) -> int:
        """The first to settle, or else the lowest."""
        return int(np.lexsort((self.loss, self.evaluations))[0])


class Search(NamedTuple):
    """The knobs that are searched, lr first, as sides of a unit cube; and the shares of trials."""

    knobs: dict[str, Knob]
    rates: int
    settings: int
    trials: int

    @classmethod
    def over(cls, rule: Rule, trials: int) -> "Search":
        """What of ``rule`` is searched in so many ``trials``."""
        own = rule.knobs()
        decays = {name: k for name, k in own.items() if is_decay(k)}
        half = trials // 2
        if LR not in own:
            return cls(decays, 1, half if decays else 1, trials if decays else 1)
        rates = RATES if decays else half
        return cls({LR: own[LR]} | decays, rates, half // rates, trials)

    def fields(self, at: Floats) -> dict[str, Floats]:
        """The fields at points (n, d) of the cube."""
        return {n: of_unit(k, u) for (n, k), u in zip(self.knobs.items(), at.T, strict=True)}

    def grid(self, own: dict[str, float]) -> Floats:
        """The first points: every lr with every setting of the decays, the ``own`` among them."""
        decays = [n for n in self.knobs if n != LR]
        others = spread(0, self.settings, len(decays))
        if decays:
            others[0] = [to_unit(self.knobs[n], own[n]) for n in decays]
        if LR not in self.knobs:
            return others
        rates = (np.arange(self.rates) + 0.5) / self.rates
        return np.column_stack([np.repeat(rates, self.settings), np.tile(others, (self.rates, 1))])

    def first_box(self) -> Floats:
        """The sides (d,) of the box in which the search goes on: several cells of the grid."""
        decays = len(self.knobs) - (LR in self.knobs)
        side = min(1.0, 2 * self.settings ** (-1 / max(decays, 1)))
        of_lr = 8 / self.rates if decays == 0 else 0.2
        return np.array([of_lr if n == LR else side for n in self.knobs])


def _tuned(
    rule: Rule,
    search: Search,
    race: Race,
    f_min: float,
    level: float | None,
) -> Progress[Tuned]:
    own = {n: float(rule.number(n)) for n in search.knobs}
    at, box, all_of = search.grid(own), search.first_box(), search.trials
    tried = yield from part(_raced(search, race, at, f_min), 0, len(at), all_of)
    for left in range(ROUNDS if search.knobs else 0, 0, -1):
        done = len(tried.at)
        count = (all_of - done) // left
        middle = np.clip(tried.at[tried.best], box / 2, 1 - box / 2)
        at = middle + box * (spread(done, count, len(box)) - 0.5)
        more = yield from part(_raced(search, race, at, f_min), done, count, all_of)
        tried = Trials(*(np.concatenate(pair) for pair in zip(tried, more, strict=True)))
        box = box * SHRINK
    k = tried.best
    fields = {n: float(v[k]) for n, v in search.fields(tried.at).items()}
    lr, best, others, width = _curve(search, tried, level)
    return Tuned(
        rule=rule.replace(**fields),
        fields=fields,
        loss=float(tried.loss[k]),
        settled=int(tried.evaluations[k]) if np.isfinite(tried.evaluations[k]) else -1,
        steps=int(tried.made[k]),
        trials=len(tried.at),
        level=level,
        lr=lr,
        best=best,
        names=tuple(n for n in search.knobs if n != LR),
        others=others,
        width=width,
    )


def _raced(search: Search, race: Race, at: Floats, f_min: float) -> Progress[Trials]:
    s = yield from race(search.fields(at))
    loss, made = np.atleast_1d(s.loss), np.atleast_1d(s.made)  # type: ignore[arg-type]
    bad = np.atleast_1d(s.growing | (s.diverged_at >= 0))
    evaluations = (
        np.full(len(loss), np.nan) if s.evaluations is None else np.atleast_1d(s.evaluations)
    )
    return Trials(
        at,
        np.where(bad, np.inf, loss - f_min),
        np.where(bad | np.isnan(evaluations), np.inf, evaluations),
        made,
    )


def _curve(
    search: Search, tried: Trials, level: float | None
) -> tuple[Floats, Floats, Floats, float]:
    """The lowest trial in each part of lr's range: its lr, loss and others; and the width."""
    if LR not in search.knobs:
        return np.zeros(0), np.zeros(0), np.zeros((0, len(search.knobs))), np.nan
    where = np.minimum((tried.at[:, 0] * search.rates).astype(int), search.rates - 1)
    order = np.lexsort((tried.loss, where))
    first = order[np.searchsorted(where[order], np.arange(search.rates))]
    lr, *others = search.fields(tried.at[first]).values()
    best = tried.loss[first]
    width = np.nan
    if level is not None:
        reached = best <= (level if (best <= level).any() else 10 * best.min())
        knob = search.knobs[LR]
        width = float(reached.mean() * np.log10(knob.high / knob.low))
    return lr, best, np.reshape(others, (-1, search.rates)).T, width


# --- the cube --------------------------------------------------------------------------------


HIGHEST = 1 - 1e-4
"""The highest decay that is tried where a knob goes on to 1."""


def _memory(knob: Knob) -> float:
    return float(-np.log1p(-(knob.high if knob.high < 1 else HIGHEST)))


def of_unit(knob: Knob, u: Floats) -> Floats:
    """The knob's values at ``u`` from 0 to 1: by ratios, or evenly in −log(1 − v) for a decay."""
    if is_decay(knob):
        return np.clip(-np.expm1(-u * _memory(knob)), knob.low, knob.high)
    return np.clip(knob.low * (knob.high / knob.low) ** u, knob.low, knob.high)


def to_unit(knob: Knob, value: float) -> float:
    """Where ``value`` lies from 0 to 1; what lies beyond is at the end."""
    if is_decay(knob):
        return float(np.clip(-np.log1p(-min(value, HIGHEST)) / _memory(knob), 0, 1))
    return float(np.clip(np.log(value / knob.low) / np.log(knob.high / knob.low), 0, 1))


def spread(first: int, count: int, sides: int) -> Floats:
    """Points ``first``, … (count, sides) of the additive recurrence with Roberts' ratios."""
    g = 2.0
    for _ in range(60):  # the root of gᵈ⁺¹ = g + 1: the golden ratio for d = 1
        g = (1 + g) ** (1 / (sides + 1))
    k = np.arange(first + 1, first + count + 1)[:, None]
    points: Floats = (0.5 + k * g ** -np.arange(1.0, sides + 1)) % 1
    return points


def _check_whole(name: str, value: int, low: int, high: int) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not (whole and low <= value <= high):
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {low} to {high}.")
