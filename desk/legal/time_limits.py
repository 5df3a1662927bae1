"""How long one may wait: the limitation of arbitration, how long arbitration takes, and the days to sue after an award."""

import datetime as dt

from desk.errors import Invalid
from desk.legal.calculation import Calculation, Calculator, Input, choice, cite, date, yes_no
from desk.legal.periods import add_years, after_days_off, last_day_off
from desk.legal.values import Values

LIMITATION = cite(
    "劳动争议调解仲裁法", 27, "一年，从知道或应当知道权利被侵害时起；主张权利等可中断重算；在职时欠薪不受限，离职后一年内提出"
)
COUNTING = [
    cite("民法典", 201, "开始的那天不算，从第二天起数"),
    cite("民法典", 202, "按年的期间到次年的对应日，没有对应日的到月末"),
    cite("民法典", 203, "最后一天是法定休假日的，顺延到休假结束的次日"),
]
CLAIMS = {"unpaid_wages": "拖欠工资、加班费等劳动报酬", "other": "其他（补偿金、赔偿金、工伤待遇等）"}


def arbitration_limitation(values: Values) -> Calculation:
    """Last day to apply for arbitration, and whether the filing comes too late (劳动争议调解仲裁法 27).

    Unpaid wages have no limit while employed and one year from the end of employment; all else a year from the day
    known, counted anew from each interruption that fell within the time. last_day is None where no limit runs; it is the
    calendar day even where that is a day off, but a filing on the first day after is still in time.
    """
    wages, employed = values.choice("claim") == "unpaid_wages", values.flag("employed")
    terminated, filed = values.optional_day("termination_date"), values.optional_day("filing_date")
    if employed and terminated and filed and terminated <= filed:
        raise Invalid(f"termination_date：{terminated} 已经离职，employed 就不能是 true；请改成 false，或去掉离职日期")
    reading = ["不可抗力等正当理由可以中止时效，最后一天遇放假可以顺延（春节等每年另定的放假这里不知道），请提前提交。"]
    if wages and (employed or (terminated and filed and terminated > filed)):
        steps = ["在职期间拖欠劳动报酬，申请仲裁不受一年限制；离职后要在一年内提出"]
        reading.append("双倍工资差额、未休年假工资等是否算“劳动报酬”，各地看法不一，按一年尽早申请最稳。")
        if employed and terminated and filed is None:
            reading.append(f"又填了离职日期 {terminated}：已经离职的，最晚 {add_years(terminated, 1)} 前提出。")
        return Calculation({"last_day": None, "time_barred": False}, "日期", steps, [LIMITATION], reading)
    if wages and terminated:
        begin = terminated
        steps = [f"劳动报酬：从离职 {begin} 起一年"]
    else:
        begin = values.day("known_date")
        if filed is not None and filed < begin:
            raise Invalid(f"filing_date：{filed} 早于知道权利被侵害的 {begin}，请核对这两个日期")
        steps = [f"从知道权利被侵害的 {begin} 起一年"]
        if wages:
            reading.append("没有说明是否还在职、哪天离职，按一般的一年算；还在职的不受这个限制。")
    last = add_years(begin, 1)
    for day in values.days("interruptions"):
        if filed is not None and day > filed:
            continue
        if begin <= day <= after_days_off(last):
            last = add_years(day, 1)
            steps.append(f"{day} 中断，从这天起重新算一年 → {last}")
        elif day > begin:
            reading.append(f"{day} 的主张在期满（{last}）之后，一般不能再中断；对方若又书面同意付款，请找人核对。")
        else:
            reading.append(f"{day} 早于起算日，不影响时效。")
    if values.days("interruptions"):
        reading.append("投诉、调解正在处理的，从哪天重新起算，条文只说“中断时起”，各地做法不一，这里按您填的那天算。")
    steps.append(f"最后一天：{last}")
    reading += last_day_off(last, "民法典第二百零三条")
    barred = None if filed is None else filed > after_days_off(last)
    if filed is None:
        reading.append("没有填申请日期，只算了最后一天。")
    else:
        steps.append(f"{filed} 申请：{'已超过时效' if barred else '在时效内' if filed <= last else '最后一天放假顺延，仍在时效内'}")
    if barred:
        reading.append("超过时效仲裁委仍应受理，要对方提出时效抗辩才有影响；找找有没有能证明中断的聊天、催款记录。")
    reading.append("从知道那天起算、最后一天到次年的同一天，当天提出还来得及。")
    return Calculation({"last_day": last.isoformat(), "time_barred": barred}, "日期", steps, [LIMITATION, *COUNTING], reading)


def arbitration_duration(values: Values) -> Calculation:
    """Days from acceptance to the award: 45, or 60 when extended (劳动争议调解仲裁法 43)."""
    days = 60 if values.flag("extended") else 45
    steps = ["受理之日起 45 日内裁决" + ("，批准延期最多再加 15 日，共 60 日" if days == 60 else "")]
    citations = [cite("劳动争议调解仲裁法", 43, "受理后45日内结束，复杂的经批准最多延15日；逾期可以起诉")]
    return Calculation({"decision_days": days}, "天", steps, citations, ["从受理那天起算，不是递交那天；收到申请后5日内要决定受不受理。"])


def sue_after_award(values: Values) -> Calculation:
    """Last day to sue after the award was received: 15 days (劳动争议调解仲裁法 48, 50)."""
    received = values.day("award_received")
    last = received + dt.timedelta(days=15)
    citations = [
        cite("劳动争议调解仲裁法", 50, "收到裁决书15日内可以起诉，期满不起诉裁决生效"),
        cite("劳动争议调解仲裁法", 48, "一裁终局的，劳动者不服也可以在15日内起诉"),
        cite("民事诉讼法", 85, "开始的那天不算；最后一天是法定休假日的，顺延到休假后的第一天"),
    ]
    reading = [
        "收到当天不算；最后一天遇法定休假日依法可顺延，这里没有算，请提前交。单位对一裁终局的裁决只能申请撤销。",
        *last_day_off(last, "民事诉讼法第八十五条"),
    ]
    return Calculation({"last_day": last.isoformat()}, "日期", [f"收到裁决书 {received}，次日起算 15 日 → {last}"], citations, reading)


CALCULATORS = (
    Calculator(
        "arbitration_limitation", "仲裁时效", "limitation_period",
        (
            choice("claim", "要追讨的是什么：拖欠的工资，还是其他？", CLAIMS, required=False),
            yes_no("employed", "现在还在这家单位上班吗？"),
            date("termination_date", "哪天离职的？没有离职就说没有。", "2024-06-30", required=False),
            date("known_date", "哪天知道（或者应当知道）权利被侵害的？", "2024-03-10", required=False),
            date("filing_date", "哪天申请仲裁，或者打算哪天申请？", "2025-03-10", required=False),
            Input("interruptions", "dates", "中间哪些天向单位讨要过、投诉过，或单位答应过要付？没有就说没有。", False, ["2024-09-01"]),
        ),
        arbitration_limitation,
    ),
    Calculator(
        "arbitration_duration", "仲裁要多久", "arbitration_procedure",
        (yes_no("extended", "仲裁委通知延期了吗？"),), arbitration_duration,
    ),
    Calculator(
        "sue_after_award", "对裁决不服的起诉期限", "arbitration_procedure",
        (date("award_received", "哪天收到裁决书的？", "2025-04-01"),), sue_after_award,
    ),
)  # fmt: skip
