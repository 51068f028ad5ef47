"""Thalweg: what many optimizers do on a loss surface, computed, drawn and served."""

__version__ = "0.1.0"
