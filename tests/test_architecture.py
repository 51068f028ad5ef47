"""The structure: imports go one way, and each library is used in its own places only."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent

OUTSIDE = ("tests", "benchmarks")  # may import everything, and nothing imports them
LEFT_BEHIND = ("build", "dist")  # by pip and setuptools

# A library, and where it may be imported: a package, or a module of one.
ROOMS = {
    "streamlit": ("pages", "app", "thalweg.server", "thalweg.stage.streamlit_mount"),
    "starlette": ("thalweg.server",),
    "uvicorn": ("thalweg.server",),
    "plotly": ("thalweg.stage", "thalweg.export"),
    "matplotlib": ("thalweg.stage", "thalweg.export"),
    "PIL": ("thalweg.stage", "thalweg.export"),
    "av": ("thalweg.export",),
    "segno": ("thalweg.export",),
}
# Pages compute nothing.
BARRED = {"pages": ("jax", "jaxlib", "numpy", "scipy", "optax")}


def own_files() -> list[Path]:
    """The Python files of the product: all but those of tools, tests and environments."""
    found = [*ROOT.glob("*.py")]
    for folder in ROOT.iterdir():
        if (
            folder.is_dir()
            and folder.name.isidentifier()
            and folder.name not in (*OUTSIDE, *LEFT_BEHIND)
        ):
            found += folder.rglob("*.py")
    return sorted(found)


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST, module: str, is_package: bool) -> list[str]:
    """Everything that is imported anywhere in the tree, relative imports spelled out.

    ``from a import b`` is ``a.b``, whether that is a module or a name in one: see `resolved`.
    """
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")
            up = node.level - is_package if node.level else 0
            start = base[: len(base) - up] if node.level else []
            name = ".".join([*start, *([node.module] if node.module else [])])
            names += [f"{name}.{alias.name}" for alias in node.names]
    return names


FILES = own_files()
MODULES = {module_name(file): file for file in FILES}
PACKAGES = {name.partition(".")[0] for name in MODULES}
IMPORTS = {
    name: imports(ast.parse(file.read_text(encoding="utf-8")), name, file.name == "__init__.py")
    for name, file in MODULES.items()
}


def folder_of(module: str) -> str:
    """The folder that a module of the product lies in, as "calculus.*"; one at the top is its own.

    What a package shows of itself, its ``__init__``, stands above all that lies in it.
    """
    if MODULES[module].name == "__init__.py" or "." not in module:
        return module
    return module.rpartition(".")[0] + ".*"


def resolved(names: list[str]) -> set[str]:
    """The modules of the product among imported names."""
    return {n if n in MODULES else n.rpartition(".")[0] for n in names} & MODULES.keys()


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A way from a node back to itself; empty: there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def needs_of_folders(imported: dict[str, list[str]]) -> dict[str, set[str]]:
    """The folders that each folder's modules import from, itself left out."""
    graph: dict[str, set[str]] = {}
    for module, names in imported.items():
        home = folder_of(module)
        graph.setdefault(home, set()).update(
            folder_of(name) for name in resolved(names) if folder_of(name) != home
        )
    return graph


def test_imports_go_one_way():
    assert circle(needs_of_folders(IMPORTS)) == []


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("optimizers.adam", "thalweg.simulation"),
        ("calculus.fields", "landscapes.base"),
        ("landscapes.valley", "thalweg.scenes"),
        ("thalweg.scenes.scene", "thalweg.stage.payload"),
        ("thalweg.simulation.run", "thalweg.maps.builders"),
        ("thalweg.export.render", "app"),
    ],
)
def test_an_import_against_the_way_is_noticed(module, imported):
    found = circle(needs_of_folders(IMPORTS | {module: [*IMPORTS[module], imported]}))
    assert folder_of(module) in found


def test_modules_make_no_circle():
    """Imports inside functions, and those for types only, count too."""
    assert circle({name: resolved(names) - {name} for name, names in IMPORTS.items()}) == []


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def complaints(module: str, imported: list[str]) -> list[str]:
    """Libraries that this module may not import, and packages that nothing may import."""
    found = []
    for name in imported:
        package = name.split(".")[0]
        if package in OUTSIDE:
            found.append(f"{module} imports {name}")
        if package in ROOMS and not within(module, ROOMS[package]):
            found.append(f"{module} imports {name}, which belongs in {', '.join(ROOMS[package])}")
        if package in BARRED.get(module.split(".")[0], ()):
            found.append(f"{module} imports {name}: pages compute nothing")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_each_library_is_imported_only_where_it_belongs(module):
    assert complaints(module, IMPORTS[module]) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("thalweg.simulation.loop", "import plotly.graph_objects as go"),
        ("thalweg.stage.contour", "def f():\n    import streamlit as st"),
        ("pages.race", "import numpy as np"),
        ("thalweg.scenes", "from tests.browser import wait_idle"),
    ],
)
def test_a_library_in_the_wrong_place_is_noticed(module, source):
    assert complaints(module, imports(ast.parse(source), module, is_package=False))


def test_relative_imports_are_spelled_out():
    tree = ast.parse("from . import base\nfrom .base import Rule\nfrom ..fields import number")
    assert imports(tree, "optimizers.adam", False) == [
        "optimizers.base", "optimizers.base.Rule", "fields.number",
    ]  # fmt: skip
    assert imports(ast.parse("from .base import Rule"), "optimizers", True) == [
        "optimizers.base.Rule"
    ]


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


def pins(name: str) -> dict[str, list[Version]]:
    """The versions of each package in a requirements file; two where Pythons differ."""
    found: dict[str, list[Version]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if not line.startswith("-r "):
            pin = Requirement(line)
            (exact,) = pin.specifier
            found.setdefault(pin.name, []).append(Version(exact.version))
    return found


def outside(wanted: list[str], pinned: dict[str, list[Version]]) -> list[str]:
    """Requirements without a pin, or with one that lies outside their range."""
    return [
        text
        for text in wanted
        for needed in [Requirement(text)]
        if not (versions := pinned.get(needed.name))
        or not all(needed.specifier.contains(version) for version in versions)
    ]


def test_every_pin_lies_in_the_range_of_the_project():
    file = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, groups = file["project"], file["dependency-groups"]
    run = [*project["dependencies"], *groups["build"], *file["build-system"]["requires"]]
    assert outside(run, pins("requirements.txt")) == []
    dev = [*groups["dev"], *project["optional-dependencies"]["notebook"]]
    assert outside(dev, pins("requirements-dev.txt")) == []
    video = project["optional-dependencies"]["video"]
    assert outside(video, pins("requirements-video.txt")) == []
    assert pins("requirements-video.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("range", ["jax>=0.10,<0.11", "jax>=0.12", "jax2>=0.10"])
def test_a_pin_outside_the_range_is_noticed(range):
    pinned = {"jax": [Version("0.10.2"), Version("0.11.0")]}
    assert outside([range], pinned) == [range]


def test_the_project_gives_ranges_that_end():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for text in [*project["dependencies"], *(text for extra in extras for text in extra)]:
        assert {part.operator for part in Requirement(text).specifier} == {">=", "<"}, text


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
    assert not PACKAGES & sys.stdlib_module_names
