"""The command line, `thalweg`. What is wrong is one sentence.

A command imports what it needs when it runs: `thalweg --help` waits for neither jax nor streamlit.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from thalweg import __version__, use_cpu_only
from thalweg.messages.export import Refused, say

if TYPE_CHECKING:
    from thalweg.export.render import Options

WRONG = 2
"""The exit status for input that is wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{message[:1].upper()}{message[1:].rstrip('.')}.\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the arguments, those of the process by default, say; without a subcommand, serve."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] not in (*RUN, "-h", "--help", "--version"):
        words = ["serve", *words]
    options = _parser().parse_args(words)
    use_cpu_only()
    if options.command == "serve":
        _serve(options)
        return
    try:
        RUN[options.command](options)
    except ValueError as error:  # Refused, SceneError, or a number that is out of range
        problems = getattr(error, "problems", (str(error),))
        print(problems[0], file=sys.stderr)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="thalweg", description=say("about"))
    parser.add_argument("--version", action="version", version=f"thalweg {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=" | ".join(RUN), required=True)
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


def _serve(options: argparse.Namespace) -> None:
    from thalweg.server.serve import serve

    serve(options.host, options.port)


def _deck(options: argparse.Namespace) -> None:
    from thalweg.export.deck import from_file
    from thalweg.export.render import target, write
    from thalweg.export.standalone import living

    slides = from_file(options.file)
    path, _ = target(slides[0].scene, options.output, "html", options.force)
    write(path, living(slides, options.title, options.plotly).encode())
    print(path)


def _render(options: argparse.Namespace) -> None:
    from thalweg.export.inputs import scene_of
    from thalweg.export.render import PRODUCTS, render, target, write

    if options.kind not in PRODUCTS:
        raise Refused("noKind", kind=repr(options.kind), known=", ".join(PRODUCTS))
    scene = scene_of(options.link)
    path, suffix = target(scene, options.output, options.kind, options.force)
    write(path, render(scene, suffix, _render_options(options, PRODUCTS[suffix].scale)))
    print(path)


def _render_options(options: argparse.Namespace, scale: float) -> Options:
    from thalweg.export.film import Film
    from thalweg.export.picture.style import Look, size_refused
    from thalweg.export.render import Options

    size = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", options.size)
    if size is None:
        raise size_refused(repr(options.size))
    scale = scale if options.scale is None else options.scale
    width, height = int(size[1]), int(size[2])
    look = Look(width, height, scale, options.style, options.title, options.curve)
    film = Film(options.seconds, options.fps)
    watch = _progress if sys.stderr.isatty() else None
    return Options(look, film, options.library, options.plotly, watch)


def _progress(done: int, frames: int) -> bool:
    end = "\n" if done == frames else ""
    print(f"\r{say('progress', done=done, frames=frames)}", end=end, file=sys.stderr, flush=True)
    return True


RUN = {"serve": _serve, "render": _render, "deck": _deck}
