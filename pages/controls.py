"""The controls beside the picture: widgets that show a Scene, and the Scene they show."""

from dataclasses import replace
from typing import Any

import streamlit as st

from figures import palette
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, Rule
from pages import words
from pages.knobs import knobs, menu, pin, put, slider, switches, typed, widget
from scenes import FARTHEST, LEAST_CLIP, MOST_CLIP, MOST_RUNS, Penalty, Run, Scene, View, free_id
from simulation import MOST_SEEDS, MOST_STEPS, SCHEDULES, Noise

ONE_LINE = 2  # knobs that fit on a run's line; the others are behind "more"

FIRST_STRENGTH = 0.1  # of a penalty, when one is chosen


def show(scene: Scene) -> None:
    """Make every control show ``scene`` when it is next drawn."""
    st.session_state["problems"] = ()
    slug = scene.bare.slug
    put("surface", slug)
    for name in scene.bare.knobs():
        put(f"surface.{slug}.{name}", getattr(scene.bare, name))
    put(f"{slug}.x", scene.start[0])
    put(f"{slug}.y", scene.start[1])
    put("steps", scene.steps)
    put("noise", scene.noise.kind)
    put("sigma", scene.noise.sigma)
    put("batch", int(scene.noise.batch))
    put("dof", scene.noise.dof)
    put("seed", scene.seed)
    put("penalty", scene.penalty.kind)
    put("strength", FIRST_STRENGTH if scene.penalty.kind == "none" else scene.penalty.strength)
    put("step", scene.steps if scene.view.step is None else scene.view.step)
    st.session_state["last-step"] = scene.steps
    st.session_state["runs"] = [run.id for run in scene.runs]
    st.session_state["view"] = scene.view
    for run in scene.runs:
        _show_run(run)


def _show_run(run: Run) -> None:
    for name in (*run.rule.knobs(), *run.rule.switches()):
        pin(f"{run.id}.{name}", getattr(run.rule, name))
    put(f"{run.id}.schedule", run.schedule.slug)
    for name in run.schedule.knobs():
        put(f"{run.id}.{run.schedule.slug}.{name}", getattr(run.schedule, name))
    put(f"{run.id}.clip", run.clip)
    put(f"{run.id}.shown", run.shown)


def pick_scene() -> Scene:
    """Every control, and the scene that they make together. Raises `SceneError`."""
    bare = _surface()
    setting = _setting(bare)
    ids = st.session_state.setdefault("runs", [run.id for run in Scene.default().runs])
    runs = tuple(_run(id, bare.pace) for id in ids)
    view = replace(st.session_state.get("view", View()), step=_step(setting["steps"]))
    made = Scene(bare, runs, view=view, **setting)
    return Scene.from_dict(made.to_dict())  # a browser may have been made to send anything


def _step(steps: int) -> int | None:
    """The step that is shown; None at the last, where it stays when there are more steps."""
    state = st.session_state
    now = state.get("step", state.get("step.kept", steps))
    last = state.get("last-step", steps)
    state["step"], state["last-step"] = (steps if now >= min(last, steps) else now), steps
    return None if state["step"] == steps else int(state["step"])


def label(run: Run) -> str:
    """A run's name on the page: its rule's title, with a number from the second on."""
    _, _, count = run.id.partition(".")
    return f"{run.rule.title} {count}".strip()


def add_run() -> None:
    """Put the rule that was chosen on the surface once more."""
    slug, ids = st.session_state["add"], st.session_state["runs"]
    st.session_state["acted"] = True
    if slug is not None and len(ids) < MOST_RUNS:
        id = free_id(slug, set(ids))
        _show_run(Run(id, OPTIMIZERS[slug]()))
        for name, spec in OPTIMIZERS[slug].knobs().items():
            st.session_state[f"{id}.{name}.home"] = spec.default
            st.session_state[f"{id}.{name}.pinned"] = False
        st.session_state["runs"] = [*ids, id]
    st.session_state["add"] = None


def remove_run(id: str) -> None:
    """Take a run off the surface."""
    st.session_state["acted"] = True
    st.session_state["runs"] = [i for i in st.session_state["runs"] if i != id]


def _surface() -> Landscape:
    """The surface menu and its knobs, the first beside the menu."""
    left, *beside = st.columns([5, 4, 4])
    with left:
        slug = menu(words.SURFACE, LANDSCAPES, "surface", next(iter(LANDSCAPES)))
    cls = LANDSCAPES[slug]
    places = [*beside, *(st.columns(3) if len(cls.knobs()) > len(beside) else ())]
    values = {}
    for place, (name, spec) in zip(places, cls.knobs().items(), strict=False):
        with place:
            values[name] = slider(spec, f"surface.{slug}.{name}")
    surface: Landscape = cls.checked(**values)
    return surface


def _setting(bare: Landscape) -> dict[str, Any]:
    """Start, steps and noise; behind "more" the seed, the kind of noise, and the penalty."""
    x, y, count, spread, more = st.columns([3, 3, 3, 3, 4], vertical_alignment="bottom")
    far: dict[str, Any] = {
        "min_value": -FARTHEST,
        "max_value": FARTHEST,
        "format": "%.4g",
        "value": None,
    }
    home = [float(v) for v in bare.start]
    start = (
        widget(x.number_input, words.START_X, f"{bare.slug}.x", home[0], **far),
        widget(y.number_input, words.START_Y, f"{bare.slug}.y", home[1], **far),
    )
    steps = number(count, words.STEPS, "steps", 300, 0, MOST_STEPS, 50, words.STEPS_HELP)
    sigma = widget(
        spread.number_input, words.SIGMA, "sigma", 0.0, on_change=_make_noisy,
        min_value=0.0, max_value=1e6, step=0.1, help=words.SIGMA_HELP, value=None,
    )  # fmt: skip
    with more, st.popover(words.MORE, key="setting.more", width="stretch"):
        seed = number(st, words.SEED, "seed", 0, 0, MOST_SEEDS - 1, 1, words.SEED_HELP)
        kind = menu(words.NOISE, words.NOISES, "noise", "none", lazy=True)
        batch = number(st, words.BATCH, "batch", 1, 1, 1_000_000, 1, words.BATCH_HELP)
        dof = number(st, words.DOF, "dof", 3.0, 0.1, 1e6, 0.5, words.DOF_HELP)
        penalty = menu(words.PENALTY, words.PENALTIES, "penalty", "none", lazy=True)
        strength = number(st, words.STRENGTH, "strength", FIRST_STRENGTH, 0.0, 1e6, 0.05)
    return {
        "start": start,
        "steps": steps,
        "noise": Noise(kind, sigma, float(batch), dof),
        "seed": seed,
        "penalty": Penalty(penalty, 0.0 if penalty == "none" else strength),
    }


def _make_noisy() -> None:
    """Whoever asks for noise without choosing a kind gets the Gaussian one."""
    if st.session_state["noise"] == "none" and (st.session_state["sigma"] or 0) > 0:
        put("noise", "gaussian")


def number(
    place: Any,
    text: str,
    key: str,
    default: float,
    low: float,
    high: float,
    step: float,
    help: str = "",
) -> Any:
    """A field for a number, where no slider would do."""
    limits: dict[str, Any] = {
        "min_value": low,
        "max_value": high,
        "step": step,
        "help": help or None,
    }
    limits |= {"value": None, "lazy": place is st}
    return widget(place.number_input, text, key, default, **limits)


def _run(id: str, pace: float) -> Run:
    """One run's line: its mark, its first knobs, and behind "more" all the rest."""
    cls = OPTIMIZERS[id.partition(".")[0]]
    name, *lines, more = st.columns([4, *[4] * ONE_LINE, 3], vertical_alignment="center")
    specs = list(cls.knobs())
    homes: dict[str, Any] = {"lr": cls.knobs()["lr"].default * pace} if cls.follows_slope else {}
    values: dict[str, Any] = {}
    for column, field_name in zip(lines, specs, strict=False):
        with column:
            values |= knobs(cls, id, [field_name], **homes)
    with more, st.popover(words.MORE, key=f"{id}.more", width="stretch"):
        shown = widget(st.toggle, words.SHOWN, f"{id}.shown", True, lazy=True)
        values |= knobs(cls, id, specs[ONE_LINE:], lazy=True, **homes)
        values |= switches(cls, id)
        kind = menu(words.SCHEDULE, SCHEDULES, f"{id}.schedule", "constant", lazy=True)
        schedule = SCHEDULES[kind].checked(**knobs(SCHEDULES[kind], f"{id}.{kind}", lazy=True))
        clip = widget(
            st.number_input, words.CLIP, f"{id}.clip", None,
            min_value=LEAST_CLIP, max_value=MOST_CLIP, help=words.CLIP_HELP, value=None, lazy=True,
        )  # fmt: skip
        with st.expander(words.EXACT):
            for field_name, spec in cls.knobs().items():
                typed(spec, f"{id}.{field_name}")
        st.button(words.REMOVE, key=f"{id}.remove", on_click=remove_run, args=(id,))
    rule: Rule = cls.checked(**values)
    run = Run(id, rule, schedule, clip, shown)
    with name:
        tone = palette.colour(cls.slug, cls.family)
        st.html(f'<span aria-hidden="true" style="color:{tone}">●</span> {label(run)}')
    return run
