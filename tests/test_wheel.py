"""The wheel: all of the product's files are in it, and it works with no checkout near it.

It is installed into an environment of its own, which sees the packages that are installed for the
tests, but not the checkout.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, serving
from thalweg.scenes import Scene

NOT_PRODUCT = ("tests", "benchmarks")
KINDS = (".py", ".js", ".css", ".svg", ".toml")
LINK = Scene.default(rules=("sgd", "adam")).to_link()


def listed() -> list[str]:
    """The files of the checkout, committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in found.split("\0") if name]
    return [name for name in names if os.path.lexists(ROOT / name)]


def of_packages(names: list[str]) -> set[str]:
    """The files of the product's packages: all folders with modules, but for `NOT_PRODUCT`."""
    tops = {name.partition("/")[0] for name in names if "/" in name and name.endswith(".py")}
    inside = [name for name in names if name.partition("/")[0] in tops.difference(NOT_PRODUCT)]
    return {name for name in inside if "/" in name and name.endswith(KINDS)}


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, and an empty folder to work in."""

    wheel: Path
    scripts: Path
    folder: Path

    @property
    def command(self) -> str:
        return str(self.scripts / "thalweg")

    def run(self, *command: str, **environment: str) -> str:
        """What the command prints; it must succeed and complain of nothing."""
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def python(self, program: str, **environment: str) -> Any:
        """What the program prints, as JSON."""
        return json.loads(self.run(str(self.scripts / "python"), "-c", program, **environment))

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of the tests without those that would show the checkout."""
        without = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        return without | {"XDG_CACHE_HOME": str(self.folder.parent / "cache")} | more


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of the checkout as it is now, installed."""
    base = tmp_path_factory.mktemp("wheel")
    for name in listed():
        (base / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, base / "source" / name, follow_symlinks=False)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(base / "dist")]
    subprocess.run([*pip, *build, str(base / "source")], check=True)
    (wheel,) = (base / "dist").iterdir()
    venv.create(base / "environment", with_pip=False)
    variables = {"base": str(base / "environment"), "platbase": str(base / "environment")}
    scripts = Path(sysconfig.get_path("scripts", "venv", variables))
    pip += ["--python", str(scripts / "python")]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    # The dependencies come last on the path. Lines of .pth files in these folders have no effect
    # there, so the editable installation of the checkout is not seen.
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    site = Path(sysconfig.get_path("purelib", "venv", variables))
    (site / "dependencies.pth").write_text("\n".join(sorted(dependencies)) + "\n")
    (base / "work").mkdir()
    return Installed(wheel, scripts, base / "work")


def test_the_wheel_has_all_files_of_all_packages_and_no_others(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as opened:
        packed = {name for name in opened.namelist() if ".dist-info/" not in name}
    wanted = of_packages(listed())
    assert {"thalweg/cli.py", "thalweg/server/.streamlit/config.toml", "pages/icon.svg"} <= wanted
    assert (wanted - packed, packed - wanted) == (set(), set())


def test_nothing_comes_from_the_checkout(installed: Installed) -> None:
    names = sorted({name.partition("/")[0] for name in of_packages(listed())})
    program = f"""
import importlib, importlib.metadata, json
files = [importlib.import_module(name).__file__ for name in {names}]
version = importlib.metadata.distribution("thalweg")
print(json.dumps([*files, str(version.locate_file(""))]))
"""
    home = str(installed.folder.parent / "environment")
    assert all(file.startswith(home) for file in installed.python(program))


def test_the_command_says_what_it_is(installed: Installed) -> None:
    assert "serve | render | deck" in installed.run(installed.command, "--help")
    version = re.search(r"thalweg-(.+?)-", installed.wheel.name)
    assert version
    assert installed.run(installed.command, "--version") == f"thalweg {version[1]}\n"


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [("png", b"\x89PNG"), ("py", b"# SGD, Adam on"), ("html", b"<!doctype html>"), ("json", b"{")],
)
def test_the_command_makes_files(installed: Installed, suffix: str, begins: bytes) -> None:
    said = installed.run(installed.command, "render", LINK, "-o", f"made.{suffix}")
    assert said == f"made.{suffix}\n"
    content = (installed.folder / f"made.{suffix}").read_bytes()
    assert content[: len(begins)].lower() == begins.lower()


def test_the_command_makes_a_deck(installed: Installed) -> None:
    (installed.folder / "lecture.txt").write_text(f"{LINK} The first\n{LINK} The second\n")
    installed.run(installed.command, "deck", "lecture.txt", "-o", "deck.html")
    assert "The second" in (installed.folder / "deck.html").read_text(encoding="utf-8")


def test_the_server_serves_its_page_and_the_stage(installed: Installed) -> None:
    command = (installed.command, "serve", "--port", "0")
    with serving(*command, folder=installed.folder, env=installed.environment()) as running:
        with urlopen(running.url, timeout=30) as page:
            assert b"<title>" in page.read()
            modules = re.findall(r"<([^>]+)>; rel=modulepreload", page.headers["Link"])
        for path in modules:
            with urlopen(f"{running.url}/{path}", timeout=30) as module:
                assert "javascript" in module.headers["Content-Type"]
        assert modules
    assert "Traceback" not in running.text
    kept = list((installed.folder.parent / "cache" / "thalweg").glob("*.json"))
    assert len(kept) == 1, "the payload of the first page is kept in the user's cache"


def test_the_pages_run_with_their_options_beside_another_package_of_their_name(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "__init__.py").write_text("raise ImportError('not this one')")
    program = """
import json, logging
logging.disable(logging.WARNING)  # Streamlit says that it is run without a server
from streamlit import config
from streamlit.testing.v1 import AppTest
from thalweg.server.application import PAGES, create_application
create_application()
pages = AppTest.from_file(str(PAGES / "main.py"), default_timeout=60).run()
failures = [str(pages.exception)] if pages.exception else []
stages = len(pages.get("bidi_component"))
for page in ("reference.py", "deck.py"):
    pages.switch_page(page).run()
    failures += [str(pages.exception)] if pages.exception else []
options = [config.get_option(name) for name in ("runner.postScriptGC", "theme.light.textColor")]
print(json.dumps([stages, failures, options]))
"""
    stages, failures, options = installed.python(program, PYTHONPATH=str(tmp_path))
    assert (stages, failures) == (1, [])
    assert options == [False, "#1b2733"]


def test_the_names_for_programs_and_notebooks_are_there(installed: Installed) -> None:
    program = f"""
import json, sys
import thalweg.stage
light = [name for name in ("jax", "anywidget", "streamlit") if name in sys.modules]
from calculus.kernels import to_javascript
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.diagnostics import critical_points
from thalweg.scenes import PRESETS, Scene
from thalweg.simulation import Noise, run, sweep
from thalweg.stage import widget
live = widget(Scene.from_link({LINK!r}), height=400)
path = run(LANDSCAPES["valley"](), OPTIMIZERS["adam"](), start=(-2.0, 1.0), steps=3).x
kernel = to_javascript(lambda x: x * x, 1.0)
print(json.dumps([light, live.scene.to_link(), path.shape, len(live._esm) > 10_000, kernel.source]))
"""
    light, link, shape, has_modules, source = installed.python(program)
    assert light == []
    assert (link, shape, has_modules) == (LINK, [4, 2], True)
    assert source.startswith("export default")


def test_the_examples_of_the_readme_run_one_after_the_other(installed: Installed) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program = f"names = {{}}\nfor block in {blocks!r}: exec(block, names)\nprint(len(names))"
    assert installed.python(program) > 10
