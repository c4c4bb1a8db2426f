"""Takes the README's pictures of a demo that is running, in a real browser.

python docs/pictures/take.py http://127.0.0.1:8000
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("input[name=username]", "chen")
    page.fill("input[name=password]", "spinewatch-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{base}/")


def choose(page: Page, side: str, option: str) -> None:
    """Pick the first entry of a phone's list that holds these words."""
    select = page.locator(f"#{side}")
    names = select.locator("option").all_inner_texts()
    select.select_option(label=next(name for name in names if option in name))
    page.wait_for_timeout(2500)


def main(base: str) -> None:
    arguments = QUIET + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 1200, "height": 860})
        sign_in(page, base)
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / "worklist.png")
        page.goto(f"{base}/phones")
        page.wait_for_timeout(1500)
        choose(page, "patient", "Rehearsal")
        choose(page, "clinician", "Mora")
        page.screenshot(path=FOLDER / "phones.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
