"""Whatever is typed, a formula is read or refused with a sentence, in little time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz_formulas
from benchmarks.fuzz_formulas import PIECES, VALID, assignments, expression, mutated
from calculus.formulas import FormulaError, read_rule, read_surface

ROOT = Path(__file__).resolve().parent.parent
READERS = (read_surface, read_rule)
LIMIT = 0.5  # s, for one reading; a typical one takes 0.2 ms

PILES = ("(", "-", "^", "sin(", "|", "((", "x^", "1..", "x,", "2^-", "x = ", "x\n", "|x|(")

quick = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def check(error: FormulaError, typed: list[str]) -> None:
    """The error points into what was typed, and can be sent."""
    assert error.line < len(typed)
    assert 0 <= error.start <= error.end <= len(typed[error.line])
    str(error).encode()


def read(text: str) -> None:
    """Read a text both ways: a FormulaError that points into it, or what reads back equal."""
    for reader in READERS:
        began = time.perf_counter()
        try:
            found = reader(text)
        except FormulaError as error:
            check(error, text.split("\n"))
        else:
            again = reader(found.text)
            assert again == found
            assert (again.latex, again.parameters) == (found.latex, found.parameters)
        assert time.perf_counter() - began < LIMIT


@quick
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    read(text)


@quick
@given(st.text(st.characters(codec=None), max_size=20))
def test_surrogates_are_refused_in_a_sentence_that_can_be_sent(text):
    read(text)


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_soup_of_pieces_is_read_or_refused(pieces):
    read("".join(pieces))


@quick
@given(st.sampled_from([expression, assignments]), st.randoms(use_true_random=False))
def test_any_random_formula_is_read_or_refused(make, random):
    read(make(random))


@quick
@given(st.sampled_from(VALID), st.randoms(use_true_random=False))
def test_any_slip_in_a_valid_text_is_read_or_refused(text, random):
    read(mutated(text, random))


@settings(quick, max_examples=60)
@given(
    st.sampled_from(["(", "-", "^", "sin(", "|", "((", "x^", "1..", "x,", "2^-"]),
    st.integers(1, 400),
)
def test_any_pile_is_read_or_refused(piece, count):
    read(piece * count + "x")


def test_the_long_run_reports_what_it_did():
    command = [sys.executable, "benchmarks/fuzz_formulas.py", "300"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    report = json.loads(done.stdout)
    assert report["count"] == 300
    assert report["refused"] + report["accepted"] == 300
    assert report["accepted"] > 10
    assert report["other errors"] == []


def test_another_error_is_noticed(monkeypatch):
    def careless(text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(fuzz_formulas, "read_surface", careless)
    report = fuzz_formulas.fuzz(20)
    assert report["other errors"]
    assert "RecursionError: too deep" in report["other errors"][0]["error"]
