"""What a wage may not fall below, what may be taken from it, and what is owed when it comes late."""

from decimal import ROUND_FLOOR, Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, choice, cite, number
from desk.legal.money import PAY_DAYS, cents, money, show
from desk.legal.regional import regional_figure
from desk.legal.values import Values

TWENTY_PERCENT = Decimal("0.2")
MINIMUM = number("local_min_wage", "当地月最低工资是多少？", 2490, low=1)
HEAT_REGIONS = {"江苏": "江苏", "上海": "上海", "广东": "广东"}
HOURLY_REGIONS = {"北京": "北京", "上海": "上海", "广州": "广州", "深圳": "深圳"}


def minimum_wage_check(values: Values) -> Calculation:
    """Whether a month's wage reaches the minimum wage once overtime, special allowances and welfare are taken out, in yuan."""
    gross, minimum = values.number("gross"), values.number("local_min_wage")
    out = {
        label: values.number(name, 0)
        for name, label in (("overtime", "加班费"), ("special_allowance", "特殊津贴"), ("welfare", "福利待遇"))
    }
    comparable = gross - sum(out.values())
    if comparable < 0:
        raise Invalid(f"gross：{show(gross)} 比要剔除的加班费、津贴、福利之和（{show(sum(out.values(), Decimal(0)))}）还少，请填应发总额")
    short = max(Decimal(0), minimum - comparable)
    taken = "".join(f" - {show(amount)}（{label}）" for label, amount in out.items() if amount)
    steps = [
        f"可比工资：{show(gross)}{taken} = {show(comparable)} 元",
        f"当地最低工资 {show(minimum)} 元：{'少了 ' + show(short) + ' 元' if short else '达到了'}",
    ]
    citations = [
        cite("最低工资规定", 12, "加班费、特殊环境津贴、福利待遇要先剔除，剩下的不得低于最低工资"),
        cite("最低工资规定", 13, "低于的由人社部门责令补发，并可加付赔偿金"),
    ]
    reading = ["社保和公积金个人缴的部分要不要另外剔除，各地规定不同；请事假等没有提供正常劳动的月份不适用。"]
    result: dict[str, object] = {"comparable": money(comparable), "compliant": not short, "shortfall": money(short)}
    return Calculation(result, "元", steps, citations, reading)


def damage_deduction(values: Values) -> Calculation:
    """The most that may be deducted from a month's wage for damage done, in yuan (工资支付暂行规定 16)."""
    wage, minimum, loss = values.number("wage"), values.optional("local_min_wage"), values.optional("loss")
    limits = [("当月工资的 20%", wage * TWENTY_PERCENT)]
    reading = [
        "要合同有约定、损失确因本人原因造成才可以扣；没有扣完的可以下月再扣，每月都守这个上限。",
        "“当月工资”是应发还是实发，条文没有写明，按您填的算。",
    ]
    if minimum is None:
        reading.append("没有填当地最低工资，没有比较扣后不低于最低工资这一条。")
    else:
        limits.append(("扣后不低于最低工资", wage - minimum))
    if loss is None:
        reading.append("没有填损失数额，这是每月的上限，总数不能超过实际损失。")
    else:
        limits.append(("损失本身", loss))
    most = max(Decimal(0), min(amount for _, amount in limits))
    steps = [f"{label}：{show(cents(amount))} 元" for label, amount in limits] + [f"取最小的（不小于 0）：{show(cents(most))} 元"]
    citations = [cite("工资支付暂行规定", 16, "本人原因造成损失的，每月最多扣20%，扣后不得低于最低工资")]
    return Calculation({"max_deduction": money(most)}, "元/月", steps, citations, reading)


def unpaid_wage_surcharge(values: Values) -> Calculation:
    """What is added once an order to pay was not obeyed: 50 to 100 % of what is owed, in yuan (劳动合同法 85)."""
    owed = values.number("owed")
    steps = [f"加付赔偿金：{show(owed)} × 50% = {show(cents(owed / 2))} 元，到 {show(owed)} × 100% = {show(cents(owed))} 元"]
    citations = [cite("劳动合同法", 85, "责令限期支付后仍不付的，按应付金额50%到100%加付赔偿金")]
    reading = ["要先向劳动监察投诉、监察限期支付而单位逾期不付，才有这笔加付；直接仲裁一般拿不到。欠的本金另外照付。"]
    result: dict[str, object] = {"extra_min": money(owed / 2), "extra_max": money(owed)}
    return Calculation(result, "元", steps, citations, reading)


def union_dues(values: Values) -> Calculation:
    """A member's monthly dues in yuan: 0.5 % of the wage, its tail below ten yuan left out."""
    wage = values.number("wage")
    counted = (wage / 10).to_integral_value(ROUND_FLOOR) * 10
    dues = counted * Decimal("0.005")
    steps = [f"工资 {show(wage)} 元，尾数不足 10 元不计 → {show(counted)} 元", f"{show(counted)} × 0.5% = {show(dues)} 元/月"]
    citations = [cite("工会会费收交通知", None, "会费为本人工资的0.5%，工资尾数不足10元的部分不计")]
    reading = [
        "比例出自全国总工会的文件，原文没有核对到，按它奖金、津贴不计入；灵活就业和新就业形态会员的会费，各地工会可能有减免，请问所在工会。"
    ]
    return Calculation({"dues": money(dues)}, "元/月", steps, citations, reading)


def sick_pay(values: Values) -> Calculation:
    """Wage for workdays of sick leave in yuan: as agreed, not below 80 % of the minimum wage."""
    wage, minimum = values.number("monthly_wage"), values.number("local_min_wage")
    percent, days = values.optional("agreed_percent"), values.optional("sick_days")
    floor = minimum * Decimal("0.8")
    agreed = Decimal(0) if percent is None else wage * percent / 100
    monthly = max(floor, agreed)
    steps = [f"下限：{show(minimum)} × 80% = {show(cents(floor))} 元/月"]
    reading = ["要在医疗期内、有医院证明；各地对病假工资另有标准（如按工龄的比例），以合同、制度和当地规定中高的为准。"]
    if percent is None:
        reading.append("没有填约定的比例，这是最低数；先看合同、规章和集体合同怎么写。")
    else:
        steps.append(f"约定：{show(wage)} × {show(percent)}% = {show(cents(agreed))} 元/月")
    amount = monthly if days is None else monthly / PAY_DAYS * min(days, PAY_DAYS)
    steps.append(f"取高的：{show(cents(monthly))} 元/月")
    if days is not None:
        steps.append(f"{show(cents(monthly))} ÷ 21.75 × {show(min(days, PAY_DAYS))} 天 = {show(cents(amount))} 元")
    citations = [
        cite("贯彻劳动法若干意见", 59, "病假工资可以低于最低工资，但不得低于最低工资的80%"),
        cite("医疗期规定", 3, "医疗期按工龄3到24个月"),
    ]
    result: dict[str, object] = {"monthly": money(monthly), "minimum_monthly": money(floor), "amount": money(amount)}
    return Calculation(result, "元", steps, citations, reading)


def heat_allowance(values: Values) -> Calculation:
    """Heat allowance in yuan for whole months and single days, by a rate given or that of the region."""
    months, days = values.number("months", 0), values.number("days", 0)
    if not months and not days:
        raise Invalid("months：没有填高温作业的月数，请填 months（月数）或 days（天数）")
    monthly, daily, region = values.optional("monthly_rate"), values.optional("daily_rate"), values.choice("region")
    reading = ["气温35℃以上的室外作业，或降不到33℃以下的室内作业才发；属于工资，不能用饮料、药品顶替，也不算进最低工资。"]
    if monthly is None and daily is None:
        if region is None:
            raise Invalid("monthly_rate：没有填当地标准，请填每月标准 monthly_rate、每天标准 daily_rate，或 region（地区）")
        figure = regional_figure("heat-allowance", region)
        monthly = figure.value("monthly")
        reading += [figure.note, "只有标准写明的月份才发，填的月数里不在其中的要去掉。"]
    if daily is None and monthly is not None:
        daily = monthly / PAY_DAYS
        if days:
            reading.append("不足一个月的天数按每月标准除以21.75折算，当地另有按天标准的从当地。")
    if months and monthly is None:
        raise Invalid("monthly_rate：填了月数就要填每月标准，例如 300；只有每天标准的，请把月数换成天数填 days")
    amount = months * (monthly or Decimal(0)) + days * (daily or Decimal(0))
    steps = [f"{show(monthly)} 元 × {show(months)} 个月"] if months and monthly is not None else []
    steps += [f"{show(cents(daily))} 元 × {show(days)} 天"] if days and daily is not None else []
    steps.append(f"合计 {show(cents(amount))} 元")
    citations = [cite("防暑降温措施管理办法", 17, "高温天气室外作业等要发高温津贴，并纳入工资总额，标准由省里定")]
    return Calculation({"amount": money(amount)}, "元", steps, citations, reading)


def platform_minimum(values: Values) -> Calculation:
    """The least pay of a platform worker in yuan: hours worked times the hourly minimum wage of the place."""
    hours, rate, income = values.number("hours"), values.optional("hourly_min_wage"), values.optional("income")
    reading = ["适用于受平台管理、又不完全符合劳动关系的骑手、司机等；等单是否算工时看平台规则和当地指引，这里按您填的小时数。"]
    if rate is None:
        region = values.choice("region")
        if region is None:
            raise Invalid("hourly_min_wage：没有填，请填当地小时最低工资，或在 region 选地区")
        figure = regional_figure("hourly-minimum-wage", region)
        rate = figure.value("hourly")
        reading.append(figure.note)
    least = hours * rate
    steps = [f"{show(hours)} 小时 × {show(rate)} 元 = {show(cents(least))} 元"]
    result: dict[str, object] = {"minimum": money(least), "shortfall": None}
    if income is not None:
        short = max(Decimal(0), least - income)
        steps.append(f"实得 {show(income)} 元，{'少了 ' + show(cents(short)) + ' 元' if short else '没有低于最低工资'}")
        result["shortfall"] = money(short)
    reading.append(
        "车辆、电费等自己垫的成本要不要先扣，文件没有细说；法定节假日按指引应当多给（未核对原文），没有算。建议留好流水再核。真正是劳动关系的，按月最低工资和加班费算。"
    )
    citations = [
        cite("新就业形态劳动者权益指导意见", None, "提供正常劳动的，不得低于最低工资，并要按时足额支付"),
        cite("新就业形态休息报酬和规则公示指引", None, "平台劳动者的报酬以当地小时最低工资为底"),
    ]
    return Calculation(result, "元", steps, citations, reading)


CALCULATORS = (
    Calculator(
        "minimum_wage_check", "有没有低于最低工资", "minimum_wage_pay_rules",
        (
            number("gross", "这个月应发一共多少？", 3200),
            number("overtime", "其中加班费多少？没有填0。", 500, required=False),
            number("special_allowance", "其中夜班、高温等特殊津贴多少？没有填0。", 300, required=False),
            MINIMUM,
            number("welfare", "其中福利待遇（法定福利等）多少？没有填0。", 0, required=False),
        ),
        minimum_wage_check,
    ),
    Calculator(
        "damage_deduction", "赔偿损失每月最多扣多少", "minimum_wage_pay_rules",
        (
            number("wage", "这个月的工资是多少？", 5000),
            number("local_min_wage", "当地月最低工资是多少？不知道可以跳过。", 2490, required=False, low=1),
            number("loss", "单位说损失了多少？", 8000, required=False),
        ),
        damage_deduction,
    ),
    Calculator(
        "unpaid_wage_surcharge", "逾期不付的加付赔偿金", "wage_arrears",
        (number("owed", "一共欠多少？", 20000),), unpaid_wage_surcharge,
    ),
    Calculator("union_dues", "工会会费", "membership_fee", (number("wage", "每月工资多少？", 6000),), union_dues),
    Calculator(
        "sick_pay", "病假工资", "sick_leave_medical_period",
        (
            number("monthly_wage", "正常每月工资多少？", 6000),
            MINIMUM,
            number("sick_days", "这个月病假了几个工作日？整月就跳过。", 10, required=False, high=23),
            number("agreed_percent", "合同或制度约定病假发百分之几？不知道可以跳过。", 60, required=False, high=100),
        ),
        sick_pay,
    ),
    Calculator(
        "heat_allowance", "高温津贴", "safety_heat",
        (
            number("months", "高温作业了几个整月？没有填0。", 4, required=False, high=12),
            number("days", "另外还有几天？没有填0。", 0, required=False, high=366),
            number("monthly_rate", "当地每月标准是多少元？不知道可以跳过。", 300, required=False, high=10000),
            number("daily_rate", "当地每天标准是多少元？不知道可以跳过。", 14, required=False, high=1000),
            choice("region", "在哪个地区？", HEAT_REGIONS, required=False),
        ),
        heat_allowance,
    ),
    Calculator(
        "platform_minimum", "平台劳动者最低报酬", "gig_worker",
        (
            number("hours", "一共干了多少小时？", 200, high=8784),
            number("hourly_min_wage", "当地小时最低工资是多少？不知道可以跳过。", 24, required=False, low=1, high=1000),
            number("income", "实际到手多少？", 4500, required=False),
            choice("region", "在哪个城市？", HOURLY_REGIONS, required=False),
        ),
        platform_minimum,
    ),
)  # fmt: skip
