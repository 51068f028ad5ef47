"""How live the stage is: real Chromium, a real mouse, beside the usual way of doing it.

    .venv/bin/python benchmarks/live.py

Prints JSON. The baseline is `baseline_page.py`, a slider and a chart of Streamlit's own, on the
same machine in the same run. Chromium draws in software here, so the figures are on the safe side.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, sync_playwright
from websockets.sync.client import ClientConnection, connect

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.browser import FLAGS, chromium
from tests.conftest import Server
from thalweg.scenes import Run, Scene
from thalweg.scenes.parts import OVERLAYS, View, numbered

ROOT = Path(__file__).resolve().parent.parent
RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
MANY = (*RULES, "adamw", "nadam", "lion", "amsgrad")
LENSES = tuple(name for name in OVERLAYS if name != "ghost")
SECONDS = 3.0
PORT = 9377


def scene(
    rules: tuple[str, ...], steps: int, mode: str = "2d", overlays: tuple[str, ...] = ()
) -> Scene:
    """A race of ``rules`` on the valley; with overlays, at an early step."""
    valley = LANDSCAPES["valley"](condition=30.0)
    runs: tuple[Run, ...] = tuple(numbered([OPTIMIZERS[r]() for r in rules]))
    x, y = valley.start
    return Scene(
        valley,
        runs,
        (float(x), float(y)),
        steps=steps,
        view=View(4 if overlays else None, mode=mode, overlays=overlays),
    )


@contextmanager
def server(*command: str) -> Iterator[tuple[Server, float]]:
    """A server and the moment of its start, as `time.time` counts."""
    with TemporaryDirectory() as folder:
        began = time.time()
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running = Server(process)
        try:
            running.wait_for_address()
            yield running, began
        finally:
            running.stop()


def app() -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "app.py"), "--port", "0")


def wait_for_paths(page: Page) -> None:
    page.wait_for_selector("[data-testid=stage][data-ready]", timeout=60_000)


def open_stage(page: Page, url: str, shown: Scene) -> None:
    page.goto(f"{url}?s={shown.to_link()}")
    wait_for_paths(page)
    page.wait_for_function("window.Plotly && document.querySelector('.js-plotly-plot')")
    page.wait_for_timeout(1000)  # a person too looks before touching


def summary(values: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    if len(values) < 2:
        return {"count": len(values)}
    return {"median": round(median(values), 2), "p95": round(quantiles(values, n=20)[-1], 2)}


def wave(t: float) -> float:
    """Back and forth between 0 and 1, once in 1.5 s."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * t / 1.5)


class Pointer:
    """A mouse or a finger that moves 125 times a second whatever the page does, as real ones do.

    Playwright's waits for the page after every move. This one speaks to the browser over a
    connection of its own and does not wait for answers.
    """

    RATE = 125

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.sent = 0

    def mouse(self, x: float, y: float) -> None:
        """Move with the button down."""
        event = {"type": "mouseMoved", "x": x, "y": y, "button": "left", "buttons": 1}
        self.send("Input.dispatchMouseEvent", event)

    def finger(self, x: float, y: float, kind: str = "touchMove") -> None:
        """Put a finger down ("touchStart") or move it."""
        event = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        self.send("Input.dispatchTouchEvent", event)

    def lift(self) -> None:
        """Take the finger off."""
        self.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def send(self, method: str, event: dict[str, Any]) -> None:
        """Say something in the browser's protocol."""
        self.sent += 1
        self.connection.send(json.dumps({"id": self.sent, "method": method, "params": event}))

    def follow(self, place: Callable[[float], tuple[float, float]], move: Any) -> float:
        """Move along ``place`` for some seconds; how many moves a second came of it."""
        began = time.monotonic()
        moves = 0
        while (t := time.monotonic() - began) < SECONDS:
            move(*place(wave(t)))
            moves += 1
            time.sleep(max(0.0, moves / self.RATE - (time.monotonic() - began)))
        return round(moves / SECONDS)


@contextmanager
def pointer_on(page: Page) -> Iterator[Pointer]:
    """A `Pointer` on a page."""
    with urlopen(f"http://127.0.0.1:{PORT}/json/list") as answer:
        targets = json.load(answer)
    (own,) = [t for t in targets if t["type"] == "page" and t["url"] == page.url]
    with connect(own["webSocketDebuggerUrl"], max_size=None) as connection:
        yield Pointer(connection)


def drag(page: Page, place: Callable[[float], tuple[float, float]]) -> dict[str, Any]:
    """Move the mouse along ``place`` with its button down for some seconds; what the stage did."""
    sent: list[str] = []
    heard = getattr(page, "sockets_sent", sent)
    before = len(heard)
    page.mouse.move(*place(0.0))
    page.mouse.down()
    with pointer_on(page) as pointer:
        start_measuring(page)
        moves = pointer.follow(place, pointer.mouse)
        result = measured(page)
        messages = len(heard) - before
    page.mouse.up()
    return result | {"mouse moves a second": moves, "messages": messages}


def start_measuring(page: Page) -> None:
    page.evaluate("""() => {
        const { meter } = document.querySelector("[data-testid=stage]").stage;
        meter.frames.length = 0;
        meter.measuring = true;
    }""")


def measured(page: Page) -> dict[str, Any]:
    frames: list[dict[str, float]] = page.evaluate("""() => {
        const { meter } = document.querySelector("[data-testid=stage]").stage;
        meter.measuring = false;
        return meter.frames;
    }""")
    changed = [f for f in frames if f["paths"]]
    span = (changed[-1]["at"] - changed[0]["at"]) / 1000 if len(changed) > 1 else math.inf
    return {
        "work in a frame, ms": summary([f["work"] for f in changed]),
        "from the first input to the picture, waiting included, ms": summary(
            [f["since"] for f in changed]
        ),
        "frames a second with new paths": round((len(changed) - 1) / span, 1),
    }


def along(slider: Locator, low: float, high: float) -> Callable[[float], tuple[float, float]]:
    """Places on a slider's track from position ``low`` to ``high``; begins at its thumb."""
    box = slider.bounding_box()
    assert box is not None
    now = float(slider.evaluate("e => e.value"))

    def place(share: float) -> tuple[float, float]:
        at = now + (high - low) * share if now + (high - low) <= 1 else now - (high - low) * share
        inset = 8  # about half a thumb
        return box["x"] + inset + at * (box["width"] - 2 * inset), box["y"] + box["height"] / 2

    return place


def circle(page: Page) -> Callable[[float], tuple[float, float]]:
    """Places round the start's handle."""
    box = page.get_by_test_id("start-handle").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return lambda share: (x + 120 * share, y + 80 * math.sin(3 * share))


def knob(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"knob-{name}")


def count_messages(page: Page) -> None:
    """Keep what the page sends to its server."""
    heard: list[Any] = []
    page.sockets_sent = heard  # type: ignore[attr-defined]
    page.on("websocket", lambda socket: socket.on("framesent", lambda m: heard.append(m)))


def context(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900}, **options)


def drags(browser: Browser, url: str) -> dict[str, Any]:
    """Every gesture of the goals."""
    found: dict[str, Any] = {}

    def page_of(shown: Scene, path: str = "") -> Page:
        page = context(browser).new_page()
        count_messages(page)
        open_stage(page, url + path, shown)
        return page

    six = page_of(scene(RULES, 500))
    found["lr, 6 × 500"] = drag(six, along(knob(six, "sgd-lr"), 0.0, 0.3)) | {
        "goal": "p95 ≤ 8 ms, ≥ 55 frames a second, 0 messages"
    }
    found["start, 6 × 500"] = drag(six, circle(six)) | {"goal": "as lr"}
    found["condition number, 6 × 500"] = drag(
        six, along(knob(six, "surface-condition"), 0.0, 0.3)
    ) | {"goal": "≥ 20 frames a second"}
    six.context.close()

    ten = page_of(scene(MANY, 2000))
    found["lr, 10 × 2000"] = drag(ten, along(knob(ten, "sgd-lr"), 0.0, 0.3)) | {
        "goal": "≥ 30 frames a second"
    }
    ten.context.close()

    solid = page_of(scene(RULES, 500, "3d"))
    found["lr in 3-D, 6 × 500"] = drag(solid, along(knob(solid, "sgd-lr"), 0.0, 0.3)) | {
        "goal": "≥ 10 frames a second, or on release"
    }
    solid.context.close()
    lens = page_of(scene(RULES, 500, overlays=LENSES), path="/microscope")
    found["lr under the microscope, every overlay"] = drag(
        lens, along(knob(lens, "sgd-lr"), 0.0, 0.3)
    ) | {"goal": "≥ 30 frames a second"}
    lens.context.close()
    found["lr by touch, processor 4 times slower"] = touch(browser, url)
    return found


def touch(browser: Browser, url: str) -> dict[str, Any]:
    """A finger on a slow machine."""
    own = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = own.new_page()
    open_stage(page, url, scene(RULES, 500))
    slider = knob(page, "sgd-lr")
    slider.scroll_into_view_if_needed()
    place = along(slider, 0.0, 0.3)
    devtools = own.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    with pointer_on(page) as pointer:
        pointer.finger(*place(0.0), "touchStart")
        page.wait_for_timeout(100)
        start_measuring(page)
        moves = pointer.follow(place, pointer.finger)
        result = measured(page)
        pointer.lift()
    result["touch moves a second"] = moves
    own.close()
    return result | {"goal": "≥ 30 frames a second"}


def loading(browser: Browser) -> dict[str, Any]:
    """From nothing to the first painted paths; with fresh and with filled browser cache; bytes."""
    starts, fresh, filled = [], [], []
    bytes_first: list[int] = []
    for _ in range(3):
        with server(*app()) as (running, began):
            own = context(browser)
            page = own.new_page()
            page.goto(running.url, wait_until="commit")
            starts.append(painted_at(page) - began)
            own.close()
            running.wait_until_warm()
            for _ in range(3):
                own = context(browser)
                page = own.new_page()
                fresh.append(load(page, running.url))
                page.wait_for_timeout(2500)  # all of it, Plotly too
                page.goto("about:blank")
                filled.append(load(page, running.url))
                own.close()
            own = context(browser)
            page = own.new_page()
            size = count_bytes(own, page)
            load(page, running.url)
            page.wait_for_timeout(2500)
            bytes_first.append(sum(size))
            own.close()
    return {
        "server process start to first paths, s": {"median": round(median(starts), 2), "goal": 2.5},
        "page load, empty cache, s": {"median": round(median(fresh), 2), "goal": 1.8},
        "page load, filled cache, s": {"median": round(median(filled), 2), "goal": 1.0},
        "bytes of a first visit": int(median(bytes_first)),
    }


def load(page: Page, url: str) -> float:
    """Seconds from the address to the first paths on the screen."""
    began = time.time()
    page.goto(url, wait_until="commit")
    return painted_at(page) - began


def painted_at(page: Page) -> float:
    """When the first paths were on the screen, as `time.time` counts; by the page's own clock,
    which asking it would hold up."""
    mark = "performance.getEntriesByName('thalweg-paths')[0]"
    page.wait_for_function(f"() => {mark}", timeout=60_000)
    return float(page.evaluate(f"(performance.timeOrigin + {mark}.startTime) / 1000"))


def count_bytes(own: BrowserContext, page: Page) -> list[int]:
    """Grows by the size of everything that comes over the wire, compressed."""
    sizes: list[int] = []
    devtools = own.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda e: sizes.append(int(e["encodedDataLength"])))
    devtools.on(
        "Network.webSocketFrameReceived", lambda e: sizes.append(len(e["response"]["payloadData"]))
    )
    return sizes


def change_of_runs(browser: Browser, url: str) -> dict[str, int]:
    """What comes over the wire for one more run."""
    own = context(browser)
    page = own.new_page()
    open_stage(page, url, scene(RULES, 500))
    sizes = count_bytes(own, page)
    page.get_by_test_id("add-run").select_option("lion")
    page.wait_for_selector("[data-testid=knob-lion-lr]")
    page.wait_for_timeout(500)
    own.close()
    return {"bytes of a change of runs": sum(sizes)}


def baseline(browser: Browser) -> dict[str, Any]:
    """The usual way: latency of a key press, pictures during the same drag."""
    page_file = str(ROOT / "benchmarks" / "baseline_page.py")
    options = ("--server.headless=true", "--browser.gatherUsageStats=false", "--server.port=8599")
    with server(sys.executable, "-m", "streamlit", "run", page_file, *options) as (running, _):
        page = context(browser).new_page()
        page.goto("http://127.0.0.1:8599")
        page.wait_for_selector(".js-plotly-plot .scatterlayer path", timeout=60_000)
        page.wait_for_timeout(2000)
        page.evaluate("""() => {
            window.pictures = 0;
            const line = ".scatterlayer path.js-line";
            const path = () => document.querySelector(line)?.getAttribute("d");
            let last = path();
            const look = () => {
                const now = path();
                if (now && now !== last) {
                    last = now;
                    pictures++;
                    window.changedAt = performance.now();
                }
                requestAnimationFrame(look);
            };
            look();
        }""")
        thumb = page.get_by_role("slider").first
        latencies = []
        for _ in range(10):
            thumb.focus()
            before = page.evaluate("pictures")
            began = page.evaluate("performance.now()")
            page.keyboard.press("ArrowRight")
            page.wait_for_function("before => pictures > before", arg=before)
            latencies.append(page.evaluate("changedAt") - began)
            page.wait_for_timeout(300)
        box = thumb.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        before, began_at = page.evaluate("pictures"), time.monotonic()
        while (t := time.monotonic() - began_at) < SECONDS:
            page.mouse.move(x + 200 * wave(t), y)
            time.sleep(0.008)
        during = page.evaluate("pictures") - before
        page.mouse.up()
        page.context.close()
        del running
    return {
        "key press to new picture, ms": summary(latencies),
        f"pictures during a drag of {SECONDS:g} s": during,
    }


def launched(playwright: Playwright) -> Browser:
    """Chromium with a door for the `Pointer`."""
    flags = [*FLAGS, f"--remote-debugging-port={PORT}"]
    return playwright.chromium.launch(executable_path=chromium(), args=flags)


def main() -> None:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        with server(*app()) as (running, _):
            running.wait_until_warm()
            report: dict[str, Any] = {"stage": drags(browser, running.url)}
            report["stage"] |= change_of_runs(browser, running.url)
        report["loading"] = loading(browser)
        report["baseline, st.slider and st.plotly_chart"] = baseline(browser)
        browser.close()
    work = report["stage"]["lr, 6 × 500"]["work in a frame, ms"]["median"]
    usual = report["baseline, st.slider and st.plotly_chart"]["key press to new picture, ms"]
    report["baseline takes, times as long"] = round(usual["median"] / work, 1)
    report["machine"] = {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
