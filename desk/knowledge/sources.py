"""Source: a statute or a paper of the union's own, in the database, cut into passages that are quoted word for word."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table, announce, insert_ignore
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.ids import new_id
from desk.knowledge import articles
from desk.knowledge.source_file import Reading

KINDS = ("statute", "policy")


class Source(Table):
    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    issuer: Mapped[str] = mapped_column(String(80), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    region: Mapped[str] = mapped_column(String(40), default="national")
    valid_from: Mapped[dt.date | None]
    # The first day on which it is no longer in force.
    valid_until: Mapped[dt.date | None]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="draft")  # draft, published, withdrawn
    # What could not be read of the file.
    remark: Mapped[str] = mapped_column(Text, default="")
    uploaded_by: Mapped[str] = mapped_column(String(40))
    reviewer: Mapped[str] = mapped_column(String(40), default="")
    uploaded_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]

    # The same file stands here once, unless the first was withdrawn.
    __table_args__ = (
        Index(
            "uq_source_sha256",
            "sha256",
            unique=True,
            sqlite_where=text("state != 'withdrawn'"),
            postgresql_where=text("state != 'withdrawn'"),
        ),
    )


class SourcePassage(Table):
    """A piece of a source; see desk.knowledge.cutting.Passage. Never changed after the upload."""

    __tablename__ = "source_passage"
    __table_args__ = (UniqueConstraint("source_id", "position"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    position: Mapped[int]
    place: Mapped[str] = mapped_column(String(220))
    headings: Mapped[str] = mapped_column(Text)
    article: Mapped[str] = mapped_column(String(30), index=True)
    text: Mapped[str] = mapped_column(Text)
    begins_cut: Mapped[bool]
    ends_cut: Mapped[bool]


@dataclass(frozen=True)
class Particulars:
    """What is said of a source beside its text."""

    title: str
    kind: str
    issuer: str = ""
    number: str = ""
    region: str = "national"
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


def upload(
    session: Session, filename: str, content: bytes, reading: Reading, about: Particulars, uploaded_by: str, now: dt.datetime
) -> Source:
    """Store a file that was read (desk.knowledge.source_file) as a draft. Raises Invalid naming the field, Conflict for a file that is here."""
    about = _checked(about)
    digest = hashlib.sha256(content).hexdigest()
    source_id = new_id()
    put_in = insert_ignore(
        session,
        Source,
        id=source_id,
        title=about.title,
        kind=about.kind,
        issuer=about.issuer,
        number=about.number,
        region=about.region,
        valid_from=about.valid_from,
        valid_until=about.valid_until,
        filename=filename[-200:],
        sha256=digest,
        state="draft",
        remark=reading.remark,
        uploaded_by=uploaded_by,
        reviewer="",
        uploaded_at=now,
    )
    if not put_in:
        first = session.scalars(select(Source).where(Source.sha256 == digest, Source.state != "withdrawn")).one()
        state = "已发布" if first.state == "published" else "待审核"
        raise Conflict(f"{filename}：这个文件已经上传过，就是《{first.title}》（{state}）。要改它的资料信息，先撤下它再上传", field="file")
    session.add_all(
        SourcePassage(
            source_id=source_id,
            position=one.position,
            place=one.place,
            headings=one.headings,
            article=one.article,
            text=one.text,
            begins_cut=one.begins_cut,
            ends_cut=one.ends_cut,
        )
        for one in reading.passages
    )
    session.flush()
    return source_by_id(session, source_id)


def publish(session: Session, source_id: str, reviewer: str, now: dt.datetime) -> Source:
    """Let a draft be found and quoted. The one of the same title and region ends where it begins: now, or on its first day.

    Raises NotFound, Conflict, and Forbidden when the reviewer uploaded it.
    """
    source = _locked(session, source_id)
    if source.state != "draft":
        raise Conflict("此资料已处理")
    if source.uploaded_by == reviewer:
        raise Forbidden("资料须由另一位管理员审核发布")
    for older in replaced_by(session, source):
        if source.valid_from is not None and source.valid_from > now.date():
            older.valid_until = min(older.valid_until or source.valid_from, source.valid_from)
        else:
            older.state, older.withdrawn_at = "withdrawn", now
    source.state, source.reviewer, source.published_at = "published", reviewer, now
    articles.bump(session)
    announce(session, "source", source.id)
    return source


def reject(session: Session, source_id: str, reviewer: str, now: dt.datetime) -> None:
    """Turn a draft down: its file may be uploaded again. Raises NotFound, Conflict."""
    source = _locked(session, source_id)
    if source.state != "draft":
        raise Conflict("此资料已处理")
    source.state, source.reviewer, source.withdrawn_at = "withdrawn", reviewer, now


def withdraw(session: Session, source_id: str, now: dt.datetime) -> None:
    """Take a source out of sight at once, without a second pair of eyes. Raises NotFound, Conflict."""
    source = _locked(session, source_id)
    if source.state != "published":
        raise Conflict("此资料现在没有发布")
    source.state, source.withdrawn_at = "withdrawn", now
    articles.bump(session)


def source_by_id(session: Session, source_id: str) -> Source:
    """Raises NotFound."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound("没有这份资料")
    return source


def all_sources(session: Session) -> list[tuple[Source, int]]:
    """Every source with the number of its passages: what waits for a reviewer first, then what is published, by title."""
    counts = select(SourcePassage.source_id, func.count().label("count")).group_by(SourcePassage.source_id).subquery()
    rows = session.execute(
        select(Source, counts.c.count).join(counts, counts.c.source_id == Source.id).order_by(Source.title, Source.id.desc())
    )
    order = ("draft", "published", "withdrawn")
    return sorted(((source, count) for source, count in rows), key=lambda row: order.index(row[0].state))


def passages(session: Session, source_id: str, start: int = 0, limit: int | None = None) -> list[SourcePassage]:
    """A source's passages in its order, from position `start` on."""
    query = (
        select(SourcePassage).where(SourcePassage.source_id == source_id, SourcePassage.position >= start).order_by(SourcePassage.position)
    )
    return list(session.scalars(query.limit(limit)))


def count_passages(session: Session, source_id: str) -> int:
    return session.scalar(select(func.count()).select_from(SourcePassage).where(SourcePassage.source_id == source_id)) or 0


def current(session: Session, today: dt.date) -> list[Source]:
    """The sources that may be quoted today, of every region: published and in force."""
    return list(
        session.scalars(
            select(Source)
            .where(
                Source.state == "published",
                or_(Source.valid_from.is_(None), Source.valid_from <= today),
                or_(Source.valid_until.is_(None), Source.valid_until > today),
            )
            .order_by(Source.id)
        )
    )


def replaced_by(session: Session, source: Source) -> list[Source]:
    """The published sources that this one takes the place of: same title, same region."""
    published = session.scalars(select(Source).where(Source.state == "published", Source.region == source.region, Source.id != source.id))
    return [one for one in published if same_title(one.title, source.title)]


def provision(session: Session, source: Source, article: str) -> list[SourcePassage]:
    """The passages of one article ("第三十八条") of a source, in order; empty when it has none."""
    query = select(SourcePassage).where(SourcePassage.source_id == source.id, SourcePassage.article == article)
    found = session.scalars(query.order_by(SourcePassage.position)).all()
    # An annex may count its articles anew: the first one is the paper's own.
    return [one for i, one in enumerate(found) if one.position == found[0].position + i]


def same_title(one: str, other: str) -> bool:
    """Whether two names are one paper's: 《中华人民共和国劳动法》 and 劳动法 are."""
    return _bare(one) == _bare(other)


def _bare(title: str) -> str:
    plain = re.sub(r"[\s《》〈〉]", "", title).translate(str.maketrans("()", "（）"))
    return re.sub(r"（\d{4}年?(?:修正|修订|版)?）$", "", plain).removeprefix("中华人民共和国")


def _locked(session: Session, source_id: str) -> Source:
    source = session.get(Source, source_id, with_for_update=True, populate_existing=True)
    if source is None:
        raise NotFound("没有这份资料")
    return source


def _checked(about: Particulars) -> Particulars:
    plain = Particulars(
        about.title.strip().removeprefix("《").removesuffix("》").strip(),
        about.kind,
        about.issuer.strip(),
        about.number.strip(),
        about.region.strip() or "national",
        about.valid_from,
        about.valid_until,
    )
    if not 2 <= len(plain.title) <= 120:
        raise Invalid("请填写标题，2 到 120 个字", field="title")
    if plain.kind not in KINDS:
        raise Invalid(f"种类只能是 {'、'.join(KINDS)} 之一", field="kind")
    for name, label, most in (("issuer", "发布机关", 80), ("number", "文号", 60), ("region", "适用地区", 40)):
        if len(getattr(plain, name)) > most:
            raise Invalid(f"{label}太长，最多 {most} 个字", field=name)
    if plain.valid_from and plain.valid_until and plain.valid_until <= plain.valid_from:
        raise Invalid("失效日要晚于生效日", field="valid_until")
    return plain
