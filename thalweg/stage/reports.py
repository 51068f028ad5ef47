"""What the stage reports, answered: a Scene that was edited there, checked like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS
from calculus.formulas.typed import Typed
from landscapes import LANDSCAPES
from landscapes.custom import Own, interesting_window
from optimizers import OPTIMIZERS
from thalweg.scenes import MOST_RUNS, PRESETS, Scene, SceneError, View, free_id
from thalweg.stage.formula_requests import retyped


def answer(report: Mapping[str, Any]) -> tuple[Scene, tuple[str, ...]]:
    """The scene that a report of the stage asks for, and what was wrong with it, as sentences.

    ``report["scene"]`` is the Scene as it is there; ``report["request"]`` what is to be done to
    it by whoever knows the registries: {"add": slug}, {"duplicate": id}, {"surface": slug},
    {"preset": slug}, {"reset": surface}, {"own_surface": index of an example}, {"own_rule": name
    of an example, and the id of its run}, {"find_window": ""}. A browser may have
    been made to send anything.
    """
    problems: tuple[str, ...] = ()
    try:
        scene = Scene.from_dict(report.get("scene"))
    except SceneError as error:
        scene, problems = error.scene, error.problems
    request = report.get("request")
    for name, argument in request.items() if isinstance(request, Mapping) else ():
        done = REQUESTS.get(name)
        if done is None or not isinstance(argument, str):
            return scene, (*problems, "The page asked for something that this program does not do.")
        try:
            scene = done(scene, argument)
        except ValueError as error:
            return scene, (*problems, str(error))
    return scene, problems


def _known(kind: str, slug: str, registry: Mapping[str, Any]) -> Any:
    if slug not in registry:
        raise ValueError(f"There is no {kind} {slug[:40]!r}.")
    return registry[slug]


def _add(scene: Scene, slug: str) -> Scene:
    cls = _known("rule", slug, OPTIMIZERS)
    lr_scale = scene.bare.lr_scale if cls.follows_slope else 1.0
    return scene.with_run(cls().with_lr_scaled(lr_scale) if lr_scale != 1.0 else cls())


def _duplicate(scene: Scene, id: str) -> Scene:
    index = next((i for i, run in enumerate(scene.runs) if run.id == id), None)
    if index is None:
        raise ValueError(f"There is no run {id[:40]!r}.")
    if len(scene.runs) >= MOST_RUNS:
        raise ValueError(f"A scene has at most {MOST_RUNS} runs.")
    run = scene.runs[index]
    copy = replace(run, id=free_id(run.rule.slug, {r.id for r in scene.runs}))
    return replace(scene, runs=(*scene.runs, copy))


def _surface(scene: Scene, slug: str) -> Scene:
    """Another surface from its own start; the rates that follow the slope go with its scale."""
    bare = _known("surface", slug, LANDSCAPES)()
    runs = []
    for run in scene.runs:
        rule = run.rule
        usual = rule.knobs()["lr"].default if rule.follows_slope else 0.0
        if rule.follows_slope and rule.number("lr") == usual * scene.bare.lr_scale:
            home: Any = {"lr": usual * bare.lr_scale}
            run = replace(run, rule=run.rule.replace(**home))
        runs.append(run)
    start = (float(bare.start[0]), float(bare.start[1]))
    return replace(scene, bare=bare, runs=tuple(runs), start=start, view=_elsewhere(scene.view))


def _elsewhere(view: View) -> View:
    """A view of another surface: all of it, its last step, and the same kind of map."""
    return replace(view, window=None, step=None, map=view.map and view.map.elsewhere())


def _preset(scene: Scene, slug: str) -> Scene:
    return _with_map_of(scene, _known("scene", slug, PRESETS).scene)


def _with_map_of(old: Scene, new: Scene) -> Scene:
    """``new`` with the kind of map that ``old`` asks for, if it does."""
    return replace(new, view=replace(new.view, map=old.view.map and old.view.map.elsewhere()))


def _reset(scene: Scene, slug: str) -> Scene:
    _known("surface", slug, LANDSCAPES)
    return _with_map_of(scene, Scene.default(slug))


def _own_surface(scene: Scene, index: str) -> Scene:
    """An example of a typed surface, in its window, from its start."""
    examples = {str(i): example for i, example in enumerate(SURFACE_TEXTS)}
    example = _known("example", index, examples)
    bare: Any = LANDSCAPES["own"].from_texts(text=example.text, window=example.window)
    return replace(scene, bare=bare, start=example.start, view=_elsewhere(scene.view))


def _own_rule(scene: Scene, wanted: str) -> Scene:
    """A text to start from, "NAME" as a new run or "NAME ID" in the run with this id."""
    name, _, id = wanted.partition(" ")
    text = _known("example", name, RULE_TEXTS)
    if not id:
        return scene.with_run(OPTIMIZERS["own"].from_texts(text=text))
    _known("run", id, {run.id: run for run in scene.runs if isinstance(run.rule, Typed)})
    return retyped(scene, id, text)


def _find_window(scene: Scene, _: str) -> Scene:
    """A window that shows a typed surface's minima and saddles."""
    if not isinstance(scene.bare, Own):
        raise ValueError("Only a surface of your own has a window to find.")
    bare = scene.bare.within(interesting_window(scene.bare))
    return replace(scene, bare=bare, view=replace(scene.view, window=None))


REQUESTS: dict[str, Callable[[Scene, str], Scene]] = {
    "add": _add,
    "duplicate": _duplicate,
    "surface": _surface,
    "preset": _preset,
    "reset": _reset,
    "own_surface": _own_surface,
    "own_rule": _own_rule,
    "find_window": _find_window,
}
