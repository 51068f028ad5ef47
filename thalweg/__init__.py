"""Thalweg: what many optimizers do on a loss surface, computed, drawn and served."""

import os

__version__ = "0.1.0"


def use_cpu_only() -> None:
    """In a process of our own let JAX look for no other device, unless somebody has said which.

    For the server and the commands, before JAX is imported; a library leaves this alone.
    """
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
