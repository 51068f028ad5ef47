"""Every word of the pages: another language is another file like this. The stage has its own."""

REFERENCE_INTRO = (
    "Every surface and every update rule, from its own class: "
    "what the app runs is what stands here."
)
SURFACES, RULES = "Surfaces", "Update rules"
REFERENCE = "Reference"
KINDS = {
    "minima": "Global minima",
    "local_minima": "Local minima",
    "saddles": "Saddles",
    "maxima": "Maxima",
}
SOURCE = "Source"
