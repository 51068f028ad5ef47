"""A scene as a short text for an address: version 1, kept readable for ever.

The text is the version's digit, then the scene's JSON in short: without what stands at its
default, each part a list, packed (deflate, with a dictionary of the words that occur) and written
in base64 for addresses. Numbers are decimal and exact. The numbers of surface, rules and start are
always written, so that a link means the same when a default changes one day.
"""

import base64
import json
import zlib
from typing import Any

from calculus.fields import Described, short
from optimizers import OPTIMIZERS
from thalweg.scenes.scene import MOST_TEXT, Run, Scene, numbers_of
from thalweg.scenes.validation import SceneError

MOST_LINK = 20_000

# Part of the format: changing a letter breaks every link of version 1.
WORDS = (
    b'"schedule":{"kind":"cosine","exponential","linear","inverse_sqrt","step","drop":"first":"second":'
    b'"third":"warmup":"k":"penalty":{"kind":"elastic","l1","l2","strength":'
    b'"noise":{"kind":"student_t","gaussian","sigma":"batch":"dof":"seed":'
    b'"view":{"step":"window":"curve":"gradient","distance","update","overlays":["hessian","taylor",'
    b'"mode":"3d"}"shown":false"clip":'
    b'"himmelblau","rastrigin","double_well",{"depth":"barrier":"plateau",{"width":"slope":'
    b'"cliff",{"height":"steepness":"saddle",{"curvature_up":"curvature_down":"rosenbrock",{"a":1.0,"b":'
    b'"newton",{"mu":0.0"conjugate_gradient","backtracking","bfgs","nelder_mead","optax:'
    b'"adadelta","lion","nadam","amsgrad","adamw","weight_decay":0.01"on":["ema""lookahead""eps_inside_root"'
    b'0.02,"eps":1e-07,"decay_rate":0.9}"adagrad",0.3}"nesterov",'
    b'{"surface":["valley",{"condition":100.0,"angle":0.0}],"start":[-2.0,1.0],"steps":300,"runs":[["sgd",'
    b'{"lr":0.015}],["momentum",{"lr":0.01,"rho":0.9}],["rmsprop",{"lr":0.02,"decay_rate":0.9,"eps":1e-07}]'
    b',["adam",{"lr":0.1,"beta1":0.9,"beta2":0.999,"eps":1e-08},{"on":["bias_correction"]}]]}'
)


def encode(scene: Scene) -> str:
    """The link of a scene: letters, digits, - and _."""
    text = json.dumps(_pack(scene), separators=(",", ":"), allow_nan=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=WORDS)
    packed = packer.compress(text.encode()) + packer.flush()
    return "1" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(link: str) -> Scene:
    """The scene of a link. Raises `SceneError`, and nothing else."""
    if len(link) > MOST_LINK:
        raise SceneError(
            (f"The link has {len(link)} characters; it may have {MOST_LINK}.",), Scene.default()
        )
    if link[:1] != "1":
        sentence = (
            f"The link begins with {short(link[:1])}; this program reads links that begin with 1."
        )
        raise SceneError((sentence,), Scene.default())
    try:
        packed = base64.b64decode(link[1:] + "=" * (-len(link[1:]) % 4), b"-_", validate=True)
        unpacker = zlib.decompressobj(-15, zdict=WORDS)
        text = unpacker.decompress(packed, MOST_TEXT)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("cut off, or followed by something else")
        value = json.loads(text)
        unpacked = _unpack(value)
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        MemoryError,
        zlib.error,
    ) as error:
        sentence = "The link is damaged: part of it is missing or was changed."
        raise SceneError((sentence,), Scene.default()) from error
    return Scene.from_dict(unpacked)


def _pack(scene: Scene) -> dict[str, Any]:
    """The scene's JSON in short."""
    full = scene.to_dict()
    short_form: dict[str, Any] = {
        "surface": [scene.bare.slug, numbers_of(scene.bare), *_texts(scene.bare)],
        "start": full["start"],
        "steps": full["steps"],
        "runs": [
            _pack_run(run, whole) for run, whole in zip(scene.runs, full["runs"], strict=True)
        ],
    }
    usual = Scene.default().to_dict()
    if differs(full["surface"]["penalty"], usual["surface"]["penalty"]):
        short_form["penalty"] = full["surface"]["penalty"]
    if differs(full["noise"], usual["noise"]):
        short_form["noise"] = full["noise"]
    changed = {k: v for k, v in full["view"].items() if differs(v, usual["view"].get(k))}
    return short_form | ({"view": changed} if changed else {})


def _texts(thing: Described) -> list[dict[str, Any]]:
    return [texts] if (texts := thing.texts()) else []


def _pack_run(run: Run, whole: dict[str, Any]) -> list[Any]:
    """[rule, numbers, {what else there is}]; a switch is named where it is on."""
    more: dict[str, Any] = run.rule.texts()
    if run.id != run.rule.slug:
        more["id"] = run.id
    if on := [name for name, setting in whole["switches"].items() if setting]:
        more["on"] = on
    if differs(whole["schedule"], {"kind": "constant", "warmup": 0.0}):
        more["schedule"] = whole["schedule"]
    more |= {"clip": run.clip} if run.clip is not None else {}
    more |= {"shown": False} if not run.shown else {}
    return [run.rule.slug, whole["fields"], more] if more else [run.rule.slug, whole["fields"]]


def differs(a: Any, b: Any) -> bool:
    """Whether two JSON values differ in any bit: −0 is not 0."""
    return json.dumps(a) != json.dumps(b)


def _unpack(value: Any) -> dict[str, Any]:
    """The full JSON of a short one. Whatever is wrong in it is left for the scene to say."""
    name, numbers, *texts = value["surface"]
    surface = {"name": name, "fields": numbers, **(texts[0] if texts else {})}
    if "penalty" in value:
        surface["penalty"] = value["penalty"]
    full = {"version": 1, "surface": surface, "runs": [_unpack_run(run) for run in value["runs"]]}
    rest = {k: v for k, v in value.items() if k not in ("surface", "penalty", "runs", "version")}
    return full | rest


def _unpack_run(value: Any) -> dict[str, Any]:
    rule, numbers, *more = value
    rest = dict(more[0]) if more else {}
    on = rest.pop("on", [])
    known = OPTIMIZERS[rule].switches() if rule in OPTIMIZERS else {}
    switches = {name: name in on for name in known} | dict.fromkeys(on, True)
    return {"rule": rule, "fields": numbers, "switches": switches} | rest
