"""Names: what stands for a number, which are taken, and how they are set in LaTeX."""

import difflib
import math
import re
from collections.abc import Iterable

CONSTANTS = {"pi": math.pi, "e": math.e}

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "εϵ", "zeta": "ζ",
    "eta": "η", "theta": "θϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μµ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρϱ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φϕ",
    "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Name → the letters that mean it. Capitals that look like Latin ones are left out."""

LETTERS = {letter: name for name, letters in GREEK.items() for letter in letters}
SYMBOLS = {name: "\\" + name for name in GREEK} | {
    "eps": r"\varepsilon",
    "epsilon": r"\varepsilon",
    "phi": r"\varphi",
}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}

LONGEST = 12
TAKEN = frozenset({"x", "y", "t", "g", "I", *CONSTANTS})
"""Names that no parameter may have, besides those of functions."""


def spelled(typed: str) -> str:
    """A name as it is kept: Greek letters by their names, ``β1`` as ``beta1``."""
    return LETTERS.get(typed[0], typed[0]) + typed[1:]


def unknown(name: str, use: str, known: Iterable[str]) -> str:
    """The sentence about a name that means nothing; ``use`` says what may stand here."""
    known = set(known)
    near = difflib.get_close_matches(name, sorted(known), 1, 0.75)
    if known.issuperset(name):  # xy
        near = ["*".join(name)]
    elif name[0] in known and name[1:].isdigit():  # x2
        near = [f"{name[0]}^{name[1:]}"]
    return f"unknown name '{name}': " + (f"did you mean '{near[0]}'?" if near else f"use {use}")


def _symbol(word: str) -> str:
    if word in SYMBOLS:
        return SYMBOLS[word]
    return word if len(word) == 1 or word.isdigit() else rf"\mathrm{{{word}}}"


def symbol(name: str, time: str = "") -> str:
    r"""A name in LaTeX, with the step as its last subscript: ``m_hat``, "t" → ``\hat{m}_{t}``.

    ``beta1`` and ``beta_1`` are β₁; a name of several letters is upright.
    """
    base, *parts = [part for part in name.split("_") if part]
    word = base.rstrip("0123456789")
    text, subscripts = _symbol(word), [base[len(word) :]]
    for part in parts:
        if part in ACCENTS:
            text = f"{ACCENTS[part]}{{{text}}}"
        else:
            subscripts.append(_symbol(part))
    below = ",".join(s for s in (*subscripts, time) if s)
    return f"{text}_{{{below}}}" if below else text


_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
"""Combining characters, which follow their letter."""


def _greek(name: str) -> str:
    return GREEK[name][0] if name in GREEK else name


def _lowered(digits: str) -> str:
    return "".join(chr(0x2080 + int(digit)) for digit in digits)


def plain_symbol(latex: str) -> str:
    r"""A symbol as plain text: ρ for ``\rho``, β₁ for ``\beta_1``, wd for ``\mathrm{wd}``."""
    text = re.sub(
        r"\\(?:mathrm|text)\{([^}]*)\}", lambda found: found[1].replace(r"\_", " "), latex
    )
    for name, mark in _ACCENTS.items():
        text = re.sub(rf"\\{name}\{{([^{{}}]*)\}}", rf"\g<1>{mark}", text)
    text = re.sub(r"\\(?:var)?([A-Za-z]+)", lambda found: _greek(found[1]), text)
    text = re.sub(r"_(?:(\d)|\{(\d+)\})", lambda found: _lowered(found[1] or found[2]), text)
    return text.replace("_", " ").replace("{", "").replace("}", "")
