"""Calculators: any calculation of the desk, by a form made of what it wants to know."""

import datetime as dt
import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages
from desk.errors import Invalid, NotFound
from desk.legal.calculation import Calculator, Input
from desk.legal.catalogue import CALCULATORS, calculate


def calculator_named(name: str) -> Calculator:
    """Raises NotFound."""
    if name not in CALCULATORS:
        raise NotFound("没有这个计算器")
    return CALCULATORS[name]


def value_of(item: Input, form: Form) -> object:
    """What a form says for an input, as `calculate` takes it; None when it was left empty. Raises Invalid with the field."""
    text = form.text(item.name).strip()
    if item.kind == "boolean":
        return bool(text)
    if not text:
        return None
    if item.kind == "number":
        return _number(item, text)
    if item.kind == "dates":
        return [part for part in re.split(r"[\s,，、;；]+", text) if part]
    return text


def _number(item: Input, text: str) -> int | float:
    plain = text.replace(",", "").replace("，", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain, re.ASCII):
        raise Invalid(f"“{text[:20]}”不是数字，请只填数字，例如 {item.example}", field=item.name)
    return float(plain) if "." in plain else int(plain)


def groups() -> dict[str, list[Calculator]]:
    """The calculators by topic."""
    found: dict[str, list[Calculator]] = {}
    for calculator in CALCULATORS.values():
        found.setdefault(calculator.topic, []).append(calculator)
    return found


def calculator_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The calculators' pages."""
    router = APIRouter()

    @router.get("/calculators")
    async def show_all(request: Request) -> HTMLResponse:
        return pages.render(request, "calculators.html", groups=groups(), calculator=None)

    @router.get("/calculators/{name}")
    async def show(request: Request, name: str) -> HTMLResponse:
        return pages.render(request, "calculators.html", groups=groups(), calculator=calculator_named(name))

    @router.post("/calculators/{name}")
    async def run(request: Request, name: str) -> HTMLResponse:
        calculator = calculator_named(name)
        form = await read_form(request)
        try:
            calculation = calculate(name, {item.name: value_of(item, form) for item in calculator.inputs})
        except Invalid as problem:
            raise _for_people(problem) from problem
        citations = [{"title": deps.statutes.title(c.law), "article": c.article, "says": c.says} for c in calculation.citations]
        return pages.render(
            request,
            "calculation.html",
            calculator=calculator,
            calculation=calculation,
            citations=citations,
            result=_shown(calculation.result),
        )

    return router


def _for_people(problem: Invalid) -> Invalid:
    """The message without the field's English name, which the form shows by marking the field."""
    field = str(problem.facts.get("field", ""))
    name, _, rest = problem.message.partition("：")
    if not field and re.fullmatch(r"[a-z_]+", name):
        field = name
    message = rest if field and name == field and rest else problem.message
    return Invalid(message, field=field)


def _shown(result: dict[str, object]) -> list[tuple[str, Any]]:
    return [(name, value.isoformat() if isinstance(value, dt.date) else value) for name, value in result.items()]
