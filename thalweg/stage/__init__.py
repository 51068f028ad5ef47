"""The live figure: a Scene as the browser needs it, the modules that draw it, and its mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thalweg.stage.notebook import widget

__all__ = ["widget"]


def __getattr__(name: str) -> Any:
    """`widget`, when it is first used: it imports jax, which a first page goes without."""
    if name == "widget":
        from thalweg.stage.notebook import widget

        return widget
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
