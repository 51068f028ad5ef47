"""A file that lives: a Scene, or a deck of them, as one HTML page that needs no server.

The page holds the stage's own modules, the kernels and plotly.js; a policy in it forbids every
connection, so it shows the same in ten years, and on a train.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from thalweg.messages.stage import WORDS
from thalweg.scenes import Scene
from thalweg.stage.bundle import bundle
from thalweg.stage.files import PLOTLY, SHEETS, WEB
from thalweg.stage.payload import payload

MOST_SLIDES = 60
MOST_CAPTION = 1000
COMMON = ("words", "menus", "grounds", "growth", "point")
"""Parts of a payload that all scenes share."""
SERVED = (*COMMON, "plotly", "typed", "share")
OWN_SHEETS = (*SHEETS[:-1], "styles/standalone.css")
ASKED_FOR = "A script's address must begin with https:// or http:// and have no spaces or quotes."


@dataclass(frozen=True)
class Slide:
    """A Scene and what is said of it."""

    scene: Scene
    caption: str = ""


def living(slides: Sequence[Slide], title: str = "Thalweg", plotly: str | None = None) -> str:
    """The HTML of one scene, or of a deck.

    ``plotly`` is an address of plotly.js; without one it is in the file. Raises ValueError, with a
    sentence, for no scene, too many, a caption too long, or an address that is none.
    """
    if not 1 <= len(slides) <= MOST_SLIDES:
        raise ValueError(f"A deck has 1 to {MOST_SLIDES} scenes, not {len(slides)}.")
    for i, slide in enumerate(slides, 1):
        if len(slide.caption) > MOST_CAPTION:
            raise ValueError(f"Caption {i} has more than {MOST_CAPTION} characters.")
    source = "" if plotly is None else checked_address(plotly)
    parts = {
        "policy": POLICY.replace("SOURCE", html.escape(source)),
        "title": html.escape(title),
        "style": _style(),
        "plotly": f'<script src="{html.escape(source)}"></script>' if source else _plotly(),
        "module": _module(),
        "data": script_safe(json.dumps(_data(slides), ensure_ascii=False, allow_nan=False)),
    }
    # At once, so that nothing in a part is taken for the place of another.
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], PAGE)


def checked_address(address: str) -> str:
    """``address`` if a page may fetch a script there. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ValueError(ASKED_FOR) from error
    clean = address.isprintable() and not any(c in address for c in " \"'<>;,\\`")
    if not (parts.scheme in ("http", "https") and parts.netloc and clean and len(address) < 500):
        raise ValueError(ASKED_FOR)
    return address


def script_safe(text: str) -> str:
    """JSON, or a script, that no HTML parser ends early: </script>, <!-- are written otherwise."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _data(slides: Sequence[Slide]) -> dict[str, Any]:
    made = [payload(s.scene, plotly="", page="race") for s in slides]
    texts: dict[str, str] = {}
    for one in made:
        texts |= one["texts"]
    words = WORDS | {"offline": WORDS["aloneLong"]}
    common = {name: made[0][name] for name in COMMON} | {
        "words": words, "menus": _menus(made[0]["menus"], slides), "plotly": "", "alone": True,
    }  # fmt: skip
    return {
        "common": common,
        "texts": texts,
        "slides": [
            {"payload": _without(one), "caption": slide.caption}
            for one, slide in zip(made, slides, strict=True)
        ],
    }


def _without(one: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: part
        for name, part in one.items()
        if name not in (*COMMON, "plotly", "typed", "share")
    }
    return kept | {"texts": list(one["texts"])}


def _menus(menus: dict[str, Any], slides: Sequence[Slide]) -> dict[str, Any]:
    """The menus with what these scenes have; nothing else can be had without a server."""
    used = {slide.scene.bare.slug for slide in slides}
    surfaces = [entry for entry in menus["surfaces"] if entry["slug"] in used]
    return menus | {"surfaces": surfaces, "presets": [], "rules": []}


@lru_cache(maxsize=1)
def _style() -> str:
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in OWN_SHEETS)


@lru_cache(maxsize=1)
def _module() -> str:
    return _unclosed(bundle(WEB, "hosts/standalone"))


@lru_cache(maxsize=1)
def _plotly() -> str:
    return f"<script>{_unclosed(PLOTLY.read_text(encoding='utf-8'))}</script>"


def _unclosed(script: str) -> str:
    """A script whose strings do not end it: in JavaScript ``<\\/`` is ``</``."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: SOURCE; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; worker-src blob:; "
    "base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Thalweg">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main id="thalweg"></main>
<noscript>This picture is computed in the browser: it needs JavaScript.</noscript>
{plotly}
<script type="application/json" id="thalweg-data">{data}</script>
<script type="module">
{module}
</script>
</body>
</html>
"""
