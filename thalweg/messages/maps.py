"""The sentences of the maps."""

WORDS = {
    "noRequest": "What was asked for is no JSON object of at most {most} bytes.",
    "noMap": "The scene asks for no map.",
    "noRuns": "The scene shows no run, so there is nothing to map: add one.",
    "noRun": "There is no run {name} in the scene; it has: {known}.",
    "noAxis": "{name} is not a number of this run; a map may have: {known}.",
    "sameAxis": "Both axes are {name}; they must be two different numbers.",
    "beyond": "The map goes beyond what {name} may be: {low} to {high}.",
    "tooMuch": (
        "{runs} runs of {steps} steps are {work} steps in all; a map may take {most}. "
        "Choose fewer steps{less}."
    ),
    "fewerRuns": " or fewer runs",
    "noNoise": "No noise yet: set σ > 0.",
    "noMinima": "This surface has no known minimum, so it has no basins.",
    "noBorder.noTheory": "No known stability limit for {rule}.",
    "noBorder.eachByItself": (
        "No stability limit (theory): {rule} scales each coordinate as it goes."
    ),
    "noBorder.notSmooth": "No stability limit (theory): the surface is not smooth.",
    "noBorder.schedule": (
        "No stability limit (theory): the learning rate changes from step to step."
    ),
    "noBorder.clipped": "No stability limit (theory): gradients are clipped.",
    "noBorder.otherNumber": "No stability limit (theory) over these two axes.",
    "noBorder.manySurfaces": (
        "The stability limit (theory) is not drawn where the minima of every cell's surface "
        "would have to be searched for."
    ),
    "noBorder.notCurved": (
        "No stability limit (theory): no known minimum is curved in all directions."
    ),
    "busy": "Too many maps are being computed: try again soon.",
    "gone": "This map is not there any more.",
    "broken": "The map could not be computed; the server's log says why.",
}


def say(sentence: str, **parts: object) -> str:
    """A sentence with its parts filled in."""
    return WORDS[sentence].format(**parts)
