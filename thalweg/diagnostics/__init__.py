"""Derivatives at a point, Taylor models, kinds of critical point, and what theory says of a rule.

The functions of arrays are pure JAX, so that they can be compiled for a page; those that take a
surface or a rule and plain numbers are thin wrappers round them.
"""

from calculus import KINDS, Critical, Jet, jet
from thalweg.diagnostics.border import margins_over
from thalweg.diagnostics.critical import critical_points
from thalweg.diagnostics.gradient_check import GradientCheck, check_gradient
from thalweg.diagnostics.point import Point, diagnose
from thalweg.diagnostics.recurrence import Recurrence
from thalweg.diagnostics.rules import THEORY, Theory
from thalweg.diagnostics.stability import Sharpness, sharpness
from thalweg.diagnostics.taylor import Change, Model, Section, alpha, model, section, step_change
from thalweg.diagnostics.theory import (
    Choice,
    adam_step,
    best_of,
    limit_of,
    rate_of,
    stationary_variance,
    theory_of,
)
from thalweg.diagnostics.tuning import Tuning

__all__ = [
    "KINDS",
    "THEORY",
    "Change",
    "Choice",
    "Critical",
    "GradientCheck",
    "Jet",
    "Model",
    "Point",
    "Recurrence",
    "Section",
    "Sharpness",
    "Theory",
    "Tuning",
    "adam_step",
    "alpha",
    "best_of",
    "check_gradient",
    "critical_points",
    "diagnose",
    "jet",
    "limit_of",
    "margins_over",
    "model",
    "rate_of",
    "section",
    "sharpness",
    "stationary_variance",
    "step_change",
    "theory_of",
]
