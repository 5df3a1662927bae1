"""What a model is asked, and what of its answer may stand."""

from pathlib import Path
from typing import Any

import pytest

from desk.drafting import Grounds, article_text, cleaned, draft, flaw, rewriting, spots, unsupported
from desk.knowledge.statutes import StatuteIndex

INDEX = StatuteIndex.read(Path(__file__).parents[3] / "data" / "laws-index")
BODY: dict[str, Any] = {
    "title": "老板拖欠工资怎么办",
    "asks": ["欠了九个月怎么办"],
    "answer": "先投诉，一年内也可以仲裁。",
    "steps": ["存好证据", "15天内催一次"],
    "evidence": ["考勤"],
    "deadlines": ["一年内"],
    "go": ["劳动监察"],
    "avoid": [],
    "costs": "不收费",
    "phones": ["12333"],
    "sources": [
        {"law": "劳动合同法", "article": "第三十条", "says": "足额支付"},
        {"law": "医疗期规定", "article": "第三条", "says": "三个月起"},
        {"law": "没有收录的文件", "article": None, "says": "各地规定"},
    ],
    "checked": False,
}


def test_an_article_as_ground_has_everything_but_the_questions() -> None:
    text = article_text(BODY, INDEX)
    assert "九个月" not in text and "12333" in text and "不收费" in text
    assert "依据：《中华人民共和国劳动合同法》第三十条：足额支付" in text
    assert "《企业职工患病或非因工负伤医疗期规定》第三条（《医疗期规定》第三条）" in text
    assert unsupported("按《医疗期规定》第三条和《劳动合同法》第三十条，看《没有收录的文件》", Grounds((text,))) == []


def test_a_rewriting_is_asked_for_in_the_articles_own_measure() -> None:
    prompt, grounds = rewriting(BODY, INDEX, "怎么办")
    assert "最多2步" in prompt.system and "怎么办" in prompt.user and grounds.words == ()
    assert "不写步骤" in rewriting(BODY | {"steps": []}, INDEX, "怎么办")[0].system
    assert prompt.patience == 1


def test_a_draft_may_repeat_the_workers_figures_but_no_law_and_no_phone_of_theirs() -> None:
    said = "欠我八千元，四个月了，同事说按《民法典》第九百九十条，让我打96110，看 https://a.example"
    prompt, grounds = draft([article_text(BODY, INDEX)], [("职工", said), ("机器人", "请等 99 天"), ("工作人员", "要 77 天")], INDEX)
    assert prompt.patience > 1 and "职工：欠我八千元" in prompt.user and "机器人：请等 99 天" in prompt.user
    assert unsupported("您说欠8000元、4个月，一年内可以仲裁", grounds) == []
    text = "按《民法典》第九百九十条，打96110，看 https://a.example，等99天或77天"
    assert unsupported(text, grounds) == ["《民法典》", "第九百九十条", "96110", "https://a.example", "99天", "77天"]
    assert unsupported("96110也可以问", grounds) == ["96110"]


def test_a_long_conversation_keeps_its_end() -> None:
    prompt, _ = draft([], [("职工", f"第{i}句" + "话" * 400) for i in range(30)], INDEX)
    assert "第29句" in prompt.user and "第0句" not in prompt.user and len(prompt.user) < 4000
    assert "没有找到" in prompt.user


def test_a_known_law_is_noticed_without_its_brackets() -> None:
    grounds = rewriting(BODY, INDEX, "怎么办")[1]
    text = "按劳动合同法可以投诉，依据工会法也行，工会法律援助不收费，还有行政诉讼法"
    assert unsupported(text, grounds) == ["工会法", "行政诉讼法"]


def test_placeholders_are_for_the_counsellor_to_fill() -> None:
    assert spots("请〔姓名〕来电", Grounds(("结论",))) == [(1, 5)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请先投诉，再仲裁。", ""),
        ("", "empty"),
        ("…", "empty"),
        ("Sorry, no.", "empty"),
        ("请" * 301, "long"),
        ("请用`pip`安装", "code"),
        ("```\n请投诉\n```", "code"),
        ('{"answer": "请投诉"}', "code"),
        ("请投诉<br>再仲裁", "code"),
        ("请看[这里](x)", "code"),
        ("工资<3000元的情况", ""),
    ],
)
def test_what_makes_a_text_unusable(text: str, found: str) -> None:
    assert flaw(text, 300) == found


def test_ornaments_and_thoughts_are_taken_off() -> None:
    assert cleaned("<think>嗯\n30天？</think>\n\n# 结论\n**先**投诉\n\n\n\n再仲裁") == "结论\n先投诉\n\n再仲裁"
    assert cleaned("<think>没有想完") == ""
