"""Work in pieces: what takes a while can show how far it is, be stopped, and take turns."""

import os
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

Progress = Generator[tuple[int, int], None, T]
"""Yields (done, all), whole numbers, after each piece of the work; returns what it has come to.

Between two pieces nothing runs, so that one who does not go on, or closes it, has stopped it.
"""

CORES = os.cpu_count() or 1
LONG, SHORT = 0.08, 0.03
"""Seconds that a piece should last at most, and at least."""


def collect(pieces: Progress[T]) -> T:
    """All of the pieces, one after the other: what they have come to."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found: T = end.value
            return found


def part(pieces: Progress[T], at: int, of: int, all_of: int) -> Progress[T]:
    """The pieces as the parts from ``at`` on, ``of`` in number, of a work of ``all_of``."""
    while True:
        try:
            done, own = next(pieces)
        except StopIteration as end:
            found: T = end.value
            return found
        yield at * own + of * done, all_of * own


def in_parallel(rounds: Iterable[Callable[[int], None]], of: int, count: int) -> Progress[None]:
    """``call(k)`` for every k below ``count``, for each call of the rounds, ``of`` in number.

    The processor's cores share the calls of a round; the next one begins when all have ended. As
    many calls make a piece as fit between `SHORT` and `LONG`: it is found on the way.
    """
    many, begun, done = 4 * CORES, time.perf_counter(), 0
    share = map if count == 1 else cores().map
    for call in rounds:
        at = 0
        while at < count:
            now = range(at, min(at + many, count))
            list(share(call, now))
            at, done = now.stop, done + len(now)
            took = time.perf_counter() - begun
            if took < SHORT and done < of * count:  # goes on, and is asked again
                continue
            if took > LONG:
                many = max(CORES, many // 2)
            yield done, of * count
            begun = time.perf_counter()


@lru_cache(maxsize=1)
def cores() -> ThreadPoolExecutor:
    """A thread for each of the processor's cores, kept: JAX takes a while in a new one."""
    return ThreadPoolExecutor(CORES, "sweep")
