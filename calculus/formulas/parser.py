"""A line of tokens read as an expression, by precedence climbing.

A direct parser rather than Python's `ast`: |x|, 2x, x² and = are not Python's, every token keeps
its own place with no second text to map back, and nothing typed comes near an interpreter.

From loose to tight: comparison; + −; * / @ and products without a sign, from left to right
(1/2x is (1/2)·x); unary minus (−x² is −(x²)); powers, from right to left.
"""

from collections.abc import Callable, Mapping

from calculus.formulas.cursor import Cursor
from calculus.formulas.errors import FormulaError
from calculus.formulas.functions import ALIASES, Function
from calculus.formulas.tokens import Token
from calculus.formulas.tree import (
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
)

DEEPEST = 40
COMPARISONS = ("<", ">", "<=", ">=")


class Parser:
    """Reads expressions where ``cursor`` stands; ``functions`` are those that may be called
    and ``products`` the signs of a product.

    Every method raises FormulaError where no expression can be read.
    """

    def __init__(
        self, cursor: Cursor, functions: Mapping[str, Function], products: str = "*/"
    ) -> None:
        self.cursor, self.functions, self.products = cursor, functions, products
        self.depth = 0
        self.opened: list[str] = []  # brackets and bars still open, the last one innermost

    def expression(self) -> Node:
        """A sum, or two of them compared."""
        left = self.sum()
        sign = self.cursor.take(*COMPARISONS)
        if sign is None:
            return left
        right = self.sum()
        if second := self.cursor.take(*COMPARISONS):
            sentence = "one comparison at a time: write (a < b)*(b < c)"
            raise FormulaError(sentence, second.place)
        return Comparison(left.place.to(right.place), sign.text, left, right)

    def sum(self) -> Node:
        """Products with + and − between them."""
        parts, signs = [self.product()], []
        while sign := self.cursor.take("+", "-"):
            signs.append(sign.text)
            parts.append(self.product())
        if not signs:
            return parts[0]
        return Sum(parts[0].place.to(parts[-1].place), tuple(signs), tuple(parts))

    def product(self) -> Node:
        """Factors with a sign or nothing between them."""
        parts, signs = [self.signed()], []
        while True:
            if sign := self.cursor.take(*self.products):
                signs.append(sign.text)
                parts.append(self.signed())
            elif self._operand_follows():
                signs.append("*")
                parts.append(self.power())
            else:
                break
        if not signs:
            return parts[0]
        return Product(parts[0].place.to(parts[-1].place), tuple(signs), tuple(parts))

    def _operand_follows(self) -> bool:
        """Whether a factor stands here without a sign; a number does not: 'x 2' is a slip."""
        token = self.cursor.next
        bar = token.text == "|" and self.opened[-1:] != ["|"]
        return token.kind == "name" or token.text == "(" or bar

    def signed(self) -> Node:
        """A power with signs before it."""
        if sign := self.cursor.take("-", "+"):
            node = self._deeper(sign, self.signed)
            return node if sign.text == "+" else Negative(sign.place.to(node.place), node)
        return self.power()

    def power(self) -> Node:
        """An operand, perhaps raised."""
        base = self.operand()
        token = self.cursor.next
        if token.kind == "raised":
            self.cursor.step()
            exponent = self._deeper(token, lambda: self._raised(token))
            if self.cursor.next.kind == "raised" or self.cursor.next.text == "^":
                sentence = "two powers in a row: put brackets around one"
                raise FormulaError(sentence, self.cursor.next.place)
        elif sign := self.cursor.take("^"):
            exponent = self._deeper(sign, self.signed)
        else:
            return base
        return Power(base.place.to(exponent.place), base, exponent)

    def _raised(self, token: Token) -> Node:
        """The exponent that a superscript is, as deep as if it were written after ^."""
        number = Number(token.place, abs(float(token.text)))
        if not token.text.startswith("-"):
            return number
        return self._deeper(token, lambda: Negative(token.place, number))

    def operand(self) -> Node:
        """A number, a name, a call, or an expression in brackets or bars."""
        token = self.cursor.next
        if token.kind == "number":
            self.cursor.step()
            return Number(token.place, float(token.text))
        if token.kind == "name":
            self.cursor.step()
            function = ALIASES.get(token.text, token.text)
            if function in self.functions:
                return self._call(token, function)
            return Name(token.place, token.text)
        if token.text == "(":
            (inner,), _ = self._closed(self.cursor.step(), ")", 1)
            return inner
        if token.text == "|":
            return self._bars(self.cursor.step())
        raise FormulaError(self._missing(token), token.place)

    def _missing(self, token: Token) -> str:
        if token.kind == "end":
            return "something is missing at the end"
        if token.text == ")" and not self.opened:
            return "this bracket closes nothing"
        if token.text in ("=", "=="):
            return f"'{token.text}' has no place here: compare with < or >"
        shown = "this power" if token.kind == "raised" else f"'{token.text}'"
        return f"something is missing before {shown}"

    def _call(self, token: Token, name: str) -> Node:
        opening = self.cursor.take("(")
        if opening is None:
            raise FormulaError(f"{name} needs brackets: {name}(x)", token.place)
        function = self.functions[name]
        of, closing = self._closed(opening, ")", function.most)
        place = token.place.to(closing.place)
        if len(of) < function.least:
            wants = f"{function.least} numbers" if function.least > 1 else "a number"
            raise FormulaError(f"{name} takes {wants}, with commas between them", place)
        return Call(place, name, tuple(of))

    def _bars(self, opening: Token) -> Node:
        of, closing = self._closed(opening, "|", 1)
        return Call(opening.place.to(closing.place), "abs", tuple(of))

    def _closed(self, opening: Token, close: str, most: int) -> tuple[list[Node], Token]:
        """Up to ``most`` expressions with commas between them, and the sign that closes them."""
        self.opened.append(opening.text)
        found = [self._deeper(opening, self.expression)]
        while comma := self.cursor.take(","):
            if len(found) == most:
                sentence = "a comma has no place here" if most == 1 else f"{most} at most here"
                raise FormulaError(sentence, comma.place)
            found.append(self._deeper(opening, self.expression))
        closing = self.cursor.take(close)
        if closing is None:
            if self.cursor.next.kind == "end":
                what = "a bracket is" if close == ")" else "a bar is"
                raise FormulaError(f"{what} opened here and not closed", opening.place)
            raise self.cursor.left_over()
        self.opened.pop()
        return found, closing

    def _deeper(self, token: Token, read: Callable[[], Node]) -> Node:
        """What ``read`` reads one level further in."""
        if self.depth == DEEPEST:
            sentence = f"this formula is more than {DEEPEST} levels deep"
            raise FormulaError(sentence, token.place)
        self.depth += 1
        node = read()
        self.depth -= 1
        return node
