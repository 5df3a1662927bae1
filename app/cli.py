"""The command line: `uniondesk run`, `ask`, `calculate`, and what an operator needs now and then."""

import argparse
import asyncio
import datetime as dt
import json
import os
import sys
from pathlib import Path

from pydantic import ValidationError

from app.logging import configure_logging
from app.settings import ROOT, Settings
from desk.errors import DeskError, Invalid


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit code 0, 2 for bad input, 1 for what went wrong otherwise."""
    arguments = _parser().parse_args(argv)
    # One sentence is too little work to share among threads; their spinning would take the cores from other turns.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        settings = Settings()
        configure_logging(settings.log_level)
        return int(arguments.command(settings, arguments) or 0)
    except ValidationError as error:
        for problem in error.errors():
            name = "UNIONDESK_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        return 2
    except Invalid as error:
        print(error.message, file=sys.stderr)
        return 2
    except DeskError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(settings: Settings, arguments: argparse.Namespace) -> None:
    from app.server import serve

    asyncio.run(serve(settings))


def _train(settings: Settings, arguments: argparse.Namespace) -> None:
    from app.model import trained_model

    print(trained_model(settings.data_dir))


def _load(settings: Settings, arguments: argparse.Namespace) -> None:
    from app.store import load_knowledge, migrate
    from app.wiring import build

    migrate(settings)
    print(json.dumps(load_knowledge(build(settings))))


def _load_source(settings: Settings, arguments: argparse.Namespace) -> None:
    from app.store import load_source, migrate
    from app.wiring import build
    from desk.knowledge.sources import Particulars

    path = Path(arguments.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from error
    about = Particulars(
        arguments.title, arguments.kind, arguments.issuer, arguments.number, arguments.region,
        _day("--from", arguments.valid_from), _day("--until", arguments.valid_until),
    )  # fmt: skip
    migrate(settings)
    source, found = load_source(build(settings), path.name, content, about)
    print(f"《{source.title}》: {len(found)} passages")
    for passage in found[:5]:
        print(f"  {passage.place}\t{' '.join(passage.text[:40].split())}")
    if source.remark:
        print(source.remark)


def _day(option: str, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"{option}: {text} is no day (write it like 2026-07-01)") from error


def _ask(settings: Settings, arguments: argparse.Namespace) -> None:
    from app.ask import ask_file, explain

    if arguments.explain:
        asyncio.run(explain(settings, arguments.explain))
    elif arguments.jsonl and arguments.out:
        asyncio.run(ask_file(settings, Path(arguments.jsonl), Path(arguments.out)))
    else:
        raise Invalid("ask: give --jsonl IN.jsonl and --out OUT.jsonl, or --explain QUESTION")


def _calculate(settings: Settings, arguments: argparse.Namespace) -> None:
    from desk.legal.catalogue import CALCULATORS, calculate, schema

    if arguments.list:
        print(json.dumps([schema(c) for c in CALCULATORS.values()], ensure_ascii=False, indent=1, default=str))
        return
    if not arguments.name:
        raise Invalid("calculate: name a calculator, or --list")
    try:
        values = json.loads(arguments.json)
    except json.JSONDecodeError as error:
        raise Invalid(f"--json: not JSON ({error})") from error
    if not isinstance(values, dict):
        raise Invalid('--json: give an object, like {"wage": 6000}')
    done = calculate(arguments.name, values)
    citations = [{"law": c.law, "article": c.article, "says": c.says} for c in done.citations]
    body = {"result": done.result, "unit": done.unit, "steps": done.steps, "citations": citations, "reading": done.reading}
    print(json.dumps(body, ensure_ascii=False, indent=1, default=float))


def _check_data(settings: Settings, arguments: argparse.Namespace) -> int:
    from desk.datacheck import problems

    found = problems(ROOT / "data")
    for problem in found:
        print(problem)
    print(f"{len(found)} problem(s)")
    return 1 if found else 0


def _unchecked(settings: Settings, arguments: argparse.Namespace) -> None:
    from desk.knowledge.article_file import read_articles

    for article in read_articles(ROOT / "data/knowledge"):
        if not article.checked:
            sources = "、".join(f"{s.law}{s.article or ''}" for s in article.sources)
            print(f"{article.topic}\t{article.id}\t{article.title}\t{sources}")


def _add_agent(settings: Settings, arguments: argparse.Namespace) -> None:
    import secrets

    from app.wiring import build
    from desk.agents import add_agent

    parts, password = build(settings), secrets.token_urlsafe(9)
    with parts.database.write() as session:
        add_agent(session, arguments.username, arguments.name or arguments.username, arguments.role, password, parts.clock.now())
    print(f"{arguments.username} {password}")


def _set_password(settings: Settings, arguments: argparse.Namespace) -> None:
    import secrets

    from app.wiring import build
    from desk.agents import set_password

    password = secrets.token_urlsafe(9)
    with build(settings).database.write() as session:
        set_password(session, arguments.username, password)
    print(f"{arguments.username} {password}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="uniondesk", description="UnionDesk (工会服务台)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    add("run", _run, "start everything: web chat, console, Telegram, Rasa, the outbox")
    add("train", _train, "train the model if its sources changed; print its path")
    add("load", _load, "migrate the database and load the knowledge")
    source = add("load-source", _load_source, "publish a statute or a paper of the union's own (Markdown, DOCX, PDF) for quoting")
    source.add_argument("file")
    source.add_argument("--title", required=True, help="as it is cited: 职工困难帮扶办法")
    source.add_argument("--kind", choices=("statute", "policy"), required=True)
    source.add_argument("--issuer", default="", help="who issued it: 市总工会")
    source.add_argument("--number", default="", help="its number: 市工发〔2026〕3号")
    source.add_argument("--region", default="national", help="national, or the province or city where it holds")
    source.add_argument("--from", dest="valid_from", default="", metavar="DAY", help="the first day on which it is in force")
    source.add_argument("--until", dest="valid_until", default="", metavar="DAY", help="the first day on which it no longer is")
    ask = add("ask", _ask, "answer questions from a file through the same path as a chat turn")
    ask.add_argument("--jsonl", help='a file with one {"id", "question"} a line')
    ask.add_argument("--out", help="where the answers go, one JSON object a line")
    ask.add_argument("--explain", metavar="QUESTION", help="answer one question and say how it was found")
    calculate = add("calculate", _calculate, "run a calculator")
    calculate.add_argument("name", nargs="?")
    calculate.add_argument("--json", default="{}", help="its inputs as a JSON object")
    calculate.add_argument("--list", action="store_true", help="every calculator with its inputs")
    add("check-data", _check_data, "check articles, citations, training examples and services")
    add("unchecked", _unchecked, "list the articles that could not be checked against a text")
    agent = add("add-agent", _add_agent, "add a counsellor or admin; prints the generated password")
    agent.add_argument("username")
    agent.add_argument("--name", default="")
    agent.add_argument("--role", choices=("counsellor", "admin"), default="counsellor")
    password = add("set-password", _set_password, "give an agent a new generated password")
    password.add_argument("username")
    return parser


if __name__ == "__main__":
    sys.exit(main())
