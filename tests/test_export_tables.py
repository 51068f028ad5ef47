"""The tables are the run, bit by bit, and harm no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizers import OPTIMIZERS
from thalweg.export.tables import DOCUMENTATION, arrays, table, text_cell
from thalweg.scenes import Run, Scene

SCENE = replace(Scene.default("rosenbrock", ("adam", "momentum")), steps=20)
# One that ends: every number after its last step is nan.
SCENE = replace(SCENE, runs=(*SCENE.runs, Run("sgd", OPTIMIZERS["sgd"](lr=1.0))))


@pytest.fixture(scope="module")
def rows() -> tuple[list[str], list[dict[str, str]]]:
    lines = table(SCENE).decode().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    return comments, list(csv.DictReader(lines[len(comments) :]))


def bits(values: Any) -> list[bytes]:
    return [struct.pack("d", float(v)) for v in values]


def test_a_csv_has_every_number_of_every_run(rows: tuple[list[str], list[dict[str, str]]]) -> None:
    _, data = rows
    for run in SCENE.runs:
        own = [row for row in data if row["run"] == run.id]
        t = SCENE.trajectory(run)
        assert [int(row["step"]) for row in own] == list(range(21))
        assert bits(row["x"] for row in own) == bits(t.x[:, 0])
        assert bits(row["y"] for row in own) == bits(t.x[:, 1])
        assert bits(row["f"] for row in own) == bits(t.f)
        for name in ("grad", "query", "velocity", "rate", "update"):
            for k, side in enumerate("xy"):
                column = [row[f"{name}_{side}"] for row in own]
                assert column[0] == ""
                np.testing.assert_array_equal(np.array(column[1:], float), getattr(t, name)[:, k])
        np.testing.assert_array_equal(np.array([r["lr"] for r in own[1:]], float), t.lr)
        np.testing.assert_array_equal(
            np.array([r["calls_grad"] for r in own[1:]], float), t.calls[:, 1]
        )


def test_every_column_is_documented_in_the_file(
    rows: tuple[list[str], list[dict[str, str]]],
) -> None:
    comments, data = rows
    assert list(data[0]) == list(DOCUMENTATION)
    for name, sentence in DOCUMENTATION.items():
        assert f"# {name}: {sentence}" in comments
        assert sentence.endswith(".")
    assert Scene.from_link(comments[-1].removeprefix("# scene: ")) == SCENE


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r\n=1"])
def test_no_text_is_a_formula(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert text_cell(text)[0] == "'"
    monkeypatch.setattr(Scene, "labels", lambda self: {r.id: f'{text},"\n=2' for r in self.runs})
    lines = table(replace(SCENE, steps=1)).decode().splitlines()
    for row in csv.reader([line for line in lines if not line.startswith("#")][1:]):
        assert row[1].startswith("'")
        assert len(row) == len(DOCUMENTATION)


def test_comment_lines_fall_apart_into_no_formula() -> None:
    for line in table(SCENE).decode().splitlines():
        if line.startswith("#"):
            assert not any(cell.strip().startswith(tuple("=+-@")) for cell in line.split(","))


def test_an_npz_is_the_trajectories_and_says_what_is_in_it() -> None:
    with np.load(io.BytesIO(arrays(SCENE)), allow_pickle=False) as kept:
        about = json.loads(str(kept["documentation"]))
        assert Scene.from_json(str(kept["scene"])) == SCENE
        assert list(kept["runs"]) == [r.id for r in SCENE.runs]
        for run in SCENE.runs:
            t = SCENE.trajectory(run)
            own = {
                n.removeprefix(f"{run.id}."): kept[n] for n in kept if n.startswith(f"{run.id}.")
            }
            for name, column in own.items():
                assert name.split(".")[0] in about
                if hasattr(t, name) and name not in ("diverged_at", "growing"):
                    assert column.tobytes() == np.ascontiguousarray(getattr(t, name)).tobytes()
            for name, column in t.terms.items():
                np.testing.assert_array_equal(own[f"terms.{name}"], column)
            assert int(own["diverged_at"]) == (-1 if t.diverged_at is None else t.diverged_at)
