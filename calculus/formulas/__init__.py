"""A surface or an update rule as a person types it, read into JAX functions.

>>> f = read_surface("(1 - x)² + b(y - x²)², b = 100 in 1..1000")
>>> f(jnp.array([1.0, 2.0]), {"b": 10.0})  # 10
>>> rule = read_rule("v = ρ v - lr g, ρ = 0.9 in 0..0.999, lr = 0.01\nx = x + v")
>>> x, state, terms = rule.step(x, rule.init(x), 1, loss, rule.defaults)

Nothing typed is executed: it becomes tokens (`tokens`), a tree (`parser`, `tree`), and from the
tree values (`values`), text (`text`) and LaTeX (`latex`). What cannot be read is a `FormulaError`.
"""

from calculus.formulas.errors import FormulaError
from calculus.formulas.examples import RULE_TEXTS, SURFACE_TEXTS, SurfaceExample
from calculus.formulas.parameters import Parameter
from calculus.formulas.rules import RuleText, read_rule
from calculus.formulas.surfaces import SurfaceText, read_surface

__all__ = [
    "RULE_TEXTS",
    "SURFACE_TEXTS",
    "FormulaError",
    "Parameter",
    "RuleText",
    "SurfaceExample",
    "SurfaceText",
    "read_rule",
    "read_surface",
]
