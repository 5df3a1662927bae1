"""Contact: a person on one channel. What a campaign may pick people by lives here too."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table, insert_ignore
from desk.errors import NotFound
from desk.ids import new_id

LANGUAGES = ("zh", "en")


class Contact(Table):
    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(5), default="zh")
    district: Mapped[str] = mapped_column(String(60), default="", index=True)
    industry: Mapped[str] = mapped_column(String(60), default="", index=True)
    subscribed: Mapped[bool] = mapped_column(default=True)
    blocked_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class ContactTag(Table):
    __tablename__ = "contact_tag"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


@dataclass(frozen=True)
class Segment:
    """Who a campaign is for. An empty part leaves that part open; a contact needs all of the tags."""

    district: str = ""
    industry: str = ""
    tags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"district": self.district, "industry": self.industry, "tags": list(self.tags)}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Segment":
        return cls(value.get("district", ""), value.get("industry", ""), tuple(value.get("tags", ())))


def ensure_contact(session: Session, channel: str, address: str, name: str, now: dt.datetime) -> Contact:
    """The contact at `address` on `channel`; made at the first word, renamed when the channel says a new name."""
    name = name[:120]
    contact = session.scalar(select(Contact).where(Contact.channel == channel, Contact.address == address))
    if contact is None:
        # Two first words may come at once: the second finds what the first made.
        insert_ignore(session, Contact, channel=channel, address=address, name=name, created_at=now)
        contact = session.scalars(select(Contact).where(Contact.channel == channel, Contact.address == address)).one()
    elif name and contact.name != name:
        contact.name = name
    # Whoever writes to us has not blocked us.
    contact.blocked_at = None
    return contact


def mark_blocked(session: Session, channel: str, address: str, blocked: bool, now: dt.datetime) -> None:
    """The channel says that a contact shut us out, or let us in again. Nothing happens for one we do not know."""
    contact = session.scalar(select(Contact).where(Contact.channel == channel, Contact.address == address))
    if contact is not None:
        contact.blocked_at = (contact.blocked_at or now) if blocked else None


def contact_by_id(session: Session, contact_id: str) -> Contact:
    """Raises NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound("没有这个联系人")
    return contact


def set_language(session: Session, contact_id: str, language: str) -> str:
    """Switch to `language`, or to the other one when it is not one we have. Returns what it is now."""
    contact = contact_by_id(session, contact_id)
    contact.language = language if language in LANGUAGES else ("en" if contact.language == "zh" else "zh")
    return contact.language


def subscribe(session: Session, contact_id: str, wanted: bool) -> None:
    """Whether campaigns may be sent to this contact. Replies and reminders they asked for are not campaigns."""
    contact_by_id(session, contact_id).subscribed = wanted


def describe(
    session: Session, contact_id: str, *, district: str | None = None, industry: str | None = None, phone: str | None = None
) -> None:
    """Keep what the worker said about themselves; an empty value leaves what was known."""
    contact = contact_by_id(session, contact_id)
    contact.district = (district or contact.district)[:60]
    contact.industry = (industry or contact.industry)[:60]
    contact.phone = (phone or contact.phone)[:30]


def tag(session: Session, contact_id: str, tags: set[str]) -> None:
    """Replace the contact's tags."""
    session.execute(delete(ContactTag).where(ContactTag.contact_id == contact_id))
    session.add_all(ContactTag(contact_id=contact_id, tag=name) for name in sorted(tags) if name)


def add_tag(session: Session, contact_id: str, name: str) -> None:
    """Add one tag, once."""
    insert_ignore(session, ContactTag, contact_id=contact_id, tag=name)


def tags_of(session: Session, contact_id: str) -> list[str]:
    return list(session.scalars(select(ContactTag.tag).where(ContactTag.contact_id == contact_id).order_by(ContactTag.tag)))


def in_segment(segment: Segment) -> Select[str]:
    """The ids of those in `segment` whom a campaign may reach, in a stable order."""
    wanted: list[ColumnElement[bool]] = [Contact.subscribed.is_(True), Contact.blocked_at.is_(None)]
    if segment.district:
        wanted.append(Contact.district == segment.district)
    if segment.industry:
        wanted.append(Contact.industry == segment.industry)
    for name in segment.tags:
        wanted.append(Contact.id.in_(select(ContactTag.contact_id).where(ContactTag.tag == name)))
    return select(Contact.id).where(*wanted).order_by(Contact.id)


def count_segment(session: Session, segment: Segment) -> int:
    return session.scalar(select(func.count()).select_from(in_segment(segment).order_by(None).subquery())) or 0


def segment_choices(session: Session) -> dict[str, list[str]]:
    """Districts, industries and tags that some contact has."""
    return {
        "districts": [d for d in session.scalars(select(Contact.district).distinct().order_by(Contact.district)) if d],
        "industries": [i for i in session.scalars(select(Contact.industry).distinct().order_by(Contact.industry)) if i],
        "tags": list(session.scalars(select(ContactTag.tag).distinct().order_by(ContactTag.tag))),
    }
