"""Signs of a detail in a worker's words, and which remarks they call for."""

from typing import Any

import pytest

from desk.knowledge.articles import Article
from desk.knowledge.remarks import Remarks, sign


@pytest.mark.parametrize(
    ("line", "found", "not_found"),
    [
        ("退休|返聘", "我退休后又来干活", "我快到岁数了"),
        ("没签…合同", "厂里一直没签过劳动合同", "没签。合同在他那里"),
        ("1.5倍", "加班给1.5倍", "加班给125倍"),
    ],
)
def test_a_sign_is_alternatives_of_words_with_gaps(line: str, found: str, not_found: str) -> None:
    assert sign(line).search(found) and not sign(line).search(not_found)


def article(name: str, signs: list[str], beside: list[str] | None = None, region: str = "national") -> Article:
    body: dict[str, Any] = {"remark": "这一点要另外算。", "signs": signs, "beside": beside or []}
    return Article(id=name, topic="wage_arrears", region=region, body=body)


def found(articles: list[Article], question: str, topic: str = "wage_arrears", regions: tuple[str, ...] = ("national",)) -> list[str]:
    return [each.id for each in Remarks(articles).found(question, (topic,), regions)]


def test_every_line_of_the_signs_must_be_there_and_the_most_particular_comes_first() -> None:
    one, two = article("one", ["返聘"]), article("two", ["返聘", "两年|2年"])
    assert found([one, two], "返聘后工资拖了两年") == ["two", "one"]
    assert found([one, two], "返聘后工资拖了") == ["one"]
    assert found([one, two], "工资拖了两年") == []


def test_a_remark_stands_beside_its_own_topic_the_topics_named_or_all() -> None:
    articles = [article("own", ["返聘"]), article("named", ["返聘"], ["work_injury"]), article("any", ["返聘"], ["any"])]
    assert found(articles, "返聘", "wage_arrears") == ["any", "own"]
    assert found(articles, "返聘", "work_injury") == ["any", "named"]
    assert found(articles, "返聘", "overtime_pay") == ["any"]


def test_another_provinces_remark_is_not_made() -> None:
    rule = article("here", ["返聘"], region="江苏")
    assert found([rule], "返聘", regions=("national", "江苏")) == ["here"]
    assert found([rule], "返聘", regions=("national", "浙江")) == []


def test_an_article_without_a_remark_adds_nothing() -> None:
    assert found([Article(id="none", topic="wage_arrears", region="national", body={"answer": "返聘"})], "返聘") == []
