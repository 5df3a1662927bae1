"""The whole story on the real app: asked, answered, reported, counselled, rated, enrolled, reminded, reached, unsubscribed.

At each stage the app is killed with kill -9 and started again; at the end nothing is missing and nothing came twice.
"""

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acceptance.running_app import Console, RunningApp
from tests.fakes.telegram_server import TOKEN, Sent, TelegramServer

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]
WORKER, OTHER = 1001, 1002


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    server = TelegramServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def app(tmp_path: Path, telegram: TelegramServer) -> AsyncIterator[RunningApp]:
    house = RunningApp(tmp_path / "house", {"UNIONDESK_TELEGRAM_TOKEN": TOKEN, "UNIONDESK_TELEGRAM_BASE_URL": telegram.url})
    await asyncio.to_thread(house.start)
    yield house
    await asyncio.to_thread(house.stop)


class Worker:
    """One worker's phone."""

    def __init__(self, telegram: TelegramServer, chat_id: int) -> None:
        self._telegram = telegram
        self.chat_id = chat_id
        self._read = 0

    @property
    def screen(self) -> list[Sent]:
        return [m for m in self._telegram.sent if m.chat_id == self.chat_id]

    def write(self, text: str) -> None:
        self._telegram.user_message(self.chat_id, text)

    def press(self, wanted: str) -> str:
        """Press the newest button whose payload begins with `wanted`."""
        for message in reversed(self.screen):
            for row in message.buttons:
                for button in row:
                    if button["callback_data"].startswith(wanted):
                        return self._telegram.press(message, button["callback_data"])
        raise AssertionError(f"no button {wanted} on the screen: {[m.buttons for m in self.screen][-2:]}")

    async def sees(self, words: str, seconds: float = 60) -> Sent:
        """The next bubble with these words, among those not read yet."""
        found: list[Sent] = []

        def there() -> bool:
            found[:] = [m for m in self.screen[self._read :] if words in m.text]
            return bool(found)

        await until(there, seconds, lambda: f"“{words}” never came; there is {[m.text[:80] for m in self.screen[self._read :]]}")
        self._read = self.screen.index(found[0]) + 1
        return found[0]


async def until(condition: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
    for _ in range(int(seconds * 20)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(complaint())


async def restart(app: RunningApp, **settings: str) -> None:
    await asyncio.to_thread(app.kill)
    await asyncio.to_thread(app.start, **settings)


async def test_the_whole_story_survives_being_killed_at_every_stage(app: RunningApp, telegram: TelegramServer) -> None:
    worker = Worker(telegram, WORKER)

    # Asked and answered, with the law behind it.
    worker.write("/start")
    await worker.sees("工会服务台")
    await worker.sees("请选择")
    await restart(app)
    worker.write("老板拖欠我三个月工资不给怎么办")
    answer = await worker.sees("劳动合同法")
    assert "第三十条" in answer.text

    # Reported by form, with a digression, a step back and a restart in the middle.
    worker.press("/service wage_arrears_report")
    await worker.sees("是哪家单位")
    worker.write("顺风餐饮管理有限公司，鼓楼区中山路店")
    await worker.sees("（")
    await restart(app)
    worker.press("/go_back")
    await worker.sees("是哪家单位")
    worker.write("顺风餐饮管理有限公司，鼓楼区中山北路店")
    await worker.sees("（")
    worker.write("仲裁要花多少钱？")
    await worker.sees("不收费")
    while "已提交" not in (question := await worker.sees("")).text:
        if question.text.startswith("（"):
            _answer(worker, question)
    done = question
    assert "中山北路店" in done.text
    handed = await worker.sees("工单号")

    # A person answers in the console; what the worker says meanwhile waits there, and the bot is silent.
    await restart(app)
    counsellor = Console(app, "counsellor")
    inbox = counsellor.get("/inbox/list")
    case_id = re.search(r"/console/cases/([0-9a-z]{26})", inbox)
    assert case_id, inbox
    pane = counsellor.get(f"/cases/{case_id[1]}")
    assert "顺风餐饮" in pane
    assert "欠薪" in pane
    before = len(worker.screen)
    worker.write("他昨天又说没钱")
    await telegram.confirmed()
    await until(lambda: "他昨天又说没钱" in counsellor.get(f"/cases/{case_id[1]}"), 20, lambda: "the counsellor never saw it")
    assert len(worker.screen) == before
    for _ in range(2):  # a double click sends once
        counsellor.post(f"/cases/{case_id[1]}/reply", text="您好，我是值班工作人员，已经联系劳动监察。", key="story-reply-1")
    await restart(app)
    await worker.sees("已经联系劳动监察")
    counsellor = Console(app, "counsellor")
    counsellor.post(f"/cases/{case_id[1]}/resolve")
    await worker.sees("已办结")
    await restart(app)
    worker.press(f"/rate {case_id[1]} 5")
    await worker.sees("谢谢您的评价")

    # A health check: enrolled, and reminded when its time comes (the clock is moved).
    worker.press("/menu") if any(b["callback_data"] == "/menu" for m in worker.screen for r in m.buttons for b in r) else worker.write(
        "/menu"
    )
    await worker.sees("请选择")
    worker.press("/activities")
    listing = await worker.sees("近期可以报名")
    assert "体检" in listing.text
    worker.press("/enroll")
    enrolled = await worker.sees("报名成功")
    starts = re.search(r"(\d+)月(\d+)日（周.）(\d\d):(\d\d)", enrolled.text)
    assert starts, enrolled.text
    now = dt.datetime.now(dt.UTC)
    local = dt.datetime(now.year, int(starts[1]), int(starts[2]), int(starts[3]), int(starts[4]), tzinfo=dt.timezone(dt.timedelta(hours=8)))
    if local < now:
        local = local.replace(year=now.year + 1)
    day_before = (local - dt.timedelta(hours=23, minutes=55) - now).total_seconds()
    await restart(app, UNIONDESK_CLOCK_OFFSET_SECONDS=str(day_before))
    await worker.sees("⏰")
    two_hours_before = (local - dt.timedelta(hours=1, minutes=55) - now).total_seconds()
    moved = {"UNIONDESK_CLOCK_OFFSET_SECONDS": str(two_hours_before)}
    await restart(app, **moved)
    await worker.sees("⏰")

    # A campaign: written by one admin, approved by another, reaches the worker, who unsubscribes.
    other = Worker(telegram, OTHER)
    other.write("/start")
    await other.sees("请选择")
    author, approver = Console(app, "admin"), Console(app, "admin2")
    page = author.post("/campaigns", title="冬送温暖", text="天冷了，工会驿站备了热水和药箱。", label0="看看活动", kind0="activities")
    campaign_id = str(page.url).split("/campaigns/")[1].split("?")[0]
    approver.post(f"/campaigns/{campaign_id}/approve")
    author.post(f"/campaigns/{campaign_id}/start")
    await restart(app, **moved)
    await worker.sees("热水和药箱")
    await other.sees("热水和药箱")
    await until(lambda: "已完成" in Console(app, "admin").get(f"/campaigns/{campaign_id}"), 30, lambda: "the campaign never ended")
    worker.press("/unsubscribe")
    await worker.sees("已退订")
    await restart(app, **moved)
    author = Console(app, "admin")
    page = author.post("/campaigns", title="第二次", text="第二次群发：春送岗位。")
    second = str(page.url).split("/campaigns/")[1].split("?")[0]
    Console(app, "admin2").post(f"/campaigns/{second}/approve")
    author.post(f"/campaigns/{second}/start")
    await other.sees("春送岗位")
    assert not any("春送岗位" in m.text for m in worker.screen)

    # Nothing came twice. What may be said again is said again because it was asked again.
    counts = Counter(m.text for m in worker.screen)
    for once in (answer.text, done.text, handed.text, enrolled.text):
        assert counts[once] == 1, once
    for words, times in (("已经联系劳动监察", 1), ("已办结", 1), ("谢谢您的评价", 1), ("⏰", 2), ("热水和药箱", 1), ("已退订", 1)):
        assert sum(words in m.text for m in worker.screen) == times, words
    assert await asyncio.to_thread(app.stop) == 0


def _answer(worker: Worker, question: Sent) -> None:
    """What a worker would answer to a question of the arrears form."""
    choices = [
        b["callback_data"]
        for row in question.buttons
        for b in row
        if b["callback_data"].startswith("/answer") and "skip" not in b["callback_data"]
    ]
    if choices:
        worker.press(choices[0])
    elif "电话" in question.text or "手机" in question.text:
        worker.write("13912345678")
    elif "多少钱" in question.text or "金额" in question.text:
        worker.write("一万二")
    elif "多少人" in question.text or "几个月" in question.text:
        worker.write("3")
    else:
        worker.write("微信里的排班表和转账记录")
