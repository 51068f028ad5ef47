"""A file that a page asks for: what it wants, checked, and how it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from thalweg.export.address import checked, iframe, is_local, moved, qr_svg, with_parameter
from thalweg.export.film import Film, Watch
from thalweg.export.inputs import PARAMETER, name_of
from thalweg.export.picture.style import Look
from thalweg.export.render import PRODUCTS, Options, render
from thalweg.messages.export import Refused, say
from thalweg.scenes import Scene, SceneError

Make = Callable[[Watch], bytes]
"""Makes a file, and reports its progress; `thalweg.server.jobs.one_chunk` takes it."""

MOST_BYTES = 250_000
LOOKS = ("width", "height", "scale", "style", "title", "curve")


def asked(body: bytes) -> tuple[str, Make]:
    """The file's name, and what makes it.

    ``body`` is JSON: {"scene": …, "kind": a suffix, and what of its options is not the default:
    "width", "height", "scale", "style", "title", "curve", "seconds", "rate", "library",
    "plotly"}. Raises `Refused` or `SceneError`, with a sentence.
    """
    given = _object(body)
    scene = Scene.from_dict(given.get("scene"))
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in PRODUCTS:
        raise Refused("noKind", kind=repr(kind)[:40], known=", ".join(PRODUCTS))
    options = _options(given, PRODUCTS[kind].scale)
    return name_of(scene, kind), lambda watch: render(scene, kind, replace(options, watch=watch))


def addressed(body: bytes, room: str | None = None) -> dict[str, str]:
    """{"address", "qr": SVG, "frame": HTML, "note"} of {"address": …, "scene": …}.

    The address given back has the whole scene in it. One that only this machine knows is changed
    to ``room``, where others reach the server; where there is none, "note" is a sentence about it.
    Raises `Refused` or `SceneError`.
    """
    given = _object(body)
    address = given.get("address")
    if not isinstance(address, str):
        raise Refused("addressKind")
    alone = is_local(checked(address))
    if alone and room is not None:
        address = moved(address, room)
    whole = with_parameter(address, PARAMETER, Scene.from_dict(given.get("scene")).to_link())
    note = say("addressAlone") if alone and room is None else ""
    return {"address": whole, "qr": qr_svg(whole), "frame": iframe(whole), "note": note}


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body) if len(body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, Mapping):
        raise Refused("noRequest", most=MOST_BYTES)
    return given


def _options(given: Mapping[str, Any], scale: float) -> Options:
    look: dict[str, Any] = {"scale": scale} | {n: given[n] for n in LOOKS if n in given}
    numbers = [look.get(n, 1) for n in ("width", "height", "scale")]
    numbers += [given.get("seconds", 1), given.get("rate", 1)]
    texts = [given.get(n) for n in ("style", "title", "library", "plotly")]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers) or any(
        t is not None and not isinstance(t, str) for t in texts
    ):
        raise Refused("noRequest", most=MOST_BYTES)
    film = Film(float(given.get("seconds", 10.0)), given.get("rate", 25))
    library, plotly = given.get("library", "numpy"), given.get("plotly")
    return Options(Look(**look), film, library, plotly=plotly)


__all__ = ["SceneError", "addressed", "asked"]
