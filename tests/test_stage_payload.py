"""What the stage is given and what it asks for: complete, small, and checked."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
from typing import Any

import numpy as np
import pytest

from thalweg.scenes import MOST_RUNS, PRESETS, Map, Scene
from thalweg.simulation.noise import Noise, unit_draws
from thalweg.stage import files
from thalweg.stage.payload import payload
from thalweg.stage.reports import REQUESTS, answer

SCENE = Scene.default()


def given(scene: Scene) -> dict[str, Any]:
    return payload(scene, plotly="plotly.js")


@pytest.mark.parametrize("slug", PRESETS)
def test_every_preset_has_a_payload_that_json_can_carry(slug):
    scene = PRESETS[slug].scene
    text = json.dumps(given(scene), allow_nan=False)
    back = json.loads(text)
    assert back["sentence"] == PRESETS[slug].sentence
    assert Scene.from_dict(back["scene"]) == scene
    for run in back["runs"]:
        assert run["kernel"] in back["texts"]
        assert run["theory"] is None or run["theory"] in back["texts"]
    assert {back["growth"], back["point"], back["surface"]["kernel"]} <= back["texts"].keys()


def test_the_noise_travels_to_its_last_bit():
    scene = Scene.from_dict(
        SCENE.to_dict() | {"noise": {"kind": "student_t", "sigma": 0.3, "dof": 2.5, "seed": 7}}
    )
    z = np.frombuffer(base64.b64decode(given(scene)["noise"]))
    expected = unit_draws(Noise("student_t", 0.3, 1.0, 2.5), 7, scene.steps)
    assert (z == expected.ravel()).all()


def test_a_scene_without_noise_has_draws_for_when_it_is_turned_up():
    z = np.frombuffer(base64.b64decode(given(SCENE)["noise"]))
    assert (z == unit_draws(Noise("gaussian"), 0, SCENE.steps).ravel()).all()


def test_a_rate_that_follows_the_slope_is_at_home_where_the_surface_wants_it():
    scene = Scene.default("rosenbrock", ("sgd", "adam"))
    knobs = {run["id"]: run["knobs"][0] for run in given(scene)["runs"]}
    sgd = scene.runs[0].rule.knobs()["lr"].default
    assert knobs["sgd"]["home"] == sgd * scene.bare.lr_scale != sgd
    assert knobs["adam"]["home"] == scene.runs[1].rule.knobs()["lr"].default


def test_a_penalty_has_its_knob_and_a_surface_without_has_none():
    def names(scene: Scene) -> list[str]:
        return [knob["name"] for knob in given(scene)["surface"]["knobs"]]

    penalty = {"surface": SCENE.to_dict()["surface"] | {"penalty": {"kind": "l2", "strength": 0.5}}}
    penalized = Scene.from_dict(SCENE.to_dict() | penalty)
    assert names(penalized) == [*names(SCENE), "penalty.strength"]
    assert given(penalized)["surface"]["names"] == names(penalized)


# --- what it asks for ---------------------------------------------------------------------------


def asked(request: Any, scene: Scene = SCENE) -> tuple[Scene, tuple[str, ...]]:
    return answer({"scene": scene.to_dict(), "request": request})


def test_an_edited_scene_comes_back_as_it_is():
    edited = SCENE.to_dict()
    edited["runs"][0]["fields"]["lr"] = 0.0123
    scene, problems = answer({"scene": edited})
    assert problems == ()
    assert scene.to_dict() == edited


def test_a_run_is_added_with_an_id_of_its_own_and_a_rate_that_suits():
    scene, problems = asked({"add": "sgd"}, Scene.default("rosenbrock", ("sgd",)))
    assert problems == ()
    assert [run.id for run in scene.runs] == ["sgd", "sgd.2"]
    assert getattr(scene.runs[1].rule, "lr") == pytest.approx(  # noqa: B009
        scene.runs[1].rule.knobs()["lr"].default * scene.bare.lr_scale
    )


def test_a_run_is_duplicated_with_its_numbers():
    edited = SCENE.to_dict()
    edited["runs"][1]["fields"]["rho"] = 0.37
    scene, _ = answer({"scene": edited, "request": {"duplicate": "momentum"}})
    assert scene.runs[-1].id == "momentum.2"
    assert getattr(scene.runs[-1].rule, "rho") == 0.37  # noqa: B009


def test_another_surface_is_entered_at_its_own_start_with_rates_at_its_pace():
    scene, _ = asked({"surface": "rosenbrock"})
    assert scene.bare.slug == "rosenbrock"
    assert scene.start == tuple(scene.bare.start)
    rates = {run.id: getattr(run.rule, "lr") for run in scene.runs}  # noqa: B009
    assert rates["sgd"] == scene.runs[0].rule.knobs()["lr"].default * scene.bare.lr_scale
    edited = SCENE.to_dict()
    edited["runs"][0]["fields"]["lr"] = 0.0123
    kept, _ = answer({"scene": edited, "request": {"surface": "rosenbrock"}})
    assert getattr(kept.runs[0].rule, "lr") == 0.0123  # noqa: B009


@pytest.mark.parametrize(
    "request_", [{"surface": "rosenbrock"}, {"preset": "zigzag"}, {"reset": "valley"}], ids=str
)
def test_a_map_keeps_its_kind_and_forgets_what_it_showed(request_):
    asked = Map("basins", run="adam", x="surface.condition", span=((0.0, 1.0), (0.0, 1.0)))
    scene = Scene.default()
    scene = dataclasses.replace(scene, view=dataclasses.replace(scene.view, map=asked))
    found, problems = answer({"scene": scene.to_dict(), "request": request_})
    assert problems == ()
    assert found.view.map == Map("basins")


def test_a_preset_opens_and_a_reset_goes_home():
    slug, preset = next(iter(PRESETS.items()))
    assert asked({"preset": slug}) == (preset.scene, ())
    assert asked({"reset": "booth"}) == (Scene.default("booth"), ())


@pytest.mark.parametrize(
    "request_made",
    [
        {"add": "sdg"}, {"add": 7}, {"surface": "<script>"}, {"preset": ""},
        {"duplicate": "nobody"}, {"reset": "nowhere"}, {"delete": "all"},
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_a_sentence_and_changes_nothing(request_made):
    scene, problems = asked(request_made)
    assert scene == SCENE
    assert len(problems) == 1
    assert problems[0].endswith(".")


def test_a_full_scene_says_so():
    scene = SCENE
    for _ in range(MOST_RUNS - len(SCENE.runs)):
        scene, problems = asked({"add": "sgd"}, scene)
        assert problems == ()
    for request in ({"add": "sgd"}, {"duplicate": "sgd"}):
        full, problems = asked(request, scene)
        assert full == scene
        assert str(MOST_RUNS) in problems[0]


@pytest.mark.parametrize("scene", [3, [], "x", {"runs": 5}, {"surface": {"name": "moon"}}])
def test_a_report_that_is_no_scene_is_put_right_with_a_sentence(scene):
    fixed, problems = answer({"scene": scene, "request": None})
    assert problems
    assert isinstance(fixed, Scene)


def test_every_request_is_tried_here():
    typed = {"own_surface", "own_rule", "find_window"}  # in test_own.py
    assert REQUESTS.keys() == {"add", "duplicate", "surface", "preset", "reset"} | typed


# --- files --------------------------------------------------------------------------------------


def test_every_module_has_an_address_that_depends_on_all_contents():
    for name in (files.MODULE, *files.SHEETS, "shell/stage.js"):
        assert files.packed(files.address(name)) is not None
        assert files.version() in files.address(name)


def test_plotly_comes_out_of_its_package():
    found = files.packed(files.address("plotly.js"))
    assert found is not None
    assert found.kind == "text/javascript"
    assert b"plotly.js v" in gzip.decompress(found.packed)[:300]


@pytest.mark.parametrize(
    "path",
    ["stage/stage.js", "stage/0/stage.js", "stage/../app.py", "stage/", "stage/x/../../app.py"],
)
def test_no_other_file_can_be_had(path):
    assert files.packed(path) is None
