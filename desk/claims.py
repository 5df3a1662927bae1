"""Claims: the numbers, dates, phone numbers, links and citations in a text, in a form in which two wordings can be compared.

十五日, 15日 and １５天 are one claim; 百分之三十, 30% and 三成 another. What is not sure to be the same is another claim:
半个月 is not 15 天, 30 日 is no month, 工作日 no day. Where this is mistaken, a good text is doubted and no bad one passes.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from desk.legal.numerals import parse_number


@dataclass(frozen=True)
class Claim:
    """`kind` and `value` say what is claimed; it stands at `start`:`end` of the text."""

    kind: str  # law, article, number, phone, date, time, weekday, word, link
    value: tuple[object, ...]
    start: int
    end: int


# Numerals of contracts and banks, and the short ones of speech.
_SAME = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億〇兩", "一二二三三四五六六七八九十百千万亿零两")
_MORE = {"廿": "二十", "卅": "三十", "俩": "两个", "仨": "三个"}
_D = "零一二三四五六七八九"
_N = _D + "两"
# Possessive here, bounded below: a worker's endless row of digits must not be tried in every division.
_ARABIC = r"\d++(?:,\d{3}(?!\d))*+(?:\.\d++)?+"
_NUM = rf"(?:(?:{_ARABIC}|[{_N}十])(?:{_ARABIC}|[{_N}十百千万亿]|点(?=[{_D}])|(?<=\d)[kw](?![a-z])){{0,16}}|半)"
_VAGUE = rf"(?:[{_N}十百千万]{{0,6}}[几数][十百千万亿]+|[十百千]几)"

# After 一 these mean no more than "a": 写一份申请, 找一个人.
_MEASURES = "个份种类项条件家张户套层步号页班顿趟回届辆台片粒字代门所场轮批组排遍节课股本把根只"
# Unit: what it counts as, and how many of that. Longer names come first.
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("个工作日", "工作日"), ("工作日", Decimal(1))),
    **dict.fromkeys(("周年", "年"), ("月", Decimal(12))),
    "季度": ("月", Decimal(3)),
    **dict.fromkeys(("月",), ("月", Decimal(1))),
    **dict.fromkeys(("星期", "礼拜", "周"), ("日", Decimal(7))),
    **dict.fromkeys(("自然日", "日历日", "昼夜", "天", "日"), ("日", Decimal(1))),
    **dict.fromkeys(("小时", "钟头"), ("小时", Decimal(1))),
    **dict.fromkeys(("分钟",), ("分钟", Decimal(1))),
    **dict.fromkeys(("周岁", "岁"), ("岁", Decimal(1))),
    **dict.fromkeys(("元人民币", "元", "块钱", "块", "圆", "人民币", "rmb"), ("元", Decimal(1))),
    "角": ("元", Decimal("0.1")),
    **dict.fromkeys(("个百分点", "百分点", "%"), ("倍", Decimal("0.01"))),
    "‰": ("倍", Decimal("0.001")),
    "倍": ("倍", Decimal(1)),
    "成": ("倍", Decimal("0.1")),
    **dict.fromkeys(("名", "位", "人"), ("人", Decimal(1))),
    **dict.fromkeys(("摄氏度", "°c", "度"), ("度", Decimal(1))),
    **{one: (one, Decimal(1)) for one in ("公里", "千米", "平方米", "公斤", "千克", *"秒分次级档期折米斤吨亩毛", *_MEASURES)},
}
_UNIT = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
# Words with a numeral in them that count nothing. 一次性 is a kind of payment, 之一 one of several.
_IDIOMS = re.compile(
    rf"(?<![{_N}十百千万亿\d])(?:一次性|万一(?![{_N}十百千])|千万(?=[别不要记注])|十分(?!钟)|统一|唯一|逐一|同一|(?<!分)之一|一点|[三四]方|一家人|一块(?=[儿去来])"
    r"|第一(?:时间|线)|一日三餐|三天两头)"
)
_NOT_TENTHS = r"(?![为了立功年人就员效长熟])"

_LINK = re.compile(
    r"https?://[^\s，。；、）)》]+|(?<![a-z0-9._%+-])[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}|(?<![a-z0-9@.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s，。；、）)》]*)?"
)
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_NAMED = rf"[\u4e00-\u9fff（）()]{{0,30}}(?:法|条例|规定|办法|解释|通知|规则)(?:[（(][{_D}十][）)])?"
_ARTICLE = re.compile(
    rf"(?:(?P<law>{_NAMED})[”\u2019'\u0022」』]?(?:当?中|里)?的?)?(?P<nth>第)?(?P<first>{_NUM})(?P<more>(?:条?[、,，至到和及或~—–-]+第?{_NUM}){{0,20}})条(?:之(?P<of>[{_D}]))?(?P<part>(?:第{_NUM}[款项目])*)"
)
_DATES = (
    re.compile(rf"(?<![\d{_N}十百千万亿.])(?P<y>\d{{4}}|[{_D}]{{4}})年(?:(?P<m>\d{{1,2}}|[{_D}十]{{1,3}})月(?:份)?(?:(?P<d>\d{{1,2}}|[{_D}十]{{1,3}})[日号])?)?"),
    re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])(?:[-/.](?P<d>3[01]|[12]\d|0?[1-9]))?(?![\d.])"),
    re.compile(rf"(?:每|次|当|本|下|上|该)个?月的?(?P<d>\d{{1,2}}|[{_D}十]{{1,3}})[日号](?!内|之内|以内)"),
    re.compile(rf"(?<![\d{_D}十.])(?P<m>\d{{1,2}}|[{_D}十]{{1,2}})月(?!以?内|之内|薪)(?:份)?(?:(?P<d>\d{{1,2}}|[{_D}十]{{1,3}})[日号])?"),
    re.compile(rf"(?<![\d{_D}十.])(?P<d>\d{{1,2}}|[{_D}十]{{2,3}})号(?![楼线店位])"),
)  # fmt: skip
_TIMES = (
    re.compile(r"(?<!\d)(?P<h>\d{1,2})[:：](?P<n>\d\d)(?!\d)"),
    re.compile(rf"(?:(?:凌晨|早上|上午|中午|下午|晚上|傍晚)的?(?P<h>{_NUM})|(?P<g>\d{{1,2}}))[点时](?!\d*\.)(?:(?P<n>{_NUM})分?|钟|整)?"),
)
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)(?P<d>[一二三四五六日天1-6])(?![次回趟个天十百点\d])")
_PHONE = re.compile(r"(?<![\d.])(?:0\d{2,3}-\d{7,8}|0\d{9,11}|[48]00-?\d{3}-?\d{4}|1[3-9]\d-?\d{4}-?\d{4})(?![\d.])")
_SHORT_PHONE = re.compile(r"(?:电话|热线|拨打?|致电|打(?![工卡折印]))[^\d，。；、\n]{0,4}(?P<n>\d{3,6})(?![\d.%年月日天元块个])")
_PART_OF = re.compile(rf"(?P<of>百|千|万|{_NUM})分之(?P<n>{_NUM})")
_DOUBLED = re.compile(r"双倍|翻倍|翻番|翻一番|加倍")
_HALF = re.compile(r"一半|减半|折半")
_FORMULA = re.compile(r"(?<![a-z0-9])(?P<n>\d*)n(?:\+(?P<more>\d+))?(?![a-z])")
_ORDINAL = re.compile(rf"第(?P<n>{_NUM})(?P<unit>个?(?:年|月|天|日|周|次|级|档|季度)|号令|号)?")
_AMOUNT = re.compile(
    rf"(?P<sign>¥)?(?P<n>{_NUM})(?:多|余|来(?=[年月天元个]))?(?P<half>个半)?(?P<of>(?:个(?=[月季星礼小钟工自]))?(?:{_UNIT}))?"
)
_JOINED = re.compile(r"\s*(?:[-–—~～、,，至到和或及/]|或者)\s*")
_ENGLISH = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundred|thousand|million|half|double|triple|twice|percent)\b"
)
_MARKER = re.compile(
    rf"(?m)(?:^\s*[·•*-]?\s*(?:步骤|第)?[（(]?(?P<a>\d{{1,2}}|[{_D}十]{{1,2}})(?:[）)、]|[:：.．](?!\d)|步[，,：: 、])|[（(](?P<b>\d|[{_D}])[）)]|(?P<c>[①-⑳]))"
)


class _Text:
    """A text in plain characters, each of which knows its place in the original; what was read is blanked out."""

    def __init__(self, text: str) -> None:
        chars: list[str] = []
        self.places: list[int] = []
        for place, char in enumerate(text):
            for one in _plain(char):
                one = " " if one.isspace() and one != "\n" else one
                if one == " " and not (chars and (_latin(chars[-1]) or chars[-1] == ".")):
                    continue
                if chars and chars[-1] == " " and not _latin(one):
                    chars.pop(), self.places.pop()
                chars.append(one)
                self.places.append(place)
        self.now = "".join(chars)

    def take(self, pattern: re.Pattern[str], keep: str = "") -> Iterator[re.Match[str]]:
        """What `pattern` finds, blanked out (with `keep`) once it was looked at."""
        for found in list(pattern.finditer(self.now)):
            yield found
            self.blank(*found.span(), keep)

    def blank(self, start: int, end: int, keep: str = "") -> None:
        self.now = self.now[:start] + (keep or "\0") * (end - start) + self.now[end:]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.places[start], self.places[end - 1] + 1


def _plain(char: str) -> str:
    if unicodedata.category(char) in ("Cf", "Mn"):
        return ""
    if "①" <= char <= "⑳":
        return char
    folded = unicodedata.normalize("NFKC", char).lower()
    # Chinese punctuation stays: a full-width comma parts numbers, a plain one may stand within one.
    known = folded if any(one.isalnum() for one in folded) or folded in "%‰¥.+-~ \n" else char
    digits = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in known)
    return "".join(_MORE.get(one, one) for one in digits).translate(_SAME)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _value(numeral: str) -> Decimal | str:
    """The number, or the numeral itself where it is none: 三五 (天) is neither 35 nor 3."""
    if re.fullmatch(rf"[{_N}]{{2,3}}", numeral) and "零" not in numeral:
        return numeral
    parsed = parse_number(numeral.replace(",", ""))
    return numeral if parsed is None else parsed.normalize()


def _whole(numeral: str | None) -> int | None:
    if not numeral:
        return None
    value = _value(numeral)
    if isinstance(value, str):
        value = Decimal("".join(str(_D.index(one)) if one in _D else one for one in numeral if one in _D or one.isdigit()) or "0")
    return int(value)


def law_name(title: str) -> str:
    """A law's title as it is compared: without the republic's name, brackets and blanks."""
    return re.sub(r"[\s（）()《》〈〉]", "", title.replace("中华人民共和国", ""))


def claims_in(text: str) -> list[Claim]:
    """Every claim of a text, in no particular order."""
    plain = _Text(text)
    found: list[Claim] = []

    def claim(kind: str, value: tuple[object, ...], span: tuple[int, int]) -> None:
        found.append(Claim(kind, value, *plain.span(*span)))

    for link in plain.take(_LINK):
        claim("link", (link[0].rstrip("./"),), link.span())
    _take_markers(plain, claim)
    _take_laws(plain, claim)
    _take_moments(plain, claim)
    for phone in plain.take(_PHONE):
        claim("phone", (re.sub(r"\D", "", phone[0]),), phone.span())
    for phone in plain.take(_SHORT_PHONE):
        claim("phone", (phone["n"],), phone.span("n"))
    _take_shares(plain, claim)
    for word in plain.take(_ENGLISH):
        claim("word", (word[0],), word.span())
    for vague in plain.take(re.compile(_VAGUE)):
        claim("word", (vague[0],), vague.span())
    _take_amounts(plain, claim)
    return found


_Claimed = Callable[[str, tuple[object, ...], tuple[int, int]], None]


def _take_markers(plain: _Text, claim: _Claimed) -> None:
    """List numbering counts nothing, as long as it counts up from one."""
    expected: dict[str, int] = {}
    for found in list(_MARKER.finditer(plain.now)):
        sign = found["a"] or found["b"] or found["c"]
        number = ord(sign) - ord("①") + 1 if found["c"] else _whole(sign)
        kind = "①" if found["c"] else "（" if found["b"] or "（" in found[0] or "(" in found[0] else ""
        if number is not None and number in (1, expected.get(kind)):
            plain.blank(*found.span(), "\n")
            expected[kind] = number + 1
    # One that is out of order is a number like others.
    for sign in plain.take(re.compile("[①-⑳]")):
        claim("word", (sign[0],), sign.span())


def _take_laws(plain: _Text, claim: _Claimed) -> None:
    """Titles in 《》, and articles with the law they are of: the last one named in the same sentence."""
    titles: list[tuple[int, str]] = []
    for title in plain.take(_TITLE, "\1"):
        titles.append((title.end(), law_name(title[1])))
        claim("law", (law_name(title[1]),), title.span())
    for found in list(_ARTICLE.finditer(plain.now)):
        start = found.start("nth") if found["nth"] else found.start("first")
        before = [(end, name) for end, name in titles if end <= start and not re.search(r"[。；;\n]", plain.now[end:start])]
        named = law_name(found["law"] or "")
        if not (found["nth"] or named or (before and before[-1][0] == start)):
            continue  # 两条路, 三条建议
        law = before[-1][1] if before and not named else named
        parts = tuple(re.sub(rf"第({_NUM})([款项目])", lambda one: f"{_value(one[1])}{one[2]}、", found["part"]).split("、")[:-1])
        of = f"之{found['of']}" if found["of"] else ""
        numbers = _series(found["first"], found["more"])
        for number in numbers:
            claim("article", (law, f"{number}{of}", *(parts if number == numbers[-1] else ())), (start, found.end()))
        plain.blank(start, found.end())


def _series(first: str, more: str) -> list[object]:
    """The articles of 第三十六条至第三十八条 or 三十六、三十八条, with those in between."""
    numbers: list[object] = [_value(first)]
    for joint, numeral in re.findall(rf"(条?[、,，至到和及或~—–-]+)第?({_NUM})", more):
        last, value = numbers[-1], _value(numeral)
        if re.search("[至到~—–-]", joint) and isinstance(last, Decimal) and isinstance(value, Decimal) and 0 < value - last < 200:
            numbers += [last + step for step in range(1, int(value - last))]
        numbers.append(value)
    return numbers


def _take_moments(plain: _Text, claim: _Claimed) -> None:
    for pattern in _DATES:
        for found in list(pattern.finditer(plain.now)):
            parts = found.groupdict()
            year, month, day = (_whole(parts.get(name)) for name in "ymd")
            if (month is None or 1 <= month <= 12) and (day is None or 1 <= day <= 31):
                claim("date", (year, month, day), found.span())
                plain.blank(*found.span())
    for found in plain.take(_TIMES[0]):
        claim("time", (int(found["h"]), int(found["n"])), found.span())
    for found in plain.take(_TIMES[1]):
        minutes = 30 if found["n"] == "半" else _whole(found["n"]) or 0
        claim("time", (_whole(found["h"] or found["g"]), minutes), found.span())
    for found in plain.take(_WEEKDAY):
        day_name = {"天": "日", **{str(i): _D[i] for i in range(1, 7)}}.get(found["d"], found["d"])
        claim("weekday", (day_name,), found.span())


def _take_shares(plain: _Text, claim: _Claimed) -> None:
    """Parts of a whole and multiples: all of them as times the whole."""
    for found in plain.take(_PART_OF):
        whole = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000)}.get(found["of"]) or _value(found["of"])
        part = _value(found["n"])
        known = isinstance(whole, Decimal) and isinstance(part, Decimal) and whole != 0
        claim("number", (Decimal(part) / Decimal(whole) if known else found[0], "倍"), found.span())
    for found in plain.take(_DOUBLED):
        claim("number", (Decimal(2), "倍"), found.span())
    for found in plain.take(_HALF):
        claim("number", (Decimal("0.5"), "倍"), found.span())
    for found in list(_FORMULA.finditer(plain.now)):
        if found["n"] or found["more"]:
            claim("word", (found[0],), found.span())
            plain.blank(*found.span())


def _take_amounts(plain: _Text, claim: _Claimed) -> None:
    """Numbers with their units; in 5、10、15天 and 10至15天 the last one's unit is everybody's."""
    for found in list(_ORDINAL.finditer(plain.now)):
        unit = (found["unit"] or "").removeprefix("个")
        if unit:
            claim("number", (_value(found["n"]), f"第{unit}"), found.span())
        if unit or not found["n"][0].isdigit():
            plain.blank(*found.span())
    for _ in plain.take(_IDIOMS):
        pass
    amounts = list(_AMOUNT.finditer(plain.now))
    units: list[tuple[str, Decimal] | None] = []
    for found in amounts:
        unit = _UNITS.get((found["of"] or "").removeprefix("个") or found["of"] or "")
        if found["of"] == "成" and re.match(rf"成{_NOT_TENTHS}", plain.now[found.end() - 1 :]) is None:
            unit = None
        units.append(("元", Decimal(1)) if found["sign"] else unit)
    for i in range(len(amounts) - 2, -1, -1):
        if units[i] is None and _JOINED.fullmatch(plain.now[amounts[i].end() : amounts[i + 1].start()]):
            units[i] = units[i + 1]
    for found, unit in zip(amounts, units, strict=True):
        value = _value(found["n"])
        if unit is None:
            # A lone Chinese numeral that counts nothing is part of a word.
            if found["n"][0].isdigit() or len(found["n"]) > 1:
                claim("number", (value, None), found.span())
            continue
        if value == 1 and found["of"] and found["of"] in _MEASURES:
            continue
        if isinstance(value, Decimal):
            halves = bool(found["half"]) or (found["n"] != "半" and plain.now[found.end() : found.end() + 1] == "半")
            value = ((value + (Decimal("0.5") if halves else 0)) * unit[1]).normalize()
        claim("number", (value, unit[0]), found.span())
