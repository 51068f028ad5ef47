"""The lines of a rule read and checked: assignments, what is carried, and every shape."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from jax import Array

from calculus.formulas import text as written
from calculus.formulas.cursor import Cursor
from calculus.formulas.errors import FormulaError, Place
from calculus.formulas.functions import ALIASES, IN_RULES
from calculus.formulas.latex import latex
from calculus.formulas.names import CONSTANTS, symbol, unknown
from calculus.formulas.parameters import (
    Parameter,
    check_parameters,
    read_parameters,
    starts_parameter,
)
from calculus.formulas.parser import Parser
from calculus.formulas.shapes import KINDS, MATRIX, UNKNOWN, VECTOR, shape, wider
from calculus.formulas.tokens import MOST_LINES, lines, tokens
from calculus.formulas.tree import Node, names_in

State = dict[str, Array]

MOST_ASSIGNMENTS = 12
GIVEN = {"x": VECTOR, "g": VECTOR, "I": MATRIX}  # and t, a number
USE = "x, g, t, a name that is assigned, or a parameter, declared as in 'lr = 0.01 in 1e-4..1'"


@dataclass(frozen=True)
class Assignment:
    """One line; ``latex`` is its equation, ``reads_gradient`` whether its g is that at x_{t-1}."""

    name: str
    tree: Node
    place: Place
    latex: str = field(default="", compare=False)
    reads_gradient: bool = False

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.name} = {written.text(self.tree)}"


class Read(NamedTuple):
    """A whole rule; ``shapes`` are those of all names that are assigned."""

    lines: tuple[Assignment, ...]
    parameters: tuple[Parameter, ...]
    states: tuple[str, ...]
    shapes: dict[str, str]


def read_lines(text: str) -> Read:
    """A rule's assignments and parameters; FormulaError where it is none."""
    assignments: list[Assignment] = []
    parameters: list[Parameter] = []
    for number, line in lines(text, MOST_LINES):
        cursor = Cursor(tokens(line, number))
        if not starts_parameter(cursor):
            assignments.append(_assignment(cursor))
            if not cursor.take(","):
                if cursor.next.kind != "end":
                    raise cursor.left_over()
                continue
        parameters += read_parameters(cursor)
    assigned = {line.name: line.place for line in assignments}
    if len(assignments) > MOST_ASSIGNMENTS:
        sentence = f"a rule has at most {MOST_ASSIGNMENTS} assignments"
        raise FormulaError(sentence, assignments[MOST_ASSIGNMENTS].place)
    for parameter in parameters:
        if parameter.name in assigned:
            sentence = f"'{parameter.name}' is assigned and also a parameter"
            raise FormulaError(sentence, parameter.place)
    if "x" not in assigned:
        raise FormulaError("no line moves the point: write one that begins with x =")
    _check_names(assignments, parameters)
    shapes = _shapes(assignments)
    states, marked = _in_time(assignments)
    return Read(tuple(marked), tuple(parameters), states, shapes)


def _assignment(cursor: Cursor) -> Assignment:
    named = cursor.step()
    if named.kind != "name" or not cursor.take("="):
        raise FormulaError("a line assigns something, as in v = rho*v - lr*g", named.place)
    if named.text in IN_RULES or named.text in ALIASES or named.text in {"t", "I", *CONSTANTS}:
        raise FormulaError(f"'{named.text}' is taken: nothing can be assigned to it", named.place)
    return Assignment(named.text, Parser(cursor, IN_RULES, "*/@").expression(), named.place)


def _check_names(assignments: list[Assignment], parameters: Iterable[Parameter]) -> None:
    """Raises FormulaError for a name that means nothing and a parameter that is not used."""
    may_stand = {*GIVEN, "t", *CONSTANTS, *(line.name for line in assignments)}
    may_stand |= {parameter.name for parameter in parameters}
    used: set[str] = set()
    for line in assignments:
        for name, place in names_in(line.tree).items():
            if name not in may_stand:
                raise FormulaError(unknown(name, USE, may_stand | IN_RULES.keys()), place)
            used.add(name)
    check_parameters(parameters, used)


def _shapes(assignments: list[Assignment]) -> dict[str, str]:
    """The shape of each name that is assigned: the smallest ones that all lines agree on.

    A name that is read before its line has the shape it gets there, so shapes grow from unknown
    until nothing changes: at most twice for each name. What does not go together while they grow
    may do so later; it is refused at the end.
    """
    shapes = dict.fromkeys((line.name for line in assignments), UNKNOWN) | GIVEN
    for _ in range(2 * len(assignments) + 1):
        before = dict(shapes)
        for line in assignments:
            if line.name in GIVEN:
                continue
            try:
                shapes[line.name] = wider(shapes[line.name], shape(line.tree, shapes))
            except FormulaError:
                continue
        if shapes == before:
            break
    shapes = {name: "number" if of == UNKNOWN else of for name, of in shapes.items()}
    for line in assignments:
        found, whole = shape(line.tree, shapes), shapes[line.name]
        if GIVEN.get(line.name, found) != found:
            sentence = f"{line.name} is a vector, and this is {KINDS[found]}"
            raise FormulaError(sentence, line.tree.place)
        if MATRIX in (found, whole) and found != whole:
            raise FormulaError(f"'{line.name}' is {KINDS[whole]} on another line", line.place)
    return {line.name: shapes[line.name] for line in assignments}


def _in_time(assignments: list[Assignment]) -> tuple[tuple[str, ...], list[Assignment]]:
    """The names that are carried from step to step, and the lines with their LaTeX."""
    all_names = {line.name for line in assignments}
    carried: dict[str, None] = {}
    done: set[str] = set()
    marked = []
    for line in assignments:
        names = names_in(line.tree)
        carried |= dict.fromkeys(n for n in names if n in all_names - done - {"x", "g"})
        naming = partial(_name, done=frozenset(done), assigned=all_names)
        again = line.name in done
        sign = r"\leftarrow" if again else "="
        equation = f"{symbol(line.name, 't')} {sign} {latex(line.tree, naming)}"
        gradient = "g" in names and "g" not in done
        marked.append(replace(line, latex=equation, reads_gradient=gradient))
        done.add(line.name)
    return tuple(carried), marked


def _name(name: str, done: Set[str], assigned: Set[str]) -> str:
    """A name as it is set on a line of a rule; ``done`` are those this step has assigned already.

    x and what is assigned later in the step are those of t − 1.
    """
    if name == "g" and name in assigned - done:
        return r"\nabla f\left(x_{t-1}\right)"
    if name in assigned:
        return symbol(name, "t" if name in done else "t-1")
    return symbol(name, "t") if name == "g" else symbol(name)
