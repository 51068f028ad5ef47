"""Scenes that show one claim each: the menu of the lectures."""

from dataclasses import replace

from thalweg.scenes.presets import counter_examples, mathematics, plain_sgd, rules
from thalweg.scenes.presets.base import Preset

PRESETS: dict[str, Preset] = {
    preset.slug: replace(preset, group=part.GROUP)
    for part in (plain_sgd, rules, mathematics, counter_examples)
    for preset in part.PRESETS
}

__all__ = ["PRESETS", "Preset"]
