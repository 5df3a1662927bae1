"""Work injury: what the disability, the death, the dependants and the months of treatment are owed, and when to apply."""

import datetime as dt
from decimal import Decimal

from desk.legal.calculation import Calculation, Calculator, cite, date, number, yes_no
from desk.legal.money import cents, money, plain, show
from desk.legal.periods import add_years, last_day_off
from desk.legal.regional import regional_figure
from desk.legal.values import Values

LUMP_MONTHS = {1: 27, 2: 25, 3: 23, 4: 21, 5: 18, 6: 16, 7: 13, 8: 11, 9: 9, 10: 7}
ALLOWANCE_PERCENT = {1: 90, 2: 85, 3: 80, 4: 75, 5: 70, 6: 60}
OWN_WAGE = cite("工伤保险条例", 64, "本人工资 = 受伤前12个月平均月缴费工资，最高按当地平均工资300%、最低按60%算")


def injury_disability(values: Values) -> Calculation:
    """One-off disability benefit and monthly allowance in yuan by grade (工伤保险条例 35, 36, 37, 64)."""
    grade, own = int(values.number("grade")), values.number("own_wage")
    average = values.optional("regional_avg_wage")
    base, reading = own, []
    steps = []
    if average is None:
        reading.append("没有填统筹地区职工平均工资，没有比较300%封顶和60%保底。")
    elif own > 3 * average:
        base = 3 * average
        steps.append(f"本人工资 {show(own)} 高于当地平均工资的 300%，按 {show(average)} × 300% = {show(base)} 元算")
    elif own < average * Decimal("0.6"):
        base = average * Decimal("0.6")
        steps.append(f"本人工资 {show(own)} 低于当地平均工资的 60%，按 {show(average)} × 60% = {show(cents(base))} 元算")
    months = LUMP_MONTHS[grade]
    percent = ALLOWANCE_PERCENT.get(grade)
    steps.append(f"一次性伤残补助金：{grade} 级 {months} 个月 × {show(cents(base))} = {show(cents(base * months))} 元")
    allowance = None if percent is None else base * percent / 100
    if allowance is not None:
        steps.append(f"伤残津贴：{show(cents(base))} × {percent}% = {show(cents(allowance))} 元/月")
        reading.append("伤残津贴低于当地最低工资的，补到最低工资。")
    if grade in (5, 6):
        reading.append("五、六级的津贴由单位付，而且是在单位难以安排工作的时候才有。")
    if grade >= 5:
        reading.append("离开单位时另有一次性医疗补助金和就业补助金，标准由各省定，请打12333。")
    reading.append("本人工资是缴费工资；单位低报缴费工资造成少拿的差额，可以找单位补。")
    article = 35 if grade <= 4 else 36 if grade <= 6 else 37
    citations = [cite("工伤保险条例", article, f"{grade}级伤残的一次性补助金{'和按月津贴' if percent else ''}标准"), OWN_WAGE]
    result: dict[str, object] = {
        "months": months, "base": money(base), "lump_sum": money(base * months),
        "monthly_allowance": None if allowance is None else money(allowance),
    }  # fmt: skip
    return Calculation(result, "元", steps, citations, reading)


def injury_death(values: Values) -> Calculation:
    """One-off death benefit (20 years of disposable income) and funeral benefit (6 months) in yuan (工伤保险条例 39)."""
    income, average = values.optional("national_urban_disposable_income_prev_year"), values.number("regional_avg_wage")
    reading = [
        "工亡补助金用工亡发生的上一年度数字，当地职工平均工资以社保部门公布的为准。",
        "一级至四级伤残、停工留薪期满后才死亡的，没有一次性工亡补助金，只有丧葬补助金和供养亲属抚恤金。",
    ]
    if income is None:
        figure = regional_figure("national-disposable-income", "全国")
        income = figure.value("urban_a_year")
        reading.append(figure.note)
    steps = [
        f"一次性工亡补助金：{show(income)} × 20 = {show(cents(income * 20))} 元",
        f"丧葬补助金：{show(average)} × 6 = {show(cents(average * 6))} 元",
    ]
    citations = [cite("工伤保险条例", 39, "工亡补助金是上一年度全国城镇居民人均可支配收入的20倍，丧葬补助金是6个月当地职工月平均工资")]
    result: dict[str, object] = {"lump_sum_death": money(income * 20), "funeral": money(average * 6)}
    return Calculation(result, "元", steps, citations, reading)


def injury_dependants(values: Values) -> Calculation:
    """Monthly pension of dependants in yuan: spouse 40 %, others 30 % each, together not above the own wage (工伤保险条例 39)."""
    own, others = values.number("own_wage"), values.number("others", 0)
    percent = 40 * values.flag("spouse") + 30 * others
    total = own * percent / 100
    capped = total > own
    steps = [f"比例：{'配偶 40% + ' if values.flag('spouse') else ''}其他亲属 {show(others)} 人 × 30% = {show(percent)}%"]
    steps.append(f"{show(own)} × {show(percent)}% = {show(cents(total))} 元/月")
    if capped:
        steps.append(f"合计不能超过生前工资，按 {show(own)} 元算")
    reading = [
        "孤寡老人或孤儿每人再加10%，这里没有问到，有的话实际会更高（仍以生前工资为限）。",
        "亲属要靠死者供养、又没有劳动能力，由社保部门核定。",
        "本人工资没有和当地平均工资的300%、60%比；“生前的工资”这里就按本人工资封顶。",
    ]
    citations = [cite("工伤保险条例", 39, "供养亲属抚恤金：配偶40%，其他亲属每人30%，总和不高于生前工资"), OWN_WAGE]
    return Calculation({"monthly_total": money(min(total, own)), "capped": capped}, "元/月", steps, citations, reading)


def injury_paid_leave(values: Values) -> Calculation:
    """Months of paid leave for treatment and the wage for them in yuan: 12 at most, 24 once confirmed (工伤保险条例 33)."""
    needed, wage = values.number("months_needed"), values.number("monthly_wage")
    limit = Decimal(24) if values.flag("committee_confirmed_extension") else Decimal(12)
    months = min(needed, limit)
    steps = [f"需要 {show(needed)} 个月，最长 {show(limit)} 个月 → {show(months)} 个月"]
    steps.append(f"停工留薪：{show(months)} × {show(wage)} = {show(cents(months * wage))} 元")
    reading = ["原工资福利待遇不变，由单位按月付；具体多久看当地的停工留薪期目录和医院证明。评定伤残等级后停发，改领伤残待遇。"]
    if limit == 12:
        reading.append("超过12个月要设区的市劳动能力鉴定委员会确认，最多再延12个月。")
    citations = [cite("工伤保险条例", 33, "停工留薪期一般不超过12个月，经鉴定委员会确认可延长不超过12个月")]
    return Calculation({"months": plain(months), "pay": money(months * wage)}, "元", steps, citations, reading)


def injury_application_deadline(values: Values) -> Calculation:
    """Last days for the employer (30 days) and for the worker (one year) to apply for recognition (工伤保险条例 17)."""
    accident = values.day("accident_date")
    employer, worker = accident + dt.timedelta(days=30), add_years(accident, 1)
    steps = [f"单位：{accident} 起 30 日 → {employer}", f"本人、近亲属或工会：{accident} 起 1 年 → {worker}"]
    reading = [
        "事故当天不算，从第二天起数，一年到次年的同一天（没有这一天的到月底）；遇放假的顺延没有算，提前交。",
        "职业病从诊断、鉴定那天起算。单位的30日经同意可以延长；不是自己原因耽误的时间（如先打官司确认劳动关系），不算在一年里。",
        *last_day_off(employer, "民法典第二百零三条"),
        *last_day_off(worker, "民法典第二百零三条"),
    ]
    citations = [
        cite("工伤保险条例", 17, "单位30日内申请；单位不申请的，职工、近亲属、工会一年内可以直接申请"),
        cite("工伤保险行政案件司法解释", 7, "不是职工自己原因耽误的时间，不算在申请期限里"),
        cite("民法典", 201, "开始的那天不算，从第二天起数"),
        cite("民法典", 202, "按月、按年的期间到对应日，没有对应日的到月末"),
        cite("民法典", 203, "最后一天是法定休假日的，顺延到休假结束的次日"),
    ]
    result: dict[str, object] = {"employer_deadline": employer.isoformat(), "worker_deadline": worker.isoformat()}
    return Calculation(result, "日期", steps, citations, reading)


OWN = number("own_wage", "受伤前12个月平均月缴费工资（本人工资）是多少？", 7000)
REGIONAL = number("regional_avg_wage", "当地上年度职工月平均工资是多少？", 9000, low=1)

CALCULATORS = (
    Calculator(
        "injury_disability", "伤残补助金和津贴", "work_injury",
        (
            number("grade", "鉴定为几级伤残（1到10）？", 9, low=1, high=10, whole=True),
            OWN,
            number("regional_avg_wage", "当地职工月平均工资是多少？不知道可以跳过。", 8000, required=False, low=1),
        ),
        injury_disability,
    ),
    Calculator(
        "injury_death", "工亡补助金和丧葬补助金", "work_injury",
        (
            number(
                "national_urban_disposable_income_prev_year", "工亡前一年全国城镇居民人均可支配收入是多少？不知道可以跳过。", 56502,
                required=False, low=1,
            ),
            REGIONAL,
        ),
        injury_death,
    ),
    Calculator(
        "injury_dependants", "供养亲属抚恤金", "work_injury",
        (
            OWN,
            yes_no("spouse", "有没有符合供养条件的配偶？", example=True),
            number("others", "除配偶外，还有几位符合供养条件的亲属？", 1, required=False, high=50, whole=True),
        ),
        injury_dependants,
    ),
    Calculator(
        "injury_paid_leave", "停工留薪期工资", "work_injury",
        (
            number("months_needed", "治疗需要停工几个月？", 6, high=600),
            number("monthly_wage", "受伤前每月工资福利一共多少？", 7000),
            yes_no("committee_confirmed_extension", "市劳动能力鉴定委员会确认延长了吗？"),
        ),
        injury_paid_leave,
    ),
    Calculator(
        "injury_application_deadline", "工伤认定申请期限", "work_injury",
        (date("accident_date", "哪天受的伤（职业病填诊断那天）？", "2025-03-10"),), injury_application_deadline,
    ),
)  # fmt: skip
