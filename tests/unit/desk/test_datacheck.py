"""The checks over the data folder find what they are for: one planted problem of each kind, and none in sound data."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk import datacheck

ARTICLE: dict[str, Any] = {
    "id": "wages-late",
    "topic": "wage_arrears",
    "title": "老板拖欠工资怎么办",
    "asks": ["工资拖了三个月", "老板不发工资", "欠薪找谁", "工资要不回来"],
    "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费。",
    "sources": [{"law": "劳动合同法", "article": "第三十条", "says": "按约定和国家规定及时足额支付"}],
    "valid_from": "2020-01-01",
    "services": ["help"],
    "calculators": ["economic_compensation"],
    "checked": True,
}
SERVICE: dict[str, Any] = {
    "name": "help",
    "title": "求助",
    "topic": "wage_arrears",
    "intro": "说说情况",
    "promise": "收到了",
    "questions": [{"name": "employer", "ask": "哪家？", "label": "单位"}],
}
STATUTES = {
    "statutes": [
        {"law": "劳动合同法", "title": "中华人民共和国劳动合同法", "version": 2012, "text": "full", "articles": [[1, 98]]},
        {"law": "某解释", "title": "某解释", "version": 2020, "text": "summary", "articles": [[1, 9]]},
        {"law": "某通知", "title": "某通知", "version": 2020, "text": "full", "articles": []},
    ]
}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), "utf-8")


def training(intent: str, *examples: str) -> dict[str, Any]:
    return {"version": "3.1", "nlu": [{"intent": intent, "examples": "".join(f"- {example}\n" for example in examples)}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small and sound data folder."""
    write(tmp_path / "laws-index/statutes.yaml", STATUTES)
    write(tmp_path / "laws-index/documents/paper.yaml", {"law": "某办法", "title": "某办法全称"})
    write(tmp_path / "services/help.yaml", SERVICE)
    write(tmp_path / "knowledge/wage_arrears/wages-late.yaml", ARTICLE)
    write(tmp_path / "training/ask.yml", training("ask", "老板拖了三个月工资", "工伤认定去哪里办"))
    write(tmp_path / "training/greet.yml", training("greet", "你好呀", "早上好"))
    return tmp_path


def article(article_id: str = "wages-late", **changes: Any) -> Callable[[Path], None]:
    body = ARTICLE | {"id": article_id} | changes
    return lambda folder: write(folder / f"knowledge/{body['topic']}/{article_id}.yaml", body)


def source(law: str, number: str | None, *, checked: bool = True) -> Callable[[Path], None]:
    return article(sources=[{"law": law, "article": number, "says": "写着什么"}], checked=checked)


def twice(folder: Path) -> None:
    write(folder / "knowledge/other_labour/wages-late.yaml", ARTICLE | {"topic": "other_labour"})


def near(folder: Path) -> None:
    write(folder / "training/off_topic.yml", training("off_topic", "老板拖了三个月工资！"))


def test_sound_data_has_no_problems(folder: Path) -> None:
    assert datacheck.problems(folder) == []
    assert datacheck.examples(folder / "training") == [
        ("ask", "老板拖了三个月工资"), ("ask", "工伤认定去哪里办"), ("greet", "你好呀"), ("greet", "早上好"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (source("劳动合同法", "第九十九条"), "no such article"),
        (source("劳动合同法", "第四七条之一"), "not an article number"),
        (source("劳动合同法", "30"), "not an article number"),
        (source("劳动合同法", None), "name the article"),
        (source("没有的法", "第一条"), "neither in statutes.yaml"),
        (source("某办法", None), "checked: no"),
        (source("某解释", "第一条"), "second hand"),
        (source("某通知", "第一条"), "no numbered articles"),
        (article(sources=[]), "names its sources"),
        (article(services=["nothing"]), "no service nothing"),
        (article(calculators=["nothing"]), "no calculator nothing"),
        (article(signs=["返聘"], remark="返聘的另外算，先问清楚。", beside=["nothing"]), "no topic nothing"),
        (article(signs=["返聘"]), "signs and remark belong together"),
        (article("another", asks=["欠薪找谁", "别的问法", "又一种问法", "再一种问法"], title="另外一篇文章"), "also asked in another"),
        (twice, "two articles have this id"),
        (near, "too near"),
        (article(answer="短"), "wages-late.yaml"),
        (article(title=""), "wages-late.yaml"),
        (article(phones=["10086"]), "wages-late.yaml"),
        (article(valid_until="2019-01-01"), "valid_until"),
        (lambda folder: write(folder / "knowledge/wage_arrears/other-name.yaml", ARTICLE), "id must be the file's name"),
        (lambda folder: write(folder / "knowledge/wage_arrears/broken.yaml", "id: ["), "broken.yaml"),
        (lambda folder: write(folder / "services/help.yaml", SERVICE | {"name": "other"}), "name must be the file's name"),
        (lambda folder: write(folder / "services/help.yaml", SERVICE | {"urgent_when": {"nobody": 3}}), "nobody"),
        (lambda folder: write(folder / "services/help.yaml", SERVICE | {"questions": SERVICE["questions"] * 2}), "employer"),
    ],
)
def test_a_planted_problem_is_found_and_named(folder: Path, plant: Callable[[Path], None], told: str) -> None:
    plant(folder)
    problems = datacheck.problems(folder)
    assert any(told in problem for problem in problems), problems


def test_what_may_stand_unchecked_is_no_problem(folder: Path) -> None:
    source("某办法", None, checked=False)(folder)
    assert datacheck.problems(folder) == []
    source("某解释", "第一条", checked=False)(folder)
    assert datacheck.problems(folder) == []


def test_examples_far_from_each_other_are_left_alone(folder: Path) -> None:
    write(folder / "training/thanks.yml", training("thanks", "老板拖了半年工资", "谢谢您"))
    assert datacheck.problems(folder) == []
    shutil.rmtree(folder / "training")
    assert datacheck.problems(folder) == []
