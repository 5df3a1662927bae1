"""Masking: personal data taken out of a text before it is logged or leaves the house."""

import re
from collections.abc import Iterable

# A number on its own, not within an id. Not \b: a Chinese character is a letter to it, and 电话138… would not be found.
_OWN, _END = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
# What is personal in a line of a log.
PATTERNS = (
    ("phone", re.compile(rf"{_OWN}1[3-9]\d{{9}}{_END}")),
    ("id-number", re.compile(rf"{_OWN}\d{{17}}[\dXx]{_END}")),
    ("token", re.compile(rf"{_OWN}\d{{8,10}}:[A-Za-z0-9_-]{{30,}}")),
    ("card", re.compile(rf"{_OWN}\d{{16,19}}{_END}")),
)

_GAP = r"[ -]?"
_WIDE = str.maketrans("０１２３４５６７８９－＠", "0123456789-@")
# The wider net, for texts that go to others: numbers with gaps, mail, names that somebody gives as theirs.
_PLACEHOLDERS = (
    (re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"), "〔邮箱〕"),
    (re.compile(rf"(?<!\d)\d{{6}}{_GAP}(?:19|20)\d\d{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx]"), "〔证件号〕"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "〔证件号〕"),
    (re.compile(rf"(?<!\d)\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)"), "〔卡号〕"),
    (re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"), "〔电话〕"),
    (re.compile(r"(?<=微信)(?:号)?[:： ]?[A-Za-z][A-Za-z0-9_-]{5,19}|(?<=QQ)(?:号)?[:： ]?\d{5,}", re.IGNORECASE), "〔账号〕"),
    (re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"), "〔电话〕"),
    (re.compile(r"(?<![\d.])\d{8,}(?![\d.])"), "〔号码〕"),
    (re.compile(r"(?<=我叫|名叫)[\u4e00-\u9fff]{2,3}(?=[，,。.；;！!、\s]|$)|(?<=姓名)[:： ]?[\u4e00-\u9fff·]{2,6}"), "〔姓名〕"),
)  # fmt: skip


def masked(text: str, names: Iterable[str] = ()) -> str:
    """`text` with placeholders like 〔电话〕 for numbers, addresses and accounts of persons; `names` become 〔姓名〕."""
    text = text.translate(_WIDE)
    for name in sorted({one.strip() for one in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, "〔姓名〕")
    for pattern, placeholder in _PLACEHOLDERS:
        text = pattern.sub(placeholder, text)
    return text
