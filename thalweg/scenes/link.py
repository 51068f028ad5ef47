"""A scene as a short text for an address: version 1, kept readable for ever.

The text is the version's digit, then the scene's JSON in short: without what stands at its
default, each part a list, packed (deflate, with a dictionary of the words that occur) and written
in base64 for addresses. Numbers are decimal and exact. What is left out has the value that version
1 gave it (`FROZEN`), and every number and switch of surface and rules is said, so that a link means
the same when a default changes one day.
"""

import base64
import json
import zlib
from typing import Any

from calculus.fields import short
from optimizers import OPTIMIZERS
from thalweg.scenes.parts import MOST_TEXT

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


# Part of the format too: what a link of version 1 leaves out.
FROZEN: dict[str, Any] = {
    "penalty": {"kind": "none", "strength": 0.0},
    "noise": {"kind": "none", "sigma": 0.0, "batch": 1.0, "dof": 3.0, "seed": 0},
    "view": {"step": None, "window": None, "curve": "loss", "overlays": [], "mode": "2d"},
    "schedule": {"kind": "constant", "warmup": 0.0},
    "clip": None,
    "shown": True,
}


def pack(scene: dict[str, Any]) -> str:
    """The link of a scene, given as JSON with every field: letters, digits, - and _."""
    text = json.dumps(_short(scene), separators=(",", ":"), allow_nan=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=WORDS)
    packed = packer.compress(text.encode()) + packer.flush()
    return "1" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(link: str) -> dict[str, Any]:
    """The JSON in a link, every field said. Raises ValueError, a sentence, for what is no link."""
    if len(link) > MOST_LINK:
        raise ValueError(f"The link has {len(link)} characters; it may have {MOST_LINK}.")
    if link[:1] != "1":
        raise ValueError(
            f"The link begins with {short(link[:1])}; this program reads links that begin with 1."
        )
    try:
        packed = base64.b64decode(link[1:] + "=" * (-len(link[1:]) % 4), b"-_", validate=True)
        unpacker = zlib.decompressobj(-15, zdict=WORDS)
        text = unpacker.decompress(packed, MOST_TEXT)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("cut off, or followed by something else")
        return _full(json.loads(text))
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
        raise ValueError(sentence) from error


def _short(full: dict[str, Any]) -> dict[str, Any]:
    """A scene's JSON in short."""
    surface = dict(full["surface"])
    name, numbers, penalty = (surface.pop(key) for key in ("name", "fields", "penalty"))
    short_form: dict[str, Any] = {
        "surface": [name, numbers, surface] if surface else [name, numbers],
        "start": full["start"],
        "steps": full["steps"],
        "runs": [_short_run(run) for run in full["runs"]],
    }
    if differs(penalty, FROZEN["penalty"]):
        short_form["penalty"] = penalty
    if differs(full["noise"], FROZEN["noise"]):
        short_form["noise"] = full["noise"]
    usual = FROZEN["view"]
    changed = {k: v for k, v in full["view"].items() if differs(v, usual.get(k))}
    return short_form | ({"view": changed} if changed else {})


def _short_run(full: dict[str, Any]) -> list[Any]:
    """[rule, numbers, {what else there is}]; a switch is named where it is on, else it is off."""
    run = dict(full)
    rule, id, numbers = run.pop("rule"), run.pop("id"), run.pop("fields")
    switches, schedule = run.pop("switches"), run.pop("schedule")
    clip, shown = run.pop("clip"), run.pop("shown")
    more = run  # the texts that a typed rule is made from
    if id != rule:
        more["id"] = id
    if on := [name for name, setting in switches.items() if setting]:
        more["on"] = on
    if differs(schedule, FROZEN["schedule"]):
        more["schedule"] = schedule
    more |= {"clip": clip} if clip is not FROZEN["clip"] else {}
    more |= {"shown": shown} if shown is not FROZEN["shown"] else {}
    return [rule, numbers, more] if more else [rule, numbers]


def differs(a: Any, b: Any) -> bool:
    """Whether two JSON values differ in any bit: −0 is not 0."""
    return json.dumps(a) != json.dumps(b)


def _full(value: Any) -> dict[str, Any]:
    """The full JSON of a short one. Whatever is wrong in it is left for the scene to say."""
    name, numbers, *texts = value["surface"]
    surface = {"penalty": FROZEN["penalty"], "name": name, "fields": numbers}
    surface |= texts[0] if texts else {}
    if "penalty" in value:
        surface["penalty"] = value["penalty"]
    full = {"version": 1, "surface": surface, "runs": [_full_run(run) for run in value["runs"]]}
    rest = {k: v for k, v in value.items() if k not in ("surface", "penalty", "runs", "version")}
    noise, view = rest.get("noise", {}), rest.get("view", {})
    if isinstance(noise, dict) and isinstance(view, dict):
        rest |= {"noise": FROZEN["noise"] | noise, "view": FROZEN["view"] | view}
    return full | rest


def _full_run(value: Any) -> dict[str, Any]:
    rule, numbers, *more = value
    rest = dict(more[0]) if more else {}
    on = rest.pop("on", [])
    known = OPTIMIZERS[rule].switches() if rule in OPTIMIZERS else {}
    switches = {name: name in on for name in known} | dict.fromkeys(on, True)
    usual = {name: FROZEN[name] for name in ("schedule", "clip", "shown")}
    return usual | {"rule": rule, "fields": numbers, "switches": switches} | rest
