"""Colours: a quiet surface, and runs that can be told apart by any eye, in light and in dark."""

from dataclasses import dataclass

BLUE, BROWN, GOLD, GREEN = "#3b79ff", "#9e6541", "#9e7b0b", "#53806b"
PURPLE, RED, PINK, TEAL = "#8264c8", "#e83964", "#d24e93", "#258998"
SLATE = "#6f7e8c"
"""Each has a contrast of 3:1 with both grounds and with every tone of both ramps. They were chosen
for the largest distance between any two, seen with normal, protan, deutan and tritan eyes."""

BY_RULE = {
    "sgd": BLUE,
    "momentum": BROWN,
    "nesterov": GOLD,
    "adagrad": GREEN,
    "rmsprop": PURPLE,
    "adam": RED,
}
BY_FAMILY = {
    "adaptive": PINK,
    "sign": PINK,
    "second order": TEAL,
    "line search": TEAL,
    "no gradient": TEAL,
    "own": TEAL,
}

DASHES = (
    "solid",
    "12px,3px",
    "2px,2px",
    "10px,3px,2px,3px",
    "5px,2px",
    "20px,4px",
    "16px,3px,2px,3px,2px,3px",
    "7px,7px",
    "3px,5px",
    "12px,3px,5px,3px",
    "24px,2px",
    "1px,4px",
)


def colour(slug: str, family: str) -> str:
    """The colour of a rule, the same everywhere: its own, else its family's, else slate."""
    return BY_RULE.get(slug) or BY_FAMILY.get(family, SLATE)


BASINS = {
    "light": (
        "#dc894e", "#a1edf7", "#af8adf", "#e4e387", "#c1b6fa", "#5fb297", "#56d8b4", "#e4b757",
    ),
    "dark": (
        "#b97424", "#4de1e9", "#9a76cb", "#aada92", "#60bba4", "#de9848", "#559485", "#b499f1",
    ),
}  # fmt: skip
"""Which minimum a start belongs to: lighter than runs, so that darker may mean later. Chosen for
the largest distance between any two, seen with normal, protan, deutan and tritan eyes, the most
different first."""


@dataclass(frozen=True)
class Ground:
    """The colours of everything that is not a run."""

    paper: str
    ink: str
    faint: str
    ramp: tuple[str, str]  # from the valley's floor to the heights
    contour: str
    veil: str  # behind the legend


GROUNDS = {
    "light": Ground(
        "#ffffff", "#1b2733", "#5b6873", ("#fdfdfe", "#dfe4e9"), "#b3bfca", "rgba(255,255,255,0.7)"
    ),
    "dark": Ground(
        "#0f1419", "#e4e9ee", "#9aa7b3", ("#0f1419", "#232a31"), "#47525d", "rgba(15,20,25,0.7)"
    ),
}

# The interface's own, as in .streamlit/config.toml: what can be touched, red only for growing or
# not finite, hairlines, and the ground of a field.
ACCENT = {"light": "#1f5fa8", "dark": "#7fb4f0"}
ALARM = {"light": "#b3261e", "dark": "#f08c84"}
LINE = {"light": "#c9d1d9", "dark": "#38434e"}
RAISED = {"light": "#f4f6f8", "dark": "#1a2129"}
