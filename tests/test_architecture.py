"""The house: imports go one way, and each kind of library has its rooms."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each layer may import the ones before it, and its own package, but no neighbour in its layer.
LAYERS = (
    ("fields",),
    ("kernels", "formulas", "calculus"),
    ("landscapes", "optimizers"),
    ("simulation", "diagnostics"),
    ("scenes",),
    ("figures", "atlas"),
    ("stage",),
    ("share",),
    ("pages", "app"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
OUTSIDE = ("tests", "benchmarks")  # may import everything, and nothing imports them

# A library, and where it may be imported: a package, or a module of one.
ROOMS = {
    "streamlit": ("pages", "app", "stage.streamlit_mount"),
    "starlette": ("app", "share.routes", "atlas.routes"),
    "uvicorn": ("app",),
    "plotly": ("figures", "stage", "share"),
    "matplotlib": ("figures", "stage", "share"),
    "PIL": ("figures", "stage", "share"),
    "av": ("share",),
    "segno": ("share",),
}
# Pages compute nothing.
BARRED = {"pages": ("jax", "jaxlib", "numpy", "scipy", "optax")}


def own_files() -> list[Path]:
    """The Python files of the product: all but those of tools, tests and environments."""
    found = [*ROOT.glob("*.py")]
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name.isidentifier() and folder.name not in OUTSIDE:
            found += folder.rglob("*.py")
    return sorted(found)


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST, module: str, is_package: bool) -> list[str]:
    """Every module that is imported anywhere in the tree, relative imports spelled out."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")
            up = node.level - is_package if node.level else 0
            start = base[: len(base) - up] if node.level else []
            names.append(".".join([*start, *([node.module] if node.module else [])]))
    return names


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def complaints(module: str, imported: list[str]) -> list[str]:
    """What the plan of the house has against these imports in this module."""
    home = module.split(".")[0]
    found = []
    for name in imported:
        package = name.split(".")[0]
        if package in OUTSIDE:
            found.append(f"{module} imports {name}")
        if package in RANK and package != home and RANK[package] >= RANK[home]:
            found.append(f"{module} imports {name}, which is not below it")
        if package in ROOMS and not within(module, ROOMS[package]):
            found.append(f"{module} imports {name}, which belongs in {', '.join(ROOMS[package])}")
        if package in BARRED.get(home, ()):
            found.append(f"{module} imports {name}: {home} compute nothing")
    return found


FILES = own_files()


def test_every_package_has_its_place_in_the_house():
    assert {module_name(file).split(".")[0] for file in FILES} <= RANK.keys()


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_imports_go_one_way(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    module = module_name(file)
    assert complaints(module, imports(tree, module, file.name == "__init__.py")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optimizers.adam", "from landscapes import LANDSCAPES"),
        ("optimizers.adam", "def f():\n    import simulation"),
        ("simulation.loop", "import plotly.graph_objects as go"),
        ("figures.contour", "import streamlit as st"),
        ("pages.race", "import numpy as np"),
        ("fields", "from optimizers.base import Rule"),
        ("scenes", "from tests.browser import wait_idle"),
    ],
)
def test_a_wrong_import_is_noticed(module, source):
    assert complaints(module, imports(ast.parse(source), module, is_package=False))


def test_relative_imports_are_spelled_out():
    tree = ast.parse("from . import base\nfrom .base import Rule\nfrom ..fields import number")
    assert imports(tree, "optimizers.adam", False) == ["optimizers", "optimizers.base", "fields"]
    assert imports(ast.parse("from .base import Rule"), "optimizers", True) == ["optimizers.base"]


# --- one registry, no ifs over names -------------------------------------------------------------


def comparisons_with(tree: ast.AST, slugs: set[str]) -> list[str]:
    """Comparisons with, and match cases of, one of these names."""
    found = []
    for node in ast.walk(tree):
        compared: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                compared += (
                    side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
                )
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        found += [
            f"line {side.lineno}: {side.value!r}"
            for side in compared
            if isinstance(side, ast.Constant) and side.value in slugs
        ]
    return found


@pytest.fixture(scope="module")
def slugs() -> set[str]:
    from landscapes import LANDSCAPES
    from optimizers import OPTIMIZERS

    return {*LANDSCAPES, *OPTIMIZERS}


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_no_code_asks_which_rule_or_surface_it_has(file, slugs):
    assert comparisons_with(ast.parse(file.read_text(encoding="utf-8")), slugs) == []


@pytest.mark.parametrize(
    "source",
    ['name == "adam"', 'x in ("sgd", "adam")', 'match n:\n    case "adam": pass', '"adam" != n'],
)
def test_a_question_for_the_name_is_noticed(source):
    assert comparisons_with(ast.parse(source), {"adam"})


# --- what is committed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-video.txt", "requirements-dev.txt"]
)
def test_requirements_are_exact_pins_without_addresses(name):
    lines = (ROOT / name).read_text().splitlines()
    pin = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; [^:/@]+)?")  # a marker is no address
    wrong = [line for line in lines if line != "-r requirements.txt" and not pin.fullmatch(line)]
    assert wrong == []


def bare(pins: list[str]) -> set[str]:
    """The pins without their markers."""
    return {pin.split(";")[0].strip() for pin in pins}


def pins(name: str) -> set[str]:
    return bare((ROOT / name).read_text().splitlines())


def test_the_pins_of_the_project_are_those_of_the_requirements():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = [
        *project["project"]["dependencies"],
        *groups["build"],
        *project["build-system"]["requires"],
    ]
    assert bare(run) <= pins("requirements.txt")
    assert bare(groups["dev"]) <= pins("requirements-dev.txt")
    video = project["project"]["optional-dependencies"]["video"]
    assert bare(video) <= pins("requirements-video.txt") <= pins("requirements-dev.txt")


def tracked_text() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:8000]]


def test_no_file_knows_the_machine_it_was_written_on():
    machine = re.compile(r"(?<![\w.])/(home|root|Users|work|opt)/\w+|\bfile:///")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked_text()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if machine.search(line) and file != Path(__file__)
    ]
    assert found == []


def test_the_standard_library_is_not_shadowed():
    assert not RANK.keys() & sys.stdlib_module_names
