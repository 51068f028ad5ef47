"""How soon the picture follows a letter: formulas typed in real Chromium, in a real server.

    .venv/bin/python benchmarks/letters.py

Prints JSON: milliseconds from the input event to the frame that shows the new paths, for texts that
nobody has typed before, with three runs of 300 steps. The baseline is the same change through the
page, as Streamlit does it: a report, a run of the page's script, its answer.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from tests.browser import FLAGS, chromium
from tests.conftest import Server
from thalweg.scenes import Scene
from thalweg.stage.formula_requests import with_typed

ROOT = Path(__file__).resolve().parent.parent
GOAL = 150.0

SURFACES = [
    "x^2 + 2.{0}y^2", "(1 - x)^2 + 1{0}(y - x^2)^2", "x^2/4 + y^2 + sin({0}x)cos(2y)",
    "(x^2 - 1)^2 + a*(y - x/3)^2 + 0.{0}x, a = 2 in 1..9", "exp(-x^2 - y^2)*{0} + x^2 + y^2/2",
]  # fmt: skip
RULES = [
    "x = x - 0.00{0}g", "v = 0.8{0}v - 0.004g\nx = x + v",
    "m = 0.9m + 0.1g\ns = 0.99s + 0.01g^2\nx = x - lr*m/(sqrt(s) + 1e-8)\nlr = 0.0{0}",
]  # fmt: skip
ROUNDS = 8

TYPED = """async ([box, of, text]) => {
  const { stage } = document.querySelector("[data-testid=stage]");
  const area = document.querySelector(`[data-testid=${box}]`);
  const shown = () => (of === "surface" ? stage.scene.surface : stage.scene.runs[0]).text;
  const before = stage.path ?? stage.paths("own")[2];
  const began = performance.now();
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  while (shown() !== text) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
ASKED = """async ([index]) => {
  const { stage } = document.querySelector("[data-testid=stage]");
  const menu = document.querySelector("[data-testid=surface-examples]");
  const before = stage.scene.surface.text;
  const began = performance.now();
  menu.value = index;
  menu.dispatchEvent(new Event("change", { bubbles: true }));
  while (stage.scene.surface.text === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def measure(page: Page) -> dict[str, Any]:
    """Every text once, and examples opened through the page, those found out before."""
    letters, asked = [], []
    for number in range(1, ROUNDS + 1):
        texts = [("type-surface", "surface", t) for t in SURFACES]
        texts += [("type-rule", "own", t) for t in RULES]
        for box, of, text in texts:
            letters.append(page.evaluate(TYPED, [box, of, text.replace("{0}", str(number))]))
            page.wait_for_timeout(60)
    for warm in (True, False, False):
        for index in ("0", "1", "3", "8"):
            took = page.evaluate(ASKED, [index])
            page.wait_for_timeout(2500 if warm else 800)
            if not warm:
                asked.append(took)
    return {
        "letters": len(letters),
        "milliseconds": {
            "median": round(median(letters), 1),
            "p95": round(quantiles(letters, n=20)[-1], 1),
            "most": round(max(letters), 1),
        },
        "goal": GOAL,
        "through_the_page_median": round(median(asked), 1),
        "ratio": round(median(asked) / median(letters), 1),
    }


def main() -> None:
    command = (sys.executable, str(ROOT / "app.py"), "--port", "0")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        server = Server(process)
        try:
            server.wait_for_address()
            server.wait_until_warm()
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/own?s={with_typed(Scene.default()).to_link()}")
            page.wait_for_selector("[data-testid=stage][data-ready]")
            page.wait_for_timeout(3000)
            found = measure(page)
            browser.close()
        finally:
            server.stop()
    machine = {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
    }
    print(json.dumps({"typing": found, "machine": machine}, indent=2))


if __name__ == "__main__":
    main()
