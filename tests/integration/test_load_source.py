"""`uniondesk load-source`, and the copy of sources that a rehearsal answers from."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT, Settings
from app.store import copy_sources, migrate
from app.wiring import build
from desk.knowledge import sources

PAPER = "一、因患重病住院的会员，可以申请一次性帮扶金二千元，由街道工会受理。\n二、子女考上大学的会员家庭，可以申请助学金三千元。\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNIONDESK_DATA_DIR", str(tmp_path / "var"))
    (tmp_path / "办法.md").write_text(PAPER, "utf-8")
    (tmp_path / "办法.png").write_bytes(b"x")
    return tmp_path


def load(house: Path, name: str = "办法.md", *options: str) -> tuple[int, str]:
    """The command's exit code and what it printed, in a process of its own as an operator runs it."""
    command = [sys.executable, "-m", "app.cli", "load-source", str(house / name), "--title", "职工帮扶办法", "--kind", "policy", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_an_operator_publishes_a_paper_and_a_rehearsal_finds_it(house: Path) -> None:
    code, said = load(house, "办法.md", "--issuer", "某区总工会", "--from", "2026-01-01")
    assert code == 0 and "2 passages" in said and "一\t一、因患重病住院" in said
    code, said = load(house)
    assert code == 1 and "已经上传过" in said

    settings = Settings()
    rehearsal = settings.model_copy(update={"data_dir": house / "rehearsal"})
    migrate(rehearsal)
    parts = build(rehearsal)
    copy_sources(settings, parts)
    today = parts.clock.now().date()
    with parts.database.read() as session:
        assert [source.title for source in sources.current(session, today)] == ["职工帮扶办法"]
        hit = parts.passages.find(session, "孩子考上大学能申请多少助学金", today)[0]
        # What was embedded there need not be embedded here once more.
        assert hit.passage.place == "二" and hit.meaning > 0.4
    parts.database.close()


def test_a_rehearsal_without_a_database_of_the_house_goes_on_without_sources(house: Path) -> None:
    settings = Settings()
    rehearsal = settings.model_copy(update={"data_dir": house / "rehearsal"})
    migrate(rehearsal)
    parts = build(rehearsal)
    copy_sources(settings, parts)
    assert not (house / "var").exists()
    parts.database.close()


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("nothing.md", (), "No such file"),
        ("办法.md", ("--from", "soon"), "--from: soon"),
        ("办法.md", ("--from", "2026-02-01", "--until", "2026-01-01"), "失效日"),
        ("办法.png", (), "办法.png"),
    ],
)
def test_bad_input_ends_with_two_and_says_why(house: Path, name: str, options: tuple[str, ...], said: str) -> None:
    code, printed = load(house, name, *options)
    assert code == 2 and said in printed and "Traceback" not in printed
