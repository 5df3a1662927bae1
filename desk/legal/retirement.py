"""Social insurance over a life: the age of retirement, the years paid in for it, and the months of unemployment benefit."""

from dataclasses import dataclass
from decimal import Decimal

from desk.legal.calculation import Calculation, Calculator, Input, choice, cite, number, yes_no
from desk.legal.money import plain, show
from desk.legal.values import Values

DELAY_FROM = 2025 * 12  # January 2025 as a count of months


@dataclass(frozen=True)
class Category:
    """A group with its old age of retirement, the months for each of which a month is added, and the most that is added."""

    label: str
    age: int
    every: int
    most: int


CATEGORIES = {
    "male": Category("男职工（原60岁）", 60, 4, 36),
    "female55": Category("女职工（原55岁，干部、管理或技术岗）", 55, 4, 36),
    "female50": Category("女职工（原50岁，工人、操作岗）", 50, 2, 60),
}
DELAY = cite("渐进式延迟退休办法", 1, "2025年起男职工和原55岁女职工每4个月延1个月，原50岁女职工每2个月延1个月，到63、58、55岁为止")


def retirement_age(values: Values) -> Calculation:
    """Months of delay, age and month of retirement by birth month (渐进式延迟退休办法 1)."""
    category = CATEGORIES[values.choice("category") or "male"]
    year, month = values.month("birth")
    old = (year + category.age) * 12 + month - 1
    delay = 0 if old < DELAY_FROM else min(category.most, (old - DELAY_FROM) // category.every + 1)
    age_years, age_months = divmod(category.age * 12 + delay, 12)
    new_year, new_month = divmod(old + delay, 12)
    steps = [f"原退休时间：{year} 年 {month} 月 + {category.age} 岁 = {old // 12} 年 {old % 12 + 1} 月"]
    if delay:
        count = old - DELAY_FROM + 1
        steps.append(f"从2025年1月起是第 {count} 个月，每 {category.every} 个月延 1 个月，最多延 {category.most} 个月 → 延 {delay} 个月")
    else:
        steps.append("2025年之前已到原退休年龄，不延迟")
    steps.append(f"法定退休年龄 {age_years} 岁 {age_months} 个月，{new_year} 年 {new_month + 1} 月")
    reading = [
        "缴费年限够的可以自愿提前，最多3年、不早于原年龄；和单位商量好也可以延后，最多3年（办法第三条）。",
        "特殊工种等提前退休另有规定；按出生月份推算，以社保经办机构核定为准。",
    ]
    result: dict[str, object] = {
        "delay_months": delay, "age_years": age_years, "age_months": age_months, "retire_month": f"{new_year}-{new_month + 1:02}",
    }  # fmt: skip
    citations = [DELAY, cite("渐进式延迟退休办法", 3, "可以弹性提前或延后，最长各3年")]
    return Calculation(result, "年月", steps, citations, reading)


def pension_min_years(values: Values) -> Calculation:
    """Years of contributions needed for a monthly pension, by year of retirement (渐进式延迟退休办法 2)."""
    year = int(values.number("retire_year"))
    steps_up = min(10, max(0, year - 2029))
    years = Decimal(15) + Decimal(steps_up) / 2
    steps = [f"{year} 年退休：15 + 0.5 × {steps_up} = {show(years)} 年"]
    citations = [
        cite("渐进式延迟退休办法", 2, "2030年起最低缴费年限每年加半年，到20年为止；不够的可以延长缴费或一次性缴费"),
        cite("社会保险法", 16, "到龄时缴费满最低年限（条文写的是十五年）的，按月领养老金"),
        cite("弹性退休暂行办法", None, "弹性延后的，最低缴费年限看到法定退休年龄的那一年"),
    ]
    reading = [
        "按到法定退休年龄的那一年算；弹性延后的也按法定退休那年（弹性退休暂行办法，未核对原文），弹性提前的按哪一年，请问社保经办机构。"
    ]
    return Calculation({"min_contribution_years": plain(years)}, "年", steps, citations, reading)


def unemployment_months(values: Values) -> Calculation:
    """The most months of unemployment benefit (社会保险法 45, 46), months left over from before included, 24 at most."""
    years, left = values.number("contribution_years"), values.number("unused_previous_months", 0)
    citations = [
        cite("社会保险法", 45, "缴费满一年、不是自己愿意中断就业、已登记失业，才能领"),
        cite("社会保险法", 46, "缴费1到5年最长12个月，5到10年18个月，10年以上24个月；与上次没领的合并最长24个月"),
        cite("实施社会保险法若干规定", 14, "领过失业金后再就业的重新算，没有领过的年限保留、累计"),
    ]
    reading = [
        "年限是失业前累计缴费；领过失业金又就业的，从再就业起重新算，没有领过的原来年限保留（实施社会保险法若干规定第十四条，未核对原文）。",
        "正好满1年、5年、10年的归入长的一档。这是最长的月数，具体几个月由各省定。",
    ]
    if values.flag("voluntary_resignation"):
        reading.append("因欠薪、不缴社保等被迫辞职（劳动合同法第三十八条），不算本人意愿中断就业，可以去争取。")
        return Calculation({"max_months": 0}, "个月", ["自己愿意辞职，不符合领取条件 → 0 个月"], citations, reading)
    if years < 1:
        if left:
            reading.append(f"上次没领完的 {show(left)} 个月，缴费不满一年时能否接着领，请带材料问当地失业保险经办机构（12333）。")
        return Calculation({"max_months": 0}, "个月", [f"缴费 {show(years)} 年，不满 1 年 → 0 个月"], citations, reading)
    own = 12 if years < 5 else 18 if years < 10 else 24
    months = min(Decimal(24), own + left)
    steps = [f"缴费 {show(years)} 年 → 最长 {own} 个月"]
    if left:
        steps.append(f"加上次没领的 {show(left)} 个月：{own} + {show(left)}，最长 24 → {show(months)} 个月")
    return Calculation({"max_months": plain(months)}, "个月", steps, citations, reading)


CALCULATORS = (
    Calculator(
        "retirement_age", "退休年龄", "retirement_pension",
        (
            choice("category", "是哪一类？", {name: category.label for name, category in CATEGORIES.items()}),
            Input("birth", "month", "哪年哪月出生的？", True, "1970-05"),
        ),
        retirement_age,
    ),
    Calculator(
        "pension_min_years", "养老金最低缴费年限", "retirement_pension",
        (number("retire_year", "打算哪一年退休？", 2032, low=1980, high=2100, whole=True),), pension_min_years,
    ),
    Calculator(
        "unemployment_months", "失业金能领几个月", "unemployment_benefit",
        (
            number("contribution_years", "失业保险一共交了几年？", 4, high=80),
            yes_no("voluntary_resignation", "是自己主动辞职的吗？"),
            number("unused_previous_months", "上次失业还有几个月没领完？没有填0。", 0, required=False, high=24),
        ),
        unemployment_months,
    ),
)  # fmt: skip
