"""Every surface and every rule, from its own class."""

from collections.abc import Mapping

import streamlit as st

from calculus.fields import Described, Equation
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, Peer, Rule
from thalweg.messages import pages as words


def fields_table(cls: type[Described]) -> None:
    """The knobs and switches of a class, as one table."""
    rows = [
        (f"${k.symbol}$ `{name}`", f"{k.default:g}{k.unit}", f"{k.low:g} … {k.high:g}", k.about)
        for name, k in cls.knobs().items()
    ]
    rows += [
        (f"`{name}`", "on" if s.default else "off", "on, off", s.about)
        for name, s in cls.switches().items()
    ]
    if rows:
        head = "| field | default | range | what it does |\n|---|---|---|---|\n"
        st.markdown(head + "\n".join("| " + " | ".join(row) + " |" for row in rows))


def equation(line: Equation) -> None:
    """One displayed equation, with the switch setting under which it holds."""
    condition = ""
    if line.switch is not None:
        setting = "on" if line.setting else "off"
        condition = rf"\quad \text{{if {line.switch.replace('_', ' ')} is {setting}}}"
    st.markdown(rf"$$\displaystyle {line.latex}{condition}$$")


def heading(cls: type[Described]) -> None:
    """Title, first sentence, equations, the rest of the docstring, fields, source."""
    first, _, rest = cls.prose().partition("\n")
    st.header(cls.title, anchor=cls.slug.replace(":", "-"))
    st.markdown(first)
    for line in cls.lines():
        equation(line)
    st.markdown(rest)
    fields_table(cls)
    st.markdown(f"{words.SOURCE}: {cls.source}")


def peer(library: str, same: Peer | None, why_not: str) -> None:
    """The same method in another library."""
    if same is None:
        return
    setting = ", ".join(f"{name} {'on' if on else 'off'}" for name, on in same.switches.items())
    st.markdown(f"The same path in {library}{f', with {setting}' if setting else ''}:")
    st.code(same.call, language="python")
    if same.differs:
        plain = f" (`{same.plain}`)" if same.plain and same.plain != same.call else ""
        st.markdown(f"Called plainly{plain}, {library} {same.differs}.")


def surface(cls: type[Landscape]) -> None:
    """A surface's entry."""
    heading(cls)
    default = cls()
    for kind in ("minima", "local_minima", "saddles", "maxima"):
        known = getattr(default, kind)
        if known is not None and len(known):
            some = "; ".join(f"({x:.6g}, {y:.6g})" for x, y in known[:6])
            more = f"; and {len(known) - 6} more" if len(known) > 6 else ""
            st.markdown(f"{words.KINDS[kind]}: {some}{more}")
    if default.f_min is not None:
        st.markdown(f"$f_{{\\min}}$ = {default.f_min:.10g}")
    for reason in (default.not_smooth, default.boxed, default.unbounded):
        if reason:
            st.markdown(reason)


def rule(cls: type[Rule]) -> None:
    """A rule's entry."""
    heading(cls)
    peer("optax", cls.in_optax, cls.no_peer)
    peer("PyTorch", cls.in_torch, cls.no_peer)
    if cls.no_peer:
        st.markdown(cls.no_peer)


def entry(label: str, registry: Mapping[str, type[Described]], key: str) -> str:
    """The menu of a registry; what is chosen stands in the address."""
    slug: str = st.selectbox(
        label, list(registry), format_func=lambda slug: registry[slug].title,
        key=key, bind="query-params",
    )  # fmt: skip
    return slug


st.session_state["page"] = "reference"  # the race finds its scene again after a visit here
with st.container(width=820):
    st.title(words.REFERENCE)
    st.markdown(words.REFERENCE_INTRO)
    kind = st.segmented_control(
        words.REFERENCE, [words.RULES, words.SURFACES], default=words.RULES, key="kind",
        required=True, label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    if kind == words.RULES:
        rule(OPTIMIZERS[entry(kind, OPTIMIZERS, "rule")])
    else:
        surface(LANDSCAPES[entry(kind, LANDSCAPES, "shown-surface")])
