"""The database made ready: migrated, filled with the knowledge and, when new, with a small demo union and its first people."""

import secrets
import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

from app.settings import ROOT, Settings
from app.wiring import Parts
from desk import agents
from desk.agents import Agent
from desk.demo import load_demo
from desk.knowledge.article_file import read_articles
from desk.knowledge.articles import load_articles

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


def load_knowledge(parts: Parts) -> dict[str, int]:
    """Bring the articles in the database to the files in data/knowledge, and the search index to the articles."""
    with parts.database.write() as session:
        counts = load_articles(session, read_articles(ROOT / "data/knowledge"), parts.clock.now())
    if counts["new"] > 20:
        print(f"Indexing {counts['new']} articles (under a minute)", file=sys.stderr, flush=True)
    parts.search.warm(parts.clock.now().date())
    return counts
