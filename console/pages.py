"""Pages: templates, and how moments, amounts and names are written in them."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console import names
from desk.clock import Clock

TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """Renders the console's templates; everything is escaped unless a template says otherwise (none does)."""

    def __init__(self, clock: Clock, zone: str, union_name: str) -> None:
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters |= {
            "moment": self.moment,
            "day": self.day,
            "since": self.since,
            "span": span,
            "topic": names.topic,
            "field": names.field,
            "named": names.named,
            "plain": plain,
            "button": names.button,
            "size": size,
        }
        self._environment.globals |= {"union_name": union_name, "names": names}

    def text(self, request: Request, template: str, **values: Any) -> str:
        """A template as text. Pages may always use `me` (None before signing in), `csrf` and `path`."""
        me = getattr(request.state, "me", None)
        values = {
            "me": me.agent if me else None,
            "csrf": me.csrf if me else "",
            "path": request.url.path,
            "said": names.SAID.get(request.query_params.get("said", ""), ""),
            **values,
        }
        return self._environment.get_template(template).render(values)

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.text(request, template, **values), status)

    def moment(self, value: dt.datetime) -> str:
        """Today 14:05, otherwise 11-21 14:05, with the year when it is another one."""
        local, today = value.astimezone(self._zone), self._clock.now().astimezone(self._zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"

    def day(self, value: dt.datetime) -> str:
        """11月21日（周六）14:05."""
        local = value.astimezone(self._zone)
        return f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{local:%H:%M}"

    def since(self, value: dt.datetime) -> str:
        """How long ago: 刚刚, 12 分钟, 3 小时 05 分, 2 天."""
        return span(self._clock.now() - value)


def span(length: dt.timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 60 * 24:
        return f"{minutes // 60} 小时 {minutes % 60:02d} 分"
    return f"{minutes // 1440} 天"


def plain(value: Any) -> str:
    """A fact as a person reads it: yes and no in words, lists with commas, pairs with colons."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return "、".join(plain(item) for item in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{names.field(key)}：{plain(item)}" for key, item in value.items()) or "—"
    return names.VALUES.get(str(value), str(value))


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(count // 1024, 1)} KB"


def go(request: Request, url: str) -> Response:
    """After a form was done: on to another page, whether htmx asked or the browser itself."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, 303)


def changed() -> Response:
    """Done, and this page's lists and panes should look again."""
    return Response(status_code=204, headers={"HX-Trigger": "desk:changed"})


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a piece of a page, and not for a whole one out of the history."""
    return bool(request.headers.get("hx-request")) and not request.headers.get("hx-history-restore-request")
