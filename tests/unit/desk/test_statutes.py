"""Article numbers as statutes write them."""

import pytest

from desk.errors import Invalid
from desk.knowledge.statutes import article_name, article_number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第一条", 1), ("第十条", 10), ("第十二条", 12), ("第二十条", 20), ("第一百零七条", 107), ("第一百一十条", 110), ("第一百八十八条", 188),
        ("第一千条", 1000), ("第一千零七条", 1007), ("第一千零一十条", 1010), ("第一千一百九十二条", 1192), ("第一千二百六十条", 1260),
    ],
)  # fmt: skip
def test_a_number_and_its_name_are_one_another(name: str, number: int) -> None:
    assert article_number(name) == number and article_name(number) == name


def test_every_number_reads_back() -> None:
    assert [article_number(article_name(number)) for number in range(1, 1300)] == list(range(1, 1300))


def test_an_article_put_behind_another_counts_as_that_one() -> None:
    assert article_number("第二百七十六条之一") == 276
    assert article_number("第一百〇七条") == 107 and article_number("第一百十条") == 110


@pytest.mark.parametrize(
    "name",
    ["47", "第47条", "第条", "四十七条", "第四七条", "第十四七条", "第零条", "第千千千千千千千千千千条", "第四十七款", "第四十七条第二款"],
)
def test_what_is_no_article_is_named(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        article_number(name)
