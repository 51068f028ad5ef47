"""Takes the README's picture, the race as the app shows it: `python -m tests.take_picture`."""

import sys

from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, chromium, wait_idle
from tests.conftest import ROOT, serving

if __name__ == "__main__":
    command = (sys.executable, str(ROOT / "app.py"), "--port", "0")
    with serving(*command, folder=ROOT) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)
        wait_idle(page)
        page.wait_for_selector(".js-plotly-plot .js-line")
        page.screenshot(path=ROOT / "docs" / "race.png")
        browser.close()
