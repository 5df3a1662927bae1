"""Personal data is found where it stands among Chinese characters, and figures of a matter are left alone."""

import pytest

from desk.masking import PATTERNS, masked


def logged(text: str) -> str:
    for name, pattern in PATTERNS:
        text = pattern.sub(f"[{name}]", text)
    return text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("电话13812345678打不通", "电话〔电话〕打不通"),
        ("电话：138 1234 5678", "电话：〔电话〕"),
        ("１３８１２３４５６７８", "〔电话〕"),
        ("+86 138-1234-5678", "〔电话〕"),
        ("座机025-83311111", "座机〔电话〕"),
        ("身份证32010219900307123X的", "身份证〔证件号〕的"),
        ("320102 19900307 1234", "〔证件号〕"),
        ("卡号6222021234567890123", "卡号〔卡号〕"),
        ("6222 0212 3456 7890 123", "〔卡号〕"),
        ("发到 zhang.san@example.com 吧", "发到 〔邮箱〕 吧"),
        ("微信号：zhangsan_88", "微信〔账号〕"),
        ("QQ12345678", "QQ〔账号〕"),
        ("我叫张三，在工地", "我叫〔姓名〕，在工地"),
        ("姓名：欧阳小明", "姓名〔姓名〕"),
        ("订单20261121334455", "订单〔号码〕"),
    ],
)
def test_what_names_a_person_is_taken_out(text: str, clean: str) -> None:
    assert masked(text) == clean


def test_known_names_are_taken_out_the_longest_first() -> None:
    assert masked("王小明和王小明建筑公司", ["王小明", "王小明建筑公司", "", "王"]) == "〔姓名〕和〔姓名〕"


@pytest.mark.parametrize(
    "text",
    [
        "欠了12000元，拖了3个月",
        "打12333",
        "2024年5月1日",
        "我叫老板给钱他不给",
        "我是女职工，怀孕了",
        "按第三十八条",
        "工资8000.50元",
        "996",
    ],
)
def test_figures_of_a_matter_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("电话13812345678打不通", "电话[phone]打不通"),
        ("a 13812345678", "a [phone]"),
        ("身份证32010219900307123X的", "身份证[id-number]的"),
        ("bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", "bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"),
        ("/123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/", "/[token]/"),
        ("卡6222021234567890123", "卡[card]"),
        ("conversation=01m7z13812345678np6599dj5h", "conversation=01m7z13812345678np6599dj5h"),
    ],
)
def test_in_a_log_too_and_ids_stay_whole(line: str, clean: str) -> None:
    assert logged(line) == clean
