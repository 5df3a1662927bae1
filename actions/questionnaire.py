"""Questionnaires in chat: a service, a calculator or a paper, asked one question at a time.

Rasa's form asks and waits; the answers given so far live in its slot `q_answers`. What is no answer but a question of
the worker's own is answered, and the form's question is asked again.
"""

from typing import Any

from actions.answer import answer_question, hand_over
from actions.house import DeskAction, Result, Said, rows
from desk import conversations, facts
from desk.cases import Handoff
from desk.conversations import Attachment, Buttons, Reply
from desk.errors import DeskError, Invalid, NotFound
from desk.knowledge.articles import articles_of_topic
from desk.legal.calculation import Calculation
from desk.legal.catalogue import CALCULATORS, calculate
from desk.papers.docx import render_docx
from desk.papers.filling import fill
from desk.papers.pdf import render_pdf
from desk.questions import SKIPPED, Question, Questionnaire, given, of_calculator, read_answer
from desk.texts import catalogue
from desk.times import local_today

_CLOSED: dict[str, Any] = {"q_kind": None, "q_name": None, "q_answers": None, "q_answer": None}
# What is another matter in each paper, though its question has the same name.
_OF_ONE_PAPER = ("end", "stage", "matter", "deadline", "story")
# Above this a message in a form is taken for a question of its own, if it also reads like one.
_DIGRESSION = 0.6
_ASKING = ("?", "？", "吗", "怎么", "如何", "多少", "什么", "哪", "能不能", "可以", "啥", "咋", "要不要", "是不是")


class ActionOpenQuestionnaire(DeskAction):
    """A button opened a service, a calculator or a paper: start with what is known already."""

    def name(self) -> str:
        return "action_open_questionnaire"

    def act(self, said: Said) -> Result:
        kind = "calculator" if said.intent == "calculate" else "paper" if said.intent == "paper" else "service"
        questionnaire = find(self, kind, said.ref)
        with self.house.database.read() as session:
            memory = conversations.conversation_by_id(session, said.conversation_id).memory
        known = _known(kind, memory, [q.name for q in questionnaire.questions])
        lines = [said.say("form.open", title=questionnaire.title)]
        if questionnaire.intro:
            lines.append(questionnaire.intro)
        if known:
            lines.append(said.say("form.known", facts=_listed(questionnaire, known, said.language)))
        lines.append(said.say("form.how"))
        return Result([Reply("\n".join(lines))], {"q_kind": kind, "q_name": questionnaire.name, "q_answers": known, "q_answer": None})


class ActionAskAnswer(DeskAction):
    """Asks the next question of the form under way."""

    def name(self) -> str:
        return "action_ask_q_answer"

    def act(self, said: Said) -> Result:
        questionnaire = current(self, said)
        answers = said.slots.get("q_answers") or {}
        question = questionnaire.next_question(answers)
        if question is None:
            return Result()
        text = f"（{questionnaire.place(answers)}）{question.ask}"
        return Result([Reply(text, _answer_buttons(question, said, bool(answers)))])


class ValidateQuestionnaire(DeskAction):
    """Takes what the worker wrote as the answer to the question asked, or answers it when it is a question of theirs."""

    def name(self) -> str:
        return "validate_questionnaire_form"

    def act(self, said: Said) -> Result:
        value = said.slots.get("q_answer")
        if value is None:
            return Result()
        try:
            return self._take(said, str(value))
        except DeskError as error:
            return Result([Reply(error.message)], {"q_answer": None})

    def _take(self, said: Said, text: str) -> Result:
        questionnaire = current(self, said)
        answers = dict(said.slots.get("q_answers") or {})
        question = questionnaire.next_question(answers)
        if question is None:
            return Result(slots={"q_answer": "done"})
        today = local_today(said.now, self.house.zone)
        try:
            answers[question.name] = SKIPPED if text == "skip" and not question.required else read_answer(question, text, today)
        except Invalid as problem:
            if _digresses(said, question):
                aside = answer_question(self, said, said.text, said.understanding.ranking)
                return Result(aside.replies, {**aside.slots, "q_answer": None}, aside.handover)
            raise Invalid(said.say("form.invalid", problem=problem.message)) from problem
        if question.kind == "text" and _digresses(said, question):
            aside = answer_question(self, said, said.text, said.understanding.ranking)
            return Result(aside.replies, {**aside.slots, "q_answer": None}, aside.handover)
        finished = questionnaire.next_question(answers) is None
        return Result(slots={"q_answers": answers, "q_answer": "done" if finished else None})


class ActionBack(DeskAction):
    """Takes back the last answer."""

    def name(self) -> str:
        return "action_back"

    def act(self, said: Said) -> Result:
        answers = current(self, said).without_last(said.slots.get("q_answers") or {})
        return Result([Reply(said.say("form.back"))], {"q_answers": answers, "q_answer": None})


class ActionCloseQuestionnaire(DeskAction):
    """The worker gives up the form."""

    def name(self) -> str:
        return "action_close_questionnaire"

    def act(self, said: Said) -> Result:
        return Result([Reply(said.say("form.cancelled"), rows((said.say("button.menu"), "/menu")))], _CLOSED)


class ActionSubmitQuestionnaire(DeskAction):
    """All is answered: a service becomes a case, a calculator a result, a paper a file."""

    def name(self) -> str:
        return "action_submit_questionnaire"

    def act(self, said: Said) -> Result:
        kind, name = str(said.slots.get("q_kind") or ""), str(said.slots.get("q_name") or "")
        answers = said.slots.get("q_answers") or {}
        if not name:
            return Result(slots=_CLOSED)
        if kind == "calculator":
            return Result([self._calculated(said, name, given(answers))], _CLOSED)
        if kind == "paper":
            return Result(self._written(said, name, given(answers)), _CLOSED)
        service = self.house.services.named(name)
        urgency = "urgent" if service.urgent(answers) else "normal"
        summary = service.facts(answers)
        handed = hand_over(self, said, Handoff(said.message_id, "form", urgency, service.file.topic, service.file.title, summary))
        listed = "\n".join(f"· {label}：{value}" for label, value in summary.items())
        done = Reply(said.say("form.done", title=service.file.title, facts=listed, promise=service.file.promise))
        return Result([done, handed], _CLOSED, handover=True)

    def _calculated(self, said: Said, name: str, values: dict[str, Any]) -> Reply:
        calculator = CALCULATORS[name]
        calculation = calculate(name, values)
        return Reply(render_calculation(calculator.title, calculation, said.language), self._next_steps(said, calculator.topic, name))

    def _next_steps(self, said: Said, topic: str, name: str) -> Buttons:
        buttons = [(said.say("button.again"), f"/calculate {name}")]
        with self.house.database.read() as session:
            buttons += [(f"📖 {a.title}", f"/article {a.id}") for a in articles_of_topic(session, topic)[:1]]
        return rows(*buttons, (said.say("button.human"), "/human"))

    def _written(self, said: Said, name: str, values: dict[str, Any]) -> list[Reply]:
        paper = fill(self.house.papers.named(name), values, local_today(said.now, self.house.zone))
        lines = [said.say("paper.done", title=paper.title)]
        if paper.missing:
            lines.append(said.say("paper.missing", labels="、".join(paper.missing)))
        replies = [Reply("\n".join([*lines, *(f"· {line}" for line in [*paper.notes, *paper.doubts])]))]
        with self.house.database.write() as session:
            memory = conversations.conversation_by_id(session, said.conversation_id).memory
            conversations.remember(session, said.conversation_id, papers={**memory.get("papers", {}), **values})
        for suffix, media_type, content in (
            ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", render_docx(paper)),
            ("pdf", "application/pdf", render_pdf(paper)),
        ):
            with self.house.database.write() as session:
                attachment = Attachment(name=f"{paper.title}.{suffix}", media_type=media_type, size=len(content), created_at=said.now)
                session.add(attachment)
                session.flush()
                self.house.files.save(attachment.id, content)
            replies.append(Reply(attachment.name, attachment_id=attachment.id))
        return replies


def find(action: DeskAction, kind: str, name: str) -> Questionnaire:
    """Raises NotFound."""
    if kind == "calculator":
        if name not in CALCULATORS:
            raise NotFound("没有这个计算器")
        return of_calculator(CALCULATORS[name])
    if kind == "paper":
        return action.house.papers.named(name).questionnaire()
    return action.house.services.named(name).questionnaire


def _known(kind: str, memory: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Answers that need no asking: what the worker told in their story, and in a paper what an earlier paper asked.

    A calculator's names may mean other months and sums, and a service may be used without giving one's name: neither gets
    what was written into a paper.
    """
    if kind == "calculator":
        return {}
    earlier = {name: memory.get("papers", {}).get(name) for name in names if name not in _OF_ONE_PAPER} if kind == "paper" else {}
    told = facts.prefill(memory.get("facts", {}), names)
    return {name: value for name, value in {**earlier, **told}.items() if value is not None}


def current(action: DeskAction, said: Said) -> Questionnaire:
    return find(action, str(said.slots.get("q_kind") or ""), str(said.slots.get("q_name") or ""))


def render_calculation(title: str, calculation: Calculation, language: str) -> str:
    """A result with its formula, its law and its doubts."""
    names = catalogue(language)
    results = [f"· {names.get(f'result.{key}', key)}：{_shown(value)}" for key, value in calculation.result.items() if value is not None]
    parts = [f"【{title}】", "\n".join(results)]
    if calculation.steps:
        parts.append(names["calculator.steps"] + "\n" + "\n".join(calculation.steps))
    if calculation.citations:
        parts.append(
            names["article.sources"] + "\n" + "\n".join(f"· 《{c.law}》{c.article or ''}：{c.says}" for c in calculation.citations)
        )
    if calculation.reading:
        parts.append(names["calculator.reading"] + "\n" + "\n".join(f"· {line}" for line in calculation.reading))
    return "\n\n".join(parts)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _digresses(said: Said, question: Question) -> bool:
    """Whether this is a question of the worker's own and not an answer."""
    if said.intent not in ("ask", "followup", "other_law", "bot_identity") or len(said.text) < 5:
        return False
    if question.kind == "text" and said.understanding.confidence < _DIGRESSION:
        return False
    return any(mark in said.text for mark in _ASKING)


def _answer_buttons(question: Question, said: Said, can_go_back: bool) -> Buttons:
    choices = dict(question.choices)
    if question.kind == "boolean":
        choices = {"yes": said.say("button.yes"), "no": said.say("button.no")}
    cells = [{"label": label, "payload": f"/answer {value}"} for value, label in choices.items()]
    buttons = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    last = []
    if not question.required:
        last.append({"label": said.say("button.skip"), "payload": "/answer skip"})
    if can_go_back:
        last.append({"label": said.say("button.back"), "payload": "/go_back"})
    last.append({"label": said.say("button.cancel"), "payload": "/cancel"})
    return [*buttons, last]


def _listed(questionnaire: Questionnaire, known: dict[str, Any], language: str) -> str:
    return "；".join(f"{q.ask.rstrip('？?')}：{_shown(known[q.name])}" for q in questionnaire.questions if q.name in known)
