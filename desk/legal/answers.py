"""A worker's answer in Chinese, read as the value that a calculator's input wants."""

import datetime as dt
import re
from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Input
from desk.legal.checking import FIRST_YEAR, LAST_YEAR, number_problem
from desk.legal.money import plain, show
from desk.legal.numerals import NUMBER, parse_number, tidy

UNKNOWN = re.compile(
    r"不知道|不清楚|不记得|记不清|记不得|记不住|不晓得|不确定|忘了|忘记|不懂|没注意|跳过|略过|随便|不想说|说不上|unknown|skip"
)
NOTHING = re.compile(
    r"^(?:都|还|也|根本|从来|一直|现在|暂时|后来)*(?:没有|没|无|没得|否|木有|不是|不|没.{1,6}|不用|还在.*|空|-|/)(?:了|啊|呢|吧|的|过|呀|。|！)*$"
)
YES = {
    "是",
    "有",
    "对",
    "嗯",
    "嗯嗯",
    "yes",
    "y",
    "true",
    "在",
    "还在",
    "在的",
    "在职",
    "还在职",
    "还在上班",
    "在上班",
    "有的",
    "是的",
    "对的",
    "没错",
    "当然",
    "是啊",
    "有啊",
    "对啊",
    "已经",
}
NO = re.compile(r"^(?:不|没|无|否|木有|并没|并不|no$|none$|n$|false$).{0,6}$")
LEAD = re.compile(r"^(?:我们|我|现在|目前|暂时|单位|公司|都|也|还(?=[没不]))+")
NEGATED = re.compile(r"[不没无非半](?!固定)")
PER = re.compile(r"每天|天天|每日|一天|每周|每星期|一周|年薪|每年|一年|全年|日薪|日结")
DIGIT = "[0-9零〇一二三四五六七八九十两]"
RELATIVE_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上一年": -1, "今年": 0, "本年": 0, "明年": 1}
YEAR = rf"(?P<year>{'|'.join(RELATIVE_YEARS)}|(?:19|20)\d\d|[0-9]{{2}}(?=年)|[零〇一二三四五六七八九]{{2,4}}(?=年))年?(?:的)?"
MONTH = rf"(?P<month>{DIGIT}{{1,3}})月(?:份)?"
DAY = rf"(?P<day>{DIGIT}{{1,3}})(?:日|号)?"
FULL_DATE = re.compile(rf"{YEAR}{MONTH}{DAY}")
PLAIN_DATE = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)(?!\d)"
)
MONTH_DATE = re.compile(rf"{MONTH}{DAY}")
YEAR_MONTH = re.compile(rf"{YEAR}{MONTH}")
PLAIN_MONTH = re.compile(r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})(?!\d)|(?P<y6>(?:19|20)\d\d)(?P<m6>\d\d)(?!\d)")
RELATIVE_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "现在": 0, "目前": 0, "明天": 1, "后天": 2}
MONTH_WORDS = re.compile(rf"(?P<word>上上个?月|上个?月|这个?月|本月|当月|下个?月){DAY}")
QUANTITY = r"(?:[\d.]+|[零〇一二三四五六七八九十两百点]+)"
SPAN = {
    "years": re.compile(rf"(?P<n>{QUANTITY})(?P<half>个?半)?(?:周)?[年岁](?P<more>半)?"),
    "months": re.compile(rf"(?P<n>{QUANTITY})(?P<half>个半)?个?(?P<mid>半)?月(?P<more>半)?"),
    "weeks": re.compile(rf"(?P<n>{QUANTITY})个?(?:周|星期|礼拜)"),
    "days": re.compile(rf"(?P<n>{QUANTITY})(?:个工作日|工作日|天|日)(?P<more>半)?"),
    "hours": re.compile(rf"(?P<n>{QUANTITY})(?P<half>个半)?(?:个)?(?:小时|钟头|钟|h)(?P<more>半)?"),
}
HALF = {
    "years": re.compile(r"半年"),
    "months": re.compile(r"(?<!个)半个月"),
    "days": re.compile(r"半天"),
    "hours": re.compile(r"半个?(?:小时|钟头)"),
}
IN_DAYS = {"days": 1, "weeks": 7}
IN_MONTHS = {"years": 12, "months": 1}


def parse_input(item: Input, text: str, today: dt.date | None = None) -> object:
    """What `text` says for `item`, as plain JSON values that calculate() takes: numbers, ISO dates, true and false, lists.

    None when the worker does not know and the input may be left out. `today` is needed for 去年, 昨天, 3月1号.
    Raises Invalid with a message for the worker.
    """
    said = tidy(text).strip("。！!？?，,；;~～")
    if not said:
        raise Invalid(f"没有看到内容。{item.question}")
    if UNKNOWN.search(said) and not re.search(r"\d", said):
        _may_be_left_out(item)
        return None
    if item.kind == "boolean":
        return _boolean(item, said)
    if item.kind == "choice":
        return _choice(item, said)
    if item.kind == "dates":
        return _dates(item, text, today)
    if NOTHING.match(said):
        if item.kind == "number" and item.required and item.name.endswith(("hours", "days", "months")):
            return 0
        _may_be_left_out(item)
        return None
    if item.kind == "number":
        return _number(item, said)
    return _day(said, today).isoformat() if item.kind == "date" else _month(said, today)


def _may_be_left_out(item: Input) -> None:
    if item.required:
        raise Invalid(f"这一项要知道才能算。{item.question}可以看劳动合同、工资条、社保记录，查到再来也行。")


def _boolean(item: Input, said: str) -> bool:
    """Yes or no, only where it is plain: a long answer such as 是被辞退的 may mean the opposite, so it is asked again."""
    core = LEAD.sub("", said)
    if said in YES or core in YES or (len(core) > 2 and core.rstrip("了的") in item.question):
        return True
    if NO.match(core):
        return False
    raise Invalid(f"请回答“是”或“不是”。{item.question}")


def _choice(item: Input, said: str) -> str:
    choices = item.choices or {}
    names = list(choices)
    place = parse_number(said.removeprefix("第").removesuffix("个").removesuffix("."))
    if place is not None and place == int(place) and 1 <= place <= len(names):
        return names[int(place) - 1]
    scores = {name: _likeness(said, name, choices[name]) for name in names}
    best = max(scores.values())
    hits = [name for name in names if scores[name] == best]
    if best and len(hits) == 1:
        return hits[0]
    listed = "；".join(f"{i} {label}" for i, label in enumerate(choices.values(), 1))
    raise Invalid(f"请从这些里选一个，回数字就行：{listed}")


def _likeness(said: str, name: str, label: str) -> int:
    """How much an answer speaks for a choice: its longest run of characters that stands in the label, 0 where too little."""
    if said in (name, label):
        return 1000
    if NEGATED.search(said):
        return 0
    core = re.sub(r"^(?:按|是|一个|个)+|(?:的|计算)+$", "", said)
    longest = max((j - i for i in range(len(core)) for j in range(i + 1, len(core) + 1) if core[i:j] in label), default=0)
    return longest if longest >= 2 or longest * 2 >= len(core) else 0


def _number(item: Input, said: str) -> int | float:
    if PER.search(said) and item.name.endswith(("hours", "wage", "gross", "owed", "ex_ot")):
        what = "一共的小时数" if item.name.endswith("hours") else "按月的金额"
        raise Invalid(f"请先换算好，只回{what}。{item.question}例如 {item.example}")
    value = _span(item.name, said)
    if value is None:
        value = _amount(item, said)
    problem = number_problem(item, value)
    if problem:
        raise Invalid(f"“{show(value)}”{problem}。{item.question}例如 {item.example}")
    return plain(round(value, 6))


def _amount(item: Input, said: str) -> Decimal:
    """The one number in an answer such as 一个月8千5左右 or 百分之六十."""
    body = re.sub(r"(?:每|一)个?月(?=.*[\d一二三四五六七八九十两])|人民币|百分之|一共|一般|统一|[¥￥%]", "", said)
    body = re.sub(r"双胞胎|龙凤胎|双胎", "2", body)
    found = [n for n in (parse_number(m) for m in NUMBER.findall(body)) if n is not None]
    if len(found) != 1:
        raise Invalid(f"请只回一个数字，例如 {item.example}。{item.question}")
    tenths = item.name.endswith("percent") and re.search(r"成$", body)
    return found[0] * 10 if tenths else found[0]


def _span(name: str, said: str) -> Decimal | None:
    """A length of time in the unit that the input's name ends with: 两年半, 3年2个月, 半年, 一个半月, 两周."""
    unit = next((u for u in ("years", "months", "days", "hours") if name.endswith(u) or (u == "months" and name == "months_needed")), None)
    if unit is None:
        return None
    scale = IN_MONTHS if unit in IN_MONTHS else IN_DAYS if unit in IN_DAYS else {"hours": 1}
    total, seen = Decimal(0), False
    for part, size in scale.items():
        match = SPAN[part].search(said)
        if match:
            count = parse_number(match["n"])
            if count is None:
                return None
            halves = sum(bool(match.groupdict().get(group)) for group in ("half", "mid", "more"))
            total, seen = total + (count + Decimal(halves) / 2) * size, True
        elif part in HALF and HALF[part].search(said):
            total, seen = total + Decimal(size) / 2, True
    return total / scale[unit] if seen else None


def _dates(item: Input, text: str, today: dt.date | None) -> list[str]:
    if NOTHING.match(tidy(text)):
        return []
    pieces = [tidy(piece) for piece in re.split(r"[、，,;；\n]|和|跟|还有|\s+(?=\d{4})", text)]
    pieces = [piece for piece in pieces if re.search(DIGIT, piece) or any(word in piece for word in RELATIVE_DAYS)]
    if not pieces:
        raise Invalid(f"没有看出日期。{item.question}可以写几个，例如 2024年9月1号、2025年3月5号")
    return sorted(_day(piece, today).isoformat() for piece in pieces)


def _day(said: str, today: dt.date | None) -> dt.date:
    for word, shift in RELATIVE_DAYS.items():
        if said.startswith(word) or said.endswith(word):
            return _known(today) + dt.timedelta(days=shift)
    plain_date = PLAIN_DATE.search(said)
    if plain_date:
        parts = plain_date.group("year", "month", "day") if plain_date["year"] else plain_date.group("y8", "m8", "d8")
        return _date(int(parts[0]), int(parts[1]), int(parts[2]))
    full = FULL_DATE.search(said)
    if full:
        return _date(_year(full["year"], today), _small(full["month"]), _small(full["day"]))
    named = MONTH_WORDS.search(said)
    if named:
        name = named["word"]
        shift = -2 if name.startswith("上上") else {"上": -1, "下": 1}.get(name[0], 0)
        year, month = divmod(_known(today).year * 12 + _known(today).month - 1 + shift, 12)
        return _date(year, month + 1, _small(named["day"]))
    if YEAR_MONTH.search(said) or PLAIN_MONTH.search(said):
        raise Invalid("还差是几号：请把日子也写上，例如 2025年3月1号；记不清的看劳动合同、工资条或社保记录。")
    short = MONTH_DATE.search(said)
    if short:
        now = _known(today)
        day = _date(now.year, _small(short["month"]), _small(short["day"]))
        return day if day <= now else _date(now.year - 1, day.month, day.day)
    raise Invalid("没有看出是哪一天，请写年月日，例如 2024年3月1号")


def _month(said: str, today: dt.date | None) -> str:
    found = YEAR_MONTH.search(said)
    if found:
        year, month = _year(found["year"], today), _small(found["month"])
    else:
        plain_month = PLAIN_MONTH.search(said)
        if not plain_month:
            raise Invalid("没有看出年月，请写成 1970年5月 这样")
        parts = plain_month.group("year", "month") if plain_month["year"] else plain_month.group("y6", "m6")
        year, month = int(parts[0]), int(parts[1])
    _date(year, month, 1)
    return f"{year:04}-{month:02}"


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise Invalid(f"日历上没有 {year}年{month}月{day}日，请再看一下") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(f"年份 {year} 不对，请写 {FIRST_YEAR} 到 {LAST_YEAR} 之间的")
    return found


def _year(text: str, today: dt.date | None) -> int:
    if text in RELATIVE_YEARS:
        return _known(today).year + RELATIVE_YEARS[text]
    year = _small(text)
    if year >= 100:
        return year
    return 2000 + year if year <= (today.year - 2000 if today else 50) + 1 else 1900 + year


def _small(text: str) -> int:
    value = parse_number(text)
    return -1 if value is None else int(value)


def _known(today: dt.date | None) -> dt.date:
    if today is None:
        raise Invalid("请写完整的年月日，例如 2024年3月1号")
    return today
