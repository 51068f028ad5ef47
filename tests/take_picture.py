"""Takes the README's picture, the race as the app shows it: `python -m tests.take_picture`."""

import sys

from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, chromium
from tests.conftest import ROOT, serving
from tests.on_stage import Stage

if __name__ == "__main__":
    command = (sys.executable, str(ROOT / "app.py"), "--port", "0")
    with serving(*command, folder=ROOT) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        Stage.open(page, server.url)
        page.screenshot(path=ROOT / "docs" / "race.png")
        browser.close()
