"""The race: runs of several rules on one surface, their paths, their losses, their numbers."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from figures import palette
from figures.race import Map, Path, loss_figure, surface_figure
from landscapes import LANDSCAPES, Surface, field
from optimizers import OPTIMIZERS, Rule
from pages import words
from pages.knobs import choose, knobs, slider, switches, typed
from simulation import (
    MOST_SEEDS,
    MOST_STEPS,
    SCHEDULES,
    Noise,
    Schedule,
    Trajectory,
    excess,
    run,
    summary,
)

FIRST_RUNS = ("sgd", "momentum", "rmsprop", "adam")
MOST_RUNS = 10
FARTHEST = 1e6  # a start can be typed this far out
KEEP: dict[str, Any] = {"persist_state": "session"}  # over a visit to another page

ONE_LINE = 2  # knobs that fit on a run's line; the others are behind "more"


@dataclass(frozen=True)
class Racer:
    """One run as the page holds it: its rule, what acts on it, and how it is marked."""

    id: str
    label: str
    rule: Rule
    schedule: Schedule
    clip: float | None

    @property
    def colour(self) -> str:
        return palette.colour(self.rule.slug, self.rule.family)


@dataclass(frozen=True)
class Race:
    """All that the picture needs, as it was set last."""

    surface: Surface
    racers: tuple[Racer, ...]
    start: tuple[float, float]
    steps: int
    noise: Noise
    seed: int


def pick_surface() -> Surface:
    """The surface menu and its knobs, two to a line, the first beside the menu."""
    menu, *first = st.columns([5, 4, 4])
    with menu:
        slug = choose(words.SURFACE, LANDSCAPES, "surface", bind="query-params")
    cls = LANDSCAPES[slug]
    values = {}
    places = [*first, *(st.columns(3) if len(cls.knobs()) > len(first) else ())]
    for place, (name, spec) in zip(places, cls.knobs().items(), strict=False):
        with place:
            values[name] = slider(spec, f"surface.{slug}.{name}")
    return cls.checked(**values)


def pick_setting(surface: Surface) -> dict[str, Any]:
    """Start, steps and noise; behind "more" the seed, the kind of noise, and the penalty."""
    x, y, steps, sigma, more = st.columns([3, 3, 3, 3, 4], vertical_alignment="bottom")
    where = {"min_value": -FARTHEST, "max_value": FARTHEST, "format": "%.4g", **KEEP}
    x0 = x.number_input(
        words.START_X, value=float(surface.start[0]), key=f"{surface.slug}.x", **where
    )
    y0 = y.number_input(
        words.START_Y, value=float(surface.start[1]), key=f"{surface.slug}.y", **where
    )
    count = steps.number_input(
        words.STEPS, 1, MOST_STEPS, 300, 50, key="steps", help=words.STEPS_HELP, **KEEP
    )
    spread = sigma.number_input(
        words.SIGMA, 0.0, 100.0, 0.0, 0.1, key="sigma", help=words.SIGMA_HELP, **KEEP
    )
    with more, st.popover(words.MORE, key="setting.more", width="stretch"):
        seed = st.number_input(
            words.SEED, 0, MOST_SEEDS - 1, 0, key="seed", help=words.SEED_HELP, **KEEP
        )
        kind = st.selectbox(
            words.NOISE,
            list(words.NOISES),
            format_func=words.NOISES.__getitem__,
            key="noise",
            **KEEP,
        )
        batch = st.number_input(words.BATCH, 1, 4096, 1, key="batch", help=words.BATCH_HELP, **KEEP)
        dof = st.number_input(
            words.DOF, 1.0, 100.0, 3.0, 0.5, key="dof", help=words.DOF_HELP, **KEEP
        )
        penalty = st.selectbox(
            words.PENALTY, list(words.PENALTIES), format_func=words.PENALTIES.__getitem__,
            key="penalty", **KEEP,
        )  # fmt: skip
        strength = st.number_input(
            words.STRENGTH,
            0.0,
            100.0,
            0.1,
            0.05,
            key="strength",
            disabled=penalty == "none",
            **KEEP,
        )
    return {
        "surface": surface.penalized(penalty, strength),
        "start": (x0, y0),
        "steps": count,
        "noise": Noise(kind, spread, batch, dof),
        "seed": seed,
    }


def pick_racer(id: str, pace: float) -> Racer:
    """One run's line: its mark, its first knobs, and behind "more" all the rest."""
    slug = id.split("/")[0]
    cls = OPTIMIZERS[slug]
    label = cls.title if id.endswith("/1") else f"{cls.title} {id.split('/')[1]}"
    name, *lines, more = st.columns([4, *[4] * ONE_LINE, 3], vertical_alignment="center")
    with name:
        tone = palette.colour(slug, cls.family)
        st.html(f'<span aria-hidden="true" style="color:{tone}">●</span> {label}')
    specs = cls.knobs()
    homes = {"lr": specs["lr"].default * pace} if cls.follows_slope else {}
    values: dict[str, object] = {}
    for column, field_name in zip(lines, specs, strict=False):
        with column:
            values |= knobs(cls, id, [field_name], **homes)
    with more, st.popover(words.MORE, key=f"{id}.more", width="stretch"):
        values |= knobs(cls, id, list(specs)[ONE_LINE:], **homes)
        values |= switches(cls, id)
        kind = choose(words.SCHEDULE, SCHEDULES, f"{id}.schedule", **KEEP)
        schedule = SCHEDULES[kind].checked(**knobs(SCHEDULES[kind], f"{id}.{kind}"))
        clip = st.number_input(
            words.CLIP, 1e-6, 1e6, None, key=f"{id}.clip", help=words.CLIP_HELP, **KEEP
        )
        with st.expander(words.EXACT):
            for field_name, spec in specs.items():
                typed(spec, f"{id}.{field_name}")
        st.button(words.REMOVE, key=f"{id}.remove", on_click=remove_run, args=(id,))
    return Racer(id, label, cls.checked(**values), schedule, clip)


def add_run() -> None:
    """Put the chosen rule on the surface once more."""
    slug, ids = st.session_state["add"], st.session_state["runs"]
    if slug is not None:
        taken = [int(i.split("/")[1]) for i in ids if i.split("/")[0] == slug]
        st.session_state["runs"] = [*ids, f"{slug}/{max(taken, default=0) + 1}"]
        st.session_state["add"] = None


def remove_run(id: str) -> None:
    """Take a run off the surface."""
    st.session_state["runs"] = [i for i in st.session_state["runs"] if i != id]


def pick_race() -> Race:
    """Every control beside the picture, as one value."""
    setting = pick_setting(pick_surface())
    ids = st.session_state.setdefault("runs", [f"{slug}/1" for slug in FIRST_RUNS])
    racers = tuple(pick_racer(id, setting["surface"].pace) for id in ids)
    if len(ids) < MOST_RUNS:
        choose(
            words.ADD_RUN, OPTIMIZERS, "add", index=None, placeholder=words.ADD_RUN,
            on_change=add_run, label_visibility="collapsed",
        )  # fmt: skip
    return Race(racers=racers, **setting)


def dash_of(racer: Racer, racers: tuple[Racer, ...]) -> str:
    """Every run has a dash of its own, in order: colour is never the only sign."""
    return palette.DASHES[racers.index(racer) % len(palette.DASHES)]


def map_of(surface: Surface) -> Map:
    """The surface as the figure wants it."""
    x, y, f = field(surface, surface.domain, surface.detail)
    minima = surface.local_minima[:0] if surface.minima is None else surface.minima
    known = (minima, surface.local_minima, surface.saddles)
    return Map(x, y, f, surface.levels(f), surface.f_min, *known)


def sentence(race: Race, runs: list[Trajectory], step: int) -> str:
    """What the picture shows, in the words of someone who points at it."""
    for racer, t in zip(race.racers, runs, strict=True):
        if t.diverged_at is not None and t.diverged_at <= step:
            return words.NOT_FINITE.format(run=racer.label, step=t.diverged_at)
        if t.growing and step == t.steps:
            return words.GROWING.format(run=racer.label)
    if step == 0:
        return words.STARTING
    f_min = race.surface.f_min
    heights = {r.label: excess(t, f_min)[step] for r, t in zip(race.racers, runs, strict=True)}
    best = min(heights, key=lambda label: heights[label])
    what = "f" if f_min is None else "f − f_min"
    return words.LEAD.format(step=step, best=best, what=what, value=words.number(heights[best]))


def table(race: Race, runs: list[Trajectory]) -> None:
    """The runs in numbers."""
    rows = []
    for racer, t in zip(race.racers, runs, strict=True):
        s = summary(t, race.surface, racer.rule.init_calls)
        counts = " + ".join(
            f"{n} {what}" for n, what in zip(s.evaluations, "fgH", strict=True) if n
        )
        numbers = [words.NEVER if v is None else words.number(v, 4) for v in (s.loss, s.distance)]
        arrived = words.NEVER if s.arrived is None else f"step {s.arrived}"
        rows.append([racer.label, *numbers, arrived, counts, s.verdict])
    columns = zip(*rows, strict=True)
    st.table(dict(zip(words.TABLE_HEAD, map(list, columns), strict=True)), hide_index=True)


def trajectories(race: Race) -> list[Trajectory]:
    """Every run of the race, in order."""
    where = (race.start, race.steps, race.noise, race.seed)
    return [run(race.surface, r.rule, *where, r.schedule, r.clip) for r in race.racers]


picture, controls = st.columns([58, 42], gap="medium")
with controls:
    try:
        race = pick_race()
        runs = trajectories(race)
        st.session_state["race"] = race
    except ValueError as error:  # also what a modified browser sends
        st.warning(words.REFUSED.format(message=error))
        if "race" not in st.session_state:
            st.stop()
        race = st.session_state["race"]
        runs = trajectories(race)

paths = [
    Path(r.label, r.colour, dash_of(r, race.racers), t.x, excess(t, race.surface.f_min))
    for r, t in zip(race.racers, runs, strict=True)
]
theme = st.context.theme.type or "light"
config = {"displayModeBar": False, "scrollZoom": True}
named = ", ".join(r.label for r in race.racers)

with picture:
    place = st.container()
    step = st.slider(words.STEP, 0, race.steps, race.steps, key=f"step.{race.steps}")
    place.plotly_chart(
        surface_figure(map_of(race.surface), paths, race.start, step, theme),
        height=600, theme=None, config=config, key="surface-figure",
        alt=words.PICTURE_ALT.format(
            runs=named, surface=race.surface.title, step=step, steps=race.steps
        ),
    )  # fmt: skip
    st.markdown(sentence(race, runs, step) if runs else words.NO_RUNS)

with controls:
    losses, numbers = st.tabs([words.LOSS, words.TABLE])
    with losses:
        st.plotly_chart(
            loss_figure(paths, step, race.surface.f_min is not None, theme),
            height=196, theme=None, config=config, key="loss-figure",
            alt=words.LOSS_ALT.format(runs=named),
        )  # fmt: skip
    with numbers:
        if runs:
            table(race, runs)
