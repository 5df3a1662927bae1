"""What the employer owes when a contract ends: severance, notice pay, and double severance for an unlawful dismissal."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, Citation, cite, date, number
from desk.legal.money import cents, money, plain, show
from desk.legal.periods import CONTRACT_LAW_FROM, full_months, years_and_months
from desk.legal.values import Values

CAP_MONTHS = Decimal(12)

START = date("start", "哪天开始在这家单位上班的？", "2020-03-01")
END = date("end", "最后在职的是哪天？", "2024-06-30")
WAGE = number("avg_monthly_wage", "离职前12个月平均每月应发多少钱（含奖金、津贴、加班费，扣社保和个税之前）？", 8000)
LOCAL_AVERAGE = number("local_avg_monthly_wage", "当地公布的上年度职工月平均工资是多少？不知道可以跳过。", 9000, required=False, low=1)
LOCAL_MINIMUM = number("local_min_wage", "当地月最低工资是多少？不知道可以跳过。", 2490, required=False, low=1)


@dataclass(frozen=True)
class Severance:
    """Severance under 劳动合同法 47: months of wages, the wage they are counted with, and how it came about."""

    months: Decimal
    base: Decimal
    capped: bool
    steps: list[str]
    citations: list[Citation]
    reading: list[str]

    @property
    def amount(self) -> Decimal:
        return self.months * self.base


def service_months(start: dt.date, end: dt.date) -> Decimal:
    """Months of wages for the time from first to last day, both counted: a year one, a rest of six months one, below it a half."""
    months = full_months(start, end)
    years, rest = divmod(months, 12)
    if rest >= 6:
        return Decimal(years + 1)
    whole_years = rest == 0 and full_months(start, end - dt.timedelta(days=1)) < months
    return Decimal(years) if whole_years and years else years + Decimal("0.5")


def severance(values: Values) -> Severance:
    """Months, base and cap from start, end, avg_monthly_wage, local_avg_monthly_wage and local_min_wage (yuan a month)."""
    start, end = values.day("start"), values.day("end")
    if end < start:
        raise Invalid(f"end：{end} 早于入职日 {start}，请填入职当天或之后的日期")
    wage = values.number("avg_monthly_wage")
    average, minimum = values.optional("local_avg_monthly_wage"), values.optional("local_min_wage")
    months, base, capped = service_months(start, end), wage, False
    steps = [f"工作年限：{start} 至 {end}（首尾两天都算），满 {years_and_months(full_months(start, end))}，折合 {show(months)} 个月工资"]
    citations = [
        cite("劳动合同法", 47, "每满一年给一个月工资；余下满半年算一年，不满半年给半个月；高工资按社平三倍、最多十二年"),
        cite("劳动合同法实施条例", 27, "按应得工资算，含奖金、津贴；不满12个月按实际月数平均；低于最低工资的，按最低工资算"),
    ]
    reading = [
        "入职当天和最后在职当天都算工作时间；不同单位合并工龄、中途断档的情形没有算进去。",
        "月工资含奖金、津贴；加班费算不算进去，条文没有写明，各地看法不一。",
    ]
    if minimum is not None and wage < minimum:
        base = minimum
        steps.append(f"月平均工资 {show(wage)} 低于当地最低工资，按 {show(minimum)} 元算")
    elif average is not None and wage > 3 * average:
        base, capped = 3 * average, True
        steps.append(f"月平均工资 {show(wage)} 高于社平工资的 3 倍（{show(average)}×3），按 {show(base)} 元算，年限最多 12 个月")
        if months > CAP_MONTHS:
            steps.append(f"年限 {show(months)} 个月，封顶为 12 个月")
            months = CAP_MONTHS
    else:
        steps.append(f"计算基数：离职前 12 个月平均工资 {show(wage)} 元")
    if average is None:
        reading.append("没有填当地上年度职工月平均工资，所以没有比较三倍封顶；工资明显高于当地平均的，先打12333问清楚。")
    if minimum is None:
        reading.append("没有比较最低工资：平均工资低于当地最低工资的，按最低工资算（实施条例第二十七条）。")
    return Severance(months, base, capped, steps, citations, reading)


def severance_across_2008(values: Values) -> Severance:
    """Severance that names the part since 2008 where service began earlier: the law counts only that one (劳动合同法 97)."""
    found, start, end = severance(values), values.day("start"), values.day("end")
    if start >= CONTRACT_LAW_FROM:
        return found
    since = service_months(CONTRACT_LAW_FROM, end) if end >= CONTRACT_LAW_FROM else Decimal(0)
    since = min(since, CAP_MONTHS) if found.capped else since
    citations = [*found.citations, cite("劳动合同法", 97, "2008年前已有的劳动关系，补偿年限从2008年起算，之前的按当时规定")]
    reading = [
        *found.reading,
        f"2008年之前的年限这里连着算了；按劳动合同法只从2008年起算，是 {show(since)} 个月工资。"
        "更早的年限要按当时的规定另看（有些情形不补，封顶也不同），请找人核对。",
    ]
    return replace(found, citations=citations, reading=reading)


def economic_compensation(values: Values) -> Calculation:
    """Severance in yuan: months, base, amount, and whether the triple average capped it (劳动合同法 47)."""
    found = severance_across_2008(values)
    steps = [*found.steps, f"经济补偿：{show(found.months)} × {show(found.base)} = {show(cents(found.amount))} 元"]
    result: dict[str, object] = {
        "months": plain(found.months), "base": money(found.base), "amount": money(found.amount), "capped": found.capped,
    }  # fmt: skip
    reading = [*found.reading, "只算数额：是不是该给补偿，看第四十六条的情形；自己无故辞职一般没有。"]
    return Calculation(result, "元", steps, [*found.citations, cite("劳动合同法", 46, "哪些情形单位要付经济补偿")], reading)


def notice_pay_n_plus_1(values: Values) -> Calculation:
    """Severance plus a month's wage in lieu of 30 days' notice (劳动合同法 40, 实施条例 20), in yuan."""
    found = severance_across_2008(values)
    given = values.number("notice_days", 0)
    last = values.optional("last_month_wage")
    reading = list(found.reading)
    if last is None:
        last = values.number("avg_monthly_wage")
        reading.append("没有填上一个月的工资，代通知金先用12个月平均工资代替。")
    notice = Decimal(0) if given >= 30 else last
    steps = [*found.steps, f"经济补偿：{show(found.months)} × {show(found.base)} = {show(cents(found.amount))} 元"]
    if given >= 30:
        steps.append(f"已提前 {show(given)} 天书面通知，不再给代通知金")
    else:
        steps.append(f"没有提前满 30 天书面通知，加付上一个月工资 {show(last)} 元")
        if given:
            reading.append("只提前了几天、没有满30天的，条文没有说可以按天折抵，这里按整月算。")
    total = found.amount + notice
    steps.append(f"合计：{show(cents(found.amount))} + {show(notice)} = {show(cents(total))} 元")
    citations = [
        *found.citations,
        cite("劳动合同法", 40, "三种情形下解除，要提前三十天书面通知或多给一个月工资"),
        cite("劳动合同法实施条例", 20, "多给的这个月按上一个月工资算"),
    ]
    reading.append("代通知金只在第四十条的三种情形（医疗期满、不能胜任、客观情况变化）才有，不受三倍封顶。")
    result: dict[str, object] = {
        "months": plain(found.months), "base": money(found.base), "compensation": money(found.amount),
        "notice_pay": money(notice), "total": money(total),
    }  # fmt: skip
    return Calculation(result, "元", steps, citations, reading)


def unlawful_dismissal_2n(values: Values) -> Calculation:
    """Damages for an unlawful dismissal: twice the severance of article 47 (劳动合同法 87, 实施条例 25), in yuan."""
    found = severance(values)
    amount = found.amount * 2
    steps = [*found.steps, f"赔偿金：{show(found.months)} × {show(found.base)} × 2 = {show(cents(amount))} 元"]
    citations = [
        cite("劳动合同法", 87, "违法解除或终止，按经济补偿的两倍赔偿"),
        *found.citations,
        cite("劳动合同法实施条例", 25, "付了赔偿金就不再付经济补偿，年限从用工那天算起"),
        cite("劳动合同法", 48, "违法解除的，可以要求继续履行；不要求或者不能继续的，付赔偿金"),
    ]
    reading = list(found.reading)
    if found.capped:
        reading.append("赔偿金照经济补偿的标准翻倍，所以三倍工资和十二年的封顶也一起适用。")
        if values.day("start") < CONTRACT_LAW_FROM:
            reading.append("2008年之前的年限受不受这个封顶，条文没有写明，请找人核对。")
    reading.append("赔偿金和经济补偿不能同时拿；想回去上班的，也可以要求继续履行合同。")
    result: dict[str, object] = {"months": plain(found.months), "base": money(found.base), "amount": money(amount)}
    return Calculation(result, "元", steps, citations, reading)


LAST_WAGE = number("last_month_wage", "离职前上一个月的工资是多少？", 8500, required=False)
NOTICE = number("notice_days", "单位提前多少天书面通知的？没有通知填0。", 0, required=False, high=3650)

CALCULATORS = (
    Calculator(
        "economic_compensation", "经济补偿（N）", "dismissal_compensation",
        (START, END, WAGE, LOCAL_AVERAGE, LOCAL_MINIMUM), economic_compensation,
    ),
    Calculator(
        "notice_pay_n_plus_1", "经济补偿加代通知金（N+1）", "dismissal_compensation",
        (START, END, WAGE, LOCAL_AVERAGE, LAST_WAGE, NOTICE), notice_pay_n_plus_1,
    ),
    Calculator(
        "unlawful_dismissal_2n", "违法解除赔偿金（2N）", "dismissal_compensation",
        (START, END, WAGE, LOCAL_AVERAGE), unlawful_dismissal_2n,
    ),
)  # fmt: skip
