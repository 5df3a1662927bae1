"""The templates themselves: questions, names, citations."""

import re
import shutil
from pathlib import Path

import pytest

from desk.errors import Invalid, NotFound
from desk.knowledge.statutes import StatuteIndex
from desk.papers.templates import Papers
from desk.questions import SKIPPED, read_answer
from tests.unit.papers.reading import FOLDER, TODAY

LAWS = FOLDER.parent / "laws-index"


def test_a_paper_that_is_not_there(papers: Papers) -> None:
    with pytest.raises(NotFound):
        papers.named("nothing")
    assert papers.get("nothing") is None


def test_papers_of_a_topic(papers: Papers) -> None:
    assert [template.name for template in papers.of_topic("legal_aid")] == ["legal_aid_application"]


def test_every_question_can_be_answered_or_skipped(papers: Papers) -> None:
    for template in papers.all():
        questionnaire, answers = template.questionnaire(), dict[str, object]()
        assert questionnaire.kind == "paper"
        while question := questionnaire.next_question(answers):
            place, _, length = questionnaire.place(answers).partition("/")
            assert int(place) <= int(length)
            if question.required:
                said = "是" if question.kind == "boolean" else next(iter(question.choices)) if question.choices else question.example
                answers[question.name] = read_answer(question, said, TODAY)
            else:
                answers[question.name] = read_answer(question, "跳过", TODAY)
                assert answers[question.name] == SKIPPED


def test_examples_are_answers(papers: Papers) -> None:
    for question in (question for template in papers.all() for question in template.questionnaire().questions if question.example):
        assert read_answer(question, question.example, TODAY) not in (None, SKIPPED)


def test_only_what_matters_is_asked(papers: Papers) -> None:
    questionnaire = papers.named("labour_arbitration_application").questionnaire()
    names = [question.name for question in questionnaire.asked({"leaving": "still", "claims_wages": False, "written_contract": "signed"})]
    assert not {"end", "signed", "owed", "avg_monthly_wage", "weekday_hours"} & set(names)
    names = [question.name for question in questionnaire.asked({"leaving": "unlawful", "owed": 100, "avg_monthly_wage": 30000})]
    assert {"end", "owed_from", "avg_monthly_wage", "local_avg_monthly_wage"} <= set(names)
    assert "claims_wages" not in names
    known = [question.name for question in questionnaire.asked({"worker_id_number": "320584199005011236"})]
    assert not {"worker_sex", "worker_birth"} & set(known)


def test_one_step_back(papers: Papers) -> None:
    questionnaire = papers.named("evidence_list").questionnaire()
    assert questionnaire.without_last({"worker_name": "甲", "worker_phone": SKIPPED}) == {"worker_name": "甲"}


def test_every_cited_article_exists() -> None:
    index = StatuteIndex.read(LAWS)
    laws = {statute.title: statute.law for statute in index.statutes.values()} | {law: law for law in index.statutes}
    cited = 0
    for path in FOLDER.rglob("*.yaml"):
        for law, articles in re.findall(r"《([^》]+)》((?:第[零一二三四五六七八九十百]+条[、和]?)+)", path.read_text("utf-8")):
            assert law in laws, f"{path.name}: {law}"
            for article in re.findall(r"第[零一二三四五六七八九十百]+条", articles):
                assert index.problem(laws[law], article, checked=True) is None, f"{path.name}: {law}{article}"
                cited += 1
    assert cited > 20


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{witnesses}", "{wittnesses}", "wittnesses"),
        ("when: held_by_employer", "when: held_by", "held_by"),
        ("when: held_by_employer", "when: held by", "not a condition"),
        ("use: worker_phone", "use: worker_fax", "worker_fax"),
        ("of: evidence", "of: proof", "proof"),
        ("name: evidence_list", "name: evidence", "file's name"),
        ("closing", "closing", None),
        ("- heading: 证人", "- heading: 证人\n  text: 也", "a part of the body"),
        ("widths: [10, 40, 50]", "widths: [10, 40]", "one length"),
    ],
)
def test_a_slip_of_the_pen_is_named(tmp_path: Path, old: str, new: str, says: str | None) -> None:
    shutil.copytree(FOLDER, tmp_path / "papers")
    path = tmp_path / "papers" / "evidence_list.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    if says is None:
        assert Papers.read(tmp_path / "papers").named("evidence_list")
        return
    with pytest.raises(Invalid, match=says) as caught:
        Papers.read(tmp_path / "papers")
    assert "evidence_list.yaml" in caught.value.message


def test_a_calculator_that_is_not_there_is_named(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "papers")
    path = tmp_path / "papers" / "resignation_notice.yaml"
    path.write_text(path.read_text("utf-8").replace("calculator: economic_compensation", "calculator: guessing"), "utf-8")
    with pytest.raises(Invalid, match="no calculator guessing"):
        Papers.read(tmp_path / "papers")


def test_a_lawyers_change_shows(tmp_path: Path) -> None:
    from desk.papers.filling import fill

    shutil.copytree(FOLDER, tmp_path / "papers")
    path = tmp_path / "papers" / "evidence_list.yaml"
    path.write_text(path.read_text("utf-8").replace("title: 证据清单", "title: 证据目录"), "utf-8")
    assert fill(Papers.read(tmp_path / "papers").named("evidence_list"), {}, TODAY).title == "证据目录"
