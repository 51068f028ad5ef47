"""Ports and addresses: where the server listens, and how others reach it."""

from __future__ import annotations

import errno
import os
import socket
import sys

from thalweg.messages.server import say

PORTS_TO_TRY = 50


def port_number(text: str) -> int:
    """The port that the text names. Exits with a sentence where it names none."""
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    sys.exit(say("port", port=text))


def listen(host: str, wanted: int) -> socket.socket:
    """A listening socket on the wanted port or, where that is busy, on the next free one.

    Exits with a sentence where there is none.
    """
    ports = range(wanted, min(wanted + PORTS_TO_TRY, 65536))
    for port in ports:
        try:
            return _bind(host, port)
        except socket.gaierror:
            sys.exit(say("noHost", host=host))
        except PermissionError:
            sys.exit(say("noRights", port=port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                sys.exit(say("noHost", host=host))
            if error.errno != errno.EADDRINUSE:
                sys.exit(say("noPort", port=port, host=host, why=error.strerror))
    sys.exit(say("noFreePort", first=ports[0], last=ports[-1]))


def _bind(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # The protocol is named because asyncio sends small messages at once (TCP_NODELAY) only then.
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere the option would share a busy port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def where(host: str, port: int) -> str:
    """The line that says where Thalweg is, as one would type it into a browser."""
    if host not in ("0.0.0.0", "::"):
        return say("at", url=_url(host, port))
    lan = network_address()
    if lan is None:
        name = socket.gethostname()
        return say("noNetwork", local=_url("127.0.0.1", port), name=name)
    return say("atNetwork", network=_url(lan, port), local=_url("127.0.0.1", port))


def network_url(host: str, port: int) -> str | None:
    """The address by which other machines reach the server, if they do."""
    if host in ("0.0.0.0", "::"):
        lan = network_address()
        return None if lan is None else _url(lan, port)
    return None


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def network_address() -> str | None:
    """The address by which others reach this machine. Connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith(("0.", "127.")) else address
