"""Thalweg: what many optimizers do on a loss surface, computed, drawn and served."""
