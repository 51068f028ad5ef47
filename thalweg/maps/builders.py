"""Each kind of map: from a Scene to what the page draws, piece by piece.

A map is a generator: it yields the share that is done and returns a JSON-able dict. Its arrays are
written as {"type", "shape", "data": base64}, numbers in the browser's byte order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from calculus.formulas.typed import keep_few
from thalweg.diagnostics import diagnose, margins_over, rate_of, stationary_variance, theory_of
from thalweg.maps.axes import Span, axes_of, cells_along, chosen, usual_span, within
from thalweg.messages.maps import WORDS, say
from thalweg.scenes import Run, Scene
from thalweg.scenes.parts import Map
from thalweg.simulation.basins import basins
from thalweg.simulation.ensemble import batches, ensemble
from thalweg.simulation.fair_race import tuned
from thalweg.simulation.minima import lowest_over, minima_of
from thalweg.simulation.stability import stability

T = TypeVar("T")
Making = Generator[float, None, T]
Table = dict[str, Any]
Axis = tuple[str, NDArray[np.float64]]
"""A number by its name in a sweep, and its values."""

SIDE = 128
STARTS = 256
MOST_MAPPED = 6
SEEDS = 256
MOST_STEPS = 1_000_000_000
"""Steps of all runs of a map together."""
MOST_TO_REST = 6000
FORGOTTEN = 10
"""Times that the slowest direction is divided by e: half of them before one measures."""
FINE, GROWING, NOT_FINITE = 0, 1, 2


def key_of(scene: Scene) -> str:
    """A text that is the same for scenes with the same map."""
    whole = scene.to_dict()
    return json.dumps(whole | {"view": whole["view"].get("map")}, sort_keys=True)


def make(scene: Scene) -> Making[bytes]:
    """The scene's map as JSON. Raises ValueError, with a sentence, for one that cannot be made."""
    asked = scene.view.map
    if asked is None:
        raise ValueError(say("noMap"))
    keep_few(scene.bare, *(run.rule for run in scene.runs))
    made = yield from KINDS[asked.kind](scene, asked)
    return json.dumps({"kind": asked.kind} | made, allow_nan=False).encode()


def _stability(scene: Scene, asked: Map) -> Making[Table]:
    run = _run_of(scene, asked)
    names = chosen(scene, run)
    knobs = [axes_of(scene, run)[name] for name in names]
    spans = [
        usual_span(knob, scene.steps) if asked.span is None else within(knob, name, asked.span[i])
        for i, (knob, name) in enumerate(zip(knobs, names, strict=True))
    ]
    x, y = ((n, cells_along(k, s, SIDE)) for n, k, s in zip(names, knobs, spans, strict=True))
    _check_work(scene, SIDE * SIDE, 1)
    surface = scene.surface
    floors = yield from _shares(lowest_over(surface, dict((y, x))), 0, 2)
    level = -np.inf if floors is None else floors + asked.tolerance
    so_far = (1, 2) if floors is not None and floors.size > 1 else (0, 1)
    found = yield from _shares(
        stability(surface, run.rule, x, y, **_given(scene, run), level=level), *so_far
    )
    if floors is None:  # the lowest that any run came to
        finite = found.loss[np.isfinite(found.loss)]
        floors = np.array(finite.min() if finite.size else 0.0)
    verdict = np.where(found.diverged_at >= 0, NOT_FINITE, np.where(found.growing, GROWING, FINE))
    margins, why = _border(scene, run, x, y)
    return {
        "run": run.id, "names": names, "span": spans,
        "x": encoded(x[1], "f8"), "y": encoded(y[1], "f8"),
        "heights": encoded(_log(found.loss - floors), "f4"),
        "settled": encoded(found.settled, "i4"),
        "verdict": encoded(verdict, "u1"),
        "margins": None if margins is None else encoded(margins, "f4"), "why": why,
    }  # fmt: skip


def _border(scene: Scene, run: Run, x: Axis, y: Axis) -> tuple[NDArray[np.float64] | None, str]:
    """Theory's border, or why there is none."""
    theory, surface = theory_of(run.rule), scene.surface
    names, own = [x[0], y[0]], set(run.rule.knobs())
    of_surface = [name.startswith("surface.") for name in names]
    wrong = {
        "noTheory": theory is None,
        "eachByItself": theory is not None and theory.preconditioner is not None,
        "notSmooth": surface.not_smooth is not None,
        "schedule": run.schedule.slug != "constant" or run.schedule.number("warmup") > 0,
        "clipped": run.clip is not None,
        "otherNumber": any(
            n not in own for n, is_so in zip(names, of_surface, strict=True) if not is_so
        ),
        # Each surface's minimum would be asked for, or searched.
        "manySurfaces": all(of_surface) or (any(of_surface) and bool(scene.bare.text_fields)),
    }
    why = next((name for name, is_so in wrong.items() if is_so), "")
    margins = None if why else margins_over(surface, run.rule, x, y)
    why = why or ("notCurved" if margins is None else "")
    return margins, say(f"noBorder.{why}", rule=run.rule.title) if why else ""


def _basins(scene: Scene, asked: Map) -> Making[Table]:
    runs = _shown(scene)[:MOST_MAPPED]
    spans: Any = asked.span or scene.surface.domain
    xs, ys = (_evenly(span, STARTS) for span in spans)
    _check_work(scene, STARTS * STARTS, len(runs))
    ends = minima_of(scene.surface)
    if len(ends.x) == 0:
        raise ValueError(say("noMinima"))
    maps = []
    for i, run in enumerate(runs):
        given = _given(scene, run)
        del given["start"]
        found = yield from _shares(
            basins(scene.surface, run.rule, xs, ys, **given, ends=ends), i, len(runs)
        )
        maps.append({
            "id": run.id,
            "which": encoded(found.which, "i1" if len(ends.x) < 128 else "i2"),
            "settled": encoded(found.settled, "i4" if scene.steps > 32_000 else "i2"),
        })  # fmt: skip
    return {
        "span": [[float(v) for v in span] for span in spans],
        "x": encoded(xs, "f8"), "y": encoded(ys, "f8"),
        "ends": [[float(v) for v in end] for end in ends.x],
        "losses": [float(v) for v in ends.loss],
        "maps": maps,
    }  # fmt: skip


def _ensemble(scene: Scene, asked: Map) -> Making[Table]:
    run = _run_of(scene, asked)
    if scene.noise.kind == "none" or scene.noise.sigma == 0:
        raise ValueError(say("noNoise"))
    _check_work(scene, SEEDS, 1)
    given = _given(scene, run)
    first = given.pop("seed")
    surface = scene.surface
    cloud = yield from _shares(
        ensemble(surface, run.rule, **given, seeds=SEEDS, first_seed=first), 0, 2
    )
    curvatures, directions = _axes_at_minimum(scene)
    law: Table | None = None
    if curvatures is not None and surface.minima is not None:
        steps, is_enough = _steps_to_rest(scene, run, curvatures)
        given |= {"start": surface.minima[0], "steps": steps}
        measured = yield from _shares(
            batches(surface, run.rule, **given, seeds=SEEDS, first_seed=first,
                    directions=directions), 1, 2
        )  # fmt: skip
        sizes = [float(b) for b in measured.sizes]
        law = {
            "sizes": sizes,
            "variance": _numbers(measured.variance),
            "error": _numbers(measured.error),
            "theory": _variances(scene, run, curvatures, sizes),
            "curvatures": [float(c) for c in curvatures],
            "steps": steps,
            "enough": is_enough,
        }
    is_log = surface.f_min is not None
    band = (cloud.low, cloud.median, cloud.high)
    low, median, high = (encoded(_log(part) if is_log else part, "f4") for part in band)
    return {
        "run": run.id, "seeds": SEEDS, "log": is_log,
        "cloud": encoded(cloud.x, "f4"), "low": low, "median": median, "high": high,
        "covariance": encoded(cloud.covariance, "f8"),
        "law": law,
    }  # fmt: skip


def _axes_at_minimum(scene: Scene) -> tuple[NDArray[np.float64] | None, Any]:
    """The curvatures (2,) and their directions (2, 2) at the first minimum, if it has both."""
    surface = scene.surface
    if surface.not_smooth is not None or surface.minima is None or len(surface.minima) == 0:
        return None, None
    point = diagnose(surface, surface.minima[0])
    values = np.asarray(point.eigenvalues)
    return (values, np.asarray(point.directions)) if values[0] > 0 else (None, None)


def _steps_to_rest(scene: Scene, run: Run, curvatures: NDArray[np.float64]) -> tuple[int, bool]:
    """Steps after half of which the slowest direction has forgotten its start; whether they do.

    At least the scene's, and at most `MOST_TO_REST`; where nothing is known of it, the scene's.
    """
    theory = theory_of(run.rule)
    rate = rate_of(run.rule, curvatures)
    if theory is None or theory.preconditioner or rate is None or run.schedule.slug != "constant":
        return scene.steps, True
    if not 0 < rate < 1:
        return scene.steps, rate == 0
    needed = int(np.ceil(FORGOTTEN / -np.log(rate)))
    return min(max(scene.steps, needed), MOST_TO_REST), needed <= MOST_TO_REST


def _variances(
    scene: Scene, run: Run, curvatures: NDArray[np.float64], sizes: list[float]
) -> list[list[float]] | None:
    """The closed form for each batch size and curvature; None where theory has none."""
    theory = theory_of(run.rule)
    steady = run.schedule.slug == "constant" and run.clip is None
    if theory is None or theory.preconditioner is not None or not steady:
        return None
    noise = scene.noise
    if noise.kind != "gaussian":
        return None
    found = [
        [stationary_variance(run.rule, float(c), noise.sigma / np.sqrt(b)) for c in curvatures]
        for b in sizes
    ]
    return found if np.isfinite(found).all() else None  # type: ignore[return-value, arg-type]


def _fair(scene: Scene, asked: Map) -> Making[Table]:
    runs = _shown(scene)
    is_log = scene.surface.f_min is not None
    results: list[Table] = []
    for i, run in enumerate(runs):
        given = _given(scene, run)
        del given["steps"]
        found = yield from _shares(
            tuned(scene.surface, run.rule, **given, budget=asked.budget), i, len(runs)
        )
        results.append({
            "id": run.id,
            "fields": {name: float(value) for name, value in found.fields.items()},
            "height": _number(_log(np.array(found.loss)) if is_log else found.loss),
            "settled": found.settled, "steps": found.steps, "trials": found.trials,
            "level": None if found.level is None else _number(_log(np.array(found.level))),
            "lr": encoded(found.lr, "f8"),
            "heights": encoded(_log(found.best) if is_log else found.best, "f4"),
            "others": encoded(found.others, "f8"), "names": list(found.names),
            "width": _number(found.width),
        })  # fmt: skip
    return {"runs": results, "budget": asked.budget, "log": is_log}


KINDS: dict[str, Callable[[Scene, Map], Making[Table]]] = {
    "stability": _stability,
    "basins": _basins,
    "ensemble": _ensemble,
    "fair": _fair,
}


def _shown(scene: Scene) -> list[Run]:
    runs = [run for run in scene.runs if run.shown]
    if not runs:
        raise ValueError(say("noRuns"))
    return runs


def _run_of(scene: Scene, asked: Map) -> Run:
    """The run that the map is of: the one it names, else the first that is shown."""
    if asked.run is None:
        return _shown(scene)[0]
    for run in scene.runs:
        if run.id == asked.run:
            return run
    raise ValueError(say("noRun", name=asked.run, known=", ".join(r.id for r in scene.runs)))


def _given(scene: Scene, run: Run) -> dict[str, Any]:
    """What of the scene every map's runs are given."""
    return {
        "start": scene.start, "steps": scene.steps, "noise": scene.noise, "seed": scene.seed,
        "schedule": run.schedule, "clip": run.clip,
    }  # fmt: skip


def _check_work(scene: Scene, cells: int, runs: int) -> None:
    work = cells * runs * scene.steps
    if work <= MOST_STEPS:
        return
    less = WORDS["fewerRuns"] if runs > 1 else ""
    many, most = f"{work:,}".replace(",", " "), f"{MOST_STEPS:,}".replace(",", " ")
    raise ValueError(
        say("tooMuch", runs=cells * runs, steps=scene.steps, work=many, most=most, less=less)
    )


def _evenly(span: Span, count: int) -> NDArray[np.float64]:
    low, high = span
    places = max(0, int(np.ceil(2.3 - np.log10((high - low) / count))))
    return np.round(low + (high - low) * (np.arange(count) + 0.5) / count, places)


def _shares(pieces: Iterable[Any], part: int = 0, parts: int = 1) -> Making[Any]:
    """What a map of the simulation returns; its progress as a share of all ``parts``."""
    pieces = iter(pieces)
    while True:
        try:
            done, whole = next(pieces)
        except StopIteration as end:
            return end.value
        yield (part + done / whole) / parts


@np.errstate(all="ignore")
def _log(excess: NDArray[np.float64]) -> NDArray[np.float64]:
    """log₁₀ of what is left above the minimum: −∞ where rounding leaves nothing."""
    return np.log10(np.where(excess < 0, 0.0, excess))


def _number(value: Any) -> float | None:
    """A number that JSON has; None for the others."""
    return float(value) if np.isfinite(value) else None


def _numbers(table: NDArray[np.float64]) -> list[list[float | None]]:
    return [[_number(value) for value in row] for row in table]


def encoded(values: Any, kind: str) -> Table:
    """An array as the browser reads it: "f4", "f8", "i1", "i2", "i4" or "u1"."""
    array = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    data = base64.b64encode(array.tobytes()).decode()
    return {"type": kind, "shape": list(array.shape), "data": data}
