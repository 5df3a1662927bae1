"""Facts named in passing are taken where they are plain, and only there."""

import json
from typing import Any

import pytest

from desk.facts import extract, prefill

PLAIN: list[tuple[str, dict[str, Any]]] = [
    (
        "我在江宁鼎盛电子厂干了八个月，拖欠三个月工资一万二，没签合同",
        {"employer": "江宁鼎盛电子厂", "district": "江宁区", "industry": "制造", "months": 3, "amount": 12000, "contract": False},
    ),
    ("老板欠我8千5工钱，写了欠条", {"amount": 8500}),
    ("工头欠我们工钱3万多，我们7个人都没拿到", {"amount": 30000, "people": 7}),
    ("站点扣着配送费12000元没给，我是骑手", {"amount": 12000, "employment": "骑手", "industry": "外卖"}),
    ("月薪6000，干了两个月没给，一共欠1万2", {"months": 2, "amount": 12000}),
    ("半年没发工资了", {"months": 6}),
    ("工资拖了俩月", {"months": 2}),
    ("我和六个工友在工地上干木工，工钱一直欠着", {"people": 7, "industry": "建筑"}),
    ("一共欠我们四个人五万八工资", {"people": 4, "amount": 58000}),
    ("包工头拖欠我们二十三个农民工工资", {"people": 23}),
    ("２０２５年６月１号入职，2026-10-15被辞退", {"dates": ["2025-06-01", "2026-10-15"]}),
    ("17年3月5日签的合同", {"dates": ["2017-03-05"]}),
    ("我签了劳动合同，现在合同到期公司不续", {"contract": True}),
    ("一直没给我签书面劳动合同", {"contract": False}),
    ("我怀孕三个月了，公司要辞退我", {"pregnant": True}),
    ("在昆山富云物流有限公司当分拣员", {"district": "昆山市", "employer": "昆山富云物流有限公司"}),
    ("在溧水送快递", {"district": "溧水区", "industry": "快递"}),
    ("我在上海浦东新区上班", {"district": "浦东新区"}),
    ("被恒通物流公司辞退了", {"employer": "恒通物流公司"}),
    ("学校安排我去实习", {"employment": "实习"}),
    ("我退休以后返聘当保安", {"employment": "退休返聘", "industry": "保安"}),
    ("我是劳务派遣到银行的", {"employment": "派遣"}),
    ("我开网约车的，平台乱扣钱", {"industry": "网约车"}),
]

# What a message does not plainly say.
UNSURE: list[tuple[str, set[str]]] = [
    ("老板欠我好几万", {"amount"}),
    ("大概两三千没给", {"amount"}),
    ("欠我3000-5000工资", {"amount"}),
    ("我每月工资5000，老板不发", {"amount"}),
    ("罚款500元合法吗，还不给发工资", {"amount"}),
    ("朋友借我两万不还", {"amount"}),
    ("欠了两三个月工资", {"months"}),
    ("公积金欠缴五个月，工资照发", {"months"}),
    ("试用期三个月", {"months"}),
    ("来了5个月只发了2个月工资", {"months"}),
    ("我在一家电子厂上班", {"employer"}),
    ("我们公司在济南，我在济南工地干活", {"employer"}),
    ("公司拖欠工资", {"employer"}),
    ("住在幸福小区，厂区离得远", {"district"}),
    ("如何区分劳动关系和劳务关系", {"district", "contract"}),
    ("前两年没签合同，今年才签", {"contract"}),
    ("要不要签合同", {"contract"}),
    ("用人单位未与劳动者签订书面劳动合同怎么办", {"contract"}),
    ("同事怀孕了还上夜班", {"pregnant"}),
    ("我老婆怀孕，我被辞退了", {"pregnant"}),
    ("备孕期间能不能调岗", {"pregnant"}),
    ("我不是临时工", {"employment"}),
    ("公司裁了三十个人", {"people"}),
    ("我们几个人的工资没发", {"people"}),
    ("3月5日发工资", {"dates"}),
    ("2025年2月30日", {"dates"}),
    ("你好", {"employer", "amount", "months", "people"}),
    ("", {"employer"}),
]


@pytest.mark.parametrize(("text", "facts"), PLAIN)
def test_plain_facts_are_taken(text: str, facts: dict[str, Any]) -> None:
    found = extract(text)
    assert {name: found.get(name) for name in facts} == facts


@pytest.mark.parametrize(("text", "names"), UNSURE)
def test_what_is_not_sure_is_left_out(text: str, names: set[str]) -> None:
    assert not names & set(extract(text))


def test_facts_are_json() -> None:
    for text, _ in PLAIN:
        found = extract(text)
        assert json.loads(json.dumps(found)) == found


def test_prefill_gives_what_is_asked() -> None:
    facts = extract("我在鼎盛电子厂干活，厂在江宁，欠我三个月工资12000元，没签合同，2025年6月1日进厂")
    assert prefill(facts, ["employer", "district", "amount", "phone"]) == {"employer": "鼎盛电子厂", "district": "江宁区", "amount": 12000}
    assert prefill(facts, ["months", "contract"]) == {"months": 3, "contract": False}
    assert prefill({}, ["employer"]) == {}


def test_prefill_joins_the_district_where_it_is_not_asked_for() -> None:
    assert prefill({"employer": "鼎盛电子厂", "district": "江宁区"}, ["employer"]) == {"employer": "鼎盛电子厂（江宁区）"}


def test_a_long_story_comes_to_an_end() -> None:
    """A pattern that backtracks without end would run into the test's time limit."""
    assert extract("我在江宁鼎盛电子厂干了八个月，拖欠三个月工资一万二，没签合同，我们十二个人都没拿到钱，" * 100)["contract"] is False


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("我在公司干了3年半，月薪6000，现在被辞退能赔多少", {"worked": 42, "wage": 6000}),
        ("平均月薪3200左右，鉴定下来伤残十级", {"wage": 3200, "grade": 10}),
        ("在厂里工作了十二年零四个月，每月工资5500元", {"worked": 148, "wage": 5500}),
        ("鉴定是九级，每个月到手7千2", {"grade": 9, "wage": 7200}),
        ("上班6个月没签合同，一个月5000块", {"worked": 6, "wage": 5000}),
        ("工龄九年，月工资1.2万", {"worked": 108, "wage": 12000}),
        # A guess, a range, two values, another income, somebody's trade: not plain enough for a sum.
        ("做了快十年，一个月四五千", {}),
        ("干了两年多，一个月5000多", {}),
        ("月薪8000降到6000", {}),
        ("工资从每月5000到6000不等", {}),
        ("以前每月3000，后来每月4000", {}),
        ("试用期每月工资3000", {}),
        ("养老金每月3000元", {}),
        ("每月房租1500", {}),
        ("一个月加班36小时，每月15号发钱", {}),
        ("老板欠我工资20000元", {}),
        ("我是8级钳工，评了8级工", {}),
        ("先评八级，再鉴定七级", {}),
        ("10年前在那里上过班，2019年入职", {}),
    ],
)
def test_pay_time_worked_and_grade_where_they_are_plain(said: str, found: dict[str, int]) -> None:
    told = extract(f"我{said}")
    assert {name: told[name] for name in ("worked", "wage", "grade") if name in told} == found
