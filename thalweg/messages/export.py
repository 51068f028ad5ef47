"""The words of exports and of the command line."""

WORDS = {
    # refusals, each one clear sentence
    "noRequest": "What was asked for is no JSON object of at most {most} bytes.",
    "noText": "The link is empty.",
    "noScene": "The address carries no scene: it has no parameter {parameter}.",
    "noFile": "The file {name} cannot be read: {why}.",
    "noWrite": "The file {name} cannot be written: {why}.",
    "exists": "There is a file {name} already; say --force to write over it.",
    "noSuffix": "{name} does not end in one of: {known}.",
    "noKind": "There is no product {kind}; there are: {known}.",
    "size": "The size is {value}; it must be two whole numbers, {least} to {most}x{most}.",
    "number": "{name} is {value}; it must be a number from {low} to {high}.",
    "choice": "{name} is {value}; it must be one of: {known}.",
    "pixels": "The picture would have {count} million pixels; it may have {most}.",
    "titleLong": "The title has {count} characters; it may have {most}.",
    "titleControl": "The title has a control character in it; a title is one line of text.",
    "deckLine": "Line {number}: {why}",
    "deckScene": "Scene {number}: {why}",
    "deckFull": "A deck has at most {most} scenes.",
    "deckFault": "This is no deck. {why}",
    "noDeck": "This is not the JSON of a deck.",
    "captionText": "A caption is a text.",
    "captionLong": "The caption has {count} characters; it may have {most}.",
    "addressControl": "The address has a space or a control character in it.",
    "addressKind": "The address must begin with http:// or https://.",
    "addressAlone": (
        "Only this machine knows the address 127.0.0.1. "
        "Started by thalweg serve --host 0.0.0.0, the app is open to the room."
    ),
    "addressLong": "The address has {count} characters; a QR code holds at most {most}.",
    "noGlyph": "No font on this machine has {glyphs}; install one that has, such as {font}.",
    "noVideo": (
        "Films in MP4 need the package av, which is not installed: pip install av adds it."
    ),
    "stopped": "The film was stopped.",
    "noRuns": "The scene shows no run, so there is nothing to write.",
    "noPeer": "{run} cannot be written in {library}: {why}",
    "noCall": "{library} has no call for it that is known to give the same path.",
    "callSwitches": "the call there gives this path only with {switches}.",
    "callSchedule": "the rate of its schedule is part of what it remembers, and there it is not.",
    "noForm": "{what} cannot be written in {library}: it has an operation that is not there.",
    # on the picture
    "stepOf": "step {step} of {steps}",
    "axisX": "x",
    "axisY": "y",
    "axisStep": "step",
    "title": "{surface}",
    "start": "start ({x}, {y})",
    "steps": "{steps} steps",
    "noise.gaussian": "Gaussian noise σ {sigma}, batch {batch}, seed {seed}",
    "noise.student_t": "Student t noise σ {sigma}, {dof} d.o.f., batch {batch}, seed {seed}",
    "penalty": "{kind} penalty {strength}",
    "penalty.l2": "L2",
    "penalty.l1": "L1",
    "penalty.elastic": "elastic net",
    "clip": "clipped at {clip}",
    "growing": "diverging",
    "notFinite": "overflow at step {step}",
    "outside": "outside the picture",
    "noCurve": "No shown run has this quantity here.",
    "curve.loss": "f − f*",
    "curve.loss.bare": "f",
    "curve.gradient": "gradient norm ‖∇f‖",
    "curve.distance": "distance to the nearest minimum",
    "curve.rate": "effective learning rate of x (thick) and y",
    "curve.update": "relative update ‖Δx‖ / ‖x‖",
    "curve.lr": "learning rate α",
    # the command line
    "about": "See how optimizers move.",
    "aboutServe": "start the app; what thalweg does when nothing else is said",
    "aboutHost": "0.0.0.0 opens it to the network",
    "aboutPort": "0 takes any free one",
    "aboutDeck": "Make a deck of scenes, one HTML file that needs no server.",
    "aboutDeckFile": "the JSON of a deck, or a text with a link and its caption on each line",
    "aboutPlotly": "take plotly.js from this address instead of having it inside",
    "aboutRender": "make a picture, a film, a table or a script of a scene",
    "aboutLink": "a scene's address, the text after ?s= in it, or a file with its JSON",
    "aboutOutput": "the file to write, or the folder for it; its suffix says what it is",
    "aboutKind": "what to make where FILE is a folder: png (the default), svg, pdf, mp4 …",
    "aboutSize": "width and height in pixels, 960x600",
    "aboutScale": "pixels per point, 1 to 4; 2 for a PNG, else 1",
    "aboutStyle": "light, dark or print",
    "aboutTitle": "the title; the surface's name without it",
    "aboutCurve": "the surface alone, without the curves",
    "aboutSeconds": "length of a film",
    "aboutRate": "frames per second of a film; 20 or 25 for a GIF",
    "aboutLibrary": "what a script is written for: numpy, optax or torch",
    "aboutForce": "write over a file that is there",
    "progress": "frame {done} of {frames}",
    # in a web page
    "iframe": "Thalweg: optimizers on a loss surface",
    "qr": "QR code of the address",
}


def say(word: str, **values: object) -> str:
    """A word with its places filled."""
    return WORDS[word].format(**values)


class Refused(ValueError):  # noqa: N818
    """What was asked for cannot be made; the text is one sentence for a person."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(say(word, **values))
