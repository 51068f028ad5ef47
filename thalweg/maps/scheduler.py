"""Maps in the making: one piece of work at a time, and visitors take turns piece by piece.

So nobody waits for another's long map, and the pages have a core to themselves. What was made is
kept up to a bound; what nobody asks after any more is let go.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from thalweg.messages.maps import say

Made = Generator[float, None, bytes]
"""Yields the share that is done after each piece, returns the map."""

MOST_WAITING = 64
"""Maps that may wait or be at work, of all visitors."""
MOST_KEPT_BYTES = 64_000_000
PATIENCE = 10.0
"""Seconds after which a map is given up that nobody asked after."""


@dataclass(eq=False)
class Work:
    """A map on its way, for one visitor."""

    visitor: str
    key: str
    make: Callable[[], Made]
    share: float = 0.0
    problem: str = ""
    result: bytes | None = None
    stopped: bool = False
    asked: float = field(default_factory=time.monotonic)
    made: Made | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def state(self) -> dict[str, Any]:
        """What a page is told, JSON-able."""
        return {
            "share": self.share, "problem": self.problem, "stopped": self.stopped,
            "ready": self.result is not None,
        }  # fmt: skip


class Turns:
    """All maps of a process; one thread makes them."""

    def __init__(self) -> None:
        self._all: dict[str, Work] = {}
        self._queues: OrderedDict[str, list[Work]] = OrderedDict()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, visitor: str, key: str, make: Callable[[], Made]) -> tuple[str, Work]:
        """Ask for the map ``key``; its id, which nobody can guess, and the work.

        A visitor's maps wait for one another. Raises ValueError where too many wait.
        """
        work = Work(visitor, key, make)
        with self._news:
            self._forget()
            if sum(len(queue) for queue in self._queues.values()) >= MOST_WAITING:
                raise ValueError(say("busy"))
            id = secrets.token_urlsafe(18)
            self._all[id] = work
            if not self._take_kept(work):
                self._queues.setdefault(visitor, []).append(work)
                self._begin()
                self._news.notify()
        return id, work

    def find(self, id: str) -> Work | None:
        """The work, while it is known; to be asked after keeps it from being given up."""
        work = self._all.get(id)
        if work is not None:
            work.asked = time.monotonic()
        return work

    def stop(self, id: str) -> None:
        """Make no more of it; nothing happens where it has ended."""
        if (work := self.find(id)) is not None and not work.ended.is_set():
            work.stopped = True

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="atlas", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._news:
                while not self._queues:
                    self._news.wait()
                visitor, queue = next(iter(self._queues.items()))
                work = queue[0]
            over = _piece(work) if self._is_wanted(work) else True
            with self._news:
                if over:
                    queue.pop(0)
                    self._keep(work)
                    work.ended.set()
                self._queues.move_to_end(visitor)
                if not queue:
                    del self._queues[visitor]

    def _is_wanted(self, work: Work) -> bool:
        if time.monotonic() - work.asked > PATIENCE:
            work.stopped = True
        with self._news:
            if work.made is None and self._take_kept(work):
                return False
        if work.stopped and work.made is not None:
            work.made.close()
        return not work.stopped

    def _take_kept(self, work: Work) -> bool:
        """Whether the map was made before; it is then the work's result."""
        if work.key not in self._kept:
            return False
        self._kept.move_to_end(work.key)
        work.result, work.share = self._kept[work.key], 1.0
        work.ended.set()
        return True

    def _keep(self, work: Work) -> None:
        if work.result is None:
            return
        self._kept[work.key] = work.result
        while sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)

    def _forget(self) -> None:
        now = time.monotonic()
        for id, work in list(self._all.items()):
            if work.ended.is_set() and now - work.asked > PATIENCE:
                del self._all[id]


def _piece(work: Work) -> bool:
    """Make one piece of a map; whether it has ended by that."""
    try:
        if work.made is None:
            work.made = work.make()
        work.share = next(work.made)
    except StopIteration as end:
        work.result, work.share = end.value, 1.0
    except ValueError as error:  # a sentence for a person
        work.problem = str(error)
    except Exception:
        logging.getLogger("thalweg").exception("A map could not be made.")
        work.problem = say("broken")
    else:
        return False
    return True
