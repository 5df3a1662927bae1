"""The worker's page and the console talk to each other: the real app, with Rasa, between two browsers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.running_app import RunningApp

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]
PATIENCE = 60_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    house = RunningApp(tmp_path_factory.mktemp("both") / "house", {"UNIONDESK_RASA_PROCESSES": "2"})
    house.start()
    yield house
    house.stop()


def test_a_worker_and_a_counsellor_talk_and_a_kill_in_between_loses_nothing(chromium: Browser, app: RunningApp, tmp_path: Path) -> None:
    phone = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    phone.goto(f"{app.url}/chat")
    words, thread = phone.locator("#words"), phone.locator("#thread")
    words.fill("老板拖欠三个月工资怎么办")
    words.press("Enter")
    expect(thread).to_contain_text("依据", timeout=PATIENCE)
    expect(thread).to_contain_text("工资")
    # The page is never wider than the phone.
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    words.fill("转人工")
    words.press("Enter")
    expect(thread).to_contain_text("工单号", timeout=PATIENCE)

    desk = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
    desk.goto(f"{app.url}/console")
    desk.locator("input[name=username]").fill("counsellor")
    desk.locator("input[name=password]").fill(app.passwords["counsellor"])
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/inbox*")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("body")).to_contain_text("老板拖欠三个月工资怎么办", timeout=PATIENCE)
    reply = desk.get_by_label("回复", exact=True)
    reply.fill("您好，工资条或者转账记录有吗？")
    reply.press("Control+Enter")
    expect(thread).to_contain_text("工资条或者转账记录有吗", timeout=PATIENCE)
    words.fill("有微信转账")
    words.press("Enter")
    # Without a reload, in about a second.
    expect(desk.locator("body")).to_contain_text("有微信转账", timeout=5_000)

    app.kill()
    words.fill("还有考勤表")
    words.press("Enter")
    app.start()
    expect(desk.locator("body")).to_contain_text("还有考勤表", timeout=PATIENCE)
    expect(phone.get_by_text("还有考勤表")).to_have_count(1)
    phone.reload()
    expect(thread).to_contain_text("还有考勤表", timeout=PATIENCE)
    expect(phone.get_by_text("还有考勤表")).to_have_count(1)
    expect(phone.get_by_text("工资条或者转账记录有吗")).to_have_count(1)
