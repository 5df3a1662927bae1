"""The housing fund: what an employer still has to pay in."""

from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, cite, number
from desk.legal.money import cents, money, show
from desk.legal.values import Values


def housing_fund_arrears(values: Values) -> Calculation:
    """What is missing from the housing fund in yuan, the employer's and the worker's share (住房公积金管理条例 16, 18, 20)."""
    base, months = values.number("monthly_base"), values.number("months")
    percent, paid = values.number("percent", 5), values.number("paid_base", 0)
    if paid > base:
        raise Invalid(f"paid_base：{show(paid)} 高于应缴基数 {show(base)}，没有少缴；请核对 monthly_base")
    share = (base - paid) * percent / 100 * months
    basis = f"（{show(base)} - {show(paid)}）" if paid else show(base)
    steps = [
        f"单位应补：{basis} × {show(percent)}% × {show(months)} 个月 = {show(cents(share))} 元",
        f"个人同样补缴 {show(cents(share))} 元，两笔都进您自己的公积金账户，共 {show(cents(share) * 2)} 元",
    ]
    reading = [
        "缴存基数是上一年度月平均工资，有当地上下限，每年要换；单位和个人比例当地可能不同，这里按同一比例算。",
        "新参加工作的从第二个月起缴（第十七条），第一个月不要算进去；跨年的每年基数不同，请分年算。",
        "公积金不归劳动仲裁管，向当地住房公积金管理中心投诉（12329）。",
    ]
    if not values.has("percent"):
        reading.append("没有填缴存比例，按法定最低的5%算。")
    citations = [
        cite("住房公积金管理条例", 16, "月缴存额 = 上一年度月平均工资 × 缴存比例，单位和个人各缴一份"),
        cite("住房公积金管理条例", 17, "新参加工作的从第二个月起缴，新调入的从发工资起缴，按当月工资算"),
        cite("住房公积金管理条例", 18, "缴存比例不得低于5%"),
        cite("住房公积金管理条例", 38, "逾期不缴或少缴的，责令限期缴存，可以申请法院强制执行"),
    ]
    result: dict[str, object] = {"employer_share": money(share), "worker_share": money(share), "total": money(cents(share) * Decimal(2))}
    return Calculation(result, "元", steps, citations, reading)


CALCULATORS = (
    Calculator(
        "housing_fund_arrears", "补缴公积金", "housing_fund",
        (
            number("monthly_base", "上一年度月平均工资（应缴基数）是多少？", 6000),
            number("months", "少缴或没缴几个月？", 12, high=600),
            number("percent", "单位缴存比例是百分之几（5到12）？不知道可以跳过。", 8, required=False, low=5, high=12),
            number("paid_base", "单位实际按多少工资缴的？完全没缴填0。", 0, required=False),
        ),
        housing_fund_arrears,
    ),
)  # fmt: skip
