"""The stage in a notebook.

>>> from thalweg.stage import widget
>>> live = widget(Scene.default("rosenbrock"))
>>> live  # in the last line of a cell: drag, play, add runs
>>> live.scene  # as it is there now
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from typing import Any

from thalweg.scenes import Scene
from thalweg.stage.bundle import bundle
from thalweg.stage.files import PLOTLY, SHEETS, WEB
from thalweg.stage.payload import payload
from thalweg.stage.reports import answer

LACKING = "The widget needs anywidget, which is not installed: pip install anywidget."


def widget(scene: Scene | None = None, height: int = 640) -> Any:
    """A live stage of ``scene`` (the default one), ``height`` pixels high, for a notebook.

    Its property ``scene`` is the Scene after the last gesture; setting it shows another. Raises
    ImportError, with a sentence, without anywidget.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(LACKING) from error

    class Stage(anywidget.AnyWidget):
        """A stage whose reports are answered by the notebook's kernel."""

        _esm = bundle(WEB, "hosts/notebook")
        _css = _style()
        payload = traitlets.Dict().tag(sync=True)
        library = traitlets.Bytes(None, allow_none=True).tag(sync=True)
        report = traitlets.Dict(None, allow_none=True).tag(sync=True)
        height = traitlets.Int(640).tag(sync=True)

        def __init__(self, scene: Scene, height: int) -> None:
            self._scene, self._epoch = scene, 0
            made = self._made(0, ())
            # With the widget, so that the stage is there though the kernel be busy for long.
            super().__init__(payload=made, height=height, library=_plotly())
            self.observe(self._answer, "report")
            self.on_msg(self._asked)

        @property
        def scene(self) -> Scene:
            """The Scene on the stage."""
            return self._scene

        @scene.setter
        def scene(self, scene: Scene) -> None:
            if not isinstance(scene, Scene):
                raise TypeError(f"What the stage shows is a Scene, not {scene!r:.40}.")
            self._scene = scene
            self._epoch += 1
            self.payload = self._made(self.payload["revision"], ())

        def _made(self, revision: int, problems: tuple[str, ...]) -> dict[str, Any]:
            where: Any = {"generation": self._epoch, "revision": revision, "problems": problems}
            return payload(self._scene, plotly="", **where)

        def _answer(self, change: Any) -> None:
            told = change["new"]
            if not told or told.get("generation") != self._epoch:
                return
            self._scene, problems = answer(told)
            revision = told.get("revision")
            self.payload = self._made(revision if isinstance(revision, int) else 0, problems)

        def _asked(self, _: Any, message: Any, __: Any) -> None:
            if message == "plotly":
                self.library = _plotly()

    return Stage(Scene.default() if scene is None else scene, height)


@lru_cache(maxsize=1)
def _plotly() -> bytes:
    """plotly.js, gzipped: quickly rather than well."""
    return gzip.compress(PLOTLY.read_bytes(), compresslevel=3, mtime=0)


def _style() -> str:
    """The style sheets as one. A cell is narrower than the window: its own width is asked for."""
    sheets = [(WEB / name).read_text("utf-8") for name in (*SHEETS[:-1], "styles/notebook.css")]
    return re.sub(r"@media (?=\(max-width)", "@container thalweg ", "\n".join(sheets))
