"""The database: how to open it, and every place where SQLite and PostgreSQL differ."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, Concatenate

from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from desk.errors import Invalid


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment. Stored in UTC; SQLite, which knows no zones, gets it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must never reach the database")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Table(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        list[list[dict[str, str]]]: JSON,
    }


@dataclass(frozen=True)
class Signal:
    """Something changed that a screen may show: published after the commit, never before."""

    kind: str
    id: str


def announce(session: Session, kind: str, id: str) -> None:
    """Have `Signal(kind, id)` published once this session's work is committed."""
    session.info.setdefault("signals", []).append(Signal(kind, id))


def insert_ignore(session: Session, table: type[Table], **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken. True when it went in."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # PostgreSQL's driver says how many rows went in only where that is asked for; without, it is -1.
    statement = insert(table).values(**values).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return bool(session.execute(statement).rowcount > 0)  # type: ignore[attr-defined]


def insert_all_ignore(session: Session, table: type[Table], rows: list[dict[str, Any]]) -> None:
    """Insert many rows in one go, without those of which a unique key is taken."""
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(table.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]


class Database:
    """Sessions with a boundary: `read` never writes, `write` commits at its end or undoes everything."""

    def __init__(self, url: str, publish: Callable[[Signal], None] = lambda signal: None, *, pool_size: int = 10) -> None:
        self.engine = _engine(url, pool_size)
        self.publish = publish
        # SQLite takes one writer at a time: waiting on a lock is quicker and fairer than its busy loop.
        self._writer = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN IMMEDIATE"))
            yield session
            session.commit()
        for signal in session.info.pop("signals", []):
            self.publish(signal)

    async def reading[**P, T](self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(session, ...)` in a thread, with a session that is only read."""

        def run() -> T:
            with self.read() as session:
                return work(session, *args, **kwargs)

        return await asyncio.to_thread(run)

    async def writing[**P, T](self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(session, ...)` in a thread and commit."""

        def run() -> T:
            with self.write() as session:
                return work(session, *args, **kwargs)

        return await asyncio.to_thread(run)

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("postgresql+psycopg://"):
        return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True)
    if not url.startswith("sqlite:///"):
        raise Invalid(f"UNIONDESK_DATABASE_URL: {url.split('@')[-1]} is neither sqlite:///… nor postgresql://…")
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own: `write` says BEGIN IMMEDIATE
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
