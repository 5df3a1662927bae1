"""Article: one answer with its sources, in the database. Loaded from files, edited in the console, with every revision kept."""

import datetime as dt
from typing import Any

from pydantic import ValidationError
from sqlalchemy import String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table, announce
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.ids import new_id
from desk.knowledge.article_file import ArticleFile
from desk.knowledge.statutes import StatuteIndex

_VERSION = "knowledge_version"


class Article(Table):
    __tablename__ = "article"

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(40), default="national")
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    published: Mapped[bool] = mapped_column(default=True)
    # Where its text came from last: the file (its next version may replace it) or the console (it may not).
    origin: Mapped[str] = mapped_column(String(10), default="file")
    body: Mapped[dict[str, Any]]
    updated_at: Mapped[dt.datetime]


class ArticleRevision(Table):
    """A proposed or past wording. A draft is published by somebody else than its author."""

    __tablename__ = "article_revision"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    article_id: Mapped[str] = mapped_column(String(48), index=True)
    state: Mapped[str] = mapped_column(String(10))  # draft, published, rejected
    author: Mapped[str] = mapped_column(String(40))
    reviewer: Mapped[str] = mapped_column(String(40), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class KnowledgeVersion(Table):
    """One row whose number grows at every change, so that each process knows when its search index is stale."""

    __tablename__ = "knowledge_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def load_articles(session: Session, files: list[ArticleFile], now: dt.datetime) -> dict[str, int]:
    """Bring the database to the files: new and changed ones go in; what was edited in the console stays. Counts by what happened."""
    counts = {"new": 0, "changed": 0, "kept": 0, "same": 0, "withdrawn": 0}
    known = {article.id: article for article in session.scalars(select(Article))}
    for file in files:
        body, article = file.model_dump(mode="json"), known.get(file.id)
        if article is None:
            session.add(_fill(Article(id=file.id), file, body, "file", now))
            counts["new"] += 1
        elif article.origin != "file":
            counts["kept"] += 1
        elif article.body != body or not article.published:
            _fill(article, file, body, "file", now)
            article.published = True
            counts["changed"] += 1
        else:
            counts["same"] += 1
    for article_id in known.keys() - {file.id for file in files}:
        if known[article_id].origin == "file" and known[article_id].published:
            known[article_id].published = False
            counts["withdrawn"] += 1
    if counts["new"] + counts["changed"] + counts["withdrawn"]:
        bump(session)
    return counts


def article_by_id(session: Session, article_id: str) -> Article:
    """Raises NotFound."""
    article = session.get(Article, article_id)
    if article is None:
        raise NotFound("没有这篇知识")
    return article


def current(session: Session, today: dt.date) -> list[Article]:
    """The articles that may be shown today, of every region: published and in force."""
    return list(
        session.scalars(
            select(Article)
            .where(
                Article.published,
                Article.valid_from <= today,
                or_(Article.valid_until.is_(None), Article.valid_until > today),
            )
            .order_by(Article.id)
        )
    )


def all_articles(session: Session) -> list[Article]:
    return list(session.scalars(select(Article).order_by(Article.topic, Article.id)))


def articles_of_topic(session: Session, topic: str) -> list[Article]:
    """The published articles of a topic."""
    return list(session.scalars(select(Article).where(Article.topic == topic, Article.published).order_by(Article.id)))


def unchecked(session: Session) -> list[Article]:
    """Published articles of which some claim could not be read against a text."""
    return [article for article in all_articles(session) if article.published and not article.body["checked"]]


def version(session: Session) -> int:
    """The knowledge's version, read once for a session: whatever is found within it comes from the same knowledge."""
    if _VERSION not in session.info:
        session.info[_VERSION] = session.scalar(select(KnowledgeVersion.number)) or 0
    return int(session.info[_VERSION])


def propose(session: Session, body: dict[str, Any], author: str, comment: str, index: StatuteIndex, now: dt.datetime) -> ArticleRevision:
    """Store a new wording as a draft, for a second pair of eyes. Raises Invalid naming the field or the citation."""
    try:
        file = ArticleFile.model_validate(body)
    except ValidationError as error:
        raise Invalid("；".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())) from error
    problems = [p for s in file.sources if (p := index.problem(s.law, s.article, checked=file.checked))]
    if problems:
        raise Invalid("依据有误：" + "；".join(problems))
    draft = ArticleRevision(article_id=file.id, state="draft", author=author, comment=comment, body=file.model_dump(mode="json"), at=now)
    session.add(draft)
    session.flush()
    return draft


def publish(session: Session, revision_id: str, reviewer: str, now: dt.datetime) -> Article:
    """Make a draft the live wording. Raises NotFound, Conflict, and Forbidden when the reviewer wrote it."""
    draft = session.get(ArticleRevision, revision_id)
    if draft is None:
        raise NotFound("没有这个修订")
    if draft.state != "draft":
        raise Conflict("此修订已处理")
    if draft.author == reviewer:
        raise Forbidden("修订须由另一位管理员审核发布")
    file = ArticleFile.model_validate(draft.body)
    article = session.get(Article, file.id)
    if article is None:
        article = Article(id=file.id)
        session.add(article)
    _fill(article, file, draft.body, "console", now)
    article.published = True
    draft.state, draft.reviewer = "published", reviewer
    bump(session)
    announce(session, "article", article.id)
    return article


def reject(session: Session, revision_id: str, reviewer: str) -> None:
    """Turn a draft down. Raises NotFound, Conflict."""
    draft = session.get(ArticleRevision, revision_id)
    if draft is None:
        raise NotFound("没有这个修订")
    if draft.state != "draft":
        raise Conflict("此修订已处理")
    draft.state, draft.reviewer = "rejected", reviewer


def withdraw(session: Session, article_id: str, now: dt.datetime) -> None:
    """Take an article out of sight at once, without a second pair of eyes: a wrong answer must not wait."""
    article = article_by_id(session, article_id)
    article.published, article.origin, article.updated_at = False, "console", now
    bump(session)


def revisions(session: Session, article_id: str = "", state: str = "") -> list[ArticleRevision]:
    query = select(ArticleRevision).order_by(ArticleRevision.at.desc())
    if article_id:
        query = query.where(ArticleRevision.article_id == article_id)
    if state:
        query = query.where(ArticleRevision.state == state)
    return list(session.scalars(query))


def count_by_topic(session: Session) -> dict[str, int]:
    rows = session.execute(select(Article.topic, func.count()).where(Article.published).group_by(Article.topic))
    return {topic: count for topic, count in rows}


def _fill(article: Article, file: ArticleFile, body: dict[str, Any], origin: str, now: dt.datetime) -> Article:
    article.topic, article.title, article.region = file.topic, file.title, file.region
    article.valid_from, article.valid_until = file.valid_from, file.valid_until
    article.body, article.origin, article.updated_at = body, origin, now
    return article


def bump(session: Session) -> None:
    """Have every process look at its search indexes again."""
    bumped = session.execute(update(KnowledgeVersion).values(number=KnowledgeVersion.number + 1))
    if not bumped.rowcount:  # type: ignore[attr-defined]
        session.add(KnowledgeVersion(id=1, number=1))
    session.info.pop(_VERSION, None)
