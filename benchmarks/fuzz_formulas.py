"""Formulas nobody would type, and many somebody might: is there another error than FormulaError?

    python benchmarks/fuzz_formulas.py [count]

reads that many texts (a million unless told otherwise; a fifth each of random characters, of soups
of tokens, of valid texts with slips, of random formulas and of random rules) as surface or as rule,
and prints JSON: {count, seconds, refused, accepted, slowest_ms, other errors}. An accepted text has
to read back as itself; each other error is listed with the text that made it, 20 at most. The seed
is fixed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS, FormulaError, read_rule, read_surface
from calculus.formulas.functions import IN_RULES

COUNT, SEED, MOST_LISTED = 1_000_000, 20, 20

ALLOWED = "xygtebπαρλ0123456789..+-*/^@()|,<>= _²³⁻×·÷−≤≥…∈\n\t"
OTHERS = "[]{}:;#'\"\\`~!?%&$√∞\x00\x0b\r\u2028\u202e\ufeff\ud800хｘ𝑥éЖ中١ﬁ́"
PIECES = (
    *ALLOWED, *(f"{name}(" for name in IN_RULES), "sin", "x", "y", "x^2", "2", "10", "1e-3",
    "1e999", "lr", "rho", "beta1", "m_hat", "**", "<=", "..", ", b = 1..10", ", lr = 0.1", " in ",
    "in", "==", "x = ", "v = ", "\nx = x - g", "grad(x)", "hess(x)", " @ ", "f(x,y)=", "lambda",
    "__", "0.1", "b",
)  # fmt: skip
VALID = (*(example.text for example in SURFACE_TEXTS), *RULE_TEXTS.values())


def characters(rng: Random) -> str:
    """Up to 60 characters, most of them allowed."""
    letters = ALLOWED if rng.random() < 0.7 else ALLOWED + OTHERS
    return "".join(rng.choices(letters, k=rng.randint(0, 60)))


def soup(rng: Random) -> str:
    """Up to 60 pieces."""
    return "".join(rng.choices(PIECES, k=rng.randint(1, 60)))


def mutated(text: str, rng: Random) -> str:
    """A text with up to three slips: something dropped, doubled, moved or put in."""
    for _ in range(rng.randint(0, 3)):
        i, j = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        j = min(j, i + 12)
        put = rng.choice((*PIECES, rng.choice(OTHERS), text[i:j], "(" * rng.randint(1, 60)))
        text = rng.choice(
            (text[:i] + text[j:], text[:i] + put + text[i:], text[:i] + put + text[j:])
        )
    return text


def expression(rng: Random, depth: int = 0) -> str:
    """A formula that is right, but for its domain and perhaps its length."""
    if rng.random() < 0.1 + 0.15 * depth:
        return rng.choice(("x", "y", "2", "0.5", "1e-3", "pi", "g", "π", "10", "x²"))
    inner = partial(expression, rng, depth + 1)
    make = rng.choice(FORMS)
    return make(inner, rng)


FORMS: tuple[Callable[[Callable[[], str], Random], str], ...] = (
    lambda inner, rng: f"{inner()} {rng.choice('+-*/^')} {inner()}",
    lambda inner, rng: f"({inner()}){rng.choice(('^', '**', '', '*', '÷', '-'))}({inner()})",
    lambda inner, rng: f"{rng.choice(('-', '2', '|', '||'))}{inner()}",
    lambda inner, rng: f"|{inner()}|",
    lambda inner, rng: f"({inner()})^2 - ({inner()})",
    lambda inner, rng: f"{rng.choice(tuple(IN_RULES))}({inner()})",
    lambda inner, rng: f"{rng.choice(('min', 'max', 'hypot', 'dot'))}({inner()}, {inner()})",
    lambda inner, rng: f"where({inner()} {rng.choice(('<', '>=', '≤'))} 1, {inner()}, {inner()})",
)


def assignments(rng: Random) -> str:
    """One to five lines of a rule."""
    names = rng.choices(("x", "v", "s", "m_hat", "g"), k=rng.randint(0, 4))
    return "\n".join(f"{name} = {expression(rng)}*x" for name in (*names, "x"))


MAKERS: tuple[Callable[[Random], str], ...] = (
    characters,
    soup,
    lambda rng: mutated(rng.choice(VALID), rng),
    expression,
    assignments,
)


def reader(text: str, rng: Random) -> Callable[[str], Any]:
    """How a text is read: mostly as what it looks like."""
    return read_rule if ("x =" in text) == (rng.random() < 0.8) else read_surface


def accepts(read: Callable[[str], Any], text: str) -> bool:
    """Whether a text is read, and not refused; AssertionError if it does not read back."""
    try:
        found = read(text)
    except FormulaError as error:
        str(error).encode()
        return False
    assert read(found.text) == found, f"reads back as {found.text!r}"
    return True


def fuzz(count: int, seed: int = SEED) -> dict[str, Any]:
    """Read ``count`` texts and report."""
    rng, accepted, slowest, others = Random(seed), 0, 0.0, []
    began = time.perf_counter()
    for i in range(count):
        text = MAKERS[i % len(MAKERS)](rng)
        read = reader(text, rng)
        at = time.perf_counter()
        try:
            accepted += accepts(read, text)
        except Exception as error:
            others.append({"text": ascii(text), "error": f"{type(error).__name__}: {error}"[:200]})
        slowest = max(slowest, time.perf_counter() - at)
    return {
        "count": count,
        "seconds": round(time.perf_counter() - began, 2),
        "refused": count - accepted - len(others),
        "accepted": accepted,
        "slowest_ms": round(slowest * 1e3, 2),
        "other errors": others[:MOST_LISTED],
    }


if __name__ == "__main__":
    print(json.dumps(fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT), indent=1))
