"""What was typed, as tokens with their places; the limits on what may be typed are here."""

import re
from typing import NamedTuple

from calculus.formulas.errors import FormulaError, Place
from calculus.formulas.names import LETTERS, LONGEST, spelled

MOST_CHARACTERS = 500  # of a surface, and of a line of a rule, spaces not counted
MOST_WITH_SPACES = 1500
MOST_TOKENS = 300  # in a line
MOST_LINES = 24  # of a rule, empty lines and those with a parameter included
MOST_DIGITS = 30

BLANKS = " \t\r\u00a0\u2009\u202f"
RAISED = {letter: str(i) for i, letter in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁻": "-", "⁺": ""}
SYNONYMS = {
    "**": "^", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "−": "-", "–": "-",
    "≤": "<=", "≥": ">=", "…": "..", "∈": "in",
}  # fmt: skip
HINTS = {
    "[": "use round brackets", "]": "use round brackets", "{": "use round brackets",
    "}": "use round brackets", ".": "a point belongs inside a number",
    "_": "a name starts with a letter", ";": "put each assignment on its own line",
    "√": "write sqrt(x)", "∇": "write grad(x)", "∞": "numbers are finite",
    "!": "there is no factorial", "&": "multiply the two comparisons", "≠": "compare with < or >",
}  # fmt: skip

_SIGNS = "".join(sign for sign in SYNONYMS if len(sign) == 1)
_TOKEN = re.compile(
    rf"""
    (?P<space>  [{BLANKS}]+ )
  | (?P<number> (?: [0-9]+ (?: \.(?!\.) [0-9]* )? | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
  | (?P<name>   [A-Za-z][A-Za-z0-9_]* | [{"".join(LETTERS)}][0-9]*(?:_[A-Za-z0-9]+)* )
  | (?P<raised> [⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+ )
  | (?P<sign>   \*\* | <= | >= | == | \.\. | [-+*/^@()|,<>={_SIGNS}] )
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """``kind`` is number, name, raised (a superscript), sign or end; ``text`` without synonyms."""

    kind: str
    text: str
    place: Place


def lines(text: object, most: int) -> list[tuple[int, str]]:
    """The lines that are not empty, with their numbers.

    Raises FormulaError where ``text`` is no text, or has more than ``most`` lines or a line of
    more than 500 characters, spaces not counted.
    """
    if not isinstance(text, str):
        raise FormulaError("a formula is a text")
    text = text.rstrip(BLANKS + "\n")
    typed = text[: most * MOST_WITH_SPACES].split("\n")
    if len(typed) > most:
        what = "a surface is one line" if most == 1 else f"these are more than {most} lines"
        raise FormulaError(what, Place(most, 0, len(typed[most])))
    for i, line in enumerate(typed):
        if len(line) >= MOST_WITH_SPACES or len(line) - _blanks(line) > MOST_CHARACTERS:
            sentence = f"this formula is longer than {MOST_CHARACTERS} characters"
            raise FormulaError(sentence, Place(i, min(MOST_CHARACTERS, len(line) - 1), len(line)))
    if len(text) > most * MOST_WITH_SPACES:
        raise FormulaError("this text is too long", Place(len(typed) - 1))
    return [(i, line) for i, line in enumerate(typed) if line.strip(BLANKS)]


def _blanks(line: str) -> int:
    return sum(map(line.count, BLANKS))


def fits(written: str, most: int) -> str:
    """``written``, what was typed as it is kept, if that may be typed again: it can be longer."""
    try:
        for i, line in lines(written, most):
            tokens(line, i)
    except FormulaError:
        raise FormulaError("written out in full, this formula is too long") from None
    return written


def tokens(line: str, number: int = 0) -> list[Token]:
    """The tokens of one line of at most 500 characters, with a last one of kind end.

    Raises FormulaError for a character that means nothing, a name or number that is too long and
    for too many tokens.
    """
    found, at = [], 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        place = Place(number, at, match.end() if match else at + 1)
        if match is None:
            raise FormulaError(_stray(line[at]), place)
        at = match.end()
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_READ[kind](match.group(), place))
    if len(found) > MOST_TOKENS:
        where = found[MOST_TOKENS].place.to(found[-1].place)
        raise FormulaError(f"this formula has more than {MOST_TOKENS} signs and names", where)
    return [*found, Token("end", "", Place(number, len(line), len(line)))]


def _stray(character: str) -> str:
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    hint = HINTS.get(character)
    return f"the character {shown} means nothing here" + (f": {hint}" if hint else "")


def _number(text: str, place: Place) -> Token:
    if sum(c.isdigit() for c in text) > MOST_DIGITS:
        raise FormulaError(f"a number has at most {MOST_DIGITS} digits", place)
    if float(text) == float("inf"):
        raise FormulaError("this number is too large", place)
    return Token("number", text, place)


def _name(text: str, place: Place) -> Token:
    name = spelled(text)
    if len(name) > LONGEST:
        raise FormulaError(f"a name has at most {LONGEST} characters", place)
    return Token("sign" if name == "in" else "name", name, place)


def _raised(text: str, place: Place) -> Token:
    return _number("".join(RAISED[c] for c in text), place)._replace(kind="raised")


def _sign(text: str, place: Place) -> Token:
    return Token("sign", SYNONYMS.get(text, text), place)


_READ = {"number": _number, "name": _name, "raised": _raised, "sign": _sign}
