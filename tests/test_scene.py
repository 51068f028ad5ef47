"""The Scene: exact round trips, and a sentence for everything that is wrong with what came in."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import math
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.scenes import MOST_RUNS, Map, Penalty, Run, Scene, SceneError, View, javascript
from thalweg.scenes.link import FROZEN, WORDS
from thalweg.scenes.parts import (
    CURVES,
    KINDS,
    LEAST_BUDGET,
    MAPS,
    MEASURES,
    MODES,
    MOST_BUDGET,
    NOISES,
    OBJECTS,
    OVERLAYS,
    free_id,
)
from thalweg.simulation import MOST_SEEDS, MOST_STEPS, SCHEDULES, Noise

GOLDEN = json.loads((Path(__file__).parent / "data" / "links_v1.json").read_text("utf-8"))


# --- any scene at all ----------------------------------------------------------------------------


@st.composite
def described(draw: st.DrawFn, cls: type) -> Any:
    numbers = {
        name: float(draw(st.integers(int(k.low), int(k.high))))
        if k.whole
        else draw(st.floats(k.low, k.high))
        for name, k in cls.knobs().items()  # type: ignore[attr-defined]
    }
    switches = {name: draw(st.booleans()) for name in cls.switches()}  # type: ignore[attr-defined]
    return cls(**numbers, **switches)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    slugs = draw(st.lists(st.sampled_from(list(OPTIMIZERS)), max_size=5))
    runs: list[Run] = []
    for slug in slugs:
        schedule = draw(st.sampled_from(list(SCHEDULES)))
        runs.append(
            Run(
                free_id(slug, {r.id for r in runs}),
                draw(described(OPTIMIZERS[slug])),
                draw(described(SCHEDULES[schedule])),
                draw(st.none() | st.floats(1e-6, 1e6)),
                draw(st.booleans()),
            )
        )
    place = st.floats(-1e6, 1e6)
    steps = draw(st.integers(0, MOST_STEPS))
    x0, y0 = draw(place), draw(place)
    window = draw(st.none() | st.just(((x0 - 1, x0 + 0.5), (y0 - 2, y0 + 0.1))))
    if window is not None and max(abs(v) for side in window for v in side) > 1e6:
        window = None
    return Scene(
        bare=draw(described(LANDSCAPES[draw(st.sampled_from(list(LANDSCAPES)))])),
        runs=tuple(runs),
        start=(x0, y0),
        penalty=Penalty(draw(st.sampled_from(list(KINDS))), draw(st.floats(0, 1e6))),
        steps=steps,
        noise=Noise(
            draw(st.sampled_from(NOISES)),
            draw(st.floats(0, 1e6)),
            float(draw(st.integers(1, 1_000_000))),
            draw(st.floats(0.1, 1e6)),
        ),
        seed=draw(st.integers(0, MOST_SEEDS - 1)),
        view=View(
            draw(st.none() | st.integers(0, steps)),
            window,
            draw(st.sampled_from(CURVES)),
            tuple(draw(st.lists(st.sampled_from(OVERLAYS), unique=True))),
            draw(st.sampled_from(MODES)),
            draw(st.none() | maps(window)),
        ),
    )


@st.composite
def maps(draw: Any, span: Any) -> Map:
    name = st.none() | st.sampled_from(["lr", "surface.condition", "sgd.2", "ρ, or nothing"])
    return Map(
        kind=draw(st.sampled_from(MAPS)),
        run=draw(name),
        x=draw(name),
        y=draw(name),
        span=span,
        measure=draw(st.sampled_from(MEASURES)),
        tolerance=draw(st.floats(1e-30, 1e6)),
        budget=draw(st.integers(LEAST_BUDGET, MOST_BUDGET)),
    )


def bits(scene: Scene) -> str:
    """Every number to its last bit, the sign of a zero included."""
    return repr(scene)


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_a_scene_comes_back_from_its_link_to_the_last_bit(scene: Scene) -> None:
    link = scene.to_link()
    assert bits(Scene.from_link(link)) == bits(scene)
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_a_scene_comes_back_from_its_json_to_the_last_bit(scene: Scene) -> None:
    assert bits(Scene.from_json(scene.to_json())) == bits(scene)


def test_the_link_of_a_default_race_is_short() -> None:
    for surface in LANDSCAPES:
        assert len(Scene.default(surface).to_link()) < 200


def test_golden_links_of_version_1_open_for_ever() -> None:
    assert len(GOLDEN) >= 5
    for link, text in GOLDEN.items():
        assert Scene.from_link(link).to_dict() == text


def test_a_link_says_its_numbers_itself_and_does_not_lean_on_defaults() -> None:
    scene = Scene.default()
    packed = base64.urlsafe_b64decode(scene.to_link()[1:] + "==")
    text = zlib.decompressobj(-15, zdict=WORDS).decompress(packed)
    for number in ("0.015", "100.0", "0.999", "1e-08", "300"):
        assert number.encode() in text


def set_default(patch: pytest.MonkeyPatch, cls: Any, name: str, value: Any) -> None:
    """Let a field of a dataclass have another default from now on."""
    defaults = list(cls.__init__.__defaults__)
    names = [field.name for field in dataclasses.fields(cls)][-len(defaults) :]
    defaults[names.index(name)] = value
    patch.setattr(cls.__init__, "__defaults__", tuple(defaults))


def test_a_later_default_changes_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [slug for slug, cls in OPTIMIZERS.items() if cls.switches()]
    scene = Scene.default(rules=rules)
    meant = {scene.to_link(): scene} | {link: Scene.from_link(link) for link in GOLDEN}
    before = {link: bits(scene) for link, scene in meant.items()}
    for slug in rules:
        for name, switch in OPTIMIZERS[slug].switches().items():
            set_default(monkeypatch, OPTIMIZERS[slug], name, not switch.default)
    assert OPTIMIZERS["adam"]() != scene.runs[0].rule
    later: list[tuple[Any, str, Any]] = [
        (View, "curve", "gradient"), (View, "mode", "3d"), (View, "overlays", ("arrows",)),
        (Noise, "sigma", 2.0), (Penalty, "kind", "l2"), (Run, "shown", False),
        (SCHEDULES["constant"], "warmup", 7.0),
    ]  # fmt: skip
    for cls, name, value in later:
        set_default(monkeypatch, cls, name, value)
    assert {link: bits(Scene.from_link(link)) for link in meant} == before


def test_what_a_link_leaves_out_is_what_version_1_gave_it() -> None:
    full = Scene.default().to_dict()
    assert differs_nowhere(full["noise"], FROZEN["noise"])
    assert differs_nowhere(full["view"], FROZEN["view"])
    assert differs_nowhere(full["surface"]["penalty"], FROZEN["penalty"])
    assert all(run[name] == FROZEN[name] for run in full["runs"] for name in ("clip", "shown"))


def differs_nowhere(a: Any, b: Any) -> bool:
    return json.dumps(a) == json.dumps(b)


def test_the_types_in_the_browser_are_those_of_the_declaration() -> None:
    assert javascript.PLACE.read_text("utf-8") == javascript.module(), (
        "python -m thalweg.scenes.javascript writes it anew"
    )


def test_every_name_in_the_json_is_declared() -> None:
    full = dataclasses.replace(Scene.default("own"), view=View(map=Map())).to_dict()
    for name, value in (
        ("Scene", full), ("SceneSurface", full["surface"]), ("SceneRun", full["runs"][0]),
        ("ScenePenalty", full["surface"]["penalty"]), ("SceneNoise", full["noise"]),
        ("SceneView", full["view"]), ("SceneMap", full["view"]["map"]),
    ):  # fmt: skip
        declared = {key for key, part in OBJECTS[name][0].items() if not part.rare}
        assert declared <= set(value) <= OBJECTS[name][0].keys()


# --- what is wrong -------------------------------------------------------------------------------

WRONG = {
    "an unknown surface": ({"surface": {"name": "hill"}}, "surface.name is 'hill'", "valley"),
    "a field of another surface": ({"surface": {"fields": {"a": 1}}}, "no 'a'", "condition"),
    "a field out of range": (
        {"surface": {"fields": {"condition": 0.5}}}, "condition is 0.5", "from 1 to 10000",
    ),
    "a field that is text": ({"surface": {"fields": {"condition": "9"}}}, "'9'", "a number"),
    "a field that is true": ({"surface": {"fields": {"condition": True}}}, "True", "a number"),
    "an unknown penalty": ({"surface": {"penalty": {"kind": "l3"}}}, "'l3'", "elastic"),
    "a negative strength": (
        {"surface": {"penalty": {"kind": "l2", "strength": -1}}}, "-1", "from 0",
    ),
    "an unknown rule": ({"runs": [{"rule": "sdg"}]}, "'sdg'", "sgd"),
    "a run that is no object": ({"runs": [7]}, "runs[0] is 7", "object"),
    "runs that are no list": ({"runs": {"rule": "sgd"}}, "runs is an object", "a list"),
    "a rate out of range": (
        {"runs": [{"rule": "adam", "fields": {"lr": 99}}]}, "adam.lr is 99", "from 1e-06 to 10",
    ),
    "a switch that is a number": (
        {"runs": [{"rule": "adam", "switches": {"bias_correction": 1}}]}, "is 1", "true or false",
    ),
    "a switch of another rule": (
        {"runs": [{"rule": "sgd", "switches": {"ema": True}}]}, "no 'ema'", "nothing",
    ),
    "an unknown schedule": (
        {"runs": [{"rule": "sgd", "schedule": {"kind": "zigzag"}}]}, "'zigzag'", "cosine",
    ),
    "a schedule's number": (
        {"runs": [{"rule": "sgd", "schedule": {"kind": "step", "first": 1.5}}]}, "1.5", "whole",
    ),
    "a clip of zero": ({"runs": [{"rule": "sgd", "clip": 0}]}, "clip is 0", "number"),
    "a false id": ({"runs": [{"rule": "sgd", "id": "<b>"}]}, "'<b>'", "sgd.2"),
    "an id twice": ({"runs": [{"rule": "sgd", "id": "sgd"}] * 2}, "runs[1].id", "each once"),
    "a start of one number": ({"start": [1]}, "start is a list", "two numbers"),
    "a start far out": ({"start": [1e9, 0]}, "start[0] is 1000000000.0", "from -1e+06"),
    "half a step": ({"steps": 2.5}, "steps is 2.5", "whole number from 0 to 20000"),
    "too many steps": ({"steps": 10**9}, "steps is 1000000000", "20000"),
    "a huge integer": ({"steps": 10**400}, "steps is 1000", "20000"),
    "a clip out of range": ({"runs": [{"rule": "sgd", "clip": 1e9}]}, "clip is", "1e+06"),
    "half a batch": ({"noise": {"batch": 2.5}}, "batch is 2.5", "whole"),
    "an unknown noise": ({"noise": {"kind": "loud"}}, "'loud'", "gaussian"),
    "a negative seed": ({"noise": {"seed": -1}}, "seed is -1", "4294967295"),
    "an unknown curve": ({"view": {"curve": "beauty"}}, "'beauty'", "gradient"),
    "an unknown overlay": ({"view": {"overlays": ["halo"]}}, "'halo'", "taylor"),
    "an empty window": ({"view": {"window": [[1, 1], [0, 2]]}}, "window is empty", "lower"),
    "an unknown map": ({"view": {"map": {"kind": "treasure"}}}, "'treasure'", "basins"),
    "no name": ({"view": {"map": {"x": 3}}}, "view.map.x is 3", "a name"),
    "an empty span": ({"view": {"map": {"span": [[1, 0], [0, 1]]}}}, "map.span is empty", "lower"),
    "a budget of none": ({"view": {"map": {"budget": 0}}}, "budget is 0", "from 10 to 5000"),
    "a step after the last": ({"steps": 5, "view": {"step": 9}}, "step is 9", "from 0 to 5"),
    "an unknown part": ({"colour": "red"}, "no 'colour'", "surface"),
    "a list": ([], "a list", "an object"),
    "a future version": ({"version": 2}, "version 2", "reads version 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_named_with_what_is_allowed(name: str) -> None:
    value, found, allowed = WRONG[name]
    with pytest.raises(SceneError) as caught:
        Scene.from_json(json.dumps(value))
    assert len(caught.value.problems) == 1
    assert found in caught.value.problems[0]
    assert allowed in caught.value.problems[0]
    assert caught.value.problems[0].endswith(".")


def test_the_rest_of_a_scene_with_a_fault_is_kept() -> None:
    good = dataclasses.replace(Scene.default("rosenbrock"), steps=77, start=(0.25, -0.5))
    value = good.to_dict()
    value["runs"][3]["fields"]["lr"] = math.nan
    value["runs"][2]["rule"] = "nobody"
    value["noise"]["sigma"] = math.inf
    with pytest.raises(SceneError) as caught:
        Scene.from_dict(value)
    kept = caught.value.scene
    assert len(caught.value.problems) == 3
    assert (kept.bare, kept.steps, kept.start) == (good.bare, 77, (0.25, -0.5))
    assert kept.runs == (good.runs[0], good.runs[1], good.runs[3])
    assert kept.noise.sigma == 0


def test_nan_and_infinity_are_refused_where_json_lets_them_through() -> None:
    with pytest.raises(SceneError, match=r"steps is nan"):
        Scene.from_json('{"steps": NaN}')
    with pytest.raises(SceneError, match=r"start\[0\] is inf"):
        Scene.from_json('{"start": [Infinity, 0]}')


def test_an_integer_of_thousands_of_digits_is_refused_like_any_other() -> None:
    for value in ({"steps": 10**5000}, {"version": 10**5000}, {"start": [10**5000, 0]},
                  {"surface": {"fields": {"condition": 10**5000}}}):  # fmt: skip
        with pytest.raises(SceneError, match="too long to show"):
            Scene.from_dict(value)


def test_ten_thousand_runs_are_cut_to_the_first_few() -> None:
    text = json.dumps({"runs": [{"rule": "sgd"}] * 10_000})
    with pytest.raises(SceneError, match=f"10000 runs; it may have {MOST_RUNS}") as caught:
        Scene.from_json(text)
    assert len(caught.value.scene.runs) == MOST_RUNS


def test_a_scene_full_of_faults_says_so_in_few_sentences() -> None:
    runs = [{"rule": "sgd", "fields": {f"x{i}": i for i in range(100)}}] * MOST_RUNS
    with pytest.raises(SceneError) as caught:
        Scene.from_json(json.dumps({"runs": runs}))
    assert len(caught.value.problems) == 21
    assert len(str(caught.value)) < 4000


@pytest.mark.parametrize(
    "text",
    ["", "{", "null, null", "[" * 100_000, '{"steps":' * 5000, "1" * 5000, b"\xff\xfe", "'x'"],
)
def test_what_is_not_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(SceneError, match="not JSON"):
        Scene.from_json(text)


def test_a_link_that_is_too_long_or_packs_too_much_is_refused() -> None:
    with pytest.raises(SceneError, match="100000 characters"):
        Scene.from_link("1" + "A" * 99_999)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b" " * 10_000_000) + packer.flush()
    link = "1" + base64.urlsafe_b64encode(bomb).decode().rstrip("=")
    assert len(link) < 20_000
    with pytest.raises(SceneError, match="damaged"):
        Scene.from_link(link)


@pytest.mark.parametrize("link", ["", "2abc", "x", "1", "1!!!!", "1é", "1AAAA"])
def test_a_link_of_another_kind_is_refused(link: str) -> None:
    with pytest.raises(SceneError):
        Scene.from_link(link)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.text("0123456789abcdefABCDEF-_", max_size=300).map("1".__add__))
def test_no_text_makes_a_link_raise_anything_else(link: str) -> None:
    only_scene_errors(Scene.from_link, link)


def test_no_changed_letter_makes_a_link_raise_anything_else() -> None:
    stream = random.Random(0)
    links = list(GOLDEN)
    for _ in range(2000):
        letters = list(stream.choice(links))
        for _ in range(stream.randint(1, 3)):
            letters[stream.randrange(len(letters))] = stream.choice("abcXYZ019-_")
        only_scene_errors(Scene.from_link, "".join(letters))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_no_value_makes_a_scene_raise_anything_else(value: Any) -> None:
    only_scene_errors(Scene.from_dict, value)


@settings(max_examples=300, deadline=None)
@given(scenes(), st.data())
def test_no_value_in_any_place_of_a_scene_makes_it_raise_anything_else(
    scene: Scene, data: st.DataObject
) -> None:
    value = scene.to_dict()
    place: Any = value
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        deeper = place[key]
        if not isinstance(deeper, (dict, list)) or not deeper or data.draw(st.booleans()):
            break
        place = deeper
    place[key] = data.draw(ANYTHING)
    only_scene_errors(Scene.from_dict, value)


def only_scene_errors(read: Any, value: Any) -> None:
    scene = None
    with contextlib.suppress(SceneError):
        scene = read(value)
    if scene is None:
        with pytest.raises(SceneError) as caught:
            read(value)
        assert caught.value.problems
        scene = caught.value.scene
    assert Scene.from_link(scene.to_link()) == scene  # what is kept is a right scene


def test_a_scene_runs_what_it_holds() -> None:
    scene = Scene.default()
    t = scene.trajectories()
    assert list(t) == ["sgd", "momentum", "rmsprop", "adam"]
    assert all(np.array_equal(v.x[0], scene.start) for v in t.values())


def test_runs_of_one_rule_are_numbered_and_numbers_are_used_again() -> None:
    scene = Scene.default(rules=["sgd", "sgd", "adam", "sgd"])
    assert [r.id for r in scene.runs] == ["sgd", "sgd.2", "adam", "sgd.3"]
    scene = dataclasses.replace(scene, runs=(scene.runs[0], *scene.runs[2:])).with_run(
        OPTIMIZERS["sgd"]()
    )
    assert [r.id for r in scene.runs] == ["sgd", "adam", "sgd.3", "sgd.2"]


def test_a_full_scene_takes_no_more_runs() -> None:
    scene = Scene.default(rules=["sgd"] * MOST_RUNS)
    with pytest.raises(SceneError, match=f"at most {MOST_RUNS} runs"):
        scene.with_run(OPTIMIZERS["sgd"]())


def test_runs_are_named_by_what_tells_them_apart() -> None:
    adam, sgd = OPTIMIZERS["adam"], OPTIMIZERS["sgd"]
    runs = (
        Run("sgd", sgd(lr=0.1)),
        Run("adam", adam()),
        Run("sgd.2", sgd(lr=0.25), SCHEDULES["cosine"]()),
        Run("adam.2", adam(bias_correction=False), clip=1.0),
    )
    scene = dataclasses.replace(Scene.default(), runs=runs)
    assert scene.labels() == {
        "sgd": "SGD, α 0.1, constant",
        "adam": "Adam, bias correction, not clipped",
        "sgd.2": "SGD 2, α 0.25, cosine",
        "adam.2": "Adam 2, no bias correction, clipped at 1",
    }
    alike = dataclasses.replace(scene, runs=(runs[0], dataclasses.replace(runs[0], id="sgd.2")))
    assert list(alike.labels().values()) == ["SGD", "SGD 2"]
    assert list(Scene.default().labels().values()) == ["SGD", "Momentum", "RMSProp", "Adam"]
