"""What the stage is given: a Scene, its kernels, and all that is written beside the picture."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from calculus.fields import Described, Knob
from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS
from calculus.formulas.names import plain_symbol
from landscapes import LANDSCAPES
from landscapes.base import Points
from optimizers import OPTIMIZERS
from thalweg.diagnostics import critical_points, theory_of
from thalweg.diagnostics.point_kernels import length_source, plane_of
from thalweg.maps.axes import (
    SHARED_AXES,
    axes_of,
    chosen,
    searched,
    usual_span,
)
from thalweg.messages.stage import WORDS
from thalweg.scenes import PRESETS, Run, Scene
from thalweg.scenes.parts import CURVES, KINDS, NOISES
from thalweg.scenes.scene_kernels import LiveRun, live, name_of
from thalweg.simulation import SCHEDULES
from thalweg.simulation.noise import Noise, unit_draws
from thalweg.stage import addresses, palette
from thalweg.stage.cache import keep
from thalweg.stage.equation_slots import worked
from thalweg.stage.files import address
from thalweg.stage.mathml import mathml

MOST_STRENGTH = 10.0


def payload(
    scene: Scene,
    *,
    plotly: str,
    page: str = "race",
    generation: int = 0,
    revision: int = 0,
    problems: Iterable[str] = (),
    quick: bool = False,
) -> dict[str, Any]:
    """Everything the stage needs to show ``scene``; JSON-able, in the terms of web/types.js.

    ``page`` is "race", "microscope", "own" or "maps"; ``plotly`` is the address of plotly.js.
    ``generation`` grows when this scene shall win over the one the stage has; ``revision`` is the
    stage's report that this answers. ``quick`` leaves out what would have to be searched for.
    """
    kernels = live(scene)
    texts = dict(kernels.texts)
    return {
        "page": page,
        "generation": generation,
        "revision": revision,
        "scene": scene.to_dict(),
        "surface": _surface(scene) | _known(scene, page, quick) | {
            "kernel": kernels.surface, "names": list(kernels.surface_names)
        },
        "runs": [
            _run(scene, run, k)
            | (_lens(run, k, texts) if page == "microscope" else {})
            | (_sides(scene, run) if page == "maps" else {})
            for run, k in zip(scene.runs, kernels.runs, strict=True)
        ],
        "texts": texts,
        "growth": kernels.growth,
        "point": kernels.point,
        "noise": _noise(scene),
        "problems": list(problems),
        "sentence": _sentence(scene),
        "menus": _menus(),
        "words": WORDS,
        "grounds": _grounds(),
        "plotly": plotly,
        "typed": addresses.FORMULAS,
        "atlas": addresses.MAPS,
        "share": addresses.EXPORTS,
    }  # fmt: skip


def _surface(scene: Scene) -> dict[str, Any]:
    surface, bare = scene.surface, scene.bare
    knobs = _knobs(bare)
    if scene.penalty.kind != "none":
        knobs.append(_knob("penalty.strength", _STRENGTH))
    return {
        "slug": bare.slug,
        "title": bare.title,
        "domain": _lists(bare.domain),
        "start": [float(v) for v in bare.start],
        "knobs": knobs,
        "equation": "".join(mathml(e) for e in bare.equations()[:1]),
        "notSmooth": surface.not_smooth,
        "boxed": surface.boxed,
        "unbounded": surface.unbounded,
        "detail": bare.detail,
    }


def _known(scene: Scene, page: str, quick: bool) -> dict[str, Any]:
    """What is known of the surface; nothing where that would be searched for, and time is short."""
    surface = scene.surface
    if quick and scene.bare.text_fields:
        return {"fMin": None, "minima": [], "localMinima": [], "saddles": [], "critical": None}
    look_closely = page == "microscope" or "critical" in scene.view.overlays
    return {
        "fMin": surface.f_min,
        "minima": _points(surface.minima),
        "localMinima": _points(surface.local_minima),
        "saddles": _points(surface.saddles),
        "critical": _critical(scene) if look_closely else None,
    }


def _lens(run: Run, kernel: LiveRun, texts: dict[str, str]) -> dict[str, Any]:
    """What only the microscope shows of a run; a kernel that it needs goes into ``texts``."""
    terms = {
        name.removeprefix("terms."): shape
        for name, shape in kernel.shapes.items()
        if name.startswith("terms.")
    }
    length = length_source(run.rule)
    if length is not None:
        texts[name_of(length)] = length
    return {
        "lines": worked(run.rule, terms),
        "plane": plane_of(run.rule),
        "length": None if length is None else name_of(length),
    }


def _sides(scene: Scene, run: Run) -> dict[str, Any]:
    """What only the maps' page has of a run: the numbers that may lie along a map's sides."""
    knobs = axes_of(scene, run)
    plain = replace(scene, view=replace(scene.view, map=None))
    return {
        "axes": [
            _knob(name, knob)
            | {
                "label": plain_symbol(knob.symbol),
                "title": plain_symbol(knob.symbol),
                "group": name.rpartition(".")[0] or ("noise" if name in SHARED_AXES else "rule"),
                "span": list(usual_span(knob, scene.steps)),
            }
            for name, knob in knobs.items()
        ],
        "usualAxes": list(chosen(plain, run)),
        "searched": searched(run.rule),
    }


def _critical(scene: Scene) -> list[dict[str, Any]]:
    """The critical points in the surface's own window, the lowest first."""
    if scene.surface.not_smooth is not None:
        return []
    return [
        {"x": [float(v) for v in c.x], "kind": c.kind, "extended": c.extended}
        for c in critical_points(scene.surface)
    ]


_STRENGTH = Knob(0.1, r"\lambda", 0.0, MOST_STRENGTH, "strength of the penalty")


def _run(scene: Scene, run: Run, kernel: LiveRun) -> dict[str, Any]:
    rule = run.rule
    theory = theory_of(rule)
    homes = {"lr": rule.knobs()["lr"].default * scene.bare.lr_scale} if rule.follows_slope else {}
    dash = palette.DASHES[scene.runs.index(run) % len(palette.DASHES)]
    return {
        "id": run.id,
        "rule": rule.slug,
        "title": rule.title,
        "label": scene.labels()[run.id],
        "colour": palette.colour(rule.slug, rule.family),
        "dash": [float(v.removesuffix("px")) for v in dash.split(",") if v != "solid"],
        "knobs": _knobs(rule, homes),
        "scheduleKnobs": _knobs(run.schedule),
        "switches": [{"name": n, "about": s.about} for n, s in rule.switches().items()],
        "equations": [mathml(e) for e in rule.equations()],
        "about": rule.prose().split("\n")[0],
        "initCalls": list(rule.init_calls),
        "adaptive": theory is not None and theory.preconditioner is not None,
        "kernel": kernel.kernel,
        "theory": kernel.theory,
        "tunings": list(kernel.tunings),
        "names": list(kernel.names),
        "carry": kernel.carry,
        "width": kernel.width,
        "row": {name: list(place) for name, place in kernel.row.items()},
    }


def _knobs(of: Described, homes: Mapping[str, float] | None = None) -> list[dict[str, Any]]:
    homes = homes or {}
    return [_knob(n, replace(s, default=homes.get(n, s.default))) for n, s in of.knobs().items()]


def _knob(name: str, spec: Knob) -> dict[str, Any]:
    return {
        "name": name,
        "symbol": mathml(spec.symbol),
        "text": plain_symbol(spec.symbol),
        "about": spec.about,
        "low": spec.low,
        "high": spec.high,
        "home": spec.default,
        "spacing": spec.spacing,
        "whole": spec.whole,
        "unit": spec.unit,
    }


def _points(points: Points | None) -> list[list[float]]:
    return [] if points is None else [[float(x), float(y)] for x, y in points]


def _lists(window: Any) -> list[list[float]]:
    return [[float(a), float(b)] for a, b in window]


def _noise(scene: Scene) -> str:
    """The unit draws of the scene's seed, two a step, for a σ that may be turned up at any time."""
    kind = "gaussian" if scene.noise.kind == "none" else scene.noise.kind
    z = unit_draws(Noise(kind, 0.0, 1.0, scene.noise.dof), scene.seed, max(scene.steps, 1))
    return base64.b64encode(np.ascontiguousarray(z, "<f8").tobytes()).decode()


def _sentence(scene: Scene) -> str:
    """What one is seeing, where the scene is a preset just as it was written."""
    for preset in PRESETS.values():
        if replace(scene, view=preset.scene.view) == preset.scene:
            return preset.sentence
    return ""


@lru_cache(maxsize=1)
def _menus() -> dict[str, Any]:
    def entry(slug: str, title: str, group: str = "") -> dict[str, str]:
        return {"slug": slug, "title": title, "group": group}

    return {
        "surfaces": [entry(s, c.title) for s, c in LANDSCAPES.items()],
        "rules": [entry(s, c.title, c.family) for s, c in OPTIMIZERS.items()],
        "presets": [entry(p.slug, p.title, p.group) for p in PRESETS.values()],
        "schedules": [entry(s, c.title) for s, c in SCHEDULES.items()],
        "noises": [entry(s, WORDS[f"noise.{s}"]) for s in NOISES],
        "penalties": [entry(s, WORDS[f"penalty.{s}"]) for s in KINDS],
        "curves": [entry(s, WORDS[f"curve.{s}"]) for s in CURVES],
        "ownSurfaces": [entry(str(i), e.title) for i, e in enumerate(SURFACE_TEXTS)],
        "ownRules": [entry(name, WORDS[f"rule.{name}"]) for name in RULE_TEXTS],
    }


@lru_cache(maxsize=1)
def _grounds() -> dict[str, Any]:
    return {
        theme: {
            "paper": g.paper,
            "ink": g.ink,
            "faint": g.faint,
            "ramp": list(g.ramp),
            "contour": g.contour,
            "veil": g.veil,
            "accent": palette.ACCENT[theme],
            "basins": list(palette.BASINS[theme]),
            "alarm": palette.ALARM[theme],
            "line": palette.LINE[theme],
            "raised": palette.RAISED[theme],
        }
        for theme, g in palette.GROUNDS.items()
    }


def warm_up() -> None:
    """Make the default scene's kernels, so that the first visitor does not wait for them."""
    keep(payload(Scene.default(), plotly=address("plotly.js")))
