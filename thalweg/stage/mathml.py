"""LaTeX of the registries as MathML, which every browser sets by itself."""

from functools import lru_cache

from latex2mathml.converter import convert


@lru_cache(maxsize=4096)
def mathml(latex: str, block: bool = False) -> str:
    """The MathML of a formula out of a docstring; never of what a person typed."""
    return convert(latex, display="block" if block else "inline")
