"""What is built from the published knowledge and lives in memory: built anew when its version in the database, or the day, moved."""

import datetime as dt
import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from desk.knowledge import articles


class Fresh[Built]:
    """Keeps one thing that was built, for all threads. One of them builds it; the others wait for it."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, dt.date], Built] | None = None
        self._building = threading.Lock()

    def get(self, session: Session, today: dt.date, build: Callable[[Built | None], Built]) -> Built:
        """What was built for this version and day; `build` makes it from what was kept before, or from nothing."""
        stamp = (articles.version(session), today)
        kept = self._kept
        if kept is None or kept[0] != stamp:
            with self._building:
                kept = self._kept
                if kept is None or kept[0] != stamp:
                    kept = self._kept = (stamp, build(kept[1] if kept else None))
        return kept[1]
