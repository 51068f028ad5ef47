"""What the rules say of torch is true: their paths against recorded ones of torch itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from optimizers import OPTIMIZERS, Rule
from tests.helpers import (
    OWN,
    STARTS,
    SURFACES,
    Path,
    allowed_difference,
    assert_same_path,
    path_of,
)
from tests.record_torch import RECORD, STEPS, calls, key
from thalweg.simulation import run

Call = tuple[str, str, Rule, str]
CALLS = calls()
SAME = [c for c in CALLS if c[1] != "plain"]
PLAIN = [c for c in CALLS if c[1] == "plain"]


def name(call: Call) -> str:
    return f"{call[2].slug}-{call[1]}-{call[3]}"


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    return json.loads(RECORD.read_text())


def torch_path(recorded: dict[str, Any], call: Call) -> Path:
    return np.array([float.fromhex(v) for v in recorded["paths"][key(*call)]]).reshape(-1, 2)


def test_the_record_has_every_call_and_no_other(recorded: dict[str, Any]) -> None:
    # A changed sentence, default, surface or start is another key: record anew, see record_torch.
    assert set(recorded["paths"]) == {key(*call) for call in CALLS}
    assert recorded["steps"] == STEPS
    assert {c[2].slug for c in CALLS} == {s for s in OWN if OPTIMIZERS[s].in_torch}


@pytest.mark.parametrize("call", SAME, ids=name)
def test_the_named_call_gives_the_same_path(recorded: dict[str, Any], call: Call) -> None:
    _, _, rule, surface = call
    ours = path_of(rule, surface, STEPS)
    assert_same_path(
        ours,
        torch_path(recorded, call),
        lambda start: run(SURFACES[surface], rule, start, STEPS).x,
    )


@pytest.mark.parametrize("call", PLAIN, ids=name)
def test_the_plain_call_gives_another_path(recorded: dict[str, Any], call: Call) -> None:
    _, _, rule, surface = call
    ours, theirs = path_of(rule, surface, STEPS), torch_path(recorded, call)
    assert tuple(theirs[0]) == STARTS[surface]
    allowed = allowed_difference(ours, lambda start: run(SURFACES[surface], rule, start, STEPS).x)
    assert (np.abs(theirs - ours).max(axis=1) > 1e6 * allowed).any()


@pytest.mark.parametrize("slug", [s for s in OWN if OPTIMIZERS[s].in_torch])
def test_a_difference_is_said_exactly_where_there_is_a_plain_call(slug: str) -> None:
    peer = OPTIMIZERS[slug].in_torch
    assert peer
    assert bool(peer.plain) == bool(peer.differs)
