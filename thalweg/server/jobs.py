"""Files that are made beside the pages: one at a time, with progress, and a way to stop.

A job is asked for, watched and fetched by its id, which nobody can guess. What is made is kept for
a while and up to a bound.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

MOST_WAITING = 24
"""Jobs that may wait or be at work."""
MOST_KEPT_BYTES = 200_000_000
KEPT_SECONDS = 600.0
BUSY = "The server is making {count} files already: try again in a moment."

Make = Callable[[Callable[[int, int], bool]], bytes]
"""Makes a file; it tells how far it is (done, in all) and stops where that says False."""


@dataclass
class Job:
    """One file on its way."""

    name: str
    done: int = 0
    all: int = 0
    problem: str = ""
    content: bytes | None = None
    stopped: bool = False
    asked: float = field(default_factory=time.monotonic)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.content is not None or self.problem != "" or self.stopped

    def watch(self, done: int, all: int) -> bool:
        """Be told of progress; whether to go on."""
        self.done, self.all = done, all
        return not self.stopped

    def state(self) -> dict[str, Any]:
        """What a page is told, JSON-able; "bytes" once the file is there."""
        size = None if self.content is None else len(self.content)
        return {
            "name": self.name, "done": self.done, "all": self.all, "problem": self.problem,
            "stopped": self.stopped, "bytes": size,
        }  # fmt: skip


class Jobs:
    """All jobs of a process; one thread makes the files, in the order they were asked for."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="share")

    def start(self, name: str, make: Make) -> str:
        """Ask for a file called ``name``; the job's id. Raises ValueError where too many wait."""
        with self._lock:
            self._forget()
            waiting = sum(not job.ended for job in self._jobs.values())
            if waiting >= MOST_WAITING:
                raise ValueError(BUSY.format(count=waiting))
            id, job = secrets.token_urlsafe(18), Job(name)
            self._jobs[id] = job
        self._worker.submit(_work, job, make)
        return id

    def find(self, id: str) -> Job | None:
        """The job, while it is known."""
        return self._jobs.get(id)

    def stop(self, id: str) -> None:
        """Make no more of it; nothing happens where it has ended."""
        if (job := self.find(id)) is not None and not job.ended:
            job.stopped = True

    def _forget(self) -> None:
        """Let go of what is old, and of the oldest where all is too much."""
        now = time.monotonic()
        ended = {id: job for id, job in self._jobs.items() if job.ended}
        size = sum(len(job.content or b"") for job in ended.values())
        for id, job in ended.items():
            if now - job.asked > KEPT_SECONDS or size > MOST_KEPT_BYTES:
                size -= len(job.content or b"")
                del self._jobs[id]


def _work(job: Job, make: Make) -> None:
    if job.stopped:
        return
    try:
        content = make(job.watch)
    except ValueError as error:  # a sentence for a person
        if not job.stopped:
            job.problem = str(error)
    except Exception:
        job.problem = "The file could not be made; the server's log says why."
        raise
    else:
        job.content = content
