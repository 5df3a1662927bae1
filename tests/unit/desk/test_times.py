"""Moments as workers say them. It is Monday the 23rd of November 2026, 10:00 in Shanghai."""

import datetime as dt
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from desk.errors import Invalid
from desk.times import local_today, parse_due

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
ZONE = "Asia/Shanghai"

SPOKEN = [
    ("下周三上午九点提醒我体检", "2026-12-02 09:00", "体检"),
    ("周三上午九点提醒我体检", "2026-11-25 09:00", "体检"),
    ("星期五下午三点半提醒我交材料", "2026-11-27 15:30", "交材料"),
    ("明天早上8点提醒我去仲裁委", "2026-11-24 08:00", "仲裁委"),
    ("明早八点喊我去医院", "2026-11-24 08:00", "医院"),
    ("明晚七点叫我给工会打电话", "2026-11-24 19:00", "给工会打电话"),
    ("今晚8点提醒我上夜校", "2026-11-23 20:00", "上夜校"),
    ("今天下午两点提醒我开会", "2026-11-23 14:00", "开会"),
    ("后天提醒我领工资条", "2026-11-25 09:00", "领工资条"),
    ("大后天晚上提醒我复查", "2026-11-26 19:00", "复查"),
    ("半小时后提醒我吃药", "2026-11-23 10:30", "吃药"),
    ("两个小时后提醒我", "2026-11-23 12:00", "您记下的事"),
    ("20分钟后提醒我换药", "2026-11-23 10:20", "换药"),
    ("三天后提醒我问结果", "2026-11-26", "问结果"),
    ("12月5号上午十点提醒我开庭", "2026-12-05 10:00", "开庭"),
    ("十二月五日提醒我开庭", "2026-12-05 09:00", "开庭"),
    ("麻烦帮我设个提醒，明天中午提醒我交会费", "2026-11-24 12:00", "交会费"),
    ("下午三点提醒我开会", "2026-11-23 15:00", "开会"),
    ("上午九点提醒我吃药", "2026-11-24 09:00", "吃药"),
]


@pytest.mark.parametrize(("text", "wanted", "subject"), SPOKEN, ids=[text for text, _, _ in SPOKEN])
def test_a_moment_and_what_it_is_for(text: str, wanted: str, subject: str) -> None:
    moment, what = parse_due(text, NOW, ZONE)
    assert moment.tzinfo is dt.UTC
    local = moment.astimezone(ZoneInfo(ZONE))
    assert f"{local:%Y-%m-%d %H:%M}".startswith(wanted)
    assert what == subject


@pytest.mark.parametrize(
    "text", ["提醒我体检", "你好", "", "改天提醒我", "昨天下午三点提醒我", "今天早上八点提醒我", "2026年1月1日提醒我", "一"]
)
def test_no_moment_or_one_that_has_passed(text: str) -> None:
    with pytest.raises(Invalid):
        parse_due(text, NOW, ZONE)


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own zone, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "UTC"])
def test_the_workers_zone_counts_and_not_the_machines(machine_zone: str, zone: str) -> None:
    moment, _ = parse_due("明天早上八点提醒我体检", NOW, zone)
    assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == dt.datetime(2026, 11, 24, 8, 0)  # noqa: DTZ001


def test_around_midnight_tomorrow_is_the_workers_tomorrow() -> None:
    late = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)  # already the 24th in Shanghai
    moment, _ = parse_due("明天上午九点提醒我体检", late, ZONE)
    assert moment == dt.datetime(2026, 11, 25, 1, 0, tzinfo=dt.UTC)
    assert local_today(late, ZONE) == dt.date(2026, 11, 24)
    assert local_today(late, "UTC") == dt.date(2026, 11, 23)
