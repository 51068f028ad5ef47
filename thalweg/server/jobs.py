"""Jobs: work that takes longer than a request, done beside the pages, a chunk at a time.

A scheduler has one worker thread. It runs one chunk for each visitor in turn (round robin), so that
nobody waits for another's whole job. A job is found by its id, which nobody can guess. Jobs with
the same key share the work and its result. Results are kept up to a bound in bytes, and a job that
its visitor asks about no more is forgotten, or stopped if it has not ended.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

Report = Callable[[int, int], bool]
"""(done, in all) → whether to go on: for work that cannot be divided into chunks."""
Chunks = Generator[float, None, bytes]
"""Yields the fraction that is done after each chunk of the work; returns the result."""
Work = Callable[[Report], Chunks]
"""Begins the work. A ValueError that it raises is a sentence for the visitor."""


def one_chunk(make: Callable[[Report], bytes]) -> Work:
    """Work that cannot be divided: it reports its progress, and stops, through its argument."""

    def chunks(report: Report) -> Chunks:
        return make(report)
        yield 1.0  # makes this function a generator

    return chunks


class QueueFullError(Exception):
    """As many jobs wait as may wait."""


@dataclass(frozen=True)
class Limits:
    """What a scheduler may hold, of all visitors together."""

    unfinished: int
    """Jobs that wait or are at work."""
    result_bytes: int
    """Results; the oldest is dropped for a newer one."""
    patience: float
    """Seconds without a question about a job after which it is stopped or forgotten."""


@dataclass(eq=False)
class Task:
    """The work for one key, which all jobs with this key wait for."""

    key: str
    work: Work
    jobs: list[Job] = field(default_factory=list)
    done: float = 0
    total: float = 0
    """0: no progress is known yet."""
    chunks: Chunks | None = None
    cancelled: bool = False

    def report(self, done: float, total: float) -> bool:
        """Note the progress; whether anybody still waits for the result."""
        self.done, self.total = done, total
        return not self.cancelled


@dataclass(eq=False)
class Job:
    """What one visitor waits for."""

    id: str
    visitor: str
    name: str
    """The name of the file that the result is, if it is one."""
    task: Task
    size: int | None = None
    """Bytes of the result; None until it is there."""
    problem: str = ""
    stopped: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    last_request: float = field(default_factory=time.monotonic)

    def state(self) -> dict[str, Any]:
        """What a page is told, JSON-able."""
        done, total = self.task.done, self.task.total
        return {
            "name": self.name, "done": done, "all": total, "share": done / total if total else 0.0,
            "problem": self.problem, "stopped": self.stopped,
            "ready": self.size is not None, "bytes": self.size,
        }  # fmt: skip


class Scheduler:
    """All jobs of one kind in a process, and the thread that does them."""

    def __init__(self, name: str, limits: Limits, broken: str) -> None:
        """``broken`` is what a visitor is told where the work fails by a fault of ours."""
        self._name, self._limits, self._broken = name, limits, broken
        self._jobs: dict[str, Job] = {}
        self._queues: OrderedDict[str, deque[Job]] = OrderedDict()
        """Unfinished jobs by visitor; the visitor whose turn is next comes first."""
        self._tasks: dict[str, Task] = {}
        self._results: OrderedDict[str, bytes] = OrderedDict()
        """By key; the one that was not used for longest comes first."""
        self._at_work: Task | None = None
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None

    def submit(self, visitor: str, work: Work, *, key: str = "", name: str = "") -> Job:
        """Queue a job behind those of its visitor. Without a key its result is nobody else's.

        Raises `QueueFullError`.
        """
        with self._changed:
            self._forget()
            id = secrets.token_urlsafe(18)
            key = key or id
            task = self._tasks.get(key) or Task(key, work)
            job = Job(id, visitor, name, task)
            if key in self._results:
                task.report(1, 1)
                self._finish(job, len(self._results[key]))
            elif sum(map(len, self._queues.values())) >= self._limits.unfinished:
                raise QueueFullError
            else:
                self._tasks[key] = task
                task.jobs.append(job)
                self._queues.setdefault(visitor, deque()).append(job)
                self._start()
                self._changed.notify()
            self._jobs[id] = job
        return job

    def find(self, id: str) -> Job | None:
        """The job, while it is known; the question keeps it from being forgotten."""
        job = self._jobs.get(id)
        if job is not None:
            job.last_request = time.monotonic()
        return job

    def result(self, job: Job) -> bytes | None:
        """The job's result, while it is kept."""
        with self._changed:
            if job.size is None or job.task.key not in self._results:
                return None
            self._results.move_to_end(job.task.key)
            return self._results[job.task.key]

    def stop(self, job: Job) -> None:
        """Wait no more for a job; its work ends with the chunk if no other job needs it."""
        with self._changed:
            if job.ended.is_set():
                return
            job.stopped = True
            task = job.task
            task.jobs.remove(job)
            self._finish(job)
            if not task.jobs:
                task.cancelled = True
                del self._tasks[task.key]
                if task.chunks is not None and task is not self._at_work:
                    task.chunks.close()

    # --- the worker thread ---

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while (task := self._next_task()) is None:
                    self._changed.wait()
                self._at_work = task
            outcome = self._run_chunk(task)
            with self._changed:
                self._at_work = None
                if task.cancelled:
                    if task.chunks is not None:
                        task.chunks.close()
                elif outcome is not None:
                    self._end(task, outcome)

    def _next_task(self) -> Task | None:
        """The task of the visitor whose turn it is, which is a turn of all who wait for it."""
        oldest = time.monotonic() - self._limits.patience
        for job in [job for queue in self._queues.values() for job in queue]:
            if job.last_request < oldest:
                self.stop(job)
        if not self._queues:
            return None
        task = next(iter(self._queues.values()))[0].task
        for visitor in [v for v, queue in self._queues.items() if queue[0].task is task]:
            self._queues.move_to_end(visitor)
        return task

    def _run_chunk(self, task: Task) -> bytes | str | None:
        """One chunk: the result, or a sentence of what is wrong, or None while there is more."""
        try:
            if task.chunks is None:
                task.chunks = task.work(task.report)
            task.report(next(task.chunks), 1)
        except StopIteration as end:
            result: bytes = end.value
            return result
        except ValueError as error:
            return str(error)
        except Exception:
            if not task.cancelled:
                logging.getLogger("thalweg").exception("A job of the %s failed.", self._name)
            return self._broken
        return None

    def _end(self, task: Task, outcome: bytes | str) -> None:
        """The work of a task is over: so are all jobs that waited for it."""
        size = None
        if isinstance(outcome, bytes):
            size = len(outcome)
            self._keep(task.key, outcome)
            task.done = task.total = task.total or 1
        del self._tasks[task.key]
        for job in task.jobs:
            self._finish(job, size, "" if isinstance(outcome, bytes) else outcome)

    # --- what is kept ---

    def _finish(self, job: Job, size: int | None = None, problem: str = "") -> None:
        job.size, job.problem = size, problem
        queue = self._queues.get(job.visitor)
        if queue is not None and job in queue:
            queue.remove(job)
            if not queue:
                del self._queues[job.visitor]
        job.ended.set()

    def _keep(self, key: str, result: bytes) -> None:
        self._results[key] = result
        size = sum(map(len, self._results.values()))
        while size > self._limits.result_bytes and len(self._results) > 1:
            size -= len(self._results.popitem(last=False)[1])

    def _forget(self) -> None:
        """Let go of ended jobs that nobody asks about, and of results that are theirs alone."""
        oldest = time.monotonic() - self._limits.patience
        for id, job in list(self._jobs.items()):
            if job.ended.is_set() and job.last_request < oldest:
                del self._jobs[id]
                self._results.pop(id, None)
