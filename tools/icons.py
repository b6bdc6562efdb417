"""Draw the icons of home screens from static/icons/icon.svg, with the browser tests' Chromium.

Run it from the project's root after a change of the drawing: `python tools/icons.py`.
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ICONS = Path(__file__).parent.parent / "static" / "icons"
DRAWING = (ICONS / "icon.svg").read_text()
CORNERS = 'rx="8" '
"""Systems that cut icons to a shape of their own want a full square and a smaller sign."""
MASKABLE = DRAWING.replace(CORNERS, "").replace(
    "<path ", '<path transform="translate(16 16) scale(.8) translate(-16 -16)" '
)
WANTED = {
    "icon-192.png": (DRAWING, 192),
    "icon-512.png": (DRAWING, 512),
    "icon-maskable.png": (MASKABLE, 512),
    "icon-touch.png": (MASKABLE, 180),
}


def main() -> None:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        for name, (drawing, size) in WANTED.items():
            draw(page, drawing, size, ICONS / name)
        browser.close()


def draw(page: Page, drawing: str, size: int, target: Path) -> None:
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
    page.screenshot(path=target, omit_background=True)


if __name__ == "__main__":
    main()
