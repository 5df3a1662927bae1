"""The house itself: files stay short, nobody calls whom they may not, and nothing happens at import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("desk", "bot", "console", "actions", "app")
MAY_IMPORT = {
    "desk": {"desk"},
    "bot": {"bot", "desk"},
    "console": {"console", "desk"},
    "actions": {"actions", "desk"},
    "app": set(PACKAGES),
}
LONGEST = 400


def sources() -> list[Path]:
    folders = (*PACKAGES, "nlu/components")
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if not {"migrations", ".venv", "node_modules"} & set(path.relative_to(ROOT).parts)]


def imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add((node.module or "").partition(".")[0])
    return names


def test_there_is_something_to_look_at() -> None:
    assert len(sources()) > 80


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_who_may_call_whom(package: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imports(ast.parse(path.read_text("utf-8"))) & (set(PACKAGES) | {"nlu", "tests"}) - MAY_IMPORT[package]
    }
    assert wrong == set()


def test_the_desk_knows_no_channel_no_rasa_and_no_web_framework() -> None:
    foreign = {"telegram", "rasa_sdk", "rasa", "fastapi", "starlette", "jinja2", "httpx", "uvicorn", "apscheduler"}
    assert {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "desk").rglob("*.py"))
        for name in imports(ast.parse(path.read_text("utf-8"))) & foreign
    } == set()


def test_desk_functions_never_commit() -> None:
    wrong = set()
    for path in sorted((ROOT / "desk").rglob("*.py")):
        if path.name == "database.py" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback"):
                wrong.add(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == set()


def test_only_the_outbox_calls_a_channels_send() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for package in ("bot", "console", "actions", "app")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "channel"
    }
    assert callers == {"bot/outgoing.py"}


def test_importing_the_house_starts_and_writes_nothing(tmp_path: Path) -> None:
    program = (
        "import threading, importlib, sys\n"
        "for name in ('desk.schema', 'bot.turns', 'bot.inbound', 'bot.outgoing', 'console.site', 'app.wiring'):\n"
        "    importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list(tmp_path.iterdir()) == []
