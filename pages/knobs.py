"""Sliders, switches and menus made from the fields of a class."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fields import Described, Knob


def knobs(
    cls: type[Described], prefix: str, names: list[str] | None = None, **homes: float
) -> dict[str, object]:
    """A slider for each numeric field of ``cls`` (or for ``names``); their values by name.

    ``homes`` are defaults of this place, where they differ from those of the class.
    """
    specs = cls.knobs()
    return {
        name: slider(specs[name], f"{prefix}.{name}", homes.get(name))
        for name in (specs if names is None else names)
    }


def slider(spec: Knob, key: str, home: float | None = None) -> float:
    """The slider of one knob. It stops at a typed value too (`typed`).

    Its value is kept beside it: a slider that is not on the page loses its own. One that still
    stands at its default follows when the default (``home``) changes.
    """
    state = st.session_state
    home = spec.default if home is None else home
    now = state.get(key, state.get(f"{key}.kept", home))
    if now == state.get(f"{key}.home"):
        now = home
    state[key], state[f"{key}.home"] = now, home
    state[f"{key}.kept"] = st.select_slider(
        f"${spec.symbol}$",
        options=spec.positions(now, home),
        format_func=lambda value: f"{value:.6g}{spec.unit}",
        key=key,
        help=f"{spec.about}; from {spec.low:g} to {spec.high:g}",
    )
    return float(state[f"{key}.kept"])


def typed(spec: Knob, key: str) -> None:
    """A field for the exact value of the knob under ``key``; Enter moves the slider there."""

    def take() -> None:
        st.session_state[key] = float(st.session_state[f"{key}.typed"])

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


def switches(cls: type[Described], prefix: str) -> dict[str, object]:
    """A toggle for each switch of ``cls``; their settings by name."""
    return {
        name: st.toggle(
            spec.about, value=spec.default, key=f"{prefix}.{name}", persist_state="session"
        )
        for name, spec in cls.switches().items()
    }


def choose(label: str, registry: Mapping[str, type[Described]], key: str, **options: Any) -> Any:
    """A menu of a registry by title; the slug that is chosen (None before, without an index)."""
    return st.selectbox(
        label,
        list(registry),
        format_func=lambda slug: registry[slug].title,
        key=key,
        **options,
    )
