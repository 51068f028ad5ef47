"""The command line: every product, no browser; what is wrong is one sentence and status 2."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from thalweg.cli import main
from thalweg.export.inputs import name_of, scene_of
from thalweg.export.render import PRODUCTS, default, render
from thalweg.messages.export import WORDS
from thalweg.scenes import Scene
from thalweg.server import serve as server

SCENE = replace(Scene.default(rules=("sgd", "adam")), steps=5)
LINK = SCENE.to_link()
BEGINS = {
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "pdf": b"%PDF",
    "mp4": b"\x00\x00\x00",
    "gif": b"GIF89a",
    "csv": b"# Runs",
    "npz": b"PK",
    "py": b"# SGD, Adam on",
    "json": b"{",
}


@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_folder_gets_a_file_named_by_what_is_in_it(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = ["--size", "400x300", "--scale", "1", "--seconds", "0.4", "--fps", "20"]
    main(["render", LINK, "-o", str(tmp_path), "--as", kind, *short])
    (file,) = tmp_path.iterdir()
    assert file.name == f"sgd-adam-on-valley.{kind}"
    if kind in BEGINS:
        assert file.read_bytes().startswith(BEGINS[kind])
    assert capsys.readouterr().out == f"{file}\n"


def test_a_scene_is_given_by_its_address_its_text_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scene.json"
    file.write_text(SCENE.to_json(), encoding="utf-8")
    for given in (
        LINK,
        f"http://127.0.0.1:8501/microscope?x=1&s={LINK}#a",
        f"?s={LINK}",
        str(file),
    ):
        assert scene_of(given) == SCENE


WRONG = [
    (["zzz"], "The link begins with 'z'"),
    ([""], "The link is empty."),
    (["1" + "A" * 30_000], "The link has 30001 characters"),
    (["http://a/?t=1"], "The address carries no scene"),
    ([LINK[:-3]], "The link is damaged"),
    (['{"steps": -1}'], "The link begins with '{'"),
    ([LINK, "-o", "a.xyz"], "a.xyz does not end in one of: .png"),
    ([LINK, "-o", "nowhere/a.json"], "The file nowhere/a.json cannot be written"),
    ([LINK, "-o", "there.json"], "There is a file there.json already; say --force"),
    ([LINK, "--as", "exe"], "There is no product 'exe'"),
    ([LINK, "--size", "big"], "The size is 'big'"),
    ([LINK, "--size", "99999x10"], "The size is 99999x10"),
    ([LINK, "--scale", "9"], "The scale is 9.0; it must be a number from 1 to 4.0."),
    ([LINK, "--style", "neon"], "The style is 'neon'; it must be one of: light, dark, print."),
    ([LINK, "--title", "a\x07b"], "The title has a control character"),
    ([LINK, "--seconds", "0"], "The length in seconds is 0.0"),
    ([LINK, "--as", "py", "--library", "keras"], "The library is 'keras'"),
    ([LINK, "--sise", "1"], "Unrecognized arguments: --sise 1."),
    ([], "The following arguments are required: LINK."),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_what_is_wrong_is_one_sentence_and_status_2(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.json").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["render", *arguments])
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert said.err.startswith(sentence)
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1
    assert [f.name for f in tmp_path.iterdir()] == ["there.json"]
    assert Path("there.json").read_text(encoding="utf-8") == "mine"


def test_force_writes_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "there.json"
    file.write_text("mine", encoding="utf-8")
    main(["render", LINK, "-o", str(file), "--force"])
    assert Scene.from_json(file.read_bytes()) == SCENE


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ([], ("127.0.0.1", "8501")),
        (["--port", "0"], ("127.0.0.1", "0")),
        (["serve", "--host", "0.0.0.0", "--port", "8600"], ("0.0.0.0", "8600")),
    ],
)
def test_without_a_subcommand_it_serves(
    arguments: list[str], where: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[str, str]] = []
    monkeypatch.setattr(server, "serve", lambda host, port: served.append((host, port)))
    main(arguments)
    assert served == [where]


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_what_the_command_says_of_itself_needs_no_drawing_jax_or_streamlit(argument: str) -> None:
    heavy = {"matplotlib", "jax", "numpy", "av", "PIL", "segno", "streamlit", "optax"}
    program = (
        "import sys, thalweg.cli\n"
        "try: thalweg.cli.main()\n"
        f"finally: print(sorted({heavy} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, argument]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith({"--help": "usage: thalweg", "--version": "thalweg 0"}[argument])
    assert ended.stdout.endswith("\n[]\n")


def test_a_table_is_made_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "app.py"), "render", LINK, "-o", "out.json"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("out.json\n", "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["steps"] == 5


def test_many_runs_are_not_all_in_the_name() -> None:
    rules = ("sgd", "adam", "optax:lion", "momentum", "bfgs", "newton")
    named = name_of(Scene.default("saddle", rules), "png")
    assert named == "sgd-adam-optax-lion-momentum-and-2-more-on-saddle.png"


def test_a_product_has_options_of_its_own() -> None:
    assert default("png").look.scale == 2
    assert default("svg").look.scale == 1
    assert render(SCENE, "json") == SCENE.to_json().encode() + b"\n"


def test_every_word_is_a_text() -> None:
    assert all(isinstance(word, str) and word for word in WORDS.values())
