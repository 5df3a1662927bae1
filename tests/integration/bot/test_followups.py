"""Following up: a short word after asking back is about the same matter, and no second failure; a person comes after that."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions.answer import ActionAnswer, ActionFollowup
from actions.house import House, Result, Said
from desk import conversations
from desk.answering import Understanding
from desk.conversations import Incoming
from desk.database import Database
from desk.files import FileStore
from desk.knowledge import articles
from desk.papers.templates import Papers
from desk.services import Services
from tests.conftest import FakeClock
from tests.fakes.bot_house import BotHouse
from tests.fakes.people import POLICY
from tests.integration.bot.test_asking_back import LONG, article

ARREARS = Understanding(ranking=(("wage_arrears", 0.5),))


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, tmp_path: Path) -> House:
    with sqlite_database.write() as session:
        articles.load_articles(session, [article(f"arrears-{i}", f"第{i}种欠薪的情形") for i in "abcd"], clock.now())
    answering, files = BotHouse(sqlite_database, clock).answering, FileStore(tmp_path, 1_000)
    return House(
        sqlite_database, clock, answering, Services({}), Papers({}), files, POLICY, "市总工会", "12351", "Asia/Shanghai", [24]
    )  # fmt: skip


def told(house: House, text: str, slots: dict[str, Any]) -> Said:
    with house.database.write() as session:
        conversation_id, _ = conversations.receive(session, Incoming("web", "1", text, text=text), house.clock.now())
        turn = conversations.next_turn(session, conversation_id)
        assert turn is not None
        conversations.mark_handled(session, turn.message_id, house.clock.now())
    return Said(conversation_id, turn.contact_id, turn.message_id, "zh", "ask", text, [], ARREARS, slots, house.clock.now())


def kind(result: Result) -> str:
    return next(str(reply.details["decision"]["kind"]) for reply in result.replies if "decision" in reply.details)


def test_a_follow_up_after_asking_back_is_about_the_same_matter_and_no_second_failure(house: House) -> None:
    asked = ActionAnswer(house).act(told(house, LONG, {}))
    assert kind(asked) == "clarify" and asked.slots["last_topic"] == "wage_arrears" and asked.slots["doubts"] == 1
    unsure = replace(ARREARS, ranking=(("overtime_pay", 0.05),))
    again = ActionFollowup(house).act(replace(told(house, "那没签合同呢", asked.slots), understanding=unsure))
    assert kind(again) == "clarify" and not again.handover, "the matter at hand leads, and it may be asked once more"
    third = ActionFollowup(house).act(replace(told(house, "那没签合同呢？", asked.slots | again.slots), understanding=unsure))
    assert kind(third) == "unsure" and third.handover, "a person comes where that did not help"


def test_a_new_question_after_asking_back_that_is_not_understood_calls_a_person(house: House) -> None:
    asked = ActionAnswer(house).act(told(house, LONG, {}))
    second = ActionAnswer(house).act(told(house, f"{LONG}，还有呢", asked.slots))
    assert kind(second) == "unsure" and second.handover
