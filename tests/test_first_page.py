"""The first page of a visit comes from what was kept: at once, and the same as any other."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimizers import OPTIMIZERS
from tests.conftest import ROOT
from thalweg.scenes import Scene
from thalweg.server import warm_up
from thalweg.server.middleware import LastRequest
from thalweg.stage import cache as kept
from thalweg.stage import files
from thalweg.stage.payload import payload
from thalweg.stage.payload import warm_up as keep_default

MAIN = ROOT / "pages" / "main.py"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Tests keep nothing where the app does."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    kept._file.cache_clear()
    yield tmp_path
    kept._file.cache_clear()


def given(at: AppTest) -> dict[str, Any]:
    assert not at.exception, at.exception
    found: dict[str, Any] = json.loads(at.get("bidi_component")[0].proto.json)
    return found


def visit() -> AppTest:
    return AppTest.from_file(str(MAIN), default_timeout=60)


def test_what_is_kept_is_what_would_be_made() -> None:
    assert kept.kept() is None
    keep_default()
    made = payload(Scene.default(), plotly=files.address("plotly.js"))
    assert kept.kept() == json.loads(json.dumps(made))


def test_the_first_page_shows_what_is_kept_and_the_next_run_goes_on_from_it() -> None:
    keep_default()
    marked = (kept.kept() or {}) | {"sentence": "kept"}
    kept.keep(marked)
    at = visit().run()
    assert given(at)["sentence"] == "kept"
    changed = Scene.default().with_run(OPTIMIZERS["adam"](lr=0.25))
    told = {"revision": 1, "generation": 0, "scene": changed.to_dict(), "request": None}
    at.session_state["race"] = {"report": told}
    after = given(at.run())
    assert (Scene.from_dict(after["scene"]), after["generation"], after["revision"]) == (
        changed,
        0,
        1,
    )
    again = given(at.run())  # no news: still that scene
    assert (Scene.from_dict(again["scene"]), again["generation"]) == (changed, 0)


def test_a_link_never_gets_what_is_kept() -> None:
    kept.keep({"sentence": "kept"})
    at = visit()
    wanted = Scene.default("saddle", ("sgd",))
    at.query_params["s"] = wanted.to_link()
    assert Scene.from_dict(given(at.run())["scene"]) == wanted


@pytest.mark.parametrize("content", [None, "", "{", '"é'])
def test_a_file_that_cannot_be_read_is_as_none(content: str | None) -> None:
    if content is not None:
        kept._file().write_bytes(content.encode("latin-1"))
    assert kept.kept() is None
    assert Scene.from_dict(given(visit().run())["scene"]) == Scene.default()


def test_what_other_code_kept_is_not_shown_and_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.keep({"of": "this code"})
    monkeypatch.setattr(kept, "PARTS", ("landscapes",))
    kept._file.cache_clear()
    assert kept.kept() is None
    kept.keep({"of": "other code"})
    assert len(list(folder.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_no_failure(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "a file"
    file.write_text("")
    monkeypatch.setattr(kept, "FOLDER", file)
    kept.keep({})
    assert kept.kept() is None


def test_a_checkout_keeps_it_beside_itself_and_an_installation_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kept.folder(ROOT) == ROOT / ".cache"
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert kept.folder(tmp_path) == tmp_path / ".cache" / "thalweg"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kept.folder(tmp_path) == tmp_path / "Library" / "Caches" / "thalweg"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert kept.folder(tmp_path) == tmp_path / "caches" / "thalweg"
    monkeypatch.setenv("XDG_CACHE_HOME", "not absolute, so it does not count")
    assert kept.folder(tmp_path) == tmp_path / "Library" / "Caches" / "thalweg"


def test_a_user_without_a_home_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.setattr(kept, "FOLDER", kept.folder(tmp_path))
    kept.keep({})
    assert kept.kept() is None


def test_all_packages_that_make_a_payload_count_for_what_is_kept() -> None:
    code = "import sys, thalweg.stage.payload; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = {name for name in done.stdout.split() if (ROOT / name / "__init__.py").is_file()}
    assert ours == set(kept.PARTS)


def test_the_first_page_of_a_server_needs_no_jax() -> None:
    keep_default()
    code = f"""
import sys
from collections.abc import Iterator
from pathlib import Path
from streamlit.testing.v1 import AppTest
from thalweg.stage import cache as kept
kept.FOLDER = Path({str(kept.FOLDER)!r})
at = AppTest.from_file({str(MAIN)!r}, default_timeout=60).run()
assert not at.exception, at.exception
assert len(at.get("bidi_component")) == 1
print("jax" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"], done.stdout + done.stderr


def test_the_warm_up_lets_a_first_page_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "QUIET", 0.3)
    quiet = threading.Event()

    def wait() -> None:
        warm_up.wait_until_quiet()
        quiet.set()

    waiting = threading.Thread(target=wait)
    began = time.monotonic()
    waiting.start()
    while time.monotonic() - began < 0.6:
        LastRequest.time = time.monotonic()
        assert not quiet.is_set()
        time.sleep(0.05)
    waiting.join(5)
    assert quiet.is_set()
    monkeypatch.setattr(warm_up, "MOST_WAITING", 0.2)
    LastRequest.time = time.monotonic() + 60  # a class of hundreds that does not end
    began = time.monotonic()
    warm_up.wait_until_quiet()
    assert time.monotonic() - began < 5
    LastRequest.time = 0.0
