"""What runs beside the pages: the warm-up after the start, and garbage collection."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from thalweg import use_cpu_only
from thalweg.server.middleware import LastRequest

SECONDS_BETWEEN_COLLECTIONS = 60
QUIET = 0.7
"""Seconds without a request after which nobody is waiting for the first page."""
MOST_WAITING = 5.0
_warm = threading.Event()


def is_warm() -> bool:
    """Whether the warm-up has ended well."""
    return _warm.is_set()


def warm_up() -> None:
    """Import and compile what pages need, so that no visitor waits for it."""
    wait_until_quiet()
    try:
        # Here: jax takes seconds, and the first page needs none of it.
        from thalweg.stage.payload import warm_up as make_default_payload

        make_default_payload()
    except Exception:
        logging.getLogger("thalweg").exception("The warm-up failed; pages may fail too.")
        return
    gc.collect()
    gc.freeze()  # what is loaded by now stays, so later collections need not look at it
    _warm.set()


def wait_until_quiet() -> None:
    """Let a first page be served first: the import would delay it."""
    began = now = time.monotonic()
    while now - began < MOST_WAITING and now - max(began, LastRequest.time) < QUIET:
        time.sleep(0.05)
        now = time.monotonic()


async def collect_regularly() -> None:
    """In place of Streamlit's full collection after every run, which is off (postScriptGC)."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


@contextlib.asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Runs both while the application runs."""
    use_cpu_only()
    tasks = [
        asyncio.create_task(asyncio.to_thread(warm_up)),
        asyncio.create_task(collect_regularly()),
    ]
    yield
    for task in tasks:
        task.cancel()
