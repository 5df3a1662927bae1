"""The README's pictures, made from the real app: `make screenshots` (needs Chromium)."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.acceptance.running_app import RunningApp
from tests.browser.conftest import ARGUMENTS, CHROMIUM

FOLDER = Path(__file__).parent / "screenshots"


def main() -> None:
    """Play a worker and a counsellor, and take a picture of each side."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = RunningApp(Path(folder) / "house", {})
        app.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
                _worker(browser, app)
                _console(browser, app)
                browser.close()
        finally:
            app.stop()


def _worker(browser: Browser, app: RunningApp) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2, locale="zh-CN")
    page.goto(f"{app.url}/chat")
    page.get_by_role("textbox").fill("老板拖欠我三个月工资不给，怎么办")
    page.keyboard.press("Enter")
    page.get_by_text("依据").first.wait_for(timeout=60_000)
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / "worker.png")
    page.get_by_role("textbox").fill("我们十几个人都没拿到钱，老板电话打不通了")
    page.keyboard.press("Enter")
    page.get_by_text("工单号").first.wait_for(timeout=60_000)


def _console(browser: Browser, app: RunningApp) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 760}, locale="zh-CN")
    page.goto(f"{app.url}/console")
    page.locator("input[name=username]").fill("counsellor")
    page.locator("input[name=password]").fill(app.passwords["counsellor"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox*")
    page.locator("a[href*='/console/cases/'], [hx-get*='/console/cases/']").first.click()
    page.get_by_text("十几个人").first.wait_for()
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / "console.png")


if __name__ == "__main__":
    main()
