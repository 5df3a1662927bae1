"""Whose field a message is that is not ours, by its words; dangers come first, and every field has its line in both languages."""

import re

import pytest

from desk import elsewhere, texts

BELONGS = [
    ("violence", "老公喝了酒动手打我，结婚证还在他手上"),
    ("violence", "前夫天天威胁我和孩子"),
    ("fraud", "在一个平台投资，现在页面进不去，本金取不出来"),
    ("fraud", "网上被骗了三千块钱"),
    ("criminal", "我表弟和人打架，会判几年"),
    ("traffic", "骑车撞了个老人，交警还没认定"),
    ("family", "婆婆不带孩子，我要离婚，孩子归谁"),
    ("finance", "信用卡还不上，天天接催收电话"),
    ("consumer", "网购的手机是坏的，商家不给退"),
    ("housing", "房东不退钱，还把锁换了"),
    ("land", "我家的承包地让村委租出去了"),
    ("business", "和朋友合伙开店，他不给分红"),
    ("debt", "朋友借我八千块，写了借条不还"),
    ("law", "这件事我有没有责任"),
]


@pytest.mark.parametrize(("name", "said"), BELONGS)
def test_a_message_belongs_to_a_field(name: str, said: str) -> None:
    assert elsewhere.field(said) == name


def test_every_field_has_a_door_to_go_to_in_both_languages() -> None:
    for name in {name for name, _ in BELONGS}:
        chinese, english = texts.say("zh", f"elsewhere.{name}"), texts.say("en", f"elsewhere.{name}")
        numbers = set(re.findall(r"(?<!\d)\d{3,5}(?!\d)", chinese))
        assert numbers and numbers == set(re.findall(r"(?<!\d)\d{3,5}(?!\d)", english))


def test_a_long_message_is_read_quickly() -> None:
    assert elsewhere.field("好" * 200_000) == "law"
