"""Sliders, switches and menus made from the fields of a class; their values outlive them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fields import Described, Knob


def put(key: str, value: Any) -> None:
    """Set what the widget ``key`` will show when it is next drawn."""
    st.session_state[key] = st.session_state[f"{key}.kept"] = value


def pin(key: str, value: float) -> None:
    """`put` for a slider, which then stays there even where that is its default."""
    put(key, value)
    st.session_state[f"{key}.pinned"] = True


def touched() -> bool:
    """Whether a person has moved a widget since the page was drawn last."""
    state = st.session_state
    keys = [key for key in state if f"{key}.kept" in state]
    return any(state[key] not in (None, state[f"{key}.kept"]) for key in keys)


def widget(
    draw: Any, label: str, key: str, default: Any, *, lazy: bool = False, **options: Any
) -> Any:
    """``draw(label, key=key, **options)`` at its last value, or at ``default`` the first time.

    The value is kept beside the widget: one that is not on the page loses its own. ``lazy`` is for
    widgets in a popover: the browser makes them when it is opened, and must be told their value in
    every run until then. A number field that was emptied leaves the value as it was.
    """
    state = st.session_state
    if lazy or key not in state:
        now = state.get(key, state.get(f"{key}.kept", default))
        state[key] = state.get(f"{key}.kept", default) if now is None else now
    value = draw(label, key=key, **options)
    if value is None and default is not None:
        return state.get(f"{key}.kept", default)
    state[f"{key}.kept"] = value
    return value


def knobs(
    cls: type[Described],
    prefix: str,
    names: list[str] | None = None,
    *,
    lazy: bool = False,
    **homes: float,
) -> dict[str, Any]:
    """A slider for each numeric field of ``cls`` (or for ``names``); their values by name.

    ``homes`` are defaults of this place, where they differ from those of the class.
    """
    specs = cls.knobs()
    return {
        name: slider(specs[name], f"{prefix}.{name}", homes.get(name), lazy)
        for name in (specs if names is None else names)
    }


def slider(spec: Knob, key: str, home: float | None = None, lazy: bool = False) -> float:
    """The slider of one knob. It stops at a typed value too (`typed`).

    One that still stands at its default follows when the default (``home``) changes, unless it
    was pinned there (`pin`).
    """
    state = st.session_state
    home = spec.default if home is None else home
    now = state.get(key, state.get(f"{key}.kept", home))
    if now == state.get(f"{key}.home") and not state.get(f"{key}.pinned"):
        state[key] = now = home
    state[f"{key}.home"] = home

    def text(value: float) -> str:
        return f"{value:.6g}{spec.unit}"

    # The browser sends back the text of a stop: no two may have the same.
    stops = {text(value): value for value in spec.positions(home)} | {text(now): now}
    value: float = widget(
        st.select_slider,
        f"${spec.symbol}$",
        key,
        now,
        lazy=lazy,
        options=sorted(stops.values()),
        format_func=text,
        help=f"{spec.about}; from {spec.low:g} to {spec.high:g}",
    )
    return value


def typed(spec: Knob, key: str) -> None:
    """A field for the exact value of the knob under ``key``; Enter moves the slider there."""

    def take() -> None:
        put(key, float(st.session_state[f"{key}.typed"]))

    st.session_state[f"{key}.typed"] = st.session_state.get(key, spec.default)
    st.number_input(
        f"${spec.symbol}$, {spec.about}",
        min_value=float(spec.low),
        max_value=float(spec.high),
        step=None,
        format="%.8g",
        key=f"{key}.typed",
        on_change=take,
    )


def switches(cls: type[Described], prefix: str) -> dict[str, bool]:
    """A toggle for each switch of ``cls``; their settings by name."""
    return {
        name: widget(st.toggle, spec.about, f"{prefix}.{name}", spec.default, lazy=True)
        for name, spec in cls.switches().items()
    }


def menu(label: str, registry: Mapping[str, Any], key: str, default: Any, **options: Any) -> Any:
    """A menu of a registry by title, or of a mapping to words; the slug that is chosen."""

    def name(slug: str) -> str:
        entry = registry[slug]
        return entry if isinstance(entry, str) else str(entry.title)

    return widget(
        st.selectbox,
        label,
        key,
        default,
        options=list(registry),
        format_func=name,
        **options,
    )
