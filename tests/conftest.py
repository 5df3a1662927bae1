"""What every test may ask for: a clock to move, databases of both kinds, and the word that nothing was skipped where all is at hand."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from desk import schema
from desk.database import Database, Signal


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: dt.datetime = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)) -> None:
        self._now = now

    def now(self) -> dt.datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += dt.timedelta(**by)


@pytest.fixture
def clock() -> FakeClock:
    """Monday, 10:00 in Shanghai."""
    return FakeClock()


@pytest.fixture
def signals() -> list[Signal]:
    return []


@pytest.fixture
def sqlite_database(tmp_path: Path, signals: list[Signal]) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}", signals.append)
    schema.Table.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path, signals: list[Signal]) -> Iterator[Database]:
    """The desk's database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'desk.db'}"
    else:
        url = os.environ.get("UNIONDESK_TEST_POSTGRES_URL", "")
        if not url:
            pytest.skip("PostgreSQL: UNIONDESK_TEST_POSTGRES_URL is not set")
    database = Database(url, signals.append)
    if request.param == "postgres":
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    schema.Table.metadata.create_all(database.engine)
    yield database
    database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was not reachable; where everything must be, a skipped test is a failure (see pytest_sessionfinish)."""
    skipped = terminalreporter.stats.get("skipped", [])
    for report in skipped:
        terminalreporter.write_line(
            f"not run: {report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}"
        )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("UNIONDESK_TEST_REQUIRE_ALL") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1
