"""Working hours beyond the ordinary: pay for them, the monthly limit, and hours counted over a period."""

from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, choice, cite, number, yes_no
from desk.legal.money import DAY_HOURS, PAY_DAYS, cents, money, plain, show
from desk.legal.values import Values

MONTHLY_CAP = Decimal(36)
WORKDAYS_A_YEAR = Decimal(365 - 104 - 13)  # 13 statutory holidays since 2025
PERIODS = {"week": "周", "month": "月", "quarter": "季", "year": "年"}
HOURS = {"week": 168, "month": 744, "quarter": 2208, "year": 8784}
PARTS = {"month": Decimal(12), "quarter": Decimal(4), "year": Decimal(1)}

OVERTIME_PAY = cite("劳动法", 44, "平时加班150%，休息日加班又不补休200%，法定假日加班300%")
CONVERSION = cite("月平均工作时间和工资折算通知", None, "小时工资 = 月工资 ÷ 21.75 天 ÷ 8 小时（2025年的新通知仍是21.75天，未核对原文）")
HOLIDAYS = cite("全国年节及纪念日放假办法", 2, "2025年起全体公民的法定假日一年13天")
CAP = cite("劳动法", 41, "加班一般每天不超过一小时，特殊每天不超过三小时，每月不超过三十六小时")


def overtime(values: Values) -> Calculation:
    """Overtime pay of a month in yuan: 150 % on workdays, 200 % on rest days without time off, 300 % on statutory holidays."""
    wage = values.number("monthly_wage")
    workday, rest, holiday = (values.number(f"{day}_hours", 0) for day in ("weekday", "restday", "holiday"))
    hourly = wage / PAY_DAYS / DAY_HOURS
    paid_rest = Decimal(0) if values.flag("compensatory_leave") else rest
    amount = hourly * (workday * Decimal("1.5") + paid_rest * 2 + holiday * 3)
    steps = [f"小时工资：{show(wage)} ÷ 21.75 ÷ 8 = {show(hourly)} 元"]
    steps += [
        f"{name}：{show(hourly)} × {rate}% × {show(hours)} 小时 = {show(cents(hourly * rate * hours / 100))} 元"
        for name, rate, hours in (("工作日加班", 150, workday), ("休息日加班", 200, paid_rest), ("法定假日加班", 300, holiday))
        if hours
    ]
    reading = ["按标准工时、月工资算；合同约定了加班费基数的，不得低于最低工资，请一并核对。不定时工时制、计件另有算法。"]
    if holiday:
        reading.append("法定假日的300%是在月工资之外另付的：月工资里已含的带薪假日那一份不抵扣。")
    if rest and not paid_rest:
        steps.append(f"休息日加班 {show(rest)} 小时已安排补休，不再付加班费")
    if values.flag("compensatory_leave"):
        reading.append("补休只能抵休息日加班，平时延时和法定假日加班不能用补休代替。")
    if workday + rest + holiday > MONTHLY_CAP:
        reading.append("加班小时已超过一般每月36小时的上限：钱照样要付，超时本身可以投诉。")
    steps.append(f"合计：{show(cents(amount))} 元")
    result: dict[str, object] = {"hourly": money(hourly), "amount": money(amount)}
    basis = cite("工资支付暂行规定", 13, "加班工资以合同约定的本人工资为基数；综合工时、计件各有算法")
    return Calculation(result, "元", steps, [OVERTIME_PAY, CONVERSION, basis], reading)


def overtime_monthly_cap(values: Values) -> Calculation:
    """Hours of overtime in a month beyond the 36 that are allowed (劳动法 41)."""
    hours = values.number("month_total_hours")
    excess = max(Decimal(0), hours - MONTHLY_CAP)
    steps = [f"每月最多 36 小时，您加班 {show(hours)} 小时，超出 {show(excess)} 小时"]
    reading = [
        "抢险、抢修等第四十二条的情形不受这个上限限制；超出的小时照样要付加班费。",
        "休息日、法定假日的加班算不算进36小时，条文没有写明，这里都算；每天另有3小时的上限，这里没有比较。",
    ]
    result: dict[str, object] = {"monthly_cap_hours": plain(MONTHLY_CAP), "excess_hours": plain(excess)}
    return Calculation(result, "小时", steps, [CAP, cite("劳动法", 42, "抢险救灾、紧急抢修等情形不受加班上限限制")], reading)


def comprehensive_hours(values: Values) -> Calculation:
    """Hours worked over a period of comprehensive working hours: what is beyond the standard, and its pay in yuan.

    total_hours includes holiday_hours; these are paid at 300 % and do not count towards the standard.
    """
    period = values.choice("period") or "month"
    total, holiday = values.number("total_hours"), values.number("holiday_hours", 0)
    if holiday > total:
        raise Invalid(f"holiday_hours：{show(holiday)} 比 total_hours（{show(total)}）还多，请填其中属于法定假日的小时数")
    if total > HOURS[period]:
        raise Invalid(f"total_hours：一{PERIODS[period]}没有 {show(total)} 小时，请填这个周期里上班的小时数")
    standard = Decimal(40) if period == "week" else WORKDAYS_A_YEAR / PARTS[period] * DAY_HOURS
    over = max(Decimal(0), total - holiday - standard)
    result: dict[str, object] = {"standard_hours": money(standard), "overtime_hours": money(over), "holiday_hours": plain(holiday)}
    basis = "40 小时" if period == "week" else f"(365-104-13) 天 ÷ {show(PARTS[period])} × 8 = {show(cents(standard))} 小时"
    steps = [
        f"一{PERIODS[period]}的标准工时：{basis}",
        f"超出：{show(total)} - {show(holiday)} - {show(cents(standard))}，得 {show(cents(over))} 小时",
    ]
    reading = [
        "先看单位有没有人社部门批的综合工时许可，没有批准的要按标准工时算加班。",
        "标准工时按一年13个法定假日（2025年起）折算，2024年及以前是11个；当地按当年实际工作日算的，以当地为准。",
        "法定假日上班按300%另算，不再算进总工时；周期里轮到休息日上班算正常工时，只有超出的部分按150%。",
    ]
    wage = values.optional("monthly_wage")
    if wage is None:
        result["amount"] = None
        reading.append("没有填月工资，没有算钱。")
    else:
        hourly = wage / PAY_DAYS / DAY_HOURS
        amount = hourly * (over * Decimal("1.5") + holiday * 3)
        result["amount"] = money(amount)
        steps.append(f"加班费：{show(hourly)} × (150% × {show(cents(over))} + 300% × {show(holiday)}) = {show(cents(amount))} 元")
    citations = [
        cite("工资支付暂行规定", 13, "经批准的综合工时，总数超过法定标准的部分算延长工作时间"),
        cite("特殊工时审批办法", None, "综合计算工时要审批，平均工时应与法定标准基本相同"),
        OVERTIME_PAY, CONVERSION, HOLIDAYS,
    ]  # fmt: skip
    return Calculation(result, "小时", steps, citations, reading)


CALCULATORS = (
    Calculator(
        "overtime", "加班费", "overtime_pay",
        (
            number("monthly_wage", "每月正常上班的工资是多少（不含加班费）？", 6960),
            number("weekday_hours", "平时（工作日）一共加班多少小时？没有填0。", 10, required=False, high=744),
            number("restday_hours", "周末休息日一共加班多少小时？没有填0。", 8, required=False, high=744),
            number("holiday_hours", "法定假日一共上班多少小时？没有填0。", 8, required=False, high=744),
            yes_no("compensatory_leave", "周末加班有没有安排补休？"),
        ),
        overtime,
    ),
    Calculator(
        "overtime_monthly_cap", "每月加班上限", "overtime_pay",
        (number("month_total_hours", "这个月一共加班多少小时？", 40, high=744),), overtime_monthly_cap,
    ),
    Calculator(
        "comprehensive_hours", "综合计算工时", "overtime_pay",
        (
            choice("period", "按什么周期综合计算：周、月、季还是年？", PERIODS),
            number("total_hours", "这个周期里一共上班多少小时（含法定假日上班）？", 60, high=8784),
            number("holiday_hours", "其中法定假日上班多少小时？没有填0。", 8, required=False, high=312),
            number("monthly_wage", "每月工资多少？只算小时可以跳过。", 6960, required=False),
        ),
        comprehensive_hours,
    ),
)  # fmt: skip
