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
DECK = "Deck"
DECK_INTRO = (
    "Scenes for a lecture, in order, as one HTML file that needs neither this app nor a network. "
    "The arrow keys or a clicker go from scene to scene, and every one is live."
)
DECK_TITLE = "Thalweg deck"
DECK_HTML = "Take the deck (HTML)"
DECK_JSON = "Keep it for later (JSON)"
CAPTION = "What you say here"
UP, DOWN, REMOVE = "Up", "Down", "Remove"
LINES = "Links, one a line, each with its caption behind a space"
LINES_EXAMPLE = "http://…/?s=1Gw0f…  Adam overshoots and settles"
ADD_LINES = "Add these"
ADD_SHOWN = "Add the picture on the stage"
LOAD = "Open a kept deck"
LOAD_LONG = "The JSON file of a deck; it takes this one's place"
