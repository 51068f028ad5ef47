"""A program as JavaScript: straight-line float64 code in a small ES module.

The text is made of numbers, of names that this file makes (a, v, r and a count) and of fixed words;
nothing that a person typed can be in it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calculus.kernels.operations import BIG, HELPERS, OPERATIONS, bare, called, is_float
from calculus.kernels.program import Block, Branch, Call, Loop, Program, Scalar, Until
from calculus.kernels.tracing import trace
from calculus.precision import in_float64

MOST_ROUNDS = 100_000
"""After so many rounds a `while` throws a RangeError that says so."""
RESERVED = """
arguments await break case catch class const continue debugger default delete do else enum eval
export extends false finally for function if implements import in instanceof interface let new null
package private protected public return static super switch this throw true try typeof var void
while with yield
"""
TAKEN = {*HELPERS, *RESERVED.split(), "on"}
"""Words that cannot name a function next to a kernel's own."""
LONGEST = 120
"""An expression of more characters gets a name of its own."""


@dataclass(frozen=True)
class Kernel:
    """JavaScript made from a function; ``program`` is what it was made from.

    ``source`` is an ES module whose default export takes the numbers of the arguments one by one,
    in the order of the flattened arrays, and returns an array of the numbers of the results. Truth
    values travel as 0 and 1; a whole number of 64 bits is exact inside, and outside up to 2⁵³.
    """

    source: str
    program: Program
    most_rounds: int = MOST_ROUNDS

    @property
    def inner(self) -> str:
        """The same as a module whose default export writes into arrays and allocates nothing.

        It takes a Float64Array and an offset for each argument, then the same for each result of
        the function. Everything is read before anything is written: they may be the same arrays.
        """
        return module({"kernel": self.program}, "kernel", self.most_rounds)


@in_float64
def to_javascript(
    function: Callable[..., Any], *examples: Any, most_rounds: int = MOST_ROUNDS
) -> Kernel:
    """The JavaScript of a JAX function, for arguments of the kind of ``examples``.

    Examples are pytrees of float64 arrays, whole numbers and truth values; only their structure
    and shapes count. Raises TypeError for float32 arguments and `Unsupported` for a primitive
    without a scalar form, naming it and its line.
    """
    program = trace(function, *examples)
    text = _Writer(program, most_rounds=most_rounds)
    body = text.one_by_one("kernel")
    return Kernel(_join([text], [f"export default {body}"]), program, most_rounds)


def module(
    programs: Mapping[str, Program],
    default: str | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> str:
    """An ES module with one function for each program, in the form of `Kernel.inner`.

    Where one of them calls functions from outside, all take an object with those as their first
    argument. Raises ValueError for a name that is not a plain word, free in JavaScript.
    """
    writers, functions = [], []
    asks = any(p.calls() for p in programs.values())
    for name, program in programs.items():
        if not re.fullmatch(r"[a-z][A-Za-z]*", name) or name in TAKEN:
            raise ValueError(f"{name!r} cannot name a kernel; a name is a plain, free word.")
        prefix = f"{name}_" if len(programs) > 1 else ""
        writers.append(_Writer(program, prefix=prefix, most_rounds=most_rounds))
        word = "export default" if name == default else "export"
        functions.append(f"{word} {writers[-1].into_arrays(name, asks)}")
    return _join(writers, functions)


def _join(writers: list[_Writer], functions: list[str]) -> str:
    body = "\n\n".join(functions)
    needed, text = [], body
    for name, code in reversed(HELPERS.items()):
        if re.search(rf"\b{name}\b", text):
            needed.append(f"const {name} = {code};")
            text += code
    lines = [*reversed(needed), *(line for w in writers for line in w.tables)]
    return "\n".join([*lines, *([""] if lines else []), body]) + "\n"


def number(value: Any, dtype: str) -> str:
    """A known number, exact to the last bit."""
    if dtype == "bool":
        return "true" if value else "false"
    if not is_float(dtype):
        text = f"{value}{'n' if dtype in BIG else ''}"
    elif math.isnan(value):
        return "NaN"
    elif math.isinf(value):
        text = "Infinity" if value > 0 else "-Infinity"
    else:
        text = repr(float(value)).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


def _as_number(text: str, dtype: str) -> str:
    return called("Number", text) if dtype in BIG else _stored(text, dtype)


def _from_number(text: str, dtype: str) -> str:
    if dtype == "bool":
        return f"Boolean({text})"
    return f"BigInt({text})" if dtype in BIG else text


class _Writer:
    """Writes one program as one function; ``tables`` are the arrays that it keeps."""

    def __init__(self, program: Program, prefix: str = "", most_rounds: int = MOST_ROUNDS) -> None:
        self.program, self.prefix, self.most_rounds = program, prefix, most_rounds
        self.live = program.live()
        self.names: dict[int, str] = {}
        self.tables: list[str] = []
        self.lines: list[str] = []
        self.indent = 1
        self.made = 0
        self.uses: Counter[int] = Counter()
        self.used_in: dict[int, Block] = {}
        self._count(program.block)
        for s in program.outputs:
            self._use(s, program.block)

    # --- the two forms ---

    def one_by_one(self, name: str) -> str:
        """A function of numbers that returns an array."""
        names = [f"a{i}" for i in range(len(self.program.inputs))]
        for s, own in zip(self.program.inputs, names, strict=True):
            self._bind_input(s, own)
        self._block(self.program.block)
        results = ", ".join(bare(_as_number(self.text(s), s.dtype)) for s in self.program.outputs)
        asks = ["on"] if self.program.calls() else []
        return self._function(name, [*asks, *names], [f"  return [{results}];"])

    def into_arrays(self, name: str, asks: bool) -> str:
        """A function of arrays and offsets that writes its results."""
        arguments: list[str] = ["on"] if asks else []
        inputs = iter(self.program.inputs)
        for i, count in enumerate(self.program.arguments):
            arguments += [f"a{i}", f"i{i}"]
            for k in range(count):
                self._bind_input(next(inputs), f"a{i}[{_sum(f'i{i}', k)}]", always_name=True)
        self._block(self.program.block)
        outputs = iter(self.program.outputs)
        stores = []
        for j, count in enumerate(self.program.results):
            arguments += [f"r{j}", f"k{j}"]
            for k in range(count):
                s = next(outputs)
                value = bare(_as_number(self.text(s), s.dtype))
                stores.append(f"  r{j}[{_sum(f'k{j}', k)}] = {value};")
        return self._function(name, arguments, stores)

    def _function(self, name: str, arguments: list[str], last: list[str]) -> str:
        return "\n".join([f"function {name}({', '.join(arguments)}) {{", *self.lines, *last, "}"])

    def _bind_input(self, s: Scalar, own: str, always_name: bool = False) -> None:
        if id(s) not in self.live:
            return
        text = _from_number(own, s.dtype)
        if always_name or text != own:
            self.names[id(s)] = self._name()
            self._line(f"const {self.names[id(s)]} = {text};")
        else:
            self.names[id(s)] = own

    # --- what is used where ---

    def _use(self, s: Scalar, block: Block, times: int = 1) -> None:
        self.uses[id(s)] += times
        if self.used_in.setdefault(id(s), block) is not block:
            self.uses[id(s)] += 1  # elsewhere as well: it needs a name

    def _count(self, block: Block) -> None:
        for s in block.statements:
            if isinstance(s, Until):
                if id(s.loop) in self.live:
                    self._use(s.goes_on, block)
            elif id(s) not in self.live:
                continue
            elif isinstance(s, Scalar):
                for a in s.args:
                    self._use(a, block)
            elif isinstance(s, Loop):
                for a, out in zip(s.inits, s.params, strict=True):
                    if id(out) in self.live:
                        self._use(a, block)
                self._count(s.body)
                for a, out in zip(s.results, s.params, strict=True):
                    if id(out) in self.live:
                        self._use(a, s.body, times=2)  # named, for all are set at once
                for column in s.xs:
                    for a in column:
                        self._use(a, block, times=2)
                for y in s.ys:
                    if id(y) in self.live:
                        self._use(y, s.body)
            elif isinstance(s, Branch):
                self._use(s.index, block, times=2)
                for inner, results in zip(s.blocks, s.results, strict=True):
                    self._count(inner)
                    for r, out in zip(results, s.outs, strict=True):
                        if id(out) in self.live:
                            self._use(r, inner)
            else:
                for a in s.args:
                    self._use(a, block)

    # --- text ---

    def _name(self) -> str:
        self.made += 1
        return f"v{self.made}"

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.indent + text)

    def text(self, s: Scalar) -> str:
        """A scalar's name, its number, or the expression that it is used in once."""
        return number(s.of, s.dtype) if s.op == "const" else self.names[id(s)]

    def _block(self, block: Block) -> None:
        for s in block.statements:
            if isinstance(s, Until):
                if id(s.loop) in self.live:
                    self._line(f"if (!{self.text(s.goes_on)}) break;")
            elif id(s) not in self.live:
                continue
            elif isinstance(s, Scalar):
                self._operation(s, block)
            elif isinstance(s, Loop):
                self._loop(s)
            elif isinstance(s, Branch):
                self._branch(s)
            else:
                self._call(s)

    def _operation(self, s: Scalar, block: Block) -> None:
        operand = s.args[0].dtype
        texts = [self.text(a) for a in s.args]
        target = (s.dtype,) if s.op == "convert" else ()
        expression = OPERATIONS[s.op].js(operand, *texts, *target)
        once = self.uses[id(s)] == 1 and self.used_in[id(s)] is block
        if once and len(expression) <= LONGEST and not self._repeats(s):
            self.names[id(s)] = expression
        else:
            self.names[id(s)] = self._name()
            self._line(f"const {self.names[id(s)]} = {bare(expression)};")

    def _repeats(self, s: Scalar) -> bool:
        """Whether the text of an operation on whole numbers may name its operands twice."""
        return not (is_float(s.dtype) or s.dtype == "bool")

    def _call(self, s: Call) -> None:
        arguments = [bare(self.text(a)) for a in s.args]
        if len(s.outs) == 1:
            self.names[id(s.outs[0])] = self._name()
            name = self.names[id(s.outs[0])]
            self._line(f"const {name} = on.{s.name}({', '.join(arguments)});")
            return
        table = self._table(len(s.outs), "float64")
        self._line(f"on.{s.name}({', '.join([*arguments, table])});")
        for i, out in enumerate(s.outs):
            if id(out) in self.live:
                self.names[id(out)] = self._name()
                self._line(f"const {self.names[id(out)]} = {table}[{i}];")

    def _table(self, size: int, dtype: str, items: str | None = None) -> str:
        name = f"{self.prefix}t{len(self.tables)}"
        kind = {"int64": "BigInt64Array", "uint64": "BigUint64Array"}.get(dtype, "Float64Array")
        made = f"new {kind}({size if items is None else f'[{items}]'})"
        self.tables.append(f"const {name} = {made};")
        return name

    def _loop(self, s: Loop) -> None:
        carried = [i for i, p in enumerate(s.params) if id(p) in self.live]
        columns = [
            self._column(s.xs[i]) if id(r) in self.live else "" for i, r in enumerate(s.rows)
        ]
        stored = {
            i: self._table(s.length or 0, y.dtype) for i, y in enumerate(s.ys) if id(y) in self.live
        }
        for i in carried:
            own = self._name()
            self.names[id(s.params[i])] = self.names[id(s.outs[i])] = own
            self._line(f"let {own} = {bare(self.text(s.inits[i]))};")
        index = self._name()
        if s.length is None:
            self._line(f"for (let {index} = 0; ; {index}++) {{")
        elif s.reverse:
            self._line(f"for (let {index} = {s.length - 1}; {index} >= 0; {index}--) {{")
        else:
            self._line(f"for (let {index} = 0; {index} < {s.length}; {index}++) {{")
        self.indent += 1
        for i, row in enumerate(s.rows):
            if columns[i]:
                self.names[id(row)] = self._name()
                load = f"{columns[i]}[{index}]"
                load = f"{load} !== 0" if row.dtype == "bool" else load
                self._line(f"const {self.names[id(row)]} = {load};")
        self._block(s.body)
        for i, table in stored.items():
            y = s.ys[i]
            self._line(f"{table}[{index}] = {bare(_stored(self.text(y), y.dtype))};")
        self._assign([(s.params[i], s.results[i]) for i in carried])
        if s.length is None:
            stopped = f"a loop went on for more than {self.most_rounds} rounds and was stopped"
            self._line(f'if ({index} === {self.most_rounds}) throw RangeError("{stopped}");')
        self.indent -= 1
        self._line("}")
        for i, table in stored.items():
            for k, out in enumerate(s.stacked[i]):
                if id(out) in self.live:
                    self.names[id(out)] = self._name()
                    load = f"{table}[{k}]{' !== 0' if out.dtype == 'bool' else ''}"
                    self._line(f"const {self.names[id(out)]} = {load};")

    def _assign(self, pairs: list[tuple[Scalar, Scalar]]) -> None:
        """Set all carried numbers at once: one that is still to be read is kept aside."""
        moved = [(p, r) for p, r in pairs if p is not r]
        set_here = {id(p) for p, _ in moved}
        sources = {}
        for p, r in moved:
            sources[id(p)] = self.text(r)
            if id(r) in set_here:
                sources[id(p)] = self._name()
                self._line(f"const {sources[id(p)]} = {self.text(r)};")
        for p, _ in moved:
            self._line(f"{self.names[id(p)]} = {bare(sources[id(p)])};")

    def _column(self, column: list[Scalar]) -> str:
        """The table that a counted loop reads: a fixed one where its numbers are known."""
        dtype = column[0].dtype
        if all(s.is_const for s in column):
            values = [bare(_stored(number(s.of, dtype), dtype)) for s in column]
            return self._table(len(column), dtype, ", ".join(values))
        table = self._table(len(column), dtype)
        for i, s in enumerate(column):
            self._line(f"{table}[{i}] = {bare(_stored(self.text(s), dtype))};")
        return table

    def _branch(self, s: Branch) -> None:
        wanted = [i for i, out in enumerate(s.outs) if id(out) in self.live]
        for i in wanted:
            self.names[id(s.outs[i])] = self._name()
        self._line(f"let {', '.join(self.names[id(s.outs[i])] for i in wanted)};")
        for k, (block, results) in enumerate(zip(s.blocks, s.results, strict=True)):
            last = k == len(s.blocks) - 1
            test = f"if ({bare(self._is(s.index, k))}) " if not last else ""
            self._line(f"{'} else ' if k else ''}{test}{{")
            self.indent += 1
            self._block(block)
            for i in wanted:
                self._line(f"{self.names[id(s.outs[i])]} = {bare(self.text(results[i]))};")
            self.indent -= 1
        self._line("}")

    def _is(self, index: Scalar, k: int) -> str:
        """The test for branch ``k``; an index outside the branches counts as the nearest."""
        if index.dtype == "bool":
            return f"!{self.text(index)}"
        return f"({self.text(index)} <= {number(k, index.dtype)})"


def _stored(text: str, dtype: str) -> str:
    if dtype != "bool":
        return text
    return {"true": "1", "false": "0"}.get(text, f"({text} ? 1 : 0)")


def _sum(name: str, k: int) -> str:
    return f"{name} + {k}" if k else name
