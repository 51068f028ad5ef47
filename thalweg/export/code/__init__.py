"""The runs of a scene as a script of their own, in NumPy, optax or PyTorch.

A script prints where each run ends, and agrees with the stage there. What is a formula in it is
made from the same JAX text as everything else: no rule and no surface is written twice.
"""

from collections.abc import Callable, Mapping

from thalweg.export.code.in_numpy import in_numpy
from thalweg.export.code.in_optax import in_optax
from thalweg.export.code.in_torch import in_torch
from thalweg.messages.export import Refused
from thalweg.scenes import Scene

LIBRARIES: Mapping[str, Callable[[Scene], str]] = {
    "numpy": in_numpy,
    "optax": in_optax,
    "torch": in_torch,
}


def code(scene: Scene, library: str = "numpy") -> str:
    """The script. Raises `Refused` where the library has no call with the same path."""
    if library not in LIBRARIES:
        known = ", ".join(LIBRARIES)
        raise Refused("choice", name="The library", value=repr(library), known=known)
    return LIBRARIES[library](scene)


__all__ = ["LIBRARIES", "code"]
