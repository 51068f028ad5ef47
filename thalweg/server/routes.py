"""All routes beside Streamlit's own, which keeps /_stcore, /media, /component and /static."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.messages.server import say
from thalweg.server import export_routes, formula_routes, map_routes
from thalweg.server.middleware import CACHE_FOREVER, HEALTH
from thalweg.server.warm_up import is_warm
from thalweg.stage.files import packed


async def health(_: Request) -> JSONResponse:
    """Whether the server answers, and whether its warm-up is over."""
    return JSONResponse({"status": "ok", "warm": is_warm()})


async def stage_file(request: Request) -> Response:
    """A module or style sheet of the stage, or plotly.js, gzipped: every browser unpacks it."""
    file = await to_thread.run_sync(packed, "stage/" + request.path_params["name"])
    if file is None:
        return Response(say("noFile"), 404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": CACHE_FOREVER}
    return Response(file.packed, media_type=file.kind, headers=headers)


ROUTES: list[BaseRoute] = [
    Route(HEALTH, health),
    Route("/stage/{name:path}", stage_file),
    *formula_routes.ROUTES,
    *map_routes.ROUTES,
    *export_routes.ROUTES,
]
