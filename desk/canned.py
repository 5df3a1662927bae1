"""CannedReply: a text that counsellors send again and again, written once."""

import datetime as dt

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table
from desk.errors import Invalid, NotFound
from desk.ids import new_id


class CannedReply(Table):
    __tablename__ = "canned_reply"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(Text)
    # Offered first in a case of this topic; empty for what fits everywhere.
    topic: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[dt.datetime]


def add_canned(session: Session, title: str, text: str, topic: str, now: dt.datetime) -> CannedReply:
    """Raises Invalid without a title or a text, for a text too long to send, or for a taken title."""
    title, text = title.strip()[:40], text.strip()
    if not title:
        raise Invalid("请给常用语起个名字", field="title")
    if not text or len(text) > 4000:
        raise Invalid("常用语的内容应在 1 到 4000 字之间", field="text")
    if session.scalar(select(CannedReply.id).where(CannedReply.title == title)):
        raise Invalid(f"已有叫“{title}”的常用语", field="title")
    canned = CannedReply(title=title, text=text, topic=topic, created_at=now)
    session.add(canned)
    session.flush()
    return canned


def canned_replies(session: Session, topic: str = "") -> list[CannedReply]:
    """All of them, those of `topic` first."""
    found = session.scalars(select(CannedReply).order_by(CannedReply.title)).all()
    return sorted(found, key=lambda reply: (not topic or reply.topic != topic, reply.title))


def delete_canned(session: Session, canned_id: str) -> None:
    """Raises NotFound."""
    canned = session.get(CannedReply, canned_id)
    if canned is None:
        raise NotFound("没有这条常用语，可能已被删除")
    session.delete(canned)
