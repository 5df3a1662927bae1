"""The form of an article: its fields as a person fills them in, and what is wrong with them in words they understand."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from console import names
from console.forms import Form
from desk.errors import DeskError, Invalid
from desk.knowledge.article_file import ArticleFile
from desk.knowledge.remarks import ANY
from desk.knowledge.statutes import StatuteIndex

SOURCES = 8


@dataclass(frozen=True)
class Spec:
    """One field: its name, how it is filled in (line, text, lines, words, date, tick), and a hint."""

    name: str
    kind: str
    hint: str = ""
    rows: int = 3


SPECS = (
    Spec("title", "line", "4 到 40 个字"),
    Spec("asks", "lines", "每行一种问法，4 到 24 种，照职工平时的说法写", 6),
    Spec("answer", "text", "先说结论，再说为什么；30 到 420 个字", 6),
    Spec("steps", "lines", "每行一步，最多 7 步", 4),
    Spec("evidence", "lines", "每行一样，最多 8 样", 3),
    Spec("deadlines", "lines", "每行一条，写明从哪天算起", 2),
    Spec("costs", "line"),
    Spec("go", "lines", "每行一处，写机构的种类，不写地址", 2),
    Spec("avoid", "lines", "每行一条，最多 5 条", 2),
    Spec("phones", "words", "只能用公共服务号码，空格分开，例如 12333 12348"),
    Spec("region", "line", "national 或省市名（江苏）"),
    Spec("valid_from", "date"),
    Spec("valid_until", "date", "没有就留空"),
    Spec("services", "words", "服务的名称，空格分开"),
    Spec("calculators", "words", "计算器的名称，空格分开"),
    Spec("offer_person", "tick", "回答后主动提供人工"),
    Spec("overview", "tick", "这个主题的总览（说法复杂、拿不准时一并列出）"),
    Spec(
        "signs", "lines", "说法里出现哪些词时，把下面那句附在别的答复后面；每行都要出现，同一行里用 | 隔开的任一个即可，… 代表中间几个字", 2
    ),
    Spec("beside", "words", "附在哪些主题的答复后面（主题的英文名，空格分开；any 为所有主题）；不填就是本主题"),
    Spec("remark", "line", "附上的那一两句，10 到 160 个字"),
    Spec("checked", "tick", "每一句都对着法条原文核对过（否则职工会被提醒再打 12333 确认）"),
)


class Problems(DeskError):
    """Several fields that cannot be used at once: pairs of a field's name and what is wrong."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("有几处需要修改", problems=problems)


def show_body(body: dict[str, Any]) -> dict[str, Any]:
    """A stored body as the form's values."""
    values: dict[str, Any] = {"id": body["id"], "topic": body["topic"]}
    for spec in SPECS:
        value = body.get(spec.name, False if spec.kind == "tick" else [] if spec.kind in ("lines", "words") else "")
        if spec.kind == "lines":
            values[spec.name] = "\n".join(value)
        elif spec.kind == "words":
            values[spec.name] = " ".join(value)
        else:
            values[spec.name] = value or ""
    empty = {"law": "", "article": "", "says": ""}
    values["sources"] = [*({**source, "article": source["article"] or ""} for source in body["sources"]), *[empty] * SOURCES][
        : max(SOURCES, len(body["sources"]) + 1)
    ]
    return values


def body_of(form: Form) -> dict[str, Any]:
    """The form's values as a body, not yet checked."""
    body: dict[str, Any] = {"id": form.text("id").strip(), "topic": form.text("topic")}
    for spec in SPECS:
        if spec.kind == "lines":
            body[spec.name] = form.lines(spec.name)
        elif spec.kind == "words":
            body[spec.name] = form.text(spec.name).replace("，", " ").replace(",", " ").split()
        elif spec.kind == "tick":
            body[spec.name] = form.ticked(spec.name)
        else:
            text = form.text(spec.name).strip()
            body[spec.name] = text if text or spec.name not in ("costs", "valid_until", "remark") else None
    rows = zip_longest(form.texts("law"), form.texts("law_article"), form.texts("says"), fillvalue="")
    body["sources"] = [{"law": law, "article": article or None, "says": says} for law, article, says in rows if law or says]
    return body


def checked(body: dict[str, Any], index: StatuteIndex) -> ArticleFile:
    """The body as an article whose citations exist. Raises Problems naming each field."""
    problems: list[tuple[str, str]] = []
    if body["topic"] not in names.TOPICS:
        problems.append(("topic", "请选择主题"))
    problems += [("beside", f"没有主题 {name}") for name in body["beside"] if name not in (ANY, *names.TOPICS)]
    try:
        file = ArticleFile.model_validate(body)
    except ValidationError as error:
        raise Problems(problems + [_in_words(one) for one in error.errors()]) from error
    for number, source in enumerate(file.sources, 1):
        why = _wrong_source(index, source.law, source.article, file.checked)
        if why:
            problems.append(("sources", f"第 {number} 条依据：{why}"))
    if problems:
        raise Problems(problems)
    return file


def _wrong_source(index: StatuteIndex, law: str, article: str | None, is_checked: bool) -> str:
    """Why a citation cannot stand, or nothing."""
    try:
        if index.problem(law, article, checked=is_checked) is None:
            return ""
    except Invalid:
        return f"“{article}”要写成“第四十七条”这样"
    statute = index.statutes.get(law)
    if statute is None:
        return f"手头没有《{law}》的原文，请取消“逐条核对过”" if law in index.documents else f"没有收录“{law}”，请从列表中选"
    if article is None:
        return f"《{law}》请写明第几条"
    if not statute.ranges:
        return f"《{law}》没有条文编号，条款请留空"
    if statute.text == "summary":
        return f"《{law}》没有原文，请取消“逐条核对过”"
    return f"《{law}》里没有{article}"


def _in_words(error: ErrorDetails) -> tuple[str, str]:
    """A field's name and, in Chinese, what is wrong with it."""
    whole = "remark" if "remark" in error["msg"] else "valid_until"
    field, limits = str(error["loc"][0]) if error["loc"] else whole, error.get("ctx", {})
    place = f"第 {error['loc'][1] + 1} 条：" if len(error["loc"]) > 1 and isinstance(error["loc"][1], int) else ""
    said = {
        "string_too_short": f"太短，至少 {limits.get('min_length')} 个字",
        "string_too_long": f"太长，最多 {limits.get('max_length')} 个字",
        "too_short": f"太少，至少 {limits.get('min_length')} 条",
        "too_long": f"太多，最多 {limits.get('max_length')} 条",
        "missing": "没有填",
        "string_pattern_mismatch": "只能用小写字母、数字和横线，例如 wage-arrears-site",
        "literal_error": "不在可用的公共号码之内",
        "value_error": "附句和出现的词要一起填" if whole == "remark" else "失效日要晚于生效日",
    }.get(error["type"], "请填日期" if error["type"].startswith("date") else "填得不对")
    return field, place + said
