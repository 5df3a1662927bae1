"""What is due: one look at the clock that turns due rows into deliveries. A tick may come late, twice, or from two processes."""

import datetime as dt

from sqlalchemy.orm import Session

from desk import campaigns, cases, reminders


def tick(session: Session, now: dt.datetime) -> dict[str, int]:
    """Everything that time brings about: reminders, the next of a campaign, overdue first replies. Counts by kind."""
    return {
        "reminders": reminders.queue_due(session, now),
        "campaign": campaigns.feed(session, now),
        "breaches": cases.mark_breaches(session, now),
    }
