"""A reader's place in a line of tokens."""

from calculus.formulas.errors import FormulaError
from calculus.formulas.tokens import Token


class Cursor:
    """The tokens of one line, read from left to right; the last one is of kind end."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def next(self) -> Token:
        """The token that comes."""
        return self.tokens[self.at]

    def starts_with(self, *texts: str) -> bool:
        """Whether the tokens that come have these texts."""
        ahead = self.tokens[self.at : self.at + len(texts)]
        return tuple(token.text for token in ahead) == texts

    def take(self, *signs: str) -> Token | None:
        """The token that comes if it is one of these signs, and a step past it."""
        if self.next.kind == "sign" and self.next.text in signs:
            return self.step()
        return None

    def step(self) -> Token:
        """The token that comes, and a step past it; the end stays ahead."""
        token = self.next
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def left_over(self) -> FormulaError:
        """What to say of the token that comes where a formula might have ended."""
        token = self.next
        sentence = LEFT_OVER.get(token.text) or OF_KIND.get(token.kind, "{} has no place here")
        return FormulaError(sentence.format(f"'{token.text}'"), token.place)


OF_KIND = {
    "end": "something is missing at the end",
    "number": "a sign is missing before {}: write * or ^",
    "name": "a sign is missing before {}",
}
LEFT_OVER = {
    ")": "this bracket closes nothing",
    "|": "this bar has no partner",
    "=": "'=' has no place here: compare with < or >",
    "==": "'==' has no place here: compare with < or >",
    "..": "a range belongs to a parameter, as in b = 1..10",
    "@": "vectors and matrices are known in rules only",
    ",": "a comma has no place here",
}
