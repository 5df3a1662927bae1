"""The migrations lead to exactly the tables that the code expects, on both databases."""

import os
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from desk.database import Database
from desk.schema import Table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_migrated_from_nothing_the_database_is_what_the_code_expects(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}" if kind == "sqlite" else os.environ.get("UNIONDESK_TEST_POSTGRES_URL", "")
    if not url:
        pytest.skip("PostgreSQL: UNIONDESK_TEST_POSTGRES_URL is not set")
    database = Database(url)
    if kind == "postgres":
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    config = Config()
    config.set_main_option("script_location", str(ROOT / "desk/migrations"))
    config.attributes["database"] = url
    command.upgrade(config, "head")
    # A second time changes nothing.
    command.upgrade(config, "head")
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    database.close()
