"""What can be made of a Scene, by the suffix of its file. No browser and no server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from thalweg.export.film import Film, Watch
from thalweg.export.inputs import name_of
from thalweg.export.picture.style import Look
from thalweg.messages.export import Refused
from thalweg.scenes import Scene


@dataclass(frozen=True)
class Options:
    """How it is to be made; each product takes what concerns it. ``watch`` is told of a film's
    frames, done and in all, and stops it by saying False."""

    look: Look = field(default_factory=Look)
    film: Film = field(default_factory=Film)
    library: str = "numpy"
    plotly: str | None = None
    """Where a file that lives takes plotly.js from; None: it has it inside."""
    watch: Watch | None = None


@dataclass(frozen=True)
class Product:
    """A kind of file: how it is made, and the scale it has where none is asked for."""

    make: Callable[[Scene, Options], bytes]
    scale: float = 1.0


# Each imports its library when it is wanted: a table needs no matplotlib.


def _png(scene: Scene, options: Options) -> bytes:
    from thalweg.export.picture.files import png

    return png(scene, options.look)


def _svg(scene: Scene, options: Options) -> bytes:
    from thalweg.export.picture.files import svg

    return svg(scene, options.look)


def _pdf(scene: Scene, options: Options) -> bytes:
    from thalweg.export.picture.files import pdf

    return pdf(scene, options.look)


def _mp4(scene: Scene, options: Options) -> bytes:
    from thalweg.export.video import mp4

    return mp4(scene, options.look, options.film, options.watch)


def _gif(scene: Scene, options: Options) -> bytes:
    from thalweg.export.video import gif

    return gif(scene, options.look, options.film, options.watch)


def _csv(scene: Scene, options: Options) -> bytes:
    from thalweg.export.tables import table

    return table(scene)


def _npz(scene: Scene, options: Options) -> bytes:
    from thalweg.export.tables import arrays

    return arrays(scene)


def _py(scene: Scene, options: Options) -> bytes:
    from thalweg.export.code import code

    return code(scene, options.library).encode()


def _json(scene: Scene, options: Options) -> bytes:
    return (scene.to_json() + "\n").encode()


def _html(scene: Scene, options: Options) -> bytes:
    from thalweg.export.standalone import Slide, living

    title = options.look.title or scene.surface.title
    return living([Slide(scene)], title, options.plotly).encode()


PRODUCTS: dict[str, Product] = {
    "png": Product(_png, scale=2.0),
    "svg": Product(_svg),
    "pdf": Product(_pdf),
    "mp4": Product(_mp4),
    "gif": Product(_gif),
    "csv": Product(_csv),
    "npz": Product(_npz),
    "py": Product(_py),
    "json": Product(_json),
    "html": Product(_html),
}
"""Suffix → product; another kind of file is another entry."""


def render(scene: Scene, suffix: str, options: Options | None = None) -> bytes:
    """The file's content. Raises `Refused`, with a sentence, where it cannot be made."""
    if suffix not in PRODUCTS:
        raise Refused("noKind", kind=repr(suffix), known=", ".join(PRODUCTS))
    return PRODUCTS[suffix].make(scene, options or default(suffix))


def default(suffix: str, products: Mapping[str, Product] = PRODUCTS) -> Options:
    """The options where none are given."""
    return Options(look=replace(Look(), scale=products[suffix].scale))


def target(scene: Scene, wanted: str, kind: str, force: bool) -> tuple[Path, str]:
    """The file to write, and its suffix; in a folder it is named by what is in it.

    Raises `Refused` for a suffix that is not known, or a file that is there without ``force``.
    """
    path = Path(wanted)
    if path.is_dir():
        path /= name_of(scene, kind)
    suffix = path.suffix.removeprefix(".").lower()
    if suffix not in PRODUCTS:
        raise Refused("noSuffix", name=path.name, known=", ".join(f".{s}" for s in PRODUCTS))
    if path.exists() and not force:
        raise Refused("exists", name=path)
    return path, suffix


def write(path: Path, content: bytes) -> None:
    """Write a file. Raises `Refused` where that is not possible."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("noWrite", name=path, why=error.strerror) from error
