"""What belongs to somebody else's field: its door is named, and the way back is one press."""

import pytest

from desk.answering import Answer, Understanding
from desk.database import Database
from desk.knowledge import articles
from tests.conftest import FakeClock
from tests.fakes.bot_house import BotHouse
from tests.integration.bot.test_asking_back import article

LOAN = "老板是我同学，借了我八千块写了借条，现在不还也不接电话"


def asked(database: Database, clock: FakeClock, question: str, understood: Understanding) -> Answer:
    with database.write() as session:
        articles.load_articles(session, [article("arrears-owed", "老板欠钱不还也不接电话")], clock.now())
    with database.read() as session:
        return BotHouse(database, clock).answering.answer(session, question, understood, "zh", clock.now())


async def test_a_matter_of_other_law_gets_its_door_and_the_nearest_article_as_a_button(sqlite_database: Database, clock: FakeClock) -> None:
    understood = Understanding((("wage_arrears", 0.8),), elsewhere=0.8, law=True)
    answer = asked(sqlite_database, clock, LOAN, understood)
    assert (answer.kind, answer.topic, answer.articles, answer.person) == ("elsewhere", "off_topic", [], False)
    assert "不是欠工资" in answer.replies[0].text and "给谁干活" in answer.replies[0].text
    payloads = [cell["payload"] for row in answer.replies[0].buttons for cell in row]
    assert payloads == ["/article arrears-owed", "/menu", "/human"]


async def test_an_article_that_is_not_near_is_not_offered_beside_the_door(sqlite_database: Database, clock: FakeClock) -> None:
    understood = Understanding((("wage_arrears", 0.3),), elsewhere=0.8, law=True)
    answer = asked(sqlite_database, clock, "要离婚了，孩子归谁养", understood)
    assert answer.kind == "elsewhere" and "12338" in answer.replies[0].text
    assert [cell["payload"] for row in answer.replies[0].buttons for cell in row] == ["/menu", "/human"]


async def test_talk_gets_a_friendly_line_only(sqlite_database: Database, clock: FakeClock) -> None:
    answer = asked(sqlite_database, clock, "你会唱歌吗", Understanding((("wage_arrears", 0.1),), elsewhere=0.9))
    assert answer.kind == "elsewhere" and "不太在行" in answer.replies[0].text
    assert [cell["payload"] for row in answer.replies[0].buttons for cell in row] == ["/menu", "/human"]


@pytest.mark.parametrize(("elsewhere", "kind"), [(0.02, "article"), (0.45, "clarify"), (0.7, "elsewhere")])
async def test_the_likelier_it_is_not_ours_the_less_is_said(
    sqlite_database: Database, clock: FakeClock, elsewhere: float, kind: str
) -> None:
    understood = Understanding((("wage_arrears", 0.9),), elsewhere=elsewhere, law=True)
    assert asked(sqlite_database, clock, "老板欠钱不还也不接电话怎么办", understood).kind == kind


async def test_an_urgent_message_is_never_sent_elsewhere(sqlite_database: Database, clock: FakeClock) -> None:
    understood = Understanding((("work_injury", 0.3),), elsewhere=0.9, law=True)
    assert asked(sqlite_database, clock, "我不想活了", understood).kind != "elsewhere"
