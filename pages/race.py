"""The race: runs of several rules on one surface, their paths, their losses, their numbers."""

from dataclasses import replace

import streamlit as st

from figures import palette
from figures.race import Map, Path, loss_figure, surface_figure
from landscapes import field
from optimizers import OPTIMIZERS
from pages import words
from pages.address import open_scene, write_scene
from pages.controls import add_run, pick_scene, show
from pages.knobs import widget
from scenes import MOST_RUNS, PRESETS, Run, Scene
from simulation import Trajectory, excess, summary

CONFIG = {"displayModeBar": False, "scrollZoom": True}


def map_of(scene: Scene) -> Map:
    """The surface as the figure wants it, over the scene's window or its own."""
    surface = scene.surface
    x, y, f = field(surface, scene.view.window or surface.domain, surface.detail)
    minima = surface.local_minima[:0] if surface.minima is None else surface.minima
    known = (minima, surface.local_minima, surface.saddles)
    return Map(x, y, f, surface.levels(f), surface.f_min, *known)


def path_of(scene: Scene, run: Run, t: Trajectory) -> Path:
    """A run as the figures want it; its dash is its own: colour is never the only sign."""
    dash = palette.DASHES[scene.runs.index(run) % len(palette.DASHES)]
    tone = palette.colour(run.rule.slug, run.rule.family)
    return Path(scene.labels()[run.id], tone, dash, t.x, excess(t, scene.surface.f_min))


def sentence(scene: Scene, runs: dict[str, Trajectory], step: int) -> str:
    """What the picture shows, in the words of someone who points at it."""
    for preset in PRESETS.values():
        if replace(scene, view=preset.scene.view) == preset.scene:
            return preset.sentence
    names = scene.labels()
    shown = [run for run in scene.runs if run.shown]
    if not shown:
        return words.ALL_HIDDEN if scene.runs else words.NO_RUNS
    for run in shown:
        t = runs[run.id]
        if t.diverged_at is not None and t.diverged_at <= step:
            return words.NOT_FINITE.format(run=names[run.id], step=t.diverged_at)
        if t.growing and step == t.steps:
            return words.GROWING.format(run=names[run.id])
    if step == 0:
        return words.STARTING
    f_min = scene.surface.f_min
    heights = {run.id: excess(runs[run.id], f_min)[step] for run in shown}
    lowest = min(heights, key=lambda id: heights[id])
    what = "f" if f_min is None else "f − f_min"
    value = words.number(heights[lowest])
    return words.LEAD.format(step=step, best=names[lowest], what=what, value=value)


def table(scene: Scene, runs: dict[str, Trajectory]) -> None:
    """The runs in numbers."""
    names = scene.labels()
    rows = []
    for run in scene.runs:
        s = summary(runs[run.id], scene.surface, run.rule.init_calls)
        counts = " + ".join(
            f"{n} {what}" for n, what in zip(s.evaluations, "fgH", strict=True) if n
        )
        numbers = [words.NEVER if v is None else words.number(v, 4) for v in (s.loss, s.distance)]
        arrived = words.NEVER if s.arrived is None else f"step {s.arrived}"
        rows.append([names[run.id], *numbers, arrived, counts, s.verdict])
    columns = zip(*rows, strict=True)
    st.table(dict(zip(words.TABLE_HEAD, map(list, columns), strict=True)), hide_index=True)


def choose_preset() -> None:
    """Show the preset that was chosen."""
    slug = st.session_state["choose-preset"]
    if slug is not None:
        st.session_state["acted"] = True
        show(PRESETS[slug].scene)
        st.session_state["choose-preset"] = None


def menus() -> None:
    """What can be put on the picture: another run, another scene."""
    add, scene = st.columns(2)
    add.selectbox(
        words.ADD_RUN, list(OPTIMIZERS), format_func=lambda slug: OPTIMIZERS[slug].title,
        key="add", index=None, placeholder=words.ADD_RUN, on_change=add_run,
        label_visibility="collapsed", disabled=len(st.session_state["runs"]) >= MOST_RUNS,
    )  # fmt: skip
    scene.selectbox(
        words.PRESETS, list(PRESETS), format_func=lambda slug: PRESETS[slug].title,
        key="choose-preset", index=None, placeholder=words.PRESETS, on_change=choose_preset,
        label_visibility="collapsed",
    )  # fmt: skip


problems = open_scene("race")
picture, controls = st.columns([58, 42], gap="medium")
with controls:
    for problem in problems:
        st.warning(f"{problem} {words.THE_REST}")
    try:
        scene = pick_scene()
        runs = scene.trajectories()
        st.session_state["scene"] = scene
        write_scene(scene)
    except ValueError as error:  # also what a modified browser sends
        st.warning(words.REFUSED.format(message=error))
        scene = st.session_state.get("scene", Scene.default())
        runs = scene.trajectories()
    menus()

paths = [path_of(scene, run, runs[run.id]) for run in scene.runs if run.shown]
theme = st.context.theme.type or "light"
named = ", ".join(path.label for path in paths)

with picture:
    place = st.container()
    step = widget(
        st.slider, words.STEP, "step", scene.steps, min_value=0, max_value=max(scene.steps, 1)
    )
    place.plotly_chart(
        surface_figure(map_of(scene), paths, scene.start, step, theme),
        height=600, theme=None, config=CONFIG, key="surface-figure",
        alt=words.PICTURE_ALT.format(
            runs=named, surface=scene.surface.title, step=step, steps=scene.steps
        ),
    )  # fmt: skip
    st.markdown(sentence(scene, runs, step))

with controls:
    losses, numbers = st.tabs([words.LOSS, words.TABLE])
    with losses:
        st.plotly_chart(
            loss_figure(paths, step, scene.surface.f_min is not None, theme),
            height=196, theme=None, config=CONFIG, key="loss-figure",
            alt=words.LOSS_ALT.format(runs=named),
        )  # fmt: skip
    with numbers:
        if runs:
            table(scene, runs)
