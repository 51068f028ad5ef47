"""A program as Python: straight-line code over NumPy's numbers, or over arrays of JAX or PyTorch.

Like the JavaScript of a program, for people: a script that they take away. NumPy writes everything,
the other two what has neither loops nor branches: a surface.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculus.kernels.operations import bare, is_float
from calculus.kernels.program import Block, Branch, Call, Loop, Program, Scalar, Statement, Until
from calculus.kernels.tracing import Unsupported

LONGEST = 72
"""An expression of more characters gets a name of its own."""

_SAME = (
    "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "cbrt",
    "sign", "abs", "nextafter", "floor", "ceil",
)  # fmt: skip
_ARCS = ("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh")
_FUNCTIONS = {
    **{n: n for n in _SAME},
    **{n: f"arc{n[1:]}" for n in _ARCS},
    "max": "maximum",
    "min": "minimum",
    "rem": "fmod",
    "pow": "power",
    "not": "logical_not",
    "is_finite": "isfinite",
    "round_even": "round",
}
_SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "and": "&",
    "or": "|",
    "xor": "^",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_FORMS = {
    **{op: f"({{0}} {sign} {{1}})" for op, sign in _SIGNS.items()},
    "neg": "(-{0})",
    "round_away": "({m}.sign({0}) * {m}.floor({m}.abs({0}) + 0.5))",
    "rsqrt": "(1 / {m}.sqrt({0}))",
    "exp2": "{m}.power(2.0, {0})",
    "logistic": "(1 / (1 + {m}.exp(-{0})))",
    "select": "{m}.where({0}, {1}, {2})",
}
"""An operation's text; its operands are names, numbers or in brackets."""
_FLOATS_ONLY = {"div", "rem", "pow"}
"""What is defined otherwise for whole numbers, and no rule does to them."""


@dataclass(frozen=True)
class Dialect:
    """A library that a program is written for: its name in the code, and what it says otherwise."""

    module: str
    forms: Mapping[str, str] = field(default_factory=dict)
    typed: str = "{m}.{dtype}({0})"
    blocks: bool = False
    """Whether there can be loops and branches."""

    def form(self, op: str, dtype: str, to: str) -> str:
        """The text of an operation on ``dtype`` with the result ``to``. Raises `Unsupported`."""
        if op == "convert":
            return self.typed.replace("{dtype}", _type_name(to))
        form = self.forms.get(op) or _FORMS.get(op)
        if form is None and op in _FUNCTIONS:
            form = f"{{m}}.{_FUNCTIONS[op]}({{0}}{', {1}' if op in _PAIRS else ''})"
        if form is None or (op in _FLOATS_ONLY and not is_float(dtype)):
            raise Unsupported(f"{op} of {dtype} has no form in {self.module}.")
        return form


_PAIRS = {"atan2", "max", "min", "rem", "pow", "nextafter"}

# NumPy has no erf, Python has; a script that has "math." in it imports it.
NUMPY = Dialect(
    "np",
    {"select": "({1} if {0} else {2})", "erf": "np.float64(math.erf({0}))"},
    blocks=True,
)
JAX = Dialect("jnp", {"erf": "jax.lax.erf({0})"})
TORCH = Dialect(
    "torch",
    {
        "pow": "torch.pow({0}, {1})",
        "erf": "torch.erf({0})",
        "max": "torch.maximum(torch.as_tensor({0}), torch.as_tensor({1}))",
        "min": "torch.minimum(torch.as_tensor({0}), torch.as_tensor({1}))",
    },
    typed="torch.as_tensor({0}, dtype=torch.{dtype})",
)


def to_python(
    program: Program,
    name: str,
    inputs: Sequence[str],
    parameters: Sequence[str],
    dialect: Dialect = NUMPY,
    asks: str = "",
) -> str:
    """A function ``name`` of ``parameters`` that returns the program's outputs, one by one.

    ``inputs`` names every input of the program; those that are no parameters are names around the
    function. ``asks`` goes before the names of functions from outside. All are plain identifiers.
    Raises `Unsupported` for what the dialect has no form of.
    """
    writer = _Writer(program, inputs, dialect, asks)
    writer.block(program.block)
    results = ", ".join(writer.stored(s) for s in program.outputs)
    lines = [f"def {name}({', '.join(parameters)}):", *writer.lines, f"    return {results}"]
    return ast.unparse(ast.parse("\n".join(lines)))  # brackets that nobody needs are gone


def needs(program: Program) -> set[int]:
    """The indices of the inputs that the outputs depend on."""
    live = program.live()
    return {i for i, s in enumerate(program.inputs) if id(s) in live}


def _type_name(dtype: str) -> str:
    return "bool_" if dtype == "bool" else dtype


class _Writer:
    def __init__(
        self, program: Program, inputs: Sequence[str], dialect: Dialect, asks: str
    ) -> None:
        self.live, self.dialect, self.asks = program.live(), dialect, asks
        self.names = {id(s): n for s, n in zip(program.inputs, inputs, strict=True)}
        self.taken, self.made = set(inputs), 0
        self.lines: list[str] = []
        self.indent = 1
        self.uses: Counter[int] = Counter()
        self.used_in: dict[int, Block] = {}
        self._count(program.block)
        for s in program.outputs:
            self._use(s, program.block)

    # --- what is used where ---

    def _use(self, s: Scalar, block: Block, times: int = 1) -> None:
        elsewhere = self.used_in.setdefault(id(s), block) is not block
        self.uses[id(s)] += times + elsewhere  # what is used in two blocks needs a name

    def _count(self, block: Block) -> None:
        for s in filter(self._is_live, block.statements):
            for operand, where in self._operands(s, block):
                self._use(operand, where)
            for inner in _blocks(s):
                self._count(inner)

    def _is_live(self, s: Statement) -> bool:
        return id(s.loop if isinstance(s, Until) else s) in self.live

    def _operands(self, s: Statement, block: Block) -> list[tuple[Scalar, Block]]:
        """What a statement reads, and in which block."""
        if isinstance(s, Until):
            return [(s.goes_on, block)]
        if isinstance(s, Loop):
            kept = [i for i, p in enumerate(s.params) if id(p) in self.live]
            before = [s.inits[i] for i in kept] + [a for column in s.xs for a in column]
            after = [s.results[i] for i in kept] + [y for y in s.ys if id(y) in self.live]
            return [(a, block) for a in before] + [(r, s.body) for r in after]
        if isinstance(s, Branch):
            chosen = [
                (r, inner)
                for inner, results in zip(s.blocks, s.results, strict=True)
                for r, out in zip(results, s.outs, strict=True)
                if id(out) in self.live
            ]
            return [(s.index, block)] * len(s.blocks) + chosen
        return [(a, block) for a in s.args]

    # --- text ---

    def _name(self) -> str:
        self.made += 1
        name = f"v{self.made}"
        return self._name() if name in self.taken else name

    def _line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def _set(self, s: Scalar, text: str) -> None:
        self.names[id(s)] = self._name()
        self._line(f"{self.names[id(s)]} = {bare(text)}")

    def text(self, s: Scalar) -> str:
        """A scalar's name, its number, or the expression that it is used in once."""
        return self._number(s.of, s.dtype) if s.op == "const" else self.names[id(s)]

    def stored(self, s: Scalar) -> str:
        """The same, with its type where it is a bare number: Python's own floats raise errors."""
        return self._typed(s.of, s.dtype) if s.op == "const" else self.names[id(s)]

    def _number(self, value: Any, dtype: str) -> str:
        if dtype == "float32":
            return self._typed(value, dtype)
        if is_float(dtype) and not math.isfinite(value):
            text = f"{self.dialect.module}.{'nan' if math.isnan(value) else 'inf'}"
            return f"(-{text})" if value < 0 else text
        return f"({value!r})"

    def _typed(self, value: Any, dtype: str) -> str:
        text = self._number(value, "float64" if dtype == "float32" else dtype)
        typed = self.dialect.typed.replace("{dtype}", _type_name(dtype))
        return typed.format(text, m=self.dialect.module)

    def block(self, block: Block) -> None:
        """Write the statements of a block."""
        for s in filter(self._is_live, block.statements):
            if isinstance(s, Until):
                self._line(f"if not {self.text(s.goes_on)}:")
                self._line("    break")
            elif isinstance(s, Scalar):
                self._operation(s, block)
            elif isinstance(s, Call):
                self._call(s)
            elif not self.dialect.blocks:
                raise Unsupported(f"A loop or a branch has no form in {self.dialect.module}.")
            elif isinstance(s, Loop):
                self._loop(s)
            else:
                self._branch(s)

    def _operation(self, s: Scalar, block: Block) -> None:
        form = self.dialect.form(s.op, s.args[0].dtype, s.dtype)
        known = all(a.op == "const" for a in s.args)
        texts = [self.stored(a) if known else self.text(a) for a in s.args]
        expression = form.format(*texts, m=self.dialect.module)
        once = self.uses[id(s)] == 1 and self.used_in[id(s)] is block
        if once and len(expression) <= LONGEST:
            self.names[id(s)] = expression
        else:
            self._set(s, expression)

    def _call(self, s: Call) -> None:
        arguments = ", ".join(bare(self.text(a)) for a in s.args)
        for out in s.outs:
            self.names[id(out)] = self._name() if id(out) in self.live else "_"
        names = ", ".join(self.names[id(out)] for out in s.outs)
        self._line(f"{names} = {self.asks}{s.name}({arguments})")

    def _loop(self, s: Loop) -> None:
        carried = [i for i, p in enumerate(s.params) if id(p) in self.live]
        rows = [i for i, r in enumerate(s.rows) if id(r) in self.live]
        kept = [i for i, y in enumerate(s.ys) if id(y) in self.live]
        for i in carried:
            first = self.stored(s.inits[i])
            self._set(s.params[i], first)
            self.names[id(s.outs[i])] = self.names[id(s.params[i])]
        tables = {i: self._name() for i in kept}
        for table in tables.values():
            self._line(f"{table} = []")
        columns = {i: ", ".join(self.stored(a) for a in s.xs[i]) for i in rows}
        index = self._name()
        turns = f"range({s.length})" + ("[::-1]" if s.reverse else "")
        self._line("while True:" if s.length is None else f"for {index} in {turns}:")
        self.indent += 1
        for i, column in columns.items():
            self._set(s.rows[i], f"[{column}][{index}]")
        self.block(s.body)
        for i, table in tables.items():
            self._line(f"{table}.append({self.stored(s.ys[i])})")
        targets = ", ".join(self.names[id(s.params[i])] for i in carried)
        if carried:  # all at once
            self._line(f"{targets} = {', '.join(self.stored(s.results[i]) for i in carried)}")
        self.indent -= 1
        for i, table in tables.items():
            order = list(range(s.length or 0))[:: -1 if s.reverse else 1]
            for place, out in enumerate(s.stacked[i]):
                if id(out) in self.live:
                    self._set(out, f"{table}[{order.index(place)}]")

    def _branch(self, s: Branch) -> None:
        wanted = [i for i, out in enumerate(s.outs) if id(out) in self.live]
        for i in wanted:
            self.names[id(s.outs[i])] = self._name()
        last = len(s.blocks) - 1
        for k, (block, results) in enumerate(zip(s.blocks, s.results, strict=True)):
            word = "else" if k == last else f"{'elif' if k else 'if'} {self._is(s.index, k)}"
            self._line(f"{word}:")
            self.indent += 1
            self.block(block)
            for i in wanted:
                self._line(f"{self.names[id(s.outs[i])]} = {self.stored(results[i])}")
            self.indent -= 1

    def _is(self, index: Scalar, k: int) -> str:
        """The test for branch ``k``; an index outside the branches counts as the nearest."""
        if index.dtype == "bool":
            return f"not {self.text(index)}"
        return f"{self.text(index)} <= {k}"


def _blocks(s: Statement) -> list[Block]:
    if isinstance(s, Loop):
        return [s.body]
    return s.blocks if isinstance(s, Branch) else []
