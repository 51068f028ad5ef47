"""JAX functions as programs over scalars, and those as JavaScript or as batched JAX functions.

>>> kernel = to_javascript(lambda p: p[0] ** 2 + p[1] ** 2, np.zeros(2))
>>> kernel.source  # an ES module: (a0, a1) → [a0² + a1²]
"""

from calculus.kernels.batched import batched
from calculus.kernels.extern import external
from calculus.kernels.javascript import MOST_ROUNDS, Kernel, module, to_javascript
from calculus.kernels.program import Program
from calculus.kernels.tracing import Unsupported, trace

__all__ = [
    "MOST_ROUNDS",
    "Kernel",
    "Program",
    "Unsupported",
    "batched",
    "external",
    "module",
    "to_javascript",
    "trace",
]
