"""Generated JavaScript in a real V8, with arrays that it shares with numpy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from py_mini_racer import MiniRacer

Numbers = NDArray[np.float64]


class Engine:
    """One V8. Modules are loaded under names that it makes; arrays are shared, not copied."""

    def __init__(self) -> None:
        self.context = MiniRacer()
        self._names = (f"g{i}" for i in itertools.count())
        self._kept: list[Any] = []

    def array(self, size: int) -> tuple[str, Numbers]:
        """A Float64Array: its name in JavaScript and the same memory as a numpy array."""
        name = next(self._names)
        # V8 has no memory to share for an array of no numbers.
        made = f"globalThis.{name} = new Float64Array({max(size, 1)}); {name}.buffer"
        memory = cast("memoryview[int]", self.context.eval(made))
        self._kept.append(memory)
        return name, np.frombuffer(memory, np.uint8).view(np.float64)[:size]

    def load(self, source: str) -> str:
        """The name of an object with what an ES module without imports exports."""
        name = next(self._names)
        exported = re.findall(
            r"^export (default )?(?:function|const|class) (\w+)", source, re.MULTILINE
        )
        plain = re.sub(r"^export (default )?", "", source, flags=re.MULTILINE)
        pairs = ", ".join(f"{'default' if default else own}: {own}" for default, own in exported)
        self.context.eval(f"globalThis.{name} = (() => {{ {plain}\nreturn {{ {pairs} }}; }})();")
        return name

    def run(self, code: str) -> Any:
        """The value of an expression."""
        return self.context.eval(code)

    def rows(self, source: str, rows: Sequence[Sequence[float]], width: int) -> Numbers:
        """What a kernel's ``source`` gives for each row of numbers: (rows, ``width``)."""
        module = self.load(source)
        table = np.asarray(rows, np.float64).reshape(len(rows), -1)
        a, inputs = self.array(table.size)
        r, outputs = self.array(len(rows) * width)
        inputs[:] = table.ravel()
        n = table.shape[1]
        self.run(
            f"for (let i = 0; i < {len(rows)}; i++) {{"
            f"  const out = {module}.default(...{a}.subarray(i * {n}, (i + 1) * {n}));"
            f"  if (out.length !== {width}) throw new Error('width ' + out.length);"
            f"  {r}.set(out, i * {width}); }}"
        )
        return outputs.reshape(len(rows), width).copy()
