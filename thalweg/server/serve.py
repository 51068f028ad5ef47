"""`thalweg serve`: the application under uvicorn."""

from __future__ import annotations

import contextlib
import sys

import uvicorn

from thalweg.messages.server import say
from thalweg.server.application import create_application
from thalweg.server.export_routes import Network
from thalweg.server.listen import listen, network_url, port_number, where


def serve(host: str, port_text: str) -> None:
    """Serve until Ctrl-C, after a line that says where. Exits with a sentence where it cannot."""
    wanted = port_number(port_text)
    listener = listen(host, wanted)
    port = listener.getsockname()[1]
    if wanted not in (0, port):
        print(say("otherPort", wanted=wanted, port=port), flush=True)
    print(where(host, port), flush=True)
    Network.address = network_url(host, port)

    server = uvicorn.Server(
        uvicorn.Config(
            create_application(),
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
    )
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)
