"""Derivatives at a point, Taylor models, kinds of critical point, and what theory says of a rule.

The functions of arrays are pure JAX, so that they can be compiled for a page; those that take a
surface or a rule and plain numbers are thin wrappers round them.
"""

from calculus import KINDS, Critical, Jet, jet
from thalweg.diagnostics.border import margins_over
from thalweg.diagnostics.critical import critical_points
from thalweg.diagnostics.explain import Explained, explain
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
from thalweg.diagnostics.tuning import REGIONS, Tuning, heavy_ball_rate, heavy_ball_region

__all__ = [
    "KINDS",
    "REGIONS",
    "THEORY",
    "Change",
    "Choice",
    "Critical",
    "Explained",
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
    "explain",
    "heavy_ball_rate",
    "heavy_ball_region",
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
