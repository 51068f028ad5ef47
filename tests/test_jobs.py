"""The scheduler of jobs: turns, shared work, stops, bounds, faults."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from thalweg.server.jobs import (
    Chunks,
    Job,
    Limits,
    QueueFullError,
    Report,
    Scheduler,
    Work,
    one_chunk,
)

LIMITS = Limits(unfinished=8, result_bytes=1000, patience=60.0)


def scheduler(**limits: float) -> Scheduler:
    return Scheduler("tests", replace(LIMITS, **limits), "It failed.")  # type: ignore[arg-type]


class Recorder:
    """Work whose chunks are written down in the order in which they run, and wait at a gate."""

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.closed: list[str] = []
        self.gate = threading.Event()

    def work(self, name: str, count: int = 3) -> Work:
        def chunks(_: Report) -> Chunks:
            try:
                for k in range(count):
                    assert self.gate.wait(10)
                    self.chunks.append(name)
                    yield (k + 1) / count
            finally:
                self.closed.append(name)
            return name.encode()

        return chunks


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.gate.set()  # no thread is left waiting


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def result(of: Scheduler, job: Job) -> bytes | None:
    assert job.ended.wait(20)
    return of.result(job)


def test_visitors_take_turns_and_the_jobs_of_one_wait_for_each_other(recorder: Recorder) -> None:
    queue = scheduler()
    wanted = (("one", "a"), ("one", "b"), ("two", "c"), ("three", "d"))
    jobs = [queue.submit(visitor, recorder.work(name)) for visitor, name in wanted]
    recorder.gate.set()
    assert [result(queue, job) for job in jobs] == [b"a", b"b", b"c", b"d"]
    # The first chunk may run before the others have been submitted.
    assert "".join(recorder.chunks) in ("acdacdacdbbb", "aacdacdcdbbb", "aacdacdcbdbb")


def test_jobs_with_one_key_share_the_work_and_its_result(recorder: Recorder) -> None:
    queue = scheduler()
    jobs = [queue.submit(visitor, recorder.work("a"), key="a") for visitor in ("one", "two")]
    other = queue.submit("three", recorder.work("b"))
    recorder.gate.set()
    assert [result(queue, job) for job in (*jobs, other)] == [b"a", b"a", b"b"]
    assert recorder.chunks.count("a") == 3
    late = queue.submit("four", recorder.work("never"), key="a")
    assert late.ended.is_set()
    assert queue.result(late) == b"a"
    assert "never" not in recorder.chunks
    assert late.state() == {
        "name": "", "done": 1, "all": 1, "share": 1.0, "problem": "", "stopped": False,
        "ready": True, "bytes": 1,
    }  # fmt: skip


def test_shared_work_has_one_turn_however_many_wait_for_it(recorder: Recorder) -> None:
    queue = scheduler()
    shared = [queue.submit(f"s{i}", recorder.work("s", 6), key="s") for i in range(4)]
    single = queue.submit("single", recorder.work("x", 3))
    recorder.gate.set()
    for job in (*shared, single):
        result(queue, job)
    assert recorder.chunks.index("x") <= 2
    assert len(recorder.chunks[: -recorder.chunks[::-1].index("x")]) <= 7


def test_work_that_one_visitor_stops_goes_on_for_another(recorder: Recorder) -> None:
    queue = scheduler()
    first, second = (queue.submit(v, recorder.work("a"), key="a") for v in ("one", "two"))
    queue.stop(first)
    recorder.gate.set()
    assert result(queue, second) == b"a"
    assert (first.stopped, queue.result(first)) == (True, None)
    queue.stop(second)  # nothing happens to one that has ended
    assert not second.stopped


def test_a_stopped_job_makes_room_and_its_work_is_closed(recorder: Recorder) -> None:
    queue = scheduler()
    long = queue.submit("one", recorder.work("long", 10**6))
    waiting, short = queue.submit("one", recorder.work("waiting")), None
    recorder.gate.set()
    until(lambda: len(recorder.chunks) > 3)
    short = queue.submit("one", recorder.work("short"))
    queue.stop(waiting)
    assert waiting.ended.is_set()
    queue.stop(long)
    assert result(queue, short) == b"short"
    assert (long.stopped, long.state()["ready"]) == (True, False)
    until(lambda: "long" in recorder.closed)
    assert "waiting" not in recorder.chunks


def test_a_job_that_its_visitor_leaves_is_stopped_and_then_forgotten(recorder: Recorder) -> None:
    queue = scheduler(patience=0.2)
    left = queue.submit("one", recorder.work("left", 10**6))
    kept = queue.submit("two", recorder.work("kept", 10**6))
    recorder.gate.set()
    until(lambda: queue.find(kept.id) is not None and left.ended.is_set())
    assert left.stopped
    assert not kept.ended.is_set()
    queue.stop(kept)
    time.sleep(0.25)
    done = queue.submit("one", one_chunk(lambda report: b"mine"))
    assert queue.find(left.id) is None
    assert result(queue, done) == b"mine"
    time.sleep(0.25)
    queue.submit("one", recorder.work("next"))
    assert queue.find(done.id) is None
    assert queue.result(done) is None  # nobody else could ask for it


def test_results_are_bounded_in_bytes_and_the_newest_always_stays() -> None:
    queue = scheduler(result_bytes=10)

    def made(key: str, size: int) -> Job:
        job = queue.submit("one", one_chunk(lambda report: bytes(size)), key=key)
        assert job.ended.wait(20)
        return job

    first, second = made("first", 4), made("second", 4)
    assert queue.result(first) is not None  # used last
    made("third", 4)
    assert (queue.result(first), queue.result(second)) == (bytes(4), None)
    huge = made("huge", 50)
    assert queue.result(huge) == bytes(50)
    assert queue.result(first) is None


def test_work_of_one_chunk_reports_its_progress_and_is_stopped_by_the_answer() -> None:
    queue = scheduler()

    def endless(report: Report) -> bytes:
        for count in itertools.count():
            if not report(count, 1000):
                raise ValueError("Stopped.")
            time.sleep(0.001)
        raise AssertionError

    first = queue.submit("one", one_chunk(endless), name="film.mp4")
    second = queue.submit("one", one_chunk(lambda report: b"made"))
    assert second.state()["all"] == 0  # a progress bar without an end
    until(lambda: first.state()["done"] > 3)
    assert first.state()["name"] == "film.mp4"
    assert not second.ended.is_set()
    queue.stop(first)
    assert result(queue, second) == b"made"
    assert (first.state()["stopped"], first.problem) == (True, "")


def test_what_cannot_be_made_ends_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    queue = scheduler()

    def refuses(_: Report) -> Chunks:
        raise ValueError("One sentence.")
        yield 0.0

    def breaks(_: Report) -> Chunks:
        yield 0.5
        raise KeyError("nobody thought of it")

    for work, sentence in ((refuses, "One sentence."), (breaks, "It failed.")):
        with caplog.at_level(logging.CRITICAL, "thalweg"):
            job = queue.submit("one", work, key=sentence)
            assert job.ended.wait(20)
        assert job.problem == sentence
        assert not job.state()["ready"]
    again = queue.submit("one", one_chunk(lambda report: b"better"), key="It failed.")
    assert result(queue, again) == b"better"


def test_too_many_unfinished_jobs_are_refused(recorder: Recorder) -> None:
    queue = scheduler(unfinished=2)
    held = [queue.submit("one", recorder.work(name)) for name in "ab"]
    with pytest.raises(QueueFullError):
        queue.submit("two", recorder.work("c"))
    queue.stop(held[1])
    assert queue.submit("two", recorder.work("c"))
    assert queue.find("nobody") is None


def test_one_scheduler_does_not_wait_for_another(recorder: Recorder) -> None:
    films, maps = scheduler(), scheduler()
    started: Any = threading.Event()

    def film(report: Report) -> bytes:
        started.set()
        assert recorder.gate.wait(20)
        return b"film"

    job = films.submit("one", one_chunk(film))
    assert started.wait(20)
    assert result(maps, maps.submit("one", one_chunk(lambda report: b"map"))) == b"map"
    assert not job.ended.is_set()
