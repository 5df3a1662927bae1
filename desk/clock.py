"""What time it is. Everything takes the time from here, so that a test or a rehearsal can move it."""

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment, aware and in UTC."""

    def now(self) -> dt.datetime: ...


class SystemClock:
    """The machine's clock, moved by `offset`."""

    def __init__(self, offset: dt.timedelta = dt.timedelta()) -> None:
        self._offset = offset

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self._offset
