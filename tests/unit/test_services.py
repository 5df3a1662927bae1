"""The services of data/services: what they ask, that their own examples are understood, and the demo beside them."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desk import schema
from desk.activities import Activity, ActivitySession, offers
from desk.agents import Team, team_for
from desk.campaign_templates import campaign_templates
from desk.canned import CannedReply
from desk.database import Database
from desk.demo import load_demo
from desk.errors import Invalid
from desk.facts import INDUSTRIES
from desk.organizations import Organization
from desk.questions import SKIPPED, read_answer
from desk.services import Service, Services

DATA = Path(__file__).parents[2] / "data"
TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
SERVICES = Services.read(DATA / "services")
NAMES = [
    "wage_arrears_report",
    "legal_aid_application",
    "join_union_application",
    "hardship_aid_application",
    "mutual_aid_claim",
    "scholarship_application",
    "health_check_booking",
    "hazard_report",
    "suggestion_box",
    "psychological_booking",
    "skills_subsidy_application",
    "transfer_membership_application",
]


def test_all_twelve_are_there() -> None:
    assert sorted(s.file.name for s in SERVICES.all()) == sorted(NAMES)


@pytest.mark.parametrize("service", SERVICES.all(), ids=lambda s: s.file.name)
def test_is_short_and_says_what_for(service: Service) -> None:
    file = service.file
    assert 4 <= len(file.questions) <= 8
    assert str(len(file.questions)) in file.intro and "分钟" in file.intro
    assert "聊天里" in file.promise
    assert not any(day in file.promise for day in ("个工作日", "天内", "小时内", "24小时"))
    names = [q.name for q in file.questions]
    labels = [q.label for q in file.questions]
    assert len(set(names)) == len(names) and len(set(labels)) == len(labels)
    assert len(f"/service {file.name}".encode()) <= 64
    # Identity cards and bank cards are never asked for in a chat.
    assert not any("身份证号" in q.ask or "银行卡" in q.ask for q in file.questions)


@pytest.mark.parametrize("service", SERVICES.all(), ids=lambda s: s.file.name)
def test_its_own_examples_are_understood(service: Service) -> None:
    for question in service.questionnaire.questions:
        if question.kind in ("number", "money", "date"):
            assert question.example, f"{question.name} needs an example for its error message"
        said = question.example or {"boolean": "是", "choice": next(iter(question.choices.values()), "")}[question.kind]
        assert read_answer(question, said, TODAY) != SKIPPED
        if not question.required:
            assert read_answer(question, "跳过", TODAY) == SKIPPED


@pytest.mark.parametrize("service", SERVICES.all(), ids=lambda s: s.file.name)
def test_each_choice_is_understood_by_its_label(service: Service) -> None:
    for question in service.questionnaire.questions:
        for place, (value, label) in enumerate(question.choices.items(), 1):
            assert read_answer(question, label, TODAY) == value
            assert read_answer(question, str(place), TODAY) == value


def test_one_name_means_one_kind_everywhere() -> None:
    kinds: dict[str, set[str]] = {}
    for service in SERVICES.all():
        for question in service.questionnaire.questions:
            kinds.setdefault(question.name, set()).add(question.kind)
    names = ("employer", "district", "industry", "phone", "amount", "months", "people", "contract", "name")
    shared = {name: found for name, found in kinds.items() if name in names}
    assert all(len(found) == 1 for found in shared.values()), shared


def test_an_industry_of_a_message_is_a_choice() -> None:
    industry = next(q for q in SERVICES.named("join_union_application").questionnaire.questions if q.name == "industry")
    assert set(INDUSTRIES) <= set(industry.choices)


def test_ten_unpaid_are_urgent() -> None:
    report = SERVICES.named("wage_arrears_report")
    assert report.urgent({"people": 10})
    assert not report.urgent({"people": 9})
    assert not report.urgent({"people": SKIPPED})


def test_answers_are_read_as_they_are_said() -> None:
    report = {q.name: q for q in SERVICES.named("wage_arrears_report").questionnaire.questions}
    assert read_answer(report["months"], "三个月", TODAY) == 3
    assert read_answer(report["months"], "半个月", TODAY) == 0.5
    assert read_answer(report["amount"], "一万二", TODAY) == 12000
    assert read_answer(report["people"], "12个人", TODAY) == 12
    assert read_answer(report["contract"], "没有", TODAY) is False
    assert read_answer(report["phone"], "138 0000 0000", TODAY) == "13800000000"
    assert read_answer(report["wish"], "帮我找律师、办仲裁", TODAY) == "lawyer"
    with pytest.raises(Invalid):
        read_answer(report["phone"], "下次再说", TODAY)


def test_psychological_booking_names_the_crisis_line_and_forces_nothing() -> None:
    booking = SERVICES.named("psychological_booking")
    assert "12356" in booking.file.promise
    assert not any(q.required for q in booking.file.questions)


def test_season_texts_fit_a_campaign() -> None:
    templates = campaign_templates(DATA / "campaigns")
    assert [t.title for t in templates] == ["春送岗位", "夏送清凉", "金秋助学", "冬送温暖"]
    for template in templates:
        assert template.buttons and len(template.text) < 3500
        for button in template.buttons:
            assert len(button["payload"].encode()) <= 64
            verb, _, ref = button["payload"].partition(" ")
            assert verb != "/service" or SERVICES.get(ref) is not None


def test_a_wrong_template_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("title: 春\nseason: spring\ntext: 太短\n", "utf-8")
    with pytest.raises(Invalid, match=r"bad\.yaml"):
        campaign_templates(tmp_path)


def test_the_demo_loads_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'demo.db'}")
    schema.Table.metadata.create_all(database.engine)
    for later in (dt.timedelta(), dt.timedelta(days=1)):
        with database.write() as session:
            load_demo(session, DATA / "demo", NOW + later)
    with database.read() as session:
        tables = (Organization, Team, CannedReply, Activity, ActivitySession)
        counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
        assert counts == [11, 2, 11, 2, 4]
        assert len(offers(session, NOW)) == 4
        held = session.scalars(select(ActivitySession).order_by(ActivitySession.starts_at)).first()
        assert held is not None and held.starts_at == dt.datetime(2026, 11, 30, 0, 0, tzinfo=dt.UTC)
        legal, rest = team_for(session, "wage_arrears"), team_for(session, "join_union")
        assert legal is not None and legal.name == "法律援助组"
        assert rest is not None and rest.name == "权益服务组"
        street = session.scalar(select(Organization).where(Organization.kind == "enterprise"))
        assert street is not None and street.parent_id is not None
    database.engine.dispose()
