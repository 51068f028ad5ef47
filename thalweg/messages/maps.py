"""Every sentence of the maps: another language is another file like this."""

WORDS = {
    "noRequest": "What was asked for is no JSON object of at most {most} bytes.",
    "noMap": "The scene asks for no map.",
    "noRuns": "The scene shows no run, so there is nothing to map: add one.",
    "noRun": "There is no run {name} in the scene; it has: {known}.",
    "noAxis": "{name} is not a number of this run; a map may have: {known}.",
    "sameAxis": "Both sides of the map are {name}; they must be two different numbers.",
    "beyond": "The map goes beyond what {name} may be: {low} to {high}.",
    "tooMuch": (
        "{runs} runs of {steps} steps are {work} steps in all; a map may take {most}. "
        "Choose fewer steps{less}."
    ),
    "fewerRuns": " or fewer runs",
    "noNoise": "All seeds make the same run here, for there is no noise: turn σ up.",
    "noMinima": (
        "This surface has no minimum that a run could arrive at, "
        "so there are no basins to tell apart."
    ),
    "noBorder.noTheory": "Theory has no border for {rule}.",
    "noBorder.eachByItself": (
        "Theory has no border here: {rule} scales each coordinate by itself as it goes."
    ),
    "noBorder.notSmooth": "Theory has no border here: the surface is not smooth.",
    "noBorder.schedule": "Theory has no border here: the learning rate changes on the way.",
    "noBorder.clipped": "Theory has no border here: gradients are clipped.",
    "noBorder.otherNumber": "Theory has no border over these two numbers.",
    "noBorder.manySurfaces": (
        "Theory's border is not drawn where every cell has a surface to be searched."
    ),
    "noBorder.notCurved": "Theory has no border here: no known minimum curves up to all sides.",
    "busy": "Too many maps are being made at this moment: try again soon.",
    "gone": "This map is not there any more.",
    "broken": "The map could not be made; the server's log says why.",
}


def say(sentence: str, **parts: object) -> str:
    """A sentence with its parts filled in."""
    return WORDS[sentence].format(**parts)
