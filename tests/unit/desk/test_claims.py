"""Claims: which wordings say the same, and which only look like it."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.claims import claims_in
from desk.drafting import Grounds, article_text, spots, unsupported
from desk.knowledge.article_file import read_articles
from desk.knowledge.statutes import StatuteIndex

DATA = Path(__file__).parents[3] / "data"


def held(text: str, ground: str) -> bool:
    return unsupported(text, Grounds((ground,))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("十五日内", "15天内"),
        ("１５日", "15 日"),
        ("拾伍日", "十五天"),
        ("廿天", "20日"),
        ("30%", "百分之三十"),
        ("三成", "30%"),
        ("３０％", "百分之30"),
        ("千分之五", "0.5%"),
        ("2倍", "双倍"),
        ("两倍工资", "百分之二百"),
        ("1.5倍", "150%"),
        ("工资减半", "50%"),
        ("三分之一", "3分之1"),
        ("12000元", "一万二"),
        ("1.2万元", "12,000元"),
        ("￥12000", "一万二千块钱"),
        ("壹万贰仟元", "12000元"),
        ("8千5", "8500元"),
        ("俩月", "两个月"),
        ("仨月", "3个月"),
        ("半年", "六个月"),
        ("一年半", "18个月"),
        ("两个半月", "2.5个月"),
        ("一周", "七天"),
        ("十六周岁", "16岁"),
        ("四十小时", "40个小时"),
        ("5个工作日", "五个工作日"),
        ("10至15天", "十日到十五日"),
        ("2024年5月1日", "二〇二四年五月一日"),
        ("2024-05-01", "2024年5月1日"),
        ("每月15号", "每月十五日"),
        ("9:30", "上午九点半"),
        ("星期一", "周一"),
        ("《劳动合同法》第38条", "《中华人民共和国劳动合同法》第三十八条"),
        ("第三十六、三十八条", "第三十六条、第38条"),
        ("《劳动合同法》第三十八条、第四十六条", "《劳动合同法》第三十八条，《劳动合同法》第四十六条"),
        ("拨打１２３３３", "电话：12333"),
        ("打一二三三三", "电话：12333"),
        ("2N", "赔2n"),
    ],
)  # fmt: skip
def test_two_wordings_of_one_claim(one: str, other: str) -> None:
    assert claims_in(one) and claims_in(other)
    assert held(one, other) and held(other, one)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("半个月", "15日"),
        ("一个月", "30日"),
        ("5个工作日", "5日"),
        ("48小时", "2天"),
        ("每月15日前", "15日内"),
        ("15号前", "15日内"),
        ("3月", "三个月"),
        ("30元", "30天"),
        ("30%", "30元"),
        ("30天", "13天"),
        ("三十天", "三天"),
        ("3倍", "3天"),
        ("三五天", "35天"),
        ("十几天", "十天"),
        ("几十万元", "10万元"),
        ("一万二", "12元"),
        ("1.5倍", "15倍"),
        ("2025年5月1日", "2024年5月1日"),
        ("2024年5月1日", "5月1日"),
        ("2024年5月1日", "2024年"),
        ("第三年", "3年"),
        ("周一", "周二"),
        ("9:30", "9:00"),
        ("《劳动法》第三十八条", "《劳动合同法》第三十八条。《劳动法》第五十条"),
        ("劳动法第三十八条", "《劳动合同法》第三十八条。《劳动法》第五十条"),
        ("“劳动法”第三十八条", "《劳动合同法》第三十八条。《劳动法》第五十条"),
        ("劳动法里的第三十八条", "《劳动合同法》第三十八条。《劳动法》第五十条"),
        ("第三十八条第一款第二项", "《劳动合同法》第三十八条"),
        ("第三十八条第二款", "《劳动合同法》第三十八条第一款"),
        ("第三十八条之一", "《劳动合同法》第三十八条"),
        ("第三十六条至第三十八条", "《劳动合同法》第三十六条、第三十八条"),
        ("《劳动合同法》", "《劳动合同法实施条例》"),
        ("《中华人民共和国刑法》", "《劳动合同法》第三十八条"),
        ("打12351", "电话：12333"),
        ("打12348", "赔12348元"),
        ("13912345678", "12333"),
        ("025-83311111", "12333"),
        ("N+1", "2N"),
        ("thirty days", "30天"),
        ("1\u200b5天", "十天"),
        ("https://evil.example/x", "https://good.example/x"),
        ("evil.example", "结论"),
        ("㊂天", "五天"),
        ("⑮日内", "15日内"),
        ("½个月", "1个月"),
        ("开三场会", "开会"),
        ("扣五分", "扣分"),
    ],
)  # fmt: skip
def test_what_only_looks_the_same_is_another_claim(text: str, ground: str) -> None:
    assert not held(text, ground)


@pytest.mark.parametrize(
    "text",
    [
        "1. 先投诉\n2. 再仲裁\n3. 等结果",
        "1、投诉\n2、仲裁",
        "一、投诉\n二、仲裁",
        "（1）投诉（2）仲裁",
        "①投诉②仲裁③等",
        "第一步，投诉。第二步，仲裁",
        "第一，投诉；第二，仲裁",
        "1. 投诉\n（1）带材料\n（2）留回执\n2. 仲裁",
        "写一份申请，找一个人一起去，一定要留底，千万别签",
        "这是一次性补助，万一不给，十分要紧，统一办理",
        "我们一般先问一下，再一并处理",
        "几天就好，好几个人都这样",
    ],
)
def test_words_that_count_nothing(text: str) -> None:
    assert held(text, "结论：投诉")


@pytest.mark.parametrize("text", ["30、投诉", "3. 投诉", "1. 投诉\n3. 仲裁", "1.5倍", "1:30投诉", "（3）投诉", "⑦投诉", "第九天投诉"])
def test_a_number_is_no_list_numbering_out_of_its_turn(text: str) -> None:
    assert not held(text, "结论：投诉")


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("5天、10天、15天", "5、10、15天"),
        ("第三十八条", "《劳动合同法》第三十八条第一款第二项"),
        ("2024年起", "2024年5月1日"),
        ("5月1日起", "2024年5月1日"),
        ("8000元", "每月工资8000"),
        ("每周四十小时", "每周40小时"),
        ("12333可以问", "电话：12333、12348"),
        ("百分之五十到一倍", "50%至100%"),
        ("《劳动争议司法解释(一)》", "《劳动争议司法解释（一）》"),
        ("劳动合同法第38条", "《中华人民共和国劳动合同法》第三十八条"),
        ("按照劳动合同法第三十六、三十八条", "《劳动合同法》第三十六条、《劳动合同法》第三十八条"),
    ],
)  # fmt: skip
def test_less_than_the_ground_says_is_held_too(text: str, ground: str) -> None:
    assert held(text, ground)


def test_the_spot_is_named_as_it_is_written() -> None:
    text = "请在 ３０ 日内带２份材料，按《劳动法》第三十八条办，\n打13912345678。"
    assert unsupported(text, Grounds(("结论",))) == ["３０ 日", "２份", "《劳动法》", "第三十八条", "13912345678"]
    assert all(0 <= start < end <= len(text) for start, end in spots(text, Grounds(("结论",))))


# Everything that may stand in such a text, in pieces.
_PIECES = st.sampled_from(
    [*"0123456789零一二三四五六七八九十百千万亿两半几数多余俩仨年月日号天周元块角%倍成个次人条款项第之分点时", "百分之", "工作日", "小时", "个月", "至", "、", "-", ".",
     "，", "。", "\n", " ", "《劳动法》", "《", "》", "第三十八条", "1. ", "①", "（一）", "电话", "N+1", "12333", "的", "办", "法", "２", "½", "​", "²"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join))
@example("第十第条分之点零")
@example("二零零零零")
def test_whatever_a_text_says_it_supports_itself(text: str) -> None:
    assert held(text, text)
    for claim in claims_in(text):
        assert 0 <= claim.start < claim.end <= len(text)


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_read(text: str) -> None:
    assert held(text, text)


def chinese(number: int) -> str:
    """A number below a hundred thousand as it is spoken."""
    text, gap = "", False
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    return text.removeprefix("一") if 10 <= number < 20 else text


@given(st.integers(2, 99_999), st.integers(2, 99_999), st.sampled_from(["天", "元", "个月", "年", "%", "倍", "人"]))
def test_numbers_are_the_same_in_both_scripts_and_no_others_are(number: int, other: int, unit: str) -> None:
    spoken = f"百分之{chinese(number)}" if unit == "%" else f"{chinese(number)}{unit}"
    if unit == "年" and 1000 <= number <= 9999:
        return  # a year, not a time
    assert held(spoken, f"{number}{unit}") and held(f"{number}{unit}", spoken)
    if other != number:
        assert not held(f"另外要{other}{unit}", f"规定是{spoken}")


@given(st.integers(1, 900), st.integers(1, 900))
def test_articles_of_a_law_in_both_scripts(number: int, other: int) -> None:
    spoken = f"《劳动合同法》第{chinese(number)}条"
    assert held(f"劳动合同法第{number}条", spoken)
    if other != number:
        assert not held(f"《劳动合同法》第{other}条", spoken)


def test_every_article_supports_its_own_answer() -> None:
    """No false alarm on the very words that are to be reworded."""
    index = StatuteIndex.read(DATA / "laws-index")
    alarms = {}
    for file in read_articles(DATA / "knowledge"):
        body = file.model_dump(mode="json")
        shown = "\n".join([body["answer"], *(f"{i}. {step}" for i, step in enumerate(body["steps"], 1))])
        if doubtful := unsupported(shown, Grounds((article_text(body, index),))):
            alarms[file.id] = doubtful
    assert alarms == {}


def test_a_numeral_is_read_as_its_value() -> None:
    assert {claim.value for claim in claims_in("一万二千三百四十五元")} == {(Decimal(12345), "元")}


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["1", "一", "十", "1,", "1、", "一、", "a", "a.", "1.", "法", "第一", "第一条", "百分之", "《", "（1）", "几", "半个"]
)
def test_endless_rows_are_read_in_reasonable_time(piece: str) -> None:
    claims_in(piece * (6000 // len(piece)))
