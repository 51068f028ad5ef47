"""Every sentence of the server: another language is another file like this."""

WORDS = {
    "port": "The port must be a whole number from 0 to 65535, not {port!r}.",
    "noHost": "{host!r} is not an address of this machine.",
    "noRights": "Port {port} needs administrator rights: choose one from 1024 on.",
    "noPort": "Port {port} on {host!r} cannot be opened: {why}.",
    "noFreePort": "The ports from {first} to {last} are all busy: choose another with --port.",
    "otherPort": "Port {wanted} is busy, so Thalweg takes port {port}.",
    "at": "Thalweg is at {url}",
    "atNetwork": "Thalweg is at {network} for the room, {local} here.",
    "noNetwork": "Thalweg is at {local}; no network found to reach {name} by.",
    "noFile": "There is no such file.",
    "tooLong": "At most {most} bytes can be read.",
    "busyExports": "The server is making many files already: try again in a moment.",
    "brokenExport": "The file could not be made; the server's log says why.",
    "goneExport": "This file is not there any more.",
}


def say(sentence: str, **parts: object) -> str:
    """A sentence with its parts filled in."""
    return WORDS[sentence].format(**parts)
