"""Organization: a union, in the tree province > city > district > street or park > enterprise."""

import datetime as dt

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table
from desk.ids import new_id

KINDS = ("province", "city", "district", "street", "enterprise")


class Organization(Table):
    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"))
    created_at: Mapped[dt.datetime]


def ensure_organization(session: Session, name: str, kind: str, parent: Organization | None, now: dt.datetime) -> Organization:
    """The organization called `name`, made if there is none."""
    found = session.scalar(select(Organization).where(Organization.name == name))
    if found is None:
        found = Organization(name=name, kind=kind, parent_id=parent.id if parent else None, created_at=now)
        session.add(found)
        session.flush()
    return found
