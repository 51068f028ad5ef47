"""Modules bundled as one: names stay apart, order is kept, what cannot be joined is refused."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.v8 import Engine
from thalweg.stage import files
from thalweg.stage.bundle import bundle

LEAF = "/** Twice. */\nexport function twice(v) {\n  return PAUSE * v;\n}\nconst PAUSE = 2;\n"
MIDDLE = """import { twice } from "./leaf.js";
import {
  twice as double,
} from "./leaf.js";

const PAUSE = 1;
export const four = twice(double(PAUSE));
export class Held {
  value = four;
}
export async function later() {}
"""
ENTRY = """import { Held, four } from "./middle.js";
import { twice } from "./leaf.js";

export const found = [four, new Held().value, twice(5)];
"""


def folder(where: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (where / f"{name}.js").write_text(text, encoding="utf-8")
    return where


def test_joined_modules_keep_their_names_apart_and_are_run_once_in_order(tmp_path: Path) -> None:
    text = bundle(folder(tmp_path, leaf=LEAF, middle=MIDDLE, entry=ENTRY), "entry")
    assert "import " not in text
    assert text.count("/** Twice. */") == 1
    engine = Engine()
    module = engine.load(text)
    assert json.loads(str(engine.run(f"JSON.stringify({module}.found)"))) == [4, 4, 10]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"entry": 'import { a } from "./gone.js";\n'}, "There is no module gone.js"),
        (
            {
                "entry": 'import { a } from "./b.js";\n',
                "b": 'import { c } from "./c.js";\nexport const a = c;\n',
                "c": 'import { a } from "./b.js";\nexport const c = a;\n',
            },
            "import each other",
        ),
        (
            {"entry": 'import { a } from "./b.js";\n', "b": "const a = 1;\nexport { a };\n"},
            "b.js has a form that cannot be bundled: export { a };",
        ),
        (
            {"entry": 'import { a } from "./b.js";\n', "b": 'import * as c from "./c.js";\n'},
            "b.js has a form that cannot be bundled",
        ),
        (
            {"entry": 'import { a } from "./b.js";\n', "b": "export let a = 1;\n"},
            "b.js has a form that cannot be bundled: export let a = 1;",
        ),
    ],
)
def test_what_cannot_be_bundled_is_refused_with_a_sentence(
    tmp_path: Path, texts: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        bundle(folder(tmp_path, **texts), "entry")


def test_a_page_fetches_every_module_of_the_stage_in_one_file() -> None:
    found = files.packed(files.address(files.MODULE))
    assert found is not None
    text = gzip.decompress(found.packed).decode()
    for file in files.WEB.rglob("*.js"):
        room, name = file.parent.name, file.stem.replace("-", "_")
        # Entries, and what is for the type checker only.
        if room != "hosts" and not file.name.endswith("types.js"):
            assert text.count(f"const ${room}${name} = (() => {{") == 1, file.name
    assert re.findall(r"^(?:import|export) .*", text, re.MULTILINE) == [
        "export default function ({ data, parentElement, setStateValue }) {"
    ]


def test_the_sheets_that_are_announced_are_the_ones_that_the_module_asks_for() -> None:
    text = (files.WEB / files.MODULE).read_text(encoding="utf-8")
    named = re.search(r"const SHEETS = (\[.*?\]);", text, re.DOTALL)
    assert named is not None
    assert re.findall(r'"(.+?)"', named[1]) == list(files.SHEETS)
