"""Papers cut into passages: at articles, headings and items, with nothing lost and every piece in its place."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.knowledge.cutting import LONG, Line, Passage, cut, sentences


def cut_text(text: str) -> list[Passage]:
    return cut([Line(line) for line in text.split("\n")])


def places(text: str) -> list[str]:
    return [passage.place for passage in cut_text(text)]


STATUTE = """某区职工服务站管理规定
（2031年5月6日通过）
第一章　总则
第一条　为了办好职工服务站，制定本规定。
第二条　服务站应当做到：
（一）每天开放；
（二）不收费用。
第三条所列服务以外的，另行规定。
第二章　管理
第一节　人员
第十条　每站至少二人。
第十条之一　节假日轮值。
第3章 附则
第11条 本规定自发布之日起施行。
"""


def test_a_statute_is_cut_at_its_articles() -> None:
    found = cut_text(STATUTE)
    assert [passage.place for passage in found] == [
        "第1–2段", "第一章 第一条", "第一章 第二条", "第二章 第一节 第十条", "第二章 第一节 第十条之一", "第3章 第十一条",
    ]  # fmt: skip
    assert [passage.article for passage in found] == ["", "第一条", "第二条", "第十条", "第十条之一", "第十一条"]
    # Its items are the article's, and so is a sentence that begins by naming another article.
    assert found[2].text == "第二条　服务站应当做到：\n（一）每天开放；\n（二）不收费用。\n第三条所列服务以外的，另行规定。"
    assert found[3].headings == "第二章　管理\n第一节　人员"


PAPER = """关于做好夏季帮扶工作的通知
各基层工会：
一、补助对象
（一）登记入会满一年，因患重病住院，个人负担的医疗费用较重，影响家庭基本生活，并且家庭人均收入低于规定标准的会员，可以申请一次性补助。
（二）受灾会员。
（三）其他确有困难的会员。
二、申请材料
应当提交下列材料：
1. 申请表
2. 发票
三、办理时限：自受理起十五个工作日。
附件1：申请表
姓名、电话
"""


def test_another_paper_is_cut_at_its_items_and_short_ones_stand_together() -> None:
    found = cut_text(PAPER)
    assert [passage.place for passage in found] == ["第1–2段", "一（一）", "一（二）–（三）", "二", "三", "附件1"]
    assert (found[1].headings, found[3].headings) == ("一、补助对象", "二、申请材料")
    assert found[3].text == "应当提交下列材料：\n1. 申请表\n2. 发票"


def test_headings_of_the_file_name_the_place() -> None:
    lines = [
        Line("帮扶指南", 1),
        Line("谁可以申请", 2),
        Line("会员。"),
        Line("二、怎么申请", 2),
        Line("线上", 3),
        Line("扫码。"),
        Line("1.5 元一次。"),
    ]
    found = cut(lines)
    assert [passage.place for passage in found] == ["谁可以申请", "二 线上"]
    assert found[1].headings == "帮扶指南\n二、怎么申请\n线上" and found[1].text == "扫码。\n1.5 元一次。"


def test_a_paper_that_mentions_an_article_is_no_statute() -> None:
    assert places("一、依据。\n第三十八条规定的情形。\n二、对象。" + "会员。" * 30) == ["一", "二"]


def test_a_list_of_contents_is_not_lost() -> None:
    found = cut_text("目录\n第一章 总则\n第二章 管理\n第一章 总则\n第一条 甲。\n第二章 管理\n第二条 乙。")
    assert [passage.place for passage in found] == ["第1段", "第一章–第二章", "第一章 第一条", "第二章 第二条"]


def test_a_long_article_is_cut_at_sentence_ends_and_put_together_is_itself() -> None:
    paragraphs = ["第一条 " + "工会应当办好服务站，方便会员。" * 80, "会员可以提出意见；工会应当答复。" * 20]
    found = cut_text("\n".join([*paragraphs, "第二条 完。"]))[:-1]
    assert len(found) > 2 and {passage.place for passage in found} == {"第一条"}
    assert all(len(passage.text) <= LONG + 1 and passage.text.rstrip()[-1] in "。；" for passage in found)
    assert [(p.begins_cut, p.ends_cut) for p in found] == [(i > 0, i < len(found) - 1) for i in range(len(found))]
    assert "".join(passage.text for passage in found) == "\n".join(paragraphs)


def test_paragraphs_without_any_number_are_counted() -> None:
    found = cut_text("\n".join(f"这是第{n}个自然段，说一件事情。" * 12 for n in "甲乙丙丁"))
    assert [passage.place for passage in found] == ["第1–2段", "第3–4段"]
    assert not any(passage.begins_cut or passage.ends_cut for passage in found)


def test_pages_stand_in_the_place() -> None:
    lines = [Line("第一条 甲。", page=1), Line("乙。", page=2), Line("第二条 丙。", page=2)]
    assert [passage.place for passage in cut(lines)] == ["第一条（第1–2页）", "第二条（第2页）"]
    assert [passage.place for passage in cut([Line("甲。", page=4)])] == ["第4页"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("甲。乙！", ["甲。", "乙！"]), ("他说：“好。”走了。", ["他说：“好。”", "走了。"]), ("没有句号", ["没有句号"]), ("", [])],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


STARTS = [
    "",
    "第一条 ",
    "第二条 ",
    "第三条　",
    "第三条之一 ",
    "第一章 总则",
    "第二节 ",
    "一、",
    "二、",
    "（一）",
    "(二)",
    "1. ",
    "2、",
    "（1）",
    "附件1：",
    "目录",
]
WORDS = st.text("工会会员补助办法第一条章，、。；：（）”之规定1 ", max_size=40) | st.text(
    "工会会员补助，。；”", min_size=300, max_size=1200
)
LINES = st.lists(
    st.builds(
        lambda start, words, level: Line((start + words).strip(), level),
        st.sampled_from(STARTS),
        WORDS,
        st.sampled_from([0, 0, 0, 1, 2, 3]),
    ),
    max_size=20,
)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_every_character_stands_in_some_passage_in_its_order(drawn: list[Line]) -> None:
    lines = [Line(f"{line.text}〔{i}〕", line.level) for i, line in enumerate(drawn)]
    found = cut(lines)
    whole, headings = "".join(passage.text for passage in found), "\n".join(passage.headings for passage in found)
    quoted = [line.text for line in lines if line.text in whole]
    assert squeezed("".join(quoted)) == squeezed(whole)
    assert all(line.text in headings for line in lines if line.text not in quoted)
    assert [passage.position for passage in found] == list(range(len(found)))
    assert all(passage.place and len(passage.place) <= 220 and passage.text.strip() for passage in found)
    assert all(len(passage.text) <= LONG + 20 for passage in found)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
