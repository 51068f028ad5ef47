"""The Scene: what is on the picture, its validation, its link form, and the presets."""

from thalweg.scenes.parts import (
    FARTHEST,
    LEAST_CLIP,
    MOST_CLIP,
    MOST_RUNS,
    Map,
    Penalty,
    Run,
    View,
    free_id,
)
from thalweg.scenes.presets import PRESETS, Preset
from thalweg.scenes.scene import Scene
from thalweg.scenes.validation import SceneError

__all__ = [
    "FARTHEST",
    "LEAST_CLIP",
    "MOST_CLIP",
    "MOST_RUNS",
    "PRESETS",
    "Map",
    "Penalty",
    "Preset",
    "Run",
    "Scene",
    "SceneError",
    "View",
    "free_id",
]
