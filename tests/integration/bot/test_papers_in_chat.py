"""Papers in chat: what one paper asked, the next one knows; what is another matter in each is asked again."""

from pathlib import Path
from typing import Any

import pytest

from actions.house import House, Said
from actions.questionnaire import ActionOpenQuestionnaire, ActionSubmitQuestionnaire
from desk import conversations
from desk.answering import Understanding
from desk.conversations import Incoming, Message
from desk.database import Database
from desk.files import FileStore
from desk.papers.templates import Papers
from desk.services import Services
from tests.conftest import FakeClock
from tests.fakes.people import POLICY

ROOT = Path(__file__).resolve().parents[3]
TOLD = {
    "worker_name": "赵小满",
    "worker_phone": "13900001234",
    "employer_name": "恒顺物流有限公司",
    "witnesses": "同班的老周",
    "evidence": "考勤截图、转账记录",
    "stage": "arbitration",
}


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, tmp_path: Path) -> House:
    services, papers = Services.read(ROOT / "data/services"), Papers.read(ROOT / "data/papers")
    answering: Any = None  # no question is answered here
    return House(
        sqlite_database, clock, answering, services, papers, FileStore(tmp_path, 10_000_000), POLICY, "市总工会", "12351", "Asia/Shanghai", [24]
    )  # fmt: skip


def said(house: House, intent: str, ref: str = "", slots: dict[str, Any] | None = None) -> Said:
    with house.database.write() as session:
        conversation_id, _ = conversations.receive(session, Incoming("web", "1", f"{intent}{ref}", text=f"/{intent}"), house.clock.now())
        conversation = conversations.conversation_by_id(session, conversation_id)
        message = session.query(Message).filter_by(conversation_id=conversation_id).order_by(Message.seq.desc()).first()
        assert message
        refs, now = [ref] if ref else [], house.clock.now()
        return Said(
            conversation_id, conversation.contact_id, message.id, "zh", intent, f"/{intent}", refs, Understanding(), slots or {}, now
        )


def write(house: House, name: str, answers: dict[str, Any]) -> list[str]:
    """Fill a paper to its end; the names of the files that come."""
    result = ActionSubmitQuestionnaire(house).act(said(house, "answer", name, {"q_kind": "paper", "q_name": name, "q_answers": answers}))
    return [reply.text for reply in result.replies if reply.attachment_id]


def test_what_one_paper_asked_the_next_one_knows(house: House) -> None:
    assert [name.rpartition(".")[2] for name in write(house, "evidence_list", TOLD)] == ["docx", "pdf"]
    opened = ActionOpenQuestionnaire(house).act(said(house, "paper", "legal_aid_application"))
    known = opened.slots["q_answers"]
    assert known == {name: TOLD[name] for name in ("worker_name", "worker_phone", "employer_name", "evidence")}
    assert "恒顺物流有限公司" in opened.replies[0].text
    # The latest answer counts.
    write(house, "legal_aid_application", {**known, "worker_phone": "13900005678"})
    again = ActionOpenQuestionnaire(house).act(said(house, "paper", "wage_arrears_complaint")).slots["q_answers"]
    assert again["worker_phone"] == "13900005678"
    assert "stage" not in again and "story" not in again


def test_a_service_that_one_may_use_without_a_name_is_told_nothing(house: House) -> None:
    write(house, "evidence_list", TOLD)
    assert ActionOpenQuestionnaire(house).act(said(house, "service", "hazard_report")).slots["q_answers"] == {}
    assert ActionOpenQuestionnaire(house).act(said(house, "calculate", "economic_compensation")).slots["q_answers"] == {}
