"""The contract itself: none signed, probation, and the ban on competing after it."""

import datetime as dt
from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, choice, cite, date, number
from desk.legal.money import PAY_DAYS, cents, money, plain, show
from desk.legal.periods import CONTRACT_LAW_FROM, full_months, month_end, weekdays
from desk.legal.values import Values

ONE_DAY = dt.timedelta(days=1)
PROBATION = cite(
    "劳动合同法",
    19,
    "三个月以上不满一年的合同最多试用一个月，一年以上不满三年两个月，三年以上和无固定期限六个月；不满三个月或以任务为期限的不得约定",
)


def no_contract_double_wage(values: Values) -> Calculation:
    """The second wage for working without a written contract (劳动合同法 82, 实施条例 6 and 7, 解释（二） 6), in yuan.

    It runs from the day after the first full month to the day before signing, at most to the end of the first year.
    Whole months by the month, the rest by its workdays at a 21.75th of the monthly wage.
    """
    start, wage = values.day("start"), values.number("monthly_wage")
    end, signed = values.optional_day("end"), values.optional_day("signed")
    if end is None and signed is None:
        raise Invalid("end：没有填，请填最后在职的日子（还在职填今天），或者在 signed 填补签合同的日子")
    if end is not None and end < start:
        raise Invalid(f"end：{end} 早于入职日 {start}，请填入职当天或之后的日期")
    begin = max(start, CONTRACT_LAW_FROM)
    year_end = month_end(begin, 12)
    candidates = [(year_end, "用工满一年"), *([(end, "截止日")] if end else []), *([(signed - ONE_DAY, "签合同前一天")] if signed else [])]
    last, why = min(candidates)
    worked = full_months(begin, last) if last >= begin else 0
    months = max(0, worked - 1)
    days = weekdays(month_end(begin, worked) + ONE_DAY, last) if worked else 0
    amount = wage * months + wage * days / PAY_DAYS
    first = month_end(begin, 1) + ONE_DAY
    if last < first:
        steps = [f"双倍工资从 {first} 起算，到 {last}（{why}）还没有开始，没有差额"]
    else:
        rest = f" + {show(wage)} ÷ 21.75 × {days}" if days else ""
        steps = [
            f"双倍工资从用工满一个月的次日 {first} 起，到 {last}（{why}）止",
            f"满 {months} 个月，另有 {days} 个工作日",
            f"另一倍工资：{show(wage)} × {months}{rest} = {show(cents(amount))} 元",
        ]
    citations = [
        cite("劳动合同法", 82, "超过一个月不满一年没有签书面合同的，每月付两倍工资"),
        cite("劳动合同法实施条例", 6, "从满一个月的次日起，到补签的前一天止"),
        cite("劳动争议司法解释（二）", 6, "按月算，不满一个月的按实际工作日算"),
    ]
    if begin != start:
        citations.append(cite("劳动合同法", 97, "2008年前已在职又没有书面合同的，单位要在2008年1月里补订"))
    citations.append(cite("劳动争议司法解释（二）", 7, "不可抗力、劳动者故意或重大过失等没签成的，单位举证后不付两倍工资"))
    if last == year_end:
        citations.append(cite("劳动合同法实施条例", 7, "满一年没签的，视为已订无固定期限合同，双倍工资到满一年前一天为止"))
    reading = [
        "这里只是“另一倍”，正常工资另算；奖金、加班费算不算进这一倍的工资，各地看法不一。",
        "满月从入职日的对应日数，不是日历月；零头按周一至周五数再除以21.75，遇法定假日不扣，也有按当月实际出勤算的，以考勤为准。",
        "追讨双倍工资也受一年仲裁时效限制，各地有按天、按月往前推的不同算法，越早申请越好。",
        "不可抗力、劳动者自己故意不签等情形，单位举证后可以不付；医疗期、三期等合同依法续延的时间不算没签（解释（二）第七、八条）。",
    ]
    if begin != start:
        reading.append("2008年前入职的，劳动合同法从2008年1月1日施行，一个月的宽限从那天起算。")
    reading.append("该签无固定期限合同而没签的双倍工资（第八十二条第二款）、合同到期没续签的，起算日不同，这里没有算。")
    result: dict[str, object] = {"full_months": months, "extra_workdays": days, "extra_amount": money(amount)}
    return Calculation(result, "元", steps, citations, reading)


def legal_probation(kind: str, months: Decimal | None) -> int:
    """The longest lawful probation in months, by kind of contract and its months (劳动合同法 19)."""
    if kind == "task":
        return 0
    if kind == "open_ended":
        return 6
    if months is None:
        raise Invalid("contract_months：没有填，固定期限合同请填合同有几个月，例如 12")
    return 0 if months < 3 else 1 if months < 12 else 2 if months < 36 else 6


def probation_max(values: Values) -> Calculation:
    """The longest lawful probation, in months."""
    kind, months = values.choice("type") or "fixed", values.optional("contract_months")
    longest = legal_probation(kind, months)
    what = f"合同期 {show(months)} 个月" if kind == "fixed" and months is not None else KINDS[kind]
    steps = [f"{what} → 试用期最长 {longest} 个月" if longest else f"{what} → 不能约定试用期"]
    reading = [
        "“以上”包含本数：正好三个月、一年、三年都归入长的一档。",
        "同一单位只能试用一次；非全日制用工不得约定试用期（第七十条），这里没有问。",
    ]
    citations = [PROBATION, cite("劳动合同法", 70, "非全日制用工不得约定试用期")]
    return Calculation({"max_months": longest}, "个月", steps, citations, reading)


def probation_min_pay(values: Values) -> Calculation:
    """The least pay during probation, in yuan a month: 80 % of the agreed wage, not below the minimum wage (劳动合同法 20)."""
    wage, minimum = values.number("contract_wage"), values.optional("local_min_wage")
    eighty = wage * Decimal("0.8")
    pay = max(eighty, minimum or Decimal(0))
    steps = [f"约定工资的 80%：{show(wage)} × 80% = {show(cents(eighty))} 元"]
    reading = ["还有一支标准是本单位同岗位最低档工资的80%，两支用“或者”连着，取哪一支有争议，这里只按约定工资算（实施条例第十五条）。"]
    if minimum is None:
        reading.append("没有填当地最低工资，没有比较这一条。")
    else:
        steps.append(f"和当地最低工资 {show(minimum)} 元比，取高的：{show(cents(pay))} 元")
    citations = [
        cite("劳动合同法", 20, "试用期工资有下限，也不得低于当地最低工资"),
        cite("劳动合同法实施条例", 15, "不得低于同岗位最低档或约定工资的80%"),
    ]
    return Calculation({"min_pay": money(pay)}, "元/月", steps, citations, reading)


def probation_overrun_damages(values: Values) -> Calculation:
    """Damages for probation served beyond the lawful length, in yuan (劳动合同法 83)."""
    served, wage = values.number("served_probation_months"), values.number("regular_wage")
    longest = legal_probation("fixed", values.number("contract_months"))
    excess = max(Decimal(0), served - longest)
    damages = excess * wage
    steps = [
        f"法定试用期最长 {longest} 个月，已试用 {show(served)} 个月，超过 {show(excess)} 个月",
        f"赔偿金：{show(excess)} × {show(wage)}（转正后月工资）= {show(cents(damages))} 元",
    ]
    citations = [cite("劳动合同法", 83, "违法试用期已经履行的，按转正后月工资、按超过的时间付赔偿金"), PROBATION]
    reading = [
        "赔偿金在已发工资之外另付；按固定期限合同算，超过不满一个月的按比例算。",
        "无固定期限的最长6个月；任务为期限的、非全日制的、第二次约定的试用期全部算超过，这里没有问。",
    ]
    return Calculation({"excess_months": plain(excess), "damages": money(damages)}, "元", steps, citations, reading)


def non_compete_pay(values: Values) -> Calculation:
    """Monthly pay for not competing where none was agreed: 30 % of the average wage, not below the minimum wage, in yuan."""
    wage, minimum = values.number("avg_monthly_wage"), values.optional("local_min_wage")
    share = wage * Decimal("0.3")
    pay = max(share, minimum or Decimal(0))
    steps = [f"离职前 12 个月平均工资的 30%：{show(wage)} × 30% = {show(cents(share))} 元"]
    reading = ["合同里写明了补偿数额的，先按约定；这里是没有约定、您又遵守了竞业限制时的算法。"]
    if minimum is None:
        reading.append("没有填合同履行地的最低工资，没有比较这一条。")
    else:
        steps.append(f"和最低工资 {show(minimum)} 元比，取高的：{show(cents(pay))} 元")
    citations = [
        cite("劳动争议司法解释（一）", 36, "没有约定补偿的，可要月平均工资的30%，不得低于履行地最低工资"),
        cite("劳动合同法", 23, "竞业限制期内单位要按月给补偿"),
    ]
    return Calculation({"monthly": money(pay)}, "元/月", steps, citations, reading)


KINDS = {"fixed": "固定期限", "open_ended": "无固定期限", "task": "完成任务为期限"}
CONTRACT_MONTHS = number("contract_months", "劳动合同签了几个月？", 12, required=False, high=1200)

CALCULATORS = (
    Calculator(
        "no_contract_double_wage", "没签合同的双倍工资", "labour_contract",
        (
            date("start", "哪天开始上班的？", "2024-01-01"),
            date("end", "最后在职的是哪天？还在上班就填今天。", "2024-06-30", required=False),
            number("monthly_wage", "每月工资多少？", 8000),
            date("signed", "后来补签了合同吗？补签的是哪天，没签就说没有。", "2024-09-01", required=False),
        ),
        no_contract_double_wage,
    ),
    Calculator(
        "probation_max", "试用期最长几个月", "probation",
        (choice("type", "合同是哪一种：固定期限、无固定期限，还是完成任务为期限？", KINDS, required=False), CONTRACT_MONTHS),
        probation_max,
    ),
    Calculator(
        "probation_min_pay", "试用期最低工资", "probation",
        (
            number("contract_wage", "合同约定的转正工资是多少？", 8000),
            number("local_min_wage", "当地月最低工资是多少？不知道可以跳过。", 2490, required=False, low=1),
        ),
        probation_min_pay,
    ),
    Calculator(
        "probation_overrun_damages", "违法超期试用的赔偿金", "probation",
        (
            number("contract_months", "劳动合同签了几个月？", 12, high=1200),
            number("served_probation_months", "实际试用了几个月？", 4, high=1200),
            number("regular_wage", "转正后的月工资是多少？", 6000),
        ),
        probation_overrun_damages,
    ),
    Calculator(
        "non_compete_pay", "竞业限制补偿", "non_compete_training_bond",
        (
            number("avg_monthly_wage", "离职前12个月平均每月工资多少？", 20000),
            number("local_min_wage", "合同履行地的月最低工资是多少？不知道可以跳过。", 2490, required=False, low=1),
        ),
        non_compete_pay,
    ),
)  # fmt: skip
