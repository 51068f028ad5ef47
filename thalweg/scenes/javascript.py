"""The Scene's types for the browser, written from its declaration.

``python -m thalweg.scenes.javascript`` writes the module anew; a test holds the one that is there.
"""

from __future__ import annotations

import json
from pathlib import Path

from thalweg.scenes.parts import OBJECTS, OVERLAYS, Map
from thalweg.scenes.schema import parts_of, typedef, write_parts

PLACE = Path(__file__).resolve().parents[1] / "stage/web/model/scene-types.js"


def module() -> str:
    """The text of the ES module."""
    lines = [
        "/**",
        " * The Scene as JSON. `python -m thalweg.scenes.javascript` writes this module",
        " * from the declaration in thalweg.scenes.parts: change that.",
        " *",
        " * @typedef {[[number, number], [number, number]]} Window ((x0, x1), (y0, y1))",
    ]
    for name, (parts, about) in OBJECTS.items():
        lines += [" *", *typedef(name, parts, about)]
    usual = json.dumps(write_parts(parts_of(Map), vars(Map())))
    lines += [
        " */",
        "",
        "/** The map where nothing was chosen. @type {SceneMap} */",
        f"export const DEFAULT_MAP = {usual};",
        "",
        "/** What can be drawn over the paths. */",
        f"export const OVERLAYS = {json.dumps(OVERLAYS)};",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PLACE.write_text(module(), encoding="utf-8")
