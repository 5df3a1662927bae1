"""Facts that a worker's message names in passing, so that a form need not ask for them again.

Only what is plain is taken: a wrong fact in a form costs more trust than one question too many.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from desk.districts import district_in
from desk.employers import employer_in
from desk.legal.money import plain
from desk.legal.numerals import NUMBER, parse_number, tidy

# Industries as services ask for them, and the words that give one away.
INDUSTRIES = {
    "外卖": r"外卖|骑手|送餐|美团|饿了么|众包|跑单",
    "快递": r"快递|派件|揽件|送件|顺丰|圆通|中通|申通|韵达|极兔",
    "网约车": r"网约车|出租车|滴滴|代驾",
    "货运": r"货车|卡车|挂车|货拉拉|仓库|仓储|分拣|装卸",
    "建筑": r"工地|建筑|包工头|工头|钢筋|瓦工|木工|泥工|架子工|塔吊|脚手架|装修|项目部|总包",
    "制造": r"工厂|厂里|进厂|车间|流水线|机台|[\u4e00-\u9fa5]厂(?:干|上班|打工|做)|电子厂|服装厂",
    "餐饮": r"饭店|餐厅|餐馆|后厨|厨师|酒店|火锅|奶茶|烧烤|食堂",
    "零售": r"超市|收银|导购|商场|专柜|便利店",
    "家政": r"家政|保姆|月嫂|护工|育儿嫂",
    "保洁": r"保洁|环卫|清洁工|扫马路",
    "保安": r"保安|物业|门卫|看大门",
}
EMPLOYMENTS = {
    "骑手": r"骑手",
    "临时工": r"临时工|短期工|打零工|日结工",
    "寒暑假工": r"暑假工|寒假工|暑期工",
    "派遣": r"劳务派遣|派遣工|派遣公司|派遣到",
    "实习": r"实习",
    "学徒": r"学徒",
    "退休返聘": r"返聘",
}
_INDUSTRIES = {name: re.compile(words) for name, words in INDUSTRIES.items()}
_EMPLOYMENTS = {name: re.compile(words) for name, words in EMPLOYMENTS.items()}

# Names that services share and a message may answer.
_SHARED = ("employer", "district", "industry", "months", "amount", "people", "contract")

# A question about the law in general says nothing about whoever asks it.
_GENERAL = re.compile(r"用人单位|劳动者|女职工|应当如何|如何认定|是否|哪些情形|法律规定|法律后果|在校学生")
_SELF = re.compile(r"我|俺|咱|本人|老公|老婆|儿子|女儿|爸|妈|父亲|母亲|哥|弟|姐|妹|亲戚|朋友")

_WAGE = r"(?:工资|工钱|薪|血汗钱|劳动报酬|劳务费|提成|配送费|跑单费|钱)"
_OWING = re.compile(
    r"欠|拖着|拖了|没给|没发|没结|不给|不发|不结|未发|未付|未结|要不回|要不到|讨薪|没拿到|拿不到|结清|讨要|赖账|还没到手|压着"
)
_COUNT = r"(?P<n>\d{1,4}|[一二两三四五六七八九十]{1,3}|[一二两三四五六七八九]?百[零一二三四五六七八九十]*)"

# 欠了俩月, 仨月没发.
_SHORT_MONTHS = re.compile(r"([两俩仨])月(?![份\d底初])")
_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:拖?欠|拖)(?:了|着|我们?|俺们?|咱们?|大家)*(?:将近|快|差不多|整整|有)?{_COUNT}个多?月",
        rf"{_COUNT}个多?月(?:的)?{_WAGE}?(?:都|也|还|一直|全|了)*(?:没|未|不)(?:有)?(?:给|发|结|付|开|拿到|见)(?!.{{0,4}}(?:合同"
        rf"|社保|公积金|保险))",
        rf"{_COUNT}个多?月(?:的)?{_WAGE}(?:都|也|还|一直|全)*(?:没|未|不|拖|欠|要不)",
        rf"(?:没|未|不)(?:有)?(?:给|发|结|付|开)(?:我们?|我)?(?:这|那|最近)?{_COUNT}个多?月(?:的)?{_WAGE}",
        rf"(?:没|未)(?:有)?(?:给|发|结|付|开)(?:我们?|我)?{_WAGE}.{{0,3}}(?:已经|都|有){_COUNT}个多?月",
        rf"{_WAGE}(?:都|已经|也)*(?:拖|欠|压)了?(?:我们?|将近|快|有)?{_COUNT}个多?月",
    )
)
_HALF_YEAR = re.compile(
    rf"(?:拖?欠|拖)(?:了|着|我们?)*(?P<t>半年|一年)|(?P<u>半年|一年)(?:都|还)?(?:没|未)(?:给|发|结|付|开){_WAGE}|{_WAGE}(?:拖"
    rf"|欠)了?(?P<v>半年|一年)"
)
_WAGE_WORD = re.compile(
    r"工资|工钱|薪|血汗钱|劳动报酬|劳务费|提成|配送费|跑单费|保底|工程款|加班费|奖金|产值奖|绩效|工费|(?:老板|工头|公司|厂|站点?"
    r"|物业|店长|单位)[^，。]{0,4}欠"
)
_OTHER = r"(?:社保|公积金|保险|医保|货款|房租|会费|津贴|补贴|签证|夜班费|补偿|贷款|年费|培训费)"
_OTHER_DEBT = re.compile(rf"(?:欠|拖|没|未|不|断)[^，。]{{0,6}}{_OTHER}|{_OTHER}[^，。]{{0,10}}(?:欠|拖|没|未|不给|断)")

_NOT_MONEY = re.compile(
    r"^(?:多|来|余|几)?(?:个|名|位|人|年|月|天|日|号|斤|米|公里|平|单|次|小时|工时|岁|周|级|条|楼|层|期|栋|标段|路|折|[%/:.\-])"
)
_RATE = re.compile(
    r"(?:每个?人|人均|各|月薪|底薪|日薪|时薪|年薪|工价|工资(?:是|每月|一个?月|标准)?|每(?:个)?月|一个?月|一天|每天|一小时|每小时"
    r"|每单|一单|罚款?|扣了?|押金|社保|公积金)(?:大概|大约|拿|是|给|发|了|我|到手|讲好|说好|每个?人?|的|为|只|才|就)*$"
)
_MONEY_UNIT = re.compile(r"^(?:多|来|余)?(?:元|块)")
_PAID = re.compile(r"赔|借|罚|住院|交|押|花|付了|转了|给了|打了|损失|合计支出|存|自费")
_LOAN = re.compile(r"借(?!口|调)|信用卡|贷款|网贷|货款|合伙|投资|承包了|生育津贴")
_SPREAD = re.compile(r"[一二两三四五六七八九]{2}")
_OWED_BEFORE = re.compile(
    r"(?:欠|没给|没发|没结|还差|还剩|拖)(?:了|着|我们?|俺们?|大家|[\d一二两三四五六七八九十]+个人"
    r"|[\d一二两三四五六七八九十]+个多?月|半年|工资|工钱|薪水?|钱|一共|总共|共|大概|大约|差不多|将近|快|有|款|共计|合计"
    r"|[的，,：:])*$"
)

_GROUP = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:我们|俺们|咱们|我们?班组|我们?班|班组|连我|加上我|一共|总共|大概|大约|全班组|加起来)(?:[一大]?共|总共|一起|班组|这里"
        rf"|这边|工地|队|还|就|大概|大约|差不多|有|是|在内)*{_COUNT}(?:多|来)?(?:个|名|号|位)?(?:人|工人|工友|农民工|兄弟|同事|员工"
        rf"|骑手|姐妹|老乡|老师|司机|师傅|护士|大姐|阿姨)",
        rf"(?:拖?欠)(?:了|着|我们)*{_COUNT}(?:多|来)?(?:个|名|位)(?:人|工人|工友|农民工|员工|骑手)",
        rf"{_COUNT}(?:多|来)?(?:个|名|位)(?:人|工人|工友|农民工|兄弟|员工|骑手)的?(?:工资|工钱|血汗钱|配送费)",
        rf"{_COUNT}(?:多|来)?(?:个|名|位)(?:工人|工友|农民工|兄弟|骑手)(?:都|全|一起|一块|还)*(?:没|被|等着|要不|讨|去要)",
    )
)
_WITH_ME = re.compile(
    rf"我(?:和|跟|同|与|带着?)(?:另外|其他|一起的|同村|同班)?的?{_COUNT}(?:个|名|位)(?:工友|同事|老乡|兄弟|工人|农民工|骑手)"
)

_DEFER = r"(?:书面|劳动|正式|用工|固定期限|一份|任何|过|了|个|什么|也|都|的)*"
_UNSIGNED = re.compile(
    rf"(?<!有)(?:没|未|没有|不|一直没|从来没)(?:有)?(?:跟我|给我|和我|与我|同我|跟我们|和我们)?(?:签订?|订立?){_DEFER}(?:合同|协议|劳动合)"
    rf"|(?<!有)(?<!是)(?:没有?|无){_DEFER}(?:劳动|书面|劳务)?合同|合同(?:都|也|一直|从来|到现在|至今|还)*(?:没|未)(?:有)?(?:签|订|给签)"
)
_SIGNED = re.compile(
    r"(?<![没未不])(?:有签|签有|签订了|签了|签过|签的是|签订有)(?:书面|劳动|正式|一份|固定期限|无固定期限|[一二两三四五\d]年|的"
    r"|了)*(?:合同)"
    r"|(?<!没)(?<!没签)(?<!无)(?<!未签)(?<!不签)有(?:书面|正式|签)?(?:的)?(?:劳动合同)|(?:劳动)?合同(?:上|里|书上)(?:写|约定|说"
    r"|有写|签的)|我的劳动合同|合同(?:快|马上|已经|还没有?|今年|明年)?(?:到期|没到期|期满)"
)
_UNSURE_CONTRACT = re.compile(
    r"才(?:跟我|给我|和我|与我|补)?签|签的是.{0,6}还是|(?:加盟|承包|购房|租房|借款|合作|装修|贷款|供货|采购)合同|买房|网贷|算我没签"
)
_PREGNANT = re.compile(r"怀孕(?!计划)|怀了(?!疑)|怀上|有了?身孕|孕期|(?:孕|怀孕)[\d一二三四五六七八九十]+(?:周|个月)")
_NOT_PREGNANT = re.compile(
    r"备孕|[没未不](?:有)?怀|怀孕的?(?:同事|员工|女工)|(?:同事|员工|店员|女工|女方|女的|太太|别人|老婆|媳妇|爱人|妻子|嫂子|姐姐?"
    r"|妹妹?|女儿|朋友).{0,8}(?:怀|孕)|(?:去年|之前|以前|当时).{0,8}(?:怀|孕)|怀孕计划|验孕|处于孕|引产|流产|(?:孩子|宝宝"
    r"|小孩).{0,6}[岁月大]|产假(?:刚|休)?[完结回]|隐瞒"
)

_FULL_DAY = re.compile(r"(?<!\d)(?P<y>(?:19|20)?\d{2})(?:年|[-/.])(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})(?:日|号)?(?!\d)")

_NUMERAL = NUMBER.pattern
# What is earned in a month; a bare 工资20000 may be what is owed.
_PAY = re.compile(
    rf"(?:(?<!最低)(?:月薪|月工资|月收入|月均工资|平均工资)|每个?月(?:的?(?:工资|薪水|收入))?|(?<!\d)一个?月(?:的?(?:工资|薪水|收入))?"
    rf"|(?<!基本)(?<!最低)工资(?=是|每|一个?月|平均))(?:每个?月|一个?月|平均|大概|大约|差不多|实发|应发|到手|能|拿|挣|开|发|给|我|是|有|在|就|只|才"
    rf"|都|为|[:,，])*(?P<n>{_NUMERAL})"
)
_OTHER_INCOME = re.compile(r"(?:租|费|补贴|贷款?)$|(?:养老|退休|抚恤|失业)金|津贴|补助|低保|社保")
_NOT_PAY = re.compile(r"^(?:多|来|几|余|到|至|降|减|涨|变|改|[-~—])|^(?:元|块|块钱)?(?:的)?(?:退休|养老|房租|生活|社保|补贴|津贴|提成|罚)")
_WORKED = re.compile(
    rf"(?:工作|上班|干活|干|做|待|呆|工龄|在职|打工)(?:了|已经|已|满|有|刚好|整整|正好|整|到现在|至今)*"
    rf"(?:(?P<y>{_NUMERAL})年(?P<half>半)?(?:零|又)?(?:(?P<m>{_NUMERAL})个月)?|(?P<only>{_NUMERAL})个(?P<onlyhalf>半)?月)"
    rf"(?!多|来|左右|前|以后|后|内|以上|以下|\d{{1,2}}月|制|级)"
)
_GRADE = re.compile(
    r"(?:伤残|鉴定|评定|评残|评|定)(?:等级|结果|结论|出来|下来|为|是|成|了|上|到|[:,，])*(?P<a>十|[一二三四五六七八九]|10|[1-9])级(?!工|技|职|钳|电|焊)"
    r"|(?<!\d)(?P<b>十|[一二三四五六七八九]|10|[1-9])级(?:的)?(?:伤残|工伤)"
)


def extract(text: str) -> dict[str, Any]:
    """What a message plainly says, in JSON values under the names that services ask for.

    `employer`, `district`, `industry`, `employment` are Chinese words; `months` (unpaid, whole) and `people` (unpaid, the
    writer included) are counts; `amount` is the yuan owed; `wage` the yuan earned in a month, `worked` how many months in all at this
    employer, `grade` that of a disability; `contract` tells whether a written one exists; `pregnant` is only
    ever True; `dates` are ISO days. What is not sure is not there.
    """
    said = _SHORT_MONTHS.sub(lambda m: f"{'三' if m[1] == '仨' else '两'}个月", tidy(text)[:2000])
    if not said or (_GENERAL.search(said) and not _SELF.search(said)):
        return {}
    found = {
        "employer": employer_in(said),
        "district": district_in(said),
        "industry": _industry(said),
        "employment": _only_one(_EMPLOYMENTS, said),
        "months": _months(said),
        "amount": _amount(said),
        "people": _people(said),
        "contract": _contract(said),
        "pregnant": (bool(_PREGNANT.search(said)) and not _NOT_PREGNANT.search(said)) or None,
        "dates": _dates(said) or None,
        "wage": _wage(said),
        "worked": _worked(said),
        "grade": _grade(said),
    }
    return {name: value for name, value in found.items() if value is not None}


def prefill(facts: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Answers to a service's questions that are already known, as `read_answer` would have stored them.

    Names mean the same in every service; a calculator's `months` may mean other months, so this is not for calculators.
    """
    asked = set(names)
    answers: dict[str, Any] = {name: facts[name] for name in _SHARED if name in asked and name in facts}
    if "employer" in answers and "district" in facts and "district" not in asked and facts["district"] not in answers["employer"]:
        answers["employer"] = f"{answers['employer']}（{facts['district']}）"
    return answers


def _count(text: str) -> int | None:
    """A count of people or months; two digits side by side (两三) are a guess, not a count."""
    value = None if _SPREAD.search(text) else parse_number(text)
    return int(value) if value is not None and value == int(value) and value > 0 else None


def _months(said: str) -> int | None:
    if not _OWING.search(said) or not _WAGE_WORD.search(said) or _OTHER_DEBT.search(said) or re.search(r"只[发给结]了?", said):
        return None
    counts = {_count(m["n"]) for pattern in _MONTHS for m in pattern.finditer(said)}
    for half in _HALF_YEAR.finditer(said):
        counts.add(6 if "半年" in half.groups() else 12)
    known = {n for n in counts if n is not None and n <= 60}
    return known.pop() if len(known) == 1 and None not in counts else None


def _amount(said: str) -> int | float | None:
    if not _OWING.search(said) or _LOAN.search(said):
        return None
    owed: list[Decimal] = []
    others: list[Decimal] = []
    for match in NUMBER.finditer(said):
        word = match.group().rstrip(".,")
        before, after = said[: match.start()], said[match.start() + len(word) :]
        value = None if _SPREAD.search(word) else parse_number(word)
        if value is None or _NOT_MONEY.match(after) or re.match(r"[几数]", after) or re.search(r"[几数\d][、~至到—-]?$", before):
            continue
        named = _OWED_BEFORE.search(before[-14:])
        is_money = _MONEY_UNIT.match(after) or re.search(r"[万千kw]", word) or re.search(r"[￥¥]$", before)
        if not (is_money or (named and value >= 100 and word[0].isdigit())):
            continue
        if value < 10 or value > 10_000_000:
            continue
        if named:
            owed.append(value)
        elif not _RATE.search(before[-12:]) and not _PAID.search(before[-10:]) and _WAGE_WORD.search(before[-14:] + "，" + after[:8]):
            others.append(value)
        else:
            continue
    sure = owed if owed else others
    return plain(sure[0]) if len(set(sure)) == 1 else None


def _wage(said: str) -> int | float | None:
    values = set()
    for match in () if "试用" in said else _PAY.finditer(said):
        word = match["n"].rstrip(".,")
        before, after = said[: match.start()], said[match.start("n") + len(word) :]
        value = None if _SPREAD.search(word) or _NOT_PAY.match(after) or _NOT_MONEY.match(after) else parse_number(word)
        if value is not None and 800 <= value <= 100_000 and not _OTHER_INCOME.search(before[-10:]):
            values.add(value)
    return plain(values.pop()) if len(values) == 1 else None


def _worked(said: str) -> int | None:
    """Months, whole ones only: three years and some says nothing about the half year."""
    spans = set()
    for match in _WORKED.finditer(said):
        years, months = (parse_number(match[name] or "零") for name in ("y", "m"))
        if match["only"]:
            years, months = parse_number("零"), parse_number(match["only"])
        if (
            years is None
            or months is None
            or (match["y"] and _SPREAD.search(match["y"]))
            or _SPREAD.search(match["only"] or match["m"] or "")
        ):
            return None
        total = years * 12 + months + (6 if match["half"] else 0)
        if match["onlyhalf"] or total != int(total) or not 0 < total <= 600:
            return None
        spans.add(int(total))
    return spans.pop() if len(spans) == 1 else None


def _grade(said: str) -> int | None:
    grades = {parse_number(match["a"] or match["b"]) for match in _GRADE.finditer(said)}
    grade = grades.pop() if len(grades) == 1 else None
    return int(grade) if grade is not None else None


def _people(said: str) -> int | None:
    if not re.search(r"工资|工钱|薪|血汗钱|劳务费|配送费|提成|欠", said):
        return None
    with_me = _WITH_ME.search(said)
    if with_me:
        count = _count(with_me["n"])
        return count + 1 if count is not None else None
    counts = {count for pattern in _GROUP for m in pattern.finditer(said) if (count := _count(m["n"])) is not None}
    return counts.pop() if len(counts) == 1 else None


def _contract(said: str) -> bool | None:
    if _UNSURE_CONTRACT.search(said) or (re.search(r"员工|股东", said) and not _SELF.search(said)):
        return None
    signed, unsigned = bool(_SIGNED.search(said)), bool(_UNSIGNED.search(said))
    return None if signed == unsigned else signed


def _only_one(words: Mapping[str, re.Pattern[str]], said: str) -> str | None:
    found = [
        name
        for name, pattern in words.items()
        if any(not re.search(r"(?:不是|不算|并非|非)$", said[: m.start()]) for m in pattern.finditer(said))
    ]
    return found[0] if len(found) == 1 else None


def _industry(said: str) -> str | None:
    named = _only_one(_INDUSTRIES, said)
    if named or not (trade := re.search(r"(?:当|做|是|跑|开)(?:一?[个名])?([^，。,]{2,6})", said)):
        return named
    return _only_one(_INDUSTRIES, trade.group(1))


def _dates(said: str) -> list[str]:
    days = set()
    for match in _FULL_DAY.finditer(said):
        year = int(match["y"])
        if len(match["y"]) == 2:
            # 17年11月16号 is a day; 17.11.16 may be a version, a grade, a size.
            if "年" not in match.group() or 35 < year < 50:
                continue
            year += 2000 if year <= 35 else 1900
        try:
            days.add(dt.date(year, int(match["m"]), int(match["d"])).isoformat())
        except ValueError:
            continue
    return sorted(days)
