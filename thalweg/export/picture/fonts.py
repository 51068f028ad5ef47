"""The fonts of a picture: one that is always there, and others for what it lacks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from matplotlib import font_manager, ft2font

from thalweg.messages.export import Refused

FIRST = "DejaVu Sans"
"""Comes with matplotlib; its digits have one width, so a step counter does not dance."""
KNOWN = (
    *("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo"),
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans", "Noto Sans Symbols2"),
)
"""Tried first where `FIRST` has no glyph; then whatever is installed."""
SUGGESTED = {
    **dict.fromkeys(("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"), "Noto Sans CJK"),
    "EMOJI": "Noto Emoji",
}


def families(texts: Iterable[str]) -> list[str]:
    """Font families that together have every glyph of ``texts``, the usual one first.

    Raises `Refused`, naming what is missing and a font to install.
    """
    wanted = {c for text in texts for c in text if not c.isspace()}
    found, missing = [FIRST], wanted - _glyphs(font_manager.findfont(FIRST))
    for name, path in _installed() if missing else ():
        has = missing & _glyphs(path)
        if has:
            found.append(name)
            missing -= has
        if not missing:
            break
    if missing:
        some = " ".join(sorted(missing)[:8])
        raise Refused("noGlyph", glyphs=some, font=_suggestion(min(missing)))
    return found


def _suggestion(character: str) -> str:
    script = unicodedata.name(character, "").split(" ")[0]
    return SUGGESTED.get(script, "Noto Sans")


def _installed() -> Iterable[tuple[str, str]]:
    """(family, file), those of `KNOWN` first."""
    by_name = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    first = [(name, by_name[name]) for name in KNOWN if name in by_name]
    return [*first, *sorted((n, f) for n, f in by_name.items() if n not in KNOWN)]


@lru_cache(maxsize=256)
def _glyphs(path: str) -> frozenset[str]:
    try:
        return frozenset(map(chr, ft2font.FT2Font(path).get_charmap()))
    except (OSError, RuntimeError, ValueError):  # a file that is no font after all
        return frozenset()
