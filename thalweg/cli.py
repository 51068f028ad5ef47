"""The command line: ``thalweg serve`` and ``thalweg render``. What is wrong is one sentence."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from thalweg.messages.export import Refused, say

if TYPE_CHECKING:
    from thalweg.export.render import Options

Serve = Callable[[str, str], None]
"""(host, port) → never, until the server is stopped."""
COMMANDS = ("serve", "render", "deck")
WRONG = 2
"""The exit status for what a person gave."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{message[:1].upper()}{message[1:].rstrip('.')}.\n")


def main(arguments: Sequence[str], serve: Serve) -> None:
    """Do what the arguments say; without a subcommand, serve."""
    given = list(arguments)
    if not given or given[0] not in (*COMMANDS, "-h", "--help"):
        given = ["serve", *given]
    chosen = _parser().parse_args(given)
    if chosen.command == "serve":
        serve(chosen.host, chosen.port)
        return
    try:
        _deck(chosen) if chosen.command == "deck" else _render(chosen)
    except ValueError as error:  # Refused, SceneError, or a number that is out of range
        problems = getattr(error, "problems", (str(error),))
        sys.exit(_wrong(problems[0]))
    except KeyboardInterrupt:
        sys.exit(130)


def _wrong(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="thalweg", description=say("about"))
    commands = parser.add_subparsers(dest="command", metavar=" | ".join(COMMANDS), required=True)
    serve = commands.add_parser("serve", help=say("aboutServe"), description=say("aboutServe"))
    serve.add_argument("--host", default="127.0.0.1", help=say("aboutHost"))
    serve.add_argument("--port", default="8501", help=say("aboutPort"))
    render = commands.add_parser("render", help=say("aboutRender"), description=say("aboutRender"))
    add = render.add_argument
    add("link", metavar="LINK", help=say("aboutLink"))
    add("-o", "--output", default=".", metavar="FILE", help=say("aboutOutput"))
    add("--as", dest="kind", default="png", metavar="KIND", help=say("aboutKind"))
    add("--size", default="960x600", help=say("aboutSize"))
    add("--scale", type=float, help=say("aboutScale"))
    add("--style", default="light", help=say("aboutStyle"))
    add("--title", help=say("aboutTitle"))
    add("--no-curve", dest="curve", action="store_false", help=say("aboutCurve"))
    add("--seconds", type=float, default=10.0, help=say("aboutSeconds"))
    add("--fps", type=int, default=25, help=say("aboutRate"))
    add("--plotly", metavar="URL", help=say("aboutPlotly"))
    add("--library", default="numpy", help=say("aboutLibrary"))
    add("--force", action="store_true", help=say("aboutForce"))
    deck = commands.add_parser("deck", help=say("aboutDeck"), description=say("aboutDeck"))
    deck.add_argument("file", metavar="FILE", help=say("aboutDeckFile"))
    deck.add_argument(
        "-o", "--output", default="deck.html", metavar="FILE", help=say("aboutOutput")
    )
    deck.add_argument("--title", default="Thalweg", help=say("aboutTitle"))
    deck.add_argument("--plotly", metavar="URL", help=say("aboutPlotly"))
    deck.add_argument("--force", action="store_true", help=say("aboutForce"))
    return parser


def _deck(chosen: argparse.Namespace) -> None:
    from thalweg.export.deck import from_file
    from thalweg.export.render import target, write
    from thalweg.export.standalone import living

    slides = from_file(chosen.file)
    path, _ = target(slides[0].scene, chosen.output, "html", chosen.force)
    write(path, living(slides, chosen.title, chosen.plotly).encode())
    print(path)


def _render(chosen: argparse.Namespace) -> None:
    from thalweg.export.inputs import scene_of
    from thalweg.export.render import PRODUCTS, render, target, write

    if chosen.kind not in PRODUCTS:
        raise Refused("noKind", kind=repr(chosen.kind), known=", ".join(PRODUCTS))
    scene = scene_of(chosen.link)
    path, suffix = target(scene, chosen.output, chosen.kind, chosen.force)
    write(path, render(scene, suffix, _options(chosen, PRODUCTS[suffix].scale)))
    print(path)


def _options(chosen: argparse.Namespace, scale: float) -> Options:
    from thalweg.export.film import Film
    from thalweg.export.picture.style import Look, size_refused
    from thalweg.export.render import Options

    size = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", chosen.size)
    if size is None:
        raise size_refused(repr(chosen.size))
    look = Look(
        int(size[1]), int(size[2]), scale if chosen.scale is None else chosen.scale, chosen.style,
        chosen.title, chosen.curve,
    )  # fmt: skip
    film = Film(chosen.seconds, chosen.fps)
    watch = _progress if sys.stderr.isatty() else None
    return Options(look, film, chosen.library, chosen.plotly, watch)


def _progress(done: int, frames: int) -> bool:
    end = "\n" if done == frames else ""
    print(f"\r{say('progress', done=done, frames=frames)}", end=end, file=sys.stderr, flush=True)
    return True
