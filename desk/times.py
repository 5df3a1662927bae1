"""Moments as workers say them: 下周三上午九点, 半小时后, 今晚8点."""

import contextlib
import datetime as dt
import io
import re
from functools import cache
from types import ModuleType
from zoneinfo import ZoneInfo

from desk.errors import Invalid

_WEEKDAY = re.compile(r"(周|星期|礼拜)[一二三四五六日天]")
_DAY = re.compile(r"[月号日天]|周|星期|礼拜|明|后|昨|前")
# Which hour a part of the day means when no hour is named.
_HOURS = {"凌晨": 5, "早": 8, "上午": 9, "中午": 12, "下午": 14, "傍晚": 18, "晚": 19, "夜": 20}
_ASKING = re.compile(
    r"(麻烦|请|帮我|给我|到时候?|记得|别忘了?|设个?|定个?|一个|闹钟|提醒一?下?我?们?|叫我|喊我|通知我|的时候|，|,|。|！|!)"
)
_WHEN = re.compile(
    r"((大?后天|大?前天|昨天|明天|明早|明晚|今天|今晚|今早|下?下?个?(周|星期|礼拜)[一二三四五六日天]|本周[一二三四五六日]|这周[一二三四五六日]|下个?月[\d一二三四五六七八九十]+[号日]"
    r"|[\d一二三四五六七八九十]+月[\d一二三四五六七八九十]+[号日]|[\d一二三四五六七八九十]+[号日])?的?(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里)?"
    r"([\d一二三四五六七八九十两]+(点|时|:|：)(半|[\d一二三四五六七八九十]+(分|刻)?)?(钟)?)?"
    r"|[\d一二三四五六七八九十两半]+个?(半)?(分钟|小时|钟头|天|周|星期|礼拜|月)(之?后|以后|过后))"
)


@cache
def _parser() -> ModuleType:
    """jionlp, loaded at the first use; it greets on standard output, where answers of the command line go."""
    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp
    return jionlp  # type: ignore[no-any-return]


def local_today(now: dt.datetime, zone: str) -> dt.date:
    """The day it is in `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()


def parse_due(text: str, now: dt.datetime, zone: str) -> tuple[dt.datetime, str]:
    """When, and what for: ("下周三上午九点提醒我体检") -> (that moment in UTC, "体检").

    A day without an hour means nine in the morning. Raises Invalid when no moment is named or it has passed.
    """
    local = now.astimezone(ZoneInfo(zone))
    found = max((m.group(0) for m in _WHEN.finditer(text)), key=len, default="")
    if len(found) < 2:
        raise Invalid("没看懂时间。可以这样说：下周三上午九点提醒我体检")
    spoken = found
    for short, full in (("明早", "明天早上"), ("明晚", "明天晚上"), ("今早", "今天早上"), ("今晚", "今天晚上")):
        spoken = spoken.replace(short, full)
    try:
        # The parser reads its base as the machine's local time: give it the wall clock of the worker's zone.
        parsed = _parser().parse_time(spoken, time_base=local.replace(tzinfo=None).timestamp())
    except ValueError as error:
        raise Invalid("没看懂时间。可以这样说：下周三上午九点提醒我体检") from error
    times = parsed["time"] if isinstance(parsed["time"], list) else parsed["time"]["point"]["time"]
    moment = dt.datetime.fromisoformat(times[0]).replace(tzinfo=local.tzinfo)
    if not re.search(r"点|时|:|：|分钟|钟头", spoken):
        moment = moment.replace(hour=next((hour for word, hour in _HOURS.items() if word in spoken), 9), minute=0)
    if moment <= local:
        if _WEEKDAY.search(found) and not re.match("下|上", found):
            moment += dt.timedelta(days=7)
        elif not _DAY.search(found):
            moment += dt.timedelta(days=1)
    if moment <= local:
        raise Invalid("这个时间已经过去了，请说一个以后的时间")
    subject = _ASKING.sub("", text.replace(found, "", 1)).strip(" 　的去要在")
    return moment.astimezone(dt.UTC), subject or "您记下的事"
