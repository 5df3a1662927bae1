"""Paid time away from work: annual leave, the protected months of an illness, maternity leave."""

from decimal import Decimal
from fractions import Fraction

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, cite, number, yes_no
from desk.legal.money import PAY_DAYS, cents, money, show
from desk.legal.values import Values

ENTITLEMENT = cite("职工带薪年休假条例", 3, "累计工作满一年不满十年休5天，满十年不满二十年10天，满二十年15天")
DAILY = cite("企业职工带薪年休假实施办法", 11, "日工资 = 前12个月剔除加班费的月平均工资 ÷ 21.75")
TWELVE_MONTHS = cite("企业职工带薪年休假实施办法", 3, "连续工作满12个月才有年休假")


def entitlement(years: Decimal) -> int:
    """Days of annual leave a year by years worked for all employers together."""
    return 0 if years < 1 else 5 if years < 10 else 10 if years < 20 else 15


def annual_leave_days(values: Values) -> Calculation:
    """Days of annual leave this year; none after long sick leave (职工带薪年休假条例 3, 4)."""
    years, sick = values.number("cumulative_years"), values.number("sick_leave_months", 0)
    days = entitlement(years)
    steps = [f"累计工作 {show(years)} 年 → 年休假 {days} 天"]
    limit = {5: 2, 10: 3, 15: 4}.get(days)
    if limit and sick >= limit:
        days = 0
        steps.append(f"当年病假累计 {show(sick)} 个月，达到 {limit} 个月，不享受当年年休假")
    elif limit and sick:
        steps.append(f"当年病假累计 {show(sick)} 个月，不到 {limit} 个月，不影响")
    reading = [
        "年限是在所有单位累计的，不只算现单位；默认您已经连续工作满12个月。",
        "当年已经休了年假、后来病假才累计满的，扣的是下一年的（实施办法第八条）。",
        "寒暑假多于年假的、带薪事假累计20天以上的，也不享受（条例第四条），这里没有问；年中跨过10年、20年的，当年按哪一档，条文没有写明。",
    ]
    citations = [
        ENTITLEMENT,
        cite("职工带薪年休假条例", 2, "连续工作一年以上的，享受带薪年休假"),
        TWELVE_MONTHS,
        cite("职工带薪年休假条例", 4, "病假累计满两个月、三个月、四个月（按工龄三档），或寒暑假多、带薪事假满20天的，不享受当年年休假"),
        cite("企业职工带薪年休假实施办法", 8, "已休年假后又出现这些情形的，不享受下一年度的"),
    ]
    return Calculation({"days": days}, "天", steps, citations, reading)


def unused_leave_pay(values: Values) -> Calculation:
    """Pay for unused leave in yuan: 300 % of the day's wage, 200 % beyond the ordinary wage (实施办法 10, 11)."""
    wage, days = values.number("monthly_wage_ex_ot"), values.number("unused_days")
    daily = wage / PAY_DAYS
    steps = [f"日工资：{show(wage)} ÷ 21.75 = {show(daily)} 元"]
    citations = [cite("企业职工带薪年休假实施办法", 10, "未休的按日工资300%付，其中含正常工资；本人书面提出不休的只付正常工资"), DAILY]
    if values.flag("employee_waived_in_writing"):
        steps.append("本人因自己的原因书面提出不休：只付正常工资，没有另外的 200%")
        result: dict[str, object] = {"daily": money(daily), "extra_200pct": 0, "total_300pct": None}
        reading = ["要单位安排了休假、本人因自己的原因又书面提出不休，才能只付正常工资；单位让签的放弃声明不等于这种情形。"]
        return Calculation(result, "元", steps, citations, reading)
    extra, total = daily * days * 2, daily * days * 3
    steps.append(f"另付 200%：{show(daily)} × 2 × {show(days)} 天 = {show(cents(extra))} 元（正常工资已发时要补的数）")
    steps.append(f"连同正常工资共 300%：{show(cents(total))} 元")
    result = {"daily": money(daily), "extra_200pct": money(extra), "total_300pct": money(total)}
    reading = [
        "上班期间的正常工资已经发过的，实际再要的是200%那一笔。",
        "在本单位不满12个月的，按实际月份平均；合同或制度约定的标准更高的，从约定（实施办法第十三条）。",
    ]
    return Calculation(result, "元", steps, citations, reading)


def leave_proration_leaving(values: Values) -> Calculation:
    """Whole unused leave days of the year of leaving, and 200 % for them in yuan (实施办法 12)."""
    elapsed, full, taken = values.number("elapsed_days"), values.number("entitlement"), values.number("taken", 0)
    share = Fraction(elapsed) / 365 * Fraction(full)
    days = max(0, (share - Fraction(taken)) // 1)
    wage = values.number("monthly_wage_ex_ot")
    daily = wage / PAY_DAYS
    extra = daily * days * 2
    steps = [
        f"{show(elapsed)} ÷ 365 × {show(full)} - {show(taken)} = {show(cents(share - Fraction(taken)))} → {days} 整天",
        f"日工资：{show(wage)} ÷ 21.75 = {show(daily)} 元",
        f"另付 200%：{show(daily)} × 2 × {days} = {show(cents(extra))} 元",
    ]
    citations = [cite("企业职工带薪年休假实施办法", 12, "离职按当年已过天数折算，不足一整天不算，多休的不扣回"), DAILY]
    reading = ["先减已休的再去掉不足一整天的部分；当年多休了的，单位不能往回扣。只算离职当年，往年没休的另算。"]
    return Calculation({"unused_days": days, "extra_200pct": money(extra)}, "元", steps, citations, reading)


def leave_proration_joining(values: Values) -> Calculation:
    """Whole days of annual leave in the year of joining (实施办法 5)."""
    remaining, years = values.number("remaining_days"), values.number("cumulative_years")
    full = entitlement(years)
    share = Fraction(remaining) / 365 * full
    days = share // 1
    steps = [f"累计工作 {show(years)} 年，全年 {full} 天", f"{show(remaining)} ÷ 365 × {full} = {show(cents(share))} → {days} 整天"]
    citations = [cite("企业职工带薪年休假实施办法", 5, "新进单位按当年剩余天数折算，不足一整天不享受"), TWELVE_MONTHS, ENTITLEMENT]
    reading = ["要连续工作满12个月（可以含前一个单位、中间没有断）才有，这里默认满足；断多久算断、当年在前单位休过的扣不扣，条文没有写明。"]
    return Calculation({"days": days}, "天", steps, citations, reading)


def medical_period(values: Values) -> Calculation:
    """The protected months of an illness not caused by work, by years of work in all and here (医疗期规定 3)."""
    total, unit = values.number("total_years"), values.number("unit_years")
    if unit > total:
        raise Invalid(f"unit_years：{show(unit)} 比 total_years（{show(total)}）还多，本单位年限不能超过总工龄")
    if total < 10:
        months = 3 if unit < 5 else 6
    else:
        months = 6 if unit < 5 else 9 if unit < 10 else 12 if unit < 15 else 18 if unit < 20 else 24
    steps = [f"总工龄 {show(total)} 年、本单位 {show(unit)} 年 → 医疗期 {months} 个月"]
    reading = [
        "正好满5年、10年、15年、20年的，归入长的一档（条文“以上”“以下”都没说含不含本数）。医疗期按累计病休时间算，累计的周期另有规定，这里没有算。",
        "这份规定只有二手摘要核对过；上海等地另有自己的算法，特殊疾病可能更长，请打12333确认。",
    ]
    citations = [cite("医疗期规定", 3, "按总工龄和本单位工龄，医疗期从3个月到24个月")]
    return Calculation({"months": months}, "个月", steps, citations, reading)


def maternity_leave(values: Values) -> Calculation:
    """Days of maternity leave by the national rule, or of leave after a miscarriage (女职工劳动保护特别规定 7)."""
    miscarriage = values.optional("miscarriage_months")
    citations = [cite("女职工劳动保护特别规定", 7, "产假98天，难产加15天，多胞胎每多一个加15天；流产满四个月42天，不满15天")]
    reading = ["这是全国的最低天数；各省另有延长的生育假（江苏也有），加多少天打12333或问单位所在地卫健部门。"]
    if miscarriage:
        days = 15 if miscarriage < 4 else 42
        steps = [f"怀孕 {show(miscarriage)} 个月流产，{'不满' if days == 15 else '满'} 4 个月 → {days} 天"]
        reading.append("填了流产的月份，就只算流产的假，没有加难产、多胞胎；怀孕月份大、按引产或早产处理的，以医院证明和当地规定为准。")
    else:
        babies, difficult = int(values.number("babies", 1)), values.flag("difficult")
        days = 98 + 15 * difficult + 15 * (babies - 1)
        steps = (
            ["顺产单胎：98 天"]
            if days == 98
            else [f"98{' + 15（难产）' if difficult else ''}{f' + 15 × {babies - 1}（多胞胎）' if babies > 1 else ''} = {days} 天"]
        )
    return Calculation({"days": days}, "天", steps, citations, reading)


WAGE_EX_OT = number("monthly_wage_ex_ot", "前12个月平均每月工资多少（不含加班费）？", 8700)
YEARS = number("cumulative_years", "在所有单位一共工作了几年？", 12, high=80)

CALCULATORS = (
    Calculator(
        "annual_leave_days", "年休假天数", "annual_leave",
        (YEARS, number("sick_leave_months", "今年病假累计休了几个月？没有填0。", 0, required=False, high=12)), annual_leave_days,
    ),
    Calculator(
        "unused_leave_pay", "没休年假的工资", "annual_leave",
        (
            WAGE_EX_OT,
            number("unused_days", "有几天年假没有休？", 5, high=366),
            yes_no("employee_waived_in_writing", "单位安排了休假，是您自己书面提出不休的吗？"),
        ),
        unused_leave_pay,
    ),
    Calculator(
        "leave_proration_leaving", "离职当年的年休假", "annual_leave",
        (
            number("elapsed_days", "今年到离职那天，在这家单位过了多少天？", 200, high=366, whole=True),
            number("entitlement", "您全年有几天年假（5、10或15）？", 5, high=366),
            number("taken", "今年已经休了几天？没有填0。", 1, required=False, high=366),
            WAGE_EX_OT,
        ),
        leave_proration_leaving,
    ),
    Calculator(
        "leave_proration_joining", "入职当年的年休假", "annual_leave",
        (number("remaining_days", "入职那天算起，今年还剩多少天？", 184, high=366, whole=True), YEARS), leave_proration_joining,
    ),
    Calculator(
        "medical_period", "医疗期", "sick_leave_medical_period",
        (
            number("total_years", "参加工作一共几年？", 12, high=80),
            number("unit_years", "在现在这家单位几年？", 3, high=80),
        ),
        medical_period,
    ),
    Calculator(
        "maternity_leave", "产假", "maternity_female_rights",
        (
            yes_no("difficult", "是难产吗（以医院证明为准）？"),
            number("babies", "生了几个宝宝？", 1, required=False, low=1, high=10, whole=True),
            number("miscarriage_months", "如果是流产：怀孕几个月时流产的？不是就说没有。", 3, required=False, high=10),
        ),
        maternity_leave,
    ),
)  # fmt: skip
