"""The server: its command line, its options from anywhere, its routes and what it sends."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from tests.browser import axe_violations, wait_idle
from tests.conftest import ROOT, Opener, Starter, Tabs, serving
from thalweg.scenes import Scene
from thalweg.server import formula_routes, listen, middleware, options, warm_up
from thalweg.stage.files import SHEETS
from thalweg.stage.formula_requests import with_typed

PAGES = ("/", "/reference")


def get(url: str, **headers: str):
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        return answer.headers, answer.read()


# --- the command line ----------------------------------------------------------------------------


def test_health_answers_and_says_when_the_server_is_warm(server):
    headers, body = get(server + "/healthz")
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"status": "ok", "warm": True}


def test_a_warm_up_that_fails_is_reported_and_the_server_stays(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "thalweg.stage.payload", None)  # its import now fails
    monkeypatch.setattr(warm_up, "QUIET", 0.0)
    warm_up.warm_up()
    assert not warm_up.is_warm()
    assert "The warm-up failed" in caplog.text


def test_a_busy_port_is_left_for_the_next_with_a_message(start: Starter):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        running = start("--port", str(busy), warm=False)
    taken = int(running.url.rsplit(":", 1)[1])
    assert busy < taken <= busy + listen.PORTS_TO_TRY
    assert f"Port {busy} is busy, so Thalweg takes port {taken}." in running.text


def test_the_address_is_one_line_and_ctrl_c_is_quiet(start: Starter):
    running = start("--port", "0")
    assert running.stop() == 0
    assert re.fullmatch(r"Thalweg is at http://127\.0\.0\.1:\d+\n", running.text)


@pytest.mark.parametrize("port", ["eighty", "65536", "-1", "80.5"])
def test_a_bad_port_is_answered_with_a_sentence(port):
    ended = run_app(f"--port={port}")
    assert ended.returncode == 1
    assert ended.stderr == f"The port must be a whole number from 0 to 65535, not '{port}'.\n"


def test_a_host_that_is_not_ours_is_answered_with_a_sentence():
    ended = run_app("--host", "198.51.100.7")
    assert ended.returncode == 1
    assert ended.stderr == "'198.51.100.7' is not an address of this machine.\n"


def run_app(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "app.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_room_is_given_the_address_it_can_type(monkeypatch):
    monkeypatch.setattr(listen, "network_address", lambda: "192.168.1.5")
    line = "Thalweg is at http://192.168.1.5:8501 for the room, http://127.0.0.1:8501 here."
    assert listen.where("0.0.0.0", 8501) == line


def test_without_a_network_the_room_is_told_so(monkeypatch):
    monkeypatch.setattr(listen, "network_address", lambda: None)
    assert "no network found" in listen.where("0.0.0.0", 8501)


def test_an_address_of_version_6_is_written_in_brackets():
    assert listen.where("::1", 8501) == "Thalweg is at http://[::1]:8501"


def test_the_address_in_the_network_is_never_this_machine_alone():
    address = listen.network_address()
    assert address is None or not address.startswith(("0.", "127."))


def test_small_messages_are_sent_at_once():
    with listen._bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # else asyncio leaves Nagle's algorithm on


# --- options -------------------------------------------------------------------------------------


def flat(table: dict, prefix: str = "") -> dict[str, object]:
    """{"a": {"b": 1}} as {"a.b": 1}."""
    options: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            options |= flat(value, f"{prefix}{name}.")
        else:
            options[prefix + name] = value
    return options


WRITTEN = flat(tomllib.loads(options.FILE.read_text()))


@pytest.mark.parametrize(
    "start", ["import app", "from thalweg.server import application as a; a.create_application()"]
)
def test_every_option_of_the_file_is_in_effect_from_another_folder(tmp_path: Path, start: str):
    ask = (
        f"import json, sys; sys.path.insert(0, sys.argv[1]); {start}; "
        "from streamlit import config; "
        "print(json.dumps({name: config.get_option(name) for name in sys.argv[2:]}))"
    )
    answer = subprocess.check_output(
        [sys.executable, "-c", ask, str(ROOT), *WRITTEN], cwd=tmp_path, text=True, timeout=60
    )
    assert json.loads(answer) == WRITTEN


def test_streamlit_run_finds_the_same_file_before_it_imports_the_app():
    assert (ROOT / ".streamlit" / "config.toml").resolve() == options.FILE


def test_the_options_that_were_promised_are_in_the_file():
    promised = {
        "browser.gatherUsageStats": False,
        "runner.postScriptGC": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "server.maxUploadSize": 2,
    }
    assert promised.items() <= WRITTEN.items()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "text", ["textColor", "primaryColor", "linkColor", "redColor", "grayColor"]
)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_colours_of_words_have_contrast_of_level_double_a(theme, text, ground):
    pair = [luminance(str(WRITTEN[f"theme.{theme}.{name}"])) for name in (text, ground)]
    assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_streamlit_run_serves_it_too(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = (sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"))
    with serving(*command, "--server.port", port, folder=tmp_path, warm=False) as running:
        assert running.url == f"http://127.0.0.1:{port}"
        assert b"<title>" in get(running.url + "/")[1]


# --- what is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/reference", "/healthz", "/_stcore/health"])
def test_answers_carry_security_headers_and_may_be_framed(server, path):
    headers, _ = get(server + path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "X-Frame-Options" not in headers


def a_script(server: str) -> str:
    """The address of Streamlit's own main script."""
    _, body = get(server + "/")
    found = re.search(r'src="\./(static/js/[^"]+\.js)"', body.decode())
    assert found
    return f"{server}/{found[1]}"


def test_a_page_announces_the_files_that_the_stage_will_want(server):
    headers, _ = get(server + "/")
    announced = re.findall(r"<([^>]+)>; rel=(\w+)", headers["Link"])
    assert [kind for _, kind in announced] == ["modulepreload", *["prefetch"] * len(SHEETS)]
    for path, _ in announced:
        headers, body = get(f"{server}/{path}")
        assert "immutable" in headers["Cache-Control"]
        assert gzip.decompress(body)
        assert "Link" not in headers


def test_streamlits_files_travel_packed(server):
    plain_headers, plain = get(a_script(server))
    headers, packed = get(a_script(server), **{"Accept-Encoding": "gzip, deflate"})
    assert "Content-Encoding" not in plain_headers
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert len(packed) < len(plain) / 2
    for name in ("Cache-Control", "Content-Type", "X-Content-Type-Options"):
        assert headers[name] == plain_headers[name]


def test_packed_files_are_streamlits_own_only():
    assert middleware._compressed("/static/js/../../index.html") is None
    assert middleware._compressed("/static/../../../../pyproject.js") is None
    assert middleware._compressed("/static/js/absent.js") is None


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["race.py", "reference.py"])
def test_every_page_runs_from_the_table_of_contents(file):
    pages = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60).run()
    pages.switch_page(file).run()
    assert not pages.exception


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_the_first_visit_ever_may_be_a_deep_link(fresh_server, page, path):
    page.goto(fresh_server + path)
    wait_idle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "page not found"
    title = {"/": "Race", "/reference": "Reference"}[path]
    expect(page).to_have_title(f"{title} · Thalweg")
    heading = page.get_by_role("heading", name="Reference", exact=True)
    expect(heading).to_have_count(int(title == "Reference"))


@pytest.mark.browser
def test_the_header_leads_from_page_to_page(server, page):
    page.goto(server)
    wait_idle(page)
    page.get_by_role("link", name="Reference").click()
    expect(page).to_have_url(server + "/reference")
    wait_idle(page)
    page.get_by_role("link", name="Race").click()
    expect(page).to_have_url(server + "/")
    wait_idle(page)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(server, open_page: Opener, scheme):
    page = open_page(
        color_scheme=scheme
    )  # the pages with a stage are looked at in tests of their own
    page.goto(server + "/reference")
    wait_idle(page)
    assert axe_violations(page) == []


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "theme"), [("light", "light"), ("dark", "dark")])
def test_the_theme_follows_the_system(server, open_page: Opener, scheme, theme):
    page = open_page(color_scheme=scheme)
    page.goto(server)
    wait_idle(page)
    colour = str(WRITTEN[f"theme.{theme}.backgroundColor"])
    rgb = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", f"rgb({rgb})")


@pytest.mark.browser
def test_the_menu_offers_nothing_of_a_developers(server, page):
    page.goto(server)
    wait_idle(page)
    page.get_by_test_id("stMainMenuButton").click()
    menu = page.get_by_test_id("stMainMenuPopover")
    expect(menu).to_contain_text("Print")
    expect(menu).not_to_contain_text(re.compile("clear cache|rerun|deploy", re.IGNORECASE))


@pytest.mark.browser
def test_what_a_page_stores_is_not_there_for_the_next_test(server, chrome):
    tabs = Tabs(chrome)
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    page = tabs.take()
    page.goto(server + "/healthz")
    page.evaluate("localStorage.a = sessionStorage.a = 1; document.cookie = 'a=1'")
    assert page.evaluate(kept) == [1, 1, "a=1"]
    tabs.give_back(page)
    again = tabs.take()
    assert again is page, "the same page is lent again"
    again.goto(server + "/healthz")
    assert again.evaluate(kept) == [0, 0, ""]
    again.close()


# --- typing --------------------------------------------------------------------------------------


def test_after_a_text_the_next_waits_as_long_as_it_took():
    async def typed() -> None:
        reading = asyncio.Semaphore(1)
        async with formula_routes.half_of_the_time(reading):
            await asyncio.sleep(0.1)
        assert reading.locked()
        await asyncio.sleep(0.05)
        assert reading.locked()
        await asyncio.wait_for(reading.acquire(), 5)

    with ThreadPoolExecutor(1) as thread:  # the browser's driver has a loop in this one
        thread.submit(lambda: asyncio.run(typed())).result()


def test_what_is_typed_is_read_over_the_route_and_too_much_is_refused(server):
    scene = with_typed(Scene.default()).to_dict()

    def post(body: bytes):
        request = Request(server + "/typed", data=body, method="POST")
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            return error.code, json.loads(error.read())

    status, answer = post(
        json.dumps({"scene": scene, "of": "surface", "text": "x^2 + 5y^2"}).encode()
    )
    assert status == 200
    assert answer["payload"]["scene"]["surface"]["text"] == "x^2 + 5y^2"
    assert post(b"{}")[0] == 400
    assert post(b"x" * 300_000)[0] == 413
