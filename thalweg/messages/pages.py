"""The words of the pages around the stage."""

REFERENCE_INTRO = (
    "Every surface and every update rule, from its own class: generated from the code the app runs."
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
DECK = "Deck"
DECK_INTRO = (
    "Scenes for a lecture, in order, as one HTML file that needs neither this app nor a network. "
    "The arrow keys or a clicker go from scene to scene, and every one is live."
)
DECK_TITLE = "Thalweg deck"
DECK_HTML = "Export HTML"
DECK_JSON = "Save deck (JSON)"
CAPTION = "Caption"
UP, DOWN, REMOVE = "Up", "Down", "Remove"
LINES = "One link per line, then its caption"
LINES_EXAMPLE = "http://…/?s=1Gw0f…  Adam overshoots and settles"
ADD_LINES = "Add links"
ADD_SHOWN = "Add current scene"
LOAD = "Open deck"
LOAD_LONG = "A deck saved as JSON; it replaces this one"
