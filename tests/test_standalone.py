"""A file that lives, and a deck: opened by Chromium with the network off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.on_stage import Stage, grab
from thalweg.cli import main
from thalweg.export.deck import added, from_file, from_json, from_lines, moved, to_json
from thalweg.export.standalone import MOST_SLIDES, Slide, living
from thalweg.messages.export import Refused
from thalweg.scenes import PRESETS, Scene
from thalweg.stage.formula_requests import with_typed

OWN = with_typed(Scene.default())
EVIL = "</script><script>alert(1)</script><!-- {module} {data} 한국어 \u2028"
MOST_BYTES = 6_000_000


class Scripts(HTMLParser):
    """The scripts of a page, as a parser that did not make it finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append({name: value or "" for name, value in attributes} | {"text": ""})
        self.inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1]["text"] += data


def test_a_file_has_three_scripts_and_reaches_for_nothing() -> None:
    text = living([Slide(OWN, EVIL)], EVIL)
    assert len(text.encode()) < MOST_BYTES
    plotly, data, module = Scripts(text).found
    assert "src" not in plotly
    assert module["type"] == "module"
    read = json.loads(data["text"])
    assert read["slides"][0]["caption"] == EVIL
    assert Scene.from_dict(read["slides"][0]["payload"]["scene"]) == OWN
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["']?https?:""", text.partition("<script")[0])


def test_a_small_file_takes_plotly_from_where_it_is_told() -> None:
    address = "https://cdn.example.org/plotly-3.min.js"
    text = living([Slide(OWN)], plotly=address)
    assert len(text) < 700_000
    assert Scripts(text).found[0]["src"] == address
    assert f"blob: {address}" in text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "plotly.js",
        "javascript:alert(1)",
        "https://a b",
        'https://a"x',
        "https://a;b",
        "http://",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="A script's address"):
        living([Slide(OWN)], plotly=address)


def test_a_deck_has_a_bound() -> None:
    for count in (0, MOST_SLIDES + 1):
        with pytest.raises(ValueError, match=f"1 to {MOST_SLIDES} scenes, not {count}"):
            living([Slide(OWN)] * count)


# --- decks ---------------------------------------------------------------------------------------


def test_lines_become_slides_and_each_wrong_one_gets_a_sentence() -> None:
    link = OWN.to_link()
    text = f"http://x/own?s={link}&embed=true   what I say \n\n{link}\nnonsense\n/etc/passwd\nhttp://x/"
    deck, problems = from_lines(text)
    assert deck == (Slide(OWN, "what I say"), Slide(OWN))
    assert [p.partition(":")[0] for p in problems] == ["Line 4", "Line 5", "Line 6"]


def test_a_deck_comes_back_from_its_json() -> None:
    deck = tuple(Slide(preset.scene, EVIL) for preset in list(PRESETS.values())[:3])
    deck = tuple(replace(slide, caption=slide.caption.strip()) for slide in deck)
    assert from_json(to_json(deck)) == (deck, ())
    value = json.loads(to_json(deck))
    value["deck"][1]["scene"]["surface"]["name"] = "moon"
    value["deck"][2]["caption"] = 7
    found, problems = from_json(json.dumps(value))
    assert found == deck[:1]
    assert len(problems) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1}', '{"version": 2, "deck": []}', "["]
)
def test_what_is_no_deck_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="not the JSON of a deck"):
        from_json(text)


def test_slides_move_and_a_full_deck_says_so() -> None:
    a, b, c = (Slide(OWN, name) for name in "abc")
    assert moved((a, b, c), 0, 1) == (b, a, c)
    assert moved((a, b, c), 2, -5) == (c, a, b)
    assert moved((a, b, c), 2, 1) == (a, b, c)
    with pytest.raises(Refused, match="at most"):
        added((a,) * MOST_SLIDES, [b])


def test_the_command_makes_a_deck_of_lines_and_of_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, kept, made = (tmp_path / name for name in ("a.txt", "a.json", "a.html"))
    lines.write_text(f"{OWN.to_link()} said\n\n{Scene.default().to_link()}\n", encoding="utf-8")
    main(["deck", str(lines), "-o", str(made), "--title", EVIL, "--plotly", "https://x/p.js"])
    assert len(json.loads(Scripts(made.read_text("utf-8")).found[1]["text"])["slides"]) == 2
    kept.write_text(to_json((Slide(OWN, EVIL),)), encoding="utf-8")
    main(["deck", str(kept), "-o", str(made), "--force"])
    assert capsys.readouterr().out == f"{made}\n{made}\n"


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "\udcff", '{"version": 1, "deck": []}'])
def test_a_file_that_is_no_deck_is_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SystemExit) as ended:
        main(["deck", str(file), "-o", str(tmp_path / "a.html")])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


# --- in a browser without a network --------------------------------------------------------------


@pytest.fixture
def offline(page: Page) -> Iterator[Page]:
    page.context.set_offline(True)
    yield page
    page.context.set_offline(False)


def opened(page: Page, folder: Path, text: str) -> Stage:
    file = folder / "taken away.html"
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())
    stage = Stage(page)
    page.wait_for_selector("[data-testid=stage][data-ready]")
    page.wait_for_selector(".js-plotly-plot .xtick", state="attached")
    return stage


@pytest.mark.browser
def test_a_file_is_dragged_played_and_undone_without_a_network(
    offline: Page, tmp_path: Path
) -> None:
    stage = opened(offline, tmp_path, living([Slide(OWN)], "One & only"))
    expect(offline).to_have_title("One & only")
    before = stage.path("own")
    x, y = grab(offline, stage.knob("own-lr"))
    for dx in range(0, 30, 6):
        offline.mouse.move(x + dx, y)
        offline.evaluate("() => new Promise(requestAnimationFrame)")
    assert (stage.path("own")[1] != before[1]).any()
    offline.mouse.up()
    offline.get_by_test_id("start-handle").focus()
    offline.keyboard.press("Shift+ArrowRight")
    stage.wait_for("stage.scene.start[0] > -1.2")
    stage.assert_paths_are_those_of_the_scene()
    for _ in range(2):
        offline.get_by_test_id("undo").click()
    stage.wait_for("stage.scene.start[0] === -1.2 && stage.scene.runs[0].fields.lr === 0.01")
    offline.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    np.testing.assert_array_equal(stage.path("own"), before)
    stage.ask("stage.seek(0)")
    stage.wait_for("stage.model.step === 0")
    offline.get_by_test_id("play").click()
    stage.wait_for("stage.model.step > 3")
    for gone in ("share", "add-run", "scenes-select"):
        expect(offline.get_by_test_id(gone)).to_be_hidden()
    expect(offline.locator(".notice")).to_be_empty()


@pytest.mark.browser
def test_what_would_need_a_server_is_answered_with_a_sentence(
    offline: Page, tmp_path: Path
) -> None:
    stage = opened(offline, tmp_path, living([Slide(Scene.default())]))
    steps = offline.get_by_test_id("steps")
    steps.fill("50")
    steps.press("Enter")
    expect(offline.locator(".notice")).to_contain_text("This file holds its scene alone")
    assert stage.scene == Scene.default()


@pytest.mark.browser
def test_in_a_deck_the_arrow_keys_go_from_scene_to_scene_and_each_is_live(
    offline: Page, tmp_path: Path
) -> None:
    slides = [Slide(PRESETS[name].scene, EVIL) for name in list(PRESETS)[:2]] + [Slide(OWN, "last")]
    opened(offline, tmp_path, living(slides, EVIL))
    place = offline.get_by_test_id("deck-place")
    expect(place).to_have_text("1 / 3")
    expect(offline.get_by_test_id("deck-caption")).to_have_text(EVIL)
    for key, where in (("ArrowRight", 2), ("PageDown", 3), ("PageDown", 3), ("PageUp", 2)):
        offline.keyboard.press(key)
        expect(place).to_have_text(f"{where} / 3")
    offline.get_by_test_id("deck-next").click()
    expect(offline.get_by_test_id("deck-caption")).to_have_text("last")
    expect(offline.locator(".alone-place")).to_have_count(3)
    shown = offline.locator(".alone-place:not([hidden]) [data-testid=stage][data-ready]")
    expect(shown).to_have_count(1)
    assert Scene.from_dict(shown.evaluate("root => root.stage.scene")) == OWN
    # A slider keeps the keys that are its own.
    knob = offline.locator(".alone-place:not([hidden]) [data-testid=knob-own-lr]")
    knob.focus()
    knob.press("ArrowRight")
    expect(place).to_have_text("3 / 3")
    assert shown.evaluate("root => root.stage.scene.runs[0].fields.lr") > 0.01


def test_the_lecture_of_the_repository_is_a_deck() -> None:
    deck = from_file(str(ROOT / "docs" / "lecture.txt"))
    assert len(deck) > 4
    assert all(slide.caption for slide in deck)
