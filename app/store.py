"""The database made ready: migrated, filled with the knowledge and, when new, with a small demo union and its first people."""

import secrets
import sys
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Select, func, inspect, select

from app.settings import ROOT, Settings
from app.wiring import Parts
from desk import agents
from desk.agents import Agent
from desk.database import Database, Table, insert_all_ignore
from desk.demo import load_demo
from desk.knowledge import sources
from desk.knowledge.article_file import read_articles
from desk.knowledge.articles import load_articles
from desk.knowledge.cutting import Passage
from desk.knowledge.embedding import TextVector, take_over_vectors
from desk.knowledge.source_file import read_source
from desk.knowledge.sources import Particulars, Source, SourcePassage

_FIRST_PEOPLE = (("admin", "管理员", "admin"), ("admin2", "审核员", "admin"), ("counsellor", "值班工作人员", "counsellor"))


def migrate(settings: Settings) -> None:
    """Bring the database's tables to this version of the code."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "desk/migrations"))
    config.attributes["database"] = settings.database
    command.upgrade(config, "head")


def prepare(parts: Parts) -> list[tuple[str, str, str]]:
    """Migrate, load, and on the very first run make the first people. Returns (username, role, password) of those made."""
    migrate(parts.settings)
    load_knowledge(parts)
    with parts.database.write() as session:
        if session.scalar(select(func.count()).select_from(Agent)):
            return []
        load_demo(session, ROOT / "data/demo", parts.clock.now())
        made = []
        for username, name, role in _FIRST_PEOPLE:
            password = secrets.token_urlsafe(9)
            agents.add_agent(session, username, name, role, password, parts.clock.now())
            made.append((username, role, password))
        return made


def load_source(parts: Parts, filename: str, content: bytes, about: Particulars) -> tuple[Source, list[Passage]]:
    """Publish a paper from its file. Whoever runs this is uploader and reviewer in one. Raises Invalid, Conflict."""
    reading, now = read_source(filename, content), parts.clock.now()
    with parts.database.write() as session:
        source = sources.upload(session, filename, content, reading, about, "command line", now)
        sources.publish(session, source.id, "operator", now)
    print(f"Indexing {len(reading.passages)} passages", file=sys.stderr, flush=True)
    parts.passages.learn(now.date())
    return source, reading.passages


def copy_sources(settings: Settings, parts: Parts) -> None:
    """For a rehearsal: put what is published in the settings' own database, and embedded there, into that of `parts`."""
    file = settings.database.removeprefix("sqlite:///")
    if file != settings.database and not Path(file).exists():
        return
    published = select(Source.id).where(Source.state == "published")
    queries: list[tuple[type[Table], Select[Any]]] = [
        (Source, select(Source.__table__).where(Source.state == "published")),
        (SourcePassage, select(SourcePassage.__table__).where(SourcePassage.source_id.in_(published))),
        (TextVector, select(TextVector.__table__)),
    ]
    own = Database(settings.database)
    with own.read() as session, parts.database.write() as copy:
        if inspect(session.connection()).has_table(Source.__tablename__):
            for table, query in queries:
                insert_all_ignore(copy, table, [dict(row) for row in session.execute(query).mappings()])
    own.close()


def load_knowledge(parts: Parts, trained_in: Path | None = None) -> dict[str, int]:
    """Bring the articles in the database to the files in data/knowledge, and the search index to the articles.

    `trained_in`: the data folder where the model was trained, when it is not the settings' own.
    """
    files = read_articles(ROOT / "data/knowledge")
    with parts.database.write() as session:
        counts = load_articles(session, files, parts.clock.now())
    if counts["new"] > 20:
        asks = [ask for file in files for ask in (file.title, *file.asks)]
        take_over_vectors(parts.database, parts.embedder, asks, (trained_in or parts.settings.data_dir) / "embeddings/meaning.npz")
        print(f"Indexing {counts['new']} articles (under a minute)", file=sys.stderr, flush=True)
    parts.search.warm(parts.clock.now().date())
    return counts
