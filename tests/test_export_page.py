"""The share sheet: what its buttons give, and how it says what cannot be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import axe_violations, wait_idle
from tests.conftest import Opener
from tests.on_stage import Stage
from thalweg.export import requests as asked
from thalweg.export.deck import to_json
from thalweg.export.standalone import Slide
from thalweg.messages.export import Refused
from thalweg.scenes import Scene

SCENE = Scene.default("saddle", ("sgd", "adam"))


def body(**wanted: Any) -> bytes:
    return json.dumps({"scene": SCENE.to_dict()} | wanted).encode()


def always(done: int, frames: int) -> bool:
    return True


# --- what is asked for ---------------------------------------------------------------------------


def test_a_file_is_named_by_what_is_in_it_and_made_as_asked() -> None:
    name, make = asked.asked(body(kind="png", width=640, height=480, scale=3, style="dark"))
    assert name == "sgd-adam-on-saddle.png"
    assert Image.open(io.BytesIO(make(always))).size == (1920, 1440)


@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"kind": "exe"}, {"kind": 3}, {"kind": "png", "width": "wide"},
        {"kind": "png", "width": 10}, {"kind": "png", "scale": 99}, {"kind": "png", "style": "red"},
        {"kind": "png", "scale": True}, {"kind": "png", "title": 5}, {"kind": "mp4", "rate": 2.5},
        {"kind": "mp4", "seconds": 1e9}, {"kind": "png", "title": "x" * 1000},
        {"kind": "png", "scene": 3},
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_with_a_sentence(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        asked.asked(body(**wanted))


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 99_999, b"x" * 300_000])
def test_what_is_no_request_is_refused(text: bytes) -> None:
    for read in (asked.asked, asked.addressed):
        with pytest.raises(Refused, match="no JSON object"):
            read(text)


def test_an_address_has_the_scene_in_it_and_is_that_of_the_room() -> None:
    given = body(address="http://127.0.0.1:8501/microscope?theme=x&s=old")
    there = asked.addressed(given, "http://192.168.0.7:8501")
    assert there["address"].startswith("http://192.168.0.7:8501/microscope?theme=x&s=1")
    assert there["address"].endswith(SCENE.to_link())
    assert there["note"] == ""
    assert "--host 0.0.0.0" in asked.addressed(given)["note"]
    public = asked.addressed(body(address="https://example.org/"), "http://192.168.0.7:8501")
    assert public["address"].startswith("https://example.org/?s=")
    assert 'embed=true"' in public["frame"]


# --- the sheet -----------------------------------------------------------------------------------


def take(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_test_id(f"take-{kind}").click()
    expect(page.get_by_test_id("share-said")).to_contain_text("Downloaded")
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


@pytest.mark.browser
def test_the_sheet_gives_pictures_data_code_and_a_film(
    page: Page, server: str, tmp_path: Path
) -> None:
    stage = Stage.open(page, server, SCENE)
    page.get_by_test_id("share").click()
    page.get_by_test_id("share-style").select_option("print")
    page.get_by_test_id("share-size").select_option("800x600")
    picture = Image.open(io.BytesIO(take(page, "png", tmp_path).read_bytes()))
    assert picture.size == (1600, 1200)
    with np.load(take(page, "npz", tmp_path)) as arrays:
        paths = [arrays[name] for name in arrays.files if arrays[name].shape == (301, 2)]
    assert any(np.array_equal(path, SCENE.trajectory(SCENE.runs[0]).x) for path in paths)
    page.get_by_test_id("share-script").fill("https://x/plotly.js")
    assert 'src="https://x/plotly.js"' in take(page, "html", tmp_path).read_text()
    script = take(page, "numpy", tmp_path).read_text()
    compile(script, "script", "exec")
    page.get_by_test_id("share-seconds").select_option("5")
    film = Image.open(io.BytesIO(take(page, "gif", tmp_path).read_bytes()))
    assert film.size == (800, 600)
    assert getattr(film, "n_frames", 1) > 20
    assert stage.scene == SCENE


@pytest.mark.browser
def test_the_qr_code_on_the_screen_holds_the_link(page: Page, server: str) -> None:
    Stage.open(page, server, SCENE)
    page.get_by_test_id("share").click()
    link = page.get_by_test_id("share-link")
    expect(link).to_have_value(f"{server}/?s={SCENE.to_link()}")
    expect(page.get_by_test_id("share-said")).to_contain_text("--host 0.0.0.0")
    page.get_by_test_id("share-qr-open").click()
    page.get_by_test_id("share-qr").wait_for()
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    assert code.text == link.input_value()
    page.get_by_test_id("share-qr").click()
    expect(page.get_by_test_id("share-qr")).to_be_hidden()
    page.get_by_test_id("share-frame-open").click()
    frame = page.get_by_test_id("share-frame")
    expect(frame).to_be_visible()
    assert frame.input_value().startswith("<iframe src=")


@pytest.mark.browser
def test_a_film_can_be_stopped(page: Page, server: str) -> None:
    Stage.open(page, server, SCENE)
    page.get_by_test_id("share").click()
    page.get_by_test_id("share-seconds").select_option("40")
    page.get_by_test_id("share-size").select_option("1920x1080")
    page.get_by_test_id("take-mp4").click()
    page.wait_for_selector(".sharing progress[value]")
    page.get_by_test_id("share-stop").click()
    expect(page.get_by_test_id("share-said")).to_have_text("Stopped.")


@pytest.mark.browser
def test_in_a_frame_there_is_the_stage_alone(page: Page, server: str) -> None:
    page.goto(f"{server}/?embed=true&s={SCENE.to_link()}")
    stage = Stage(page)
    stage.wait_ready()
    assert stage.scene == SCENE
    expect(page.get_by_role("link", name="Reference")).to_have_count(0)
    box = page.get_by_test_id("stage").bounding_box()
    assert box is not None
    assert box["y"] < 24


@pytest.mark.browser
def test_a_deck_is_made_of_links_and_of_what_is_on_the_stage(
    page: Page, server: str, tmp_path: Path
) -> None:
    Stage.open(page, server, SCENE)
    page.get_by_role("link", name="Deck").click()
    page.get_by_role("button", name="Add current scene").click()
    caption = page.get_by_label("1. Saddle")
    caption.fill("a saddle")
    caption.press("Enter")
    lines = page.get_by_label("One link per line")
    lines.fill(f"{server}/?s={Scene.default('booth').to_link()}  a bowl\nnonsense")
    page.get_by_role("button", name="Add links").click()
    expect(page.get_by_text("Line 2: ")).to_be_visible()
    expect(page.get_by_label("2. Booth")).to_have_value("a bowl")
    page.get_by_role("button", name="Up").nth(1).click()
    expect(page.get_by_label("1. Booth")).to_have_value("a bowl")
    expect(page.get_by_label("2. Saddle")).to_have_value("a saddle")
    wait_idle(page)  # every run of the page's script has files of its own
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save deck").click()
    kept = json.loads(waiting.value.path().read_text())
    assert [slide["caption"] for slide in kept["deck"]] == ["a bowl", "a saddle"]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export HTML").click()
    assert waiting.value.suggested_filename == "thalweg-deck.html"


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sheet_and_deck_have_no_accessibility_violations(
    open_page: Opener, server: str, theme: str
) -> None:
    page = open_page(color_scheme=theme)
    Stage.open(page, server, SCENE)
    page.get_by_test_id("share").click()
    expect(page.get_by_test_id("share-link")).to_be_visible()
    assert not axe_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Deck").click()
    page.get_by_role("button", name="Add current scene").click()
    page.get_by_label("1. Saddle").wait_for()
    assert not axe_violations(page)


@pytest.mark.browser
def test_the_picture_as_it_is_seen_is_made_in_the_browser(
    page: Page, server: str, tmp_path: Path
) -> None:
    Stage.open(page, server, SCENE)
    page.get_by_test_id("share").click()
    page.get_by_test_id("seen-what").select_option("surface")
    page.get_by_test_id("seen-scale").select_option("3")
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<")):
        with page.expect_download() as waiting:
            page.get_by_test_id(f"seen-{kind}").click()
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        assert file.suffix == f".{kind}"
        assert file.read_bytes().startswith(begin)
        expect(page.get_by_test_id("share-said")).to_contain_text(file.name)


@pytest.mark.browser
@pytest.mark.parametrize("good", [True, False])
def test_a_kept_deck_is_opened_and_what_is_none_gets_a_sentence(
    page: Page, server: str, tmp_path: Path, good: bool
) -> None:
    file = tmp_path / "deck.json"
    file.write_text(to_json((Slide(SCENE, "<b>kept</b>"),)) if good else "{}", encoding="utf-8")
    page.goto(f"{server}/deck")
    page.get_by_role("button", name="Open deck").wait_for()
    wait_idle(page)
    page.get_by_role("button", name="Open deck").click()
    page.locator("input[type=file]").set_input_files(file)
    if good:
        expect(page.get_by_label("1. Saddle")).to_have_value("<b>kept</b>")
    else:
        expect(page.get_by_text("This is not the JSON of a deck.")).to_be_visible()


@pytest.mark.browser
def test_on_a_phone_what_became_of_a_file_is_in_sight(open_page: Opener, server: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    Stage.open(page, server, SCENE)
    page.get_by_test_id("unfold").tap()
    page.get_by_test_id("share").tap()
    page.get_by_test_id("take-csv").tap()
    said = page.get_by_test_id("share-said")
    expect(said).to_contain_text("Downloaded")
    expect(said).to_be_in_viewport()
