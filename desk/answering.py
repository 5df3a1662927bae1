"""What the bot says to a question: an article with its law, a question back, a friendly line, or a person."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from desk import activities, districts, elsewhere, estimates, facts, needs, texts, urgency
from desk.conversations import Buttons, Reply
from desk.knowledge import articles
from desk.knowledge.quoting import Quotation, Quotes
from desk.knowledge.search import Hit, KnowledgeSearch
from desk.knowledge.statutes import StatuteIndex
from desk.legal.catalogue import CALCULATORS
from desk.services import Services
from desk.times import local_today

# A bare word (工资, 加班费) says what it is about and not what is asked: the bot asks back.
_BARE = 3
# An article this likely to be the right one stands as a button under the one that is shown; so does the province's own rule.
_ALSO = 0.05
# So many remarks are read; more of them bury the answer.
_REMARKS = 3
_REMARKS_ASKING = 2
# A second question of the same message gets the beginning of its own answer.
_ASIDES, _ASIDE_SENTENCES = 2, 3
_NEAR = 2
# From this chance of being no matter of ours the bot says so.
_ELSEWHERE = 0.5
# From this chance the nearest article is offered even then.
_AFTER_ALL = 0.3
# A sign in the words (desk/needs.py) counts where understanding finds it at least this likely that a person is needed.
_HINTED = 0.05


@dataclass(frozen=True)
class Understanding:
    """What Rasa made of a message: topics with their probabilities, the likeliest first.

    `elsewhere`: how likely it is no matter of work or union at all; `law`: then rather one of other law than talk. `person`:
    how likely a person is needed.
    """

    ranking: tuple[tuple[str, float], ...] = ()
    elsewhere: float = 0.0
    law: bool = False
    person: float = 0.0

    @property
    def confidence(self) -> float:
        return self.ranking[0][1] if self.ranking else 0.0


@dataclass(frozen=True)
class Thresholds:
    """When an article is shown, when the bot asks back, when it offers a person. docs/decisions.md has the curves.

    An article needs a chance of being the right one of at least `answer`, a chance of being elsewhere's matter of at most
    `elsewhere`, and a way of asking that is at least `near` in meaning. Where its topic is likelier than `clarify`, the bot
    asks back.
    """

    answer: float = 0.7
    clarify: float = 0.12
    elsewhere: float = 0.15
    near: float = 0.5
    person: float = 0.4


@dataclass(frozen=True)
class Answer:
    """A decision with everything that measurements and the console want to know about it."""

    kind: str  # article, clarify, elsewhere, unsure
    replies: list[Reply]
    topic: str = ""
    second_topic: str = ""
    confidence: float = 0.0
    articles: list[str] = field(default_factory=list)
    citations: list[dict[str, str | None]] = field(default_factory=list)
    person: bool = False
    # The article itself says that a person should be offered with it.
    offers_person: bool = False
    # How likely a person is needed, and how likely this is no matter of work or union: what was decided on.
    person_likely: float = 0.0
    elsewhere: float = 0.0
    urgent: str = ""
    # What an article cannot move on (desk/needs.py), or nothing.
    need: str = ""
    hits: list[Hit] = field(default_factory=list)
    # The passages of sources that are quoted.
    passages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Beside:
    """What of other articles is said with the one that is shown: remarks on details, answers to a second question, near ones' gists."""

    remarks: Sequence[articles.Article] = ()
    asked: Sequence[articles.Article] = ()
    near: Sequence[articles.Article] = ()


_ALONE = Beside()


class Answering:
    """Answers questions from the articles. Holds no state of its own: memory comes in, what to remember goes out."""

    def __init__(
        self, search: KnowledgeSearch, quotes: Quotes, statutes: StatuteIndex, services: Services, thresholds: Thresholds, zone: str
    ) -> None:
        self.search = search
        self._quotes = quotes
        self._statutes = statutes
        self._services = services
        self._thresholds = thresholds
        self._zone = zone

    def answer(
        self,
        session: Session,
        question: str,
        understood: Understanding,
        language: str,
        now: dt.datetime,
        *,
        doubts: int = 0,
        leave_out: str = "",
    ) -> Answer:
        """Decide what to say.

        `doubts`: how many times in a row the bot was unsure before this message. `leave_out`: the article that was shown
        last, when the worker asks on from it.
        """
        urgent = urgency.detect(question)
        need = needs.detect(question)
        ranking = understood.ranking
        # Whoever asks about somebody else's field may need a person, and not one of ours.
        likely = understood.person * (1 - understood.elsewhere)
        hinted = bool(need) and (likely >= _HINTED or not ranking)
        person = likely >= self._thresholds.person or hinted or urgent is not None
        topic, second = (ranking[0][0] if ranking else ""), (ranking[1][0] if len(ranking) > 1 else "")
        region = districts.province_in(question)
        found = self.search.find(session, question, dict(ranking[:8]), now.date(), region=region)
        hits = [hit for hit in found if hit.article.id != leave_out]
        known: dict[str, Any] = {
            "topic": topic,
            "second_topic": second,
            "confidence": understood.confidence,
            "person": person,
            "person_likely": round(likely, 4),
            "elsewhere": round(understood.elsewhere, 4),
            "urgent": urgent.kind if urgent else "",
            "need": need,
            "hits": hits,
        }
        if understood.elsewhere > _ELSEWHERE and not urgent:
            line = self._elsewhere(question, understood, hits, language)
            return Answer("elsewhere", [line], **{**known, "topic": "off_topic", "second_topic": "", "person": False})
        if hits and len(question.strip()) > _BARE and self._sure(understood, hits[0]):
            beside = self._beside(session, question, hits, dict(ranking[:8]), region, now)
            answer = self._with_article(session, hits, beside, language, now, known)
            return self._reckoned(answer, hits[0].article, facts.extract(question), language, now)
        if hits and (understood.confidence >= self._thresholds.clarify or not ranking) and doubts < 1:
            remarks = self.search.remarks(session, question, {topic, second}, now.date(), region)
            answer = Answer("clarify", [self._clarify(session, hits, remarks, topic, language, now)], **known)
            answer = self._reckoned(answer, hits[0].article, facts.extract(question), language, now)
        else:
            answer = Answer("unsure", [Reply(texts.say(language, "unsure"), self._help_buttons(language))], **known)
        if len(question.strip()) <= _BARE or (urgent is not None and urgent.level == "urgent"):
            return answer
        quoted = self._quotes.near(session, question, language, now, region)
        return answer if quoted is None else _quoting(answer, quoted)

    def _elsewhere(self, question: str, understood: Understanding, hits: list[Hit], language: str) -> Reply:
        """Not ours: whose it is, and how to go on if it was ours after all."""
        if not understood.law:
            return Reply(texts.say(language, "elsewhere.talk"), self._help_buttons(language))
        lines = texts.say(language, f"elsewhere.{elsewhere.field(question)}"), texts.say(language, "elsewhere.back")
        after_all = [[{"label": f"📖 {hit.article.title}", "payload": f"/article {hit.article.id}"}] for hit in hits[:1] if self._near(hit)]
        return Reply("\n\n".join(lines), [*after_all, *self._help_buttons(language)])

    def _near(self, hit: Hit) -> bool:
        """Whether an article may be what was meant, when the message seems to be somebody else's matter."""
        return hit.confidence >= _AFTER_ALL and hit.meaning >= self._thresholds.near

    def _sure(self, understood: Understanding, best: Hit) -> bool:
        limits = self._thresholds
        return best.confidence >= limits.answer and understood.elsewhere <= limits.elsewhere and best.meaning >= limits.near

    def article(self, session: Session, article_id: str, language: str, now: dt.datetime) -> Answer:
        """One article as asked for by its button. Raises NotFound when it is gone."""
        shown = articles.article_by_id(session, article_id)
        rendered = self._render(shown, language, law=self._law(session, shown, now))
        return Answer("article", [rendered], shown.topic, articles=[shown.id], citations=_citations(shown), confidence=1.0)

    def part(self, session: Session, article_id: str, part: str, language: str, now: dt.datetime) -> Reply:
        """One part of an article that was shown: what to keep as evidence, where to go, deadlines, costs, what to avoid, the law itself."""
        shown = articles.article_by_id(session, article_id)
        law = self._law(session, shown, now)
        if part == "law":
            body = self._quotes.provisions(session, _citations(shown), language, now, shown.region)
        else:
            lines = shown.body.get(part) or []
            lines = [lines] if isinstance(lines, str) else lines
            body = "\n".join(f"{i}. {line}" for i, line in enumerate(lines, 1)) if len(lines) > 1 else "".join(lines)
        if not body:
            return self._render(shown, language, law=law)
        buttons = self._buttons(shown, language, leave_out=part, law=law)
        return Reply(f"{shown.title}｜{texts.say(language, f'article.{part}')}\n{body}", buttons)

    def _law(self, session: Session, shown: articles.Article, now: dt.datetime) -> bool:
        """Whether a provision that the article cites can be shown word for word."""
        return bool(self._quotes.cited(session, _citations(shown), now, shown.region))

    def _beside(
        self, session: Session, question: str, hits: list[Hit], topics: dict[str, float], region: str | None, now: dt.datetime
    ) -> Beside:
        """What of other articles is said with the first of `hits`, each article once."""
        shown, likeliest = hits[0].article, max(topics, key=lambda topic: topics[topic], default="")
        remarks = self.search.remarks(session, question, {likeliest, shown.topic}, now.date(), region)
        asked = self.search.asides(session, question, topics, now.date(), region)
        near = [
            hit.article
            for hit in hits[1:4]
            if hit.confidence >= _ALSO or (hit.article.region != "national" and hit.article.topic == shown.topic)
        ]
        said = {shown.id}

        def fresh(found: list[articles.Article], most: int) -> list[articles.Article]:
            chosen = [article for article in found if article.id not in said][:most]
            said.update(article.id for article in chosen)
            return chosen

        return Beside(remarks=fresh(remarks, _REMARKS), asked=fresh(asked, _ASIDES), near=fresh(near, _NEAR))

    def _with_article(
        self, session: Session, hits: list[Hit], beside: Beside, language: str, now: dt.datetime, known: dict[str, Any]
    ) -> Answer:
        shown = hits[0].article
        rendered = self._render(shown, language, beside, law=self._law(session, shown, now))
        if activities.offers(session, now, shown.topic):
            join = {"label": texts.say(language, "button.join_activity"), "payload": f"/activities {shown.topic}"}
            rendered = replace(rendered, buttons=[[join], *rendered.buttons])
        return Answer(
            "article",
            [rendered],
            **known,
            articles=[hit.article.id for hit in hits],
            citations=[*_citations(shown), *(citation for article in beside.remarks for citation in _citations(article)[:1])],
            offers_person=bool(shown.body["offer_person"]),
        )

    def _reckoned(self, answer: Answer, shown: articles.Article, told: dict[str, Any], language: str, now: dt.datetime) -> Answer:
        """The answer, and behind it the sums that the worker's own words allow."""
        lines = estimates.estimates(shown.body["calculators"], told, local_today(now, self._zone))
        if not lines:
            return answer
        named = {**told, "months": told.get("worked")}
        basis = [texts.say(language, f"estimate.{name}", **named) for name in ("worked", "wage", "grade") if name in told]
        opening = texts.say(language, "estimate.open", told=texts.say(language, "source.comma").join(basis))
        first, *rest = answer.replies
        # Asking back offers no calculator to press.
        closing = [texts.say(language, "estimate.close")] if answer.kind == "article" else []
        text = "\n".join([f"{first.text}\n\n🧮 {opening}", *(f"· {line}" for line in lines), *closing])
        return replace(answer, replies=[replace(first, text=text), *rest])

    def _clarify(
        self, session: Session, hits: list[Hit], remarks: list[articles.Article], topic: str, language: str, now: dt.datetime
    ) -> Reply:
        """Which of these is it, and what each says in a sentence? Last the way into the topic, for a story that none of them fits."""
        titles = {hit.article.id: hit.article.title for hit in hits[:3]}
        parts = [texts.say(language, "clarify"), *(f"{i}. {_gist(hit.article)}" for i, hit in enumerate(hits[:3], 1))]
        if remarks := [article for article in remarks if article.id not in titles][:_REMARKS_ASKING]:
            parts.append("\n" + self._remarks(remarks, language))
        if not _checked(remarks):
            parts.append("\n" + texts.say(language, "article.unchecked"))
        if way_in := self.search.overview(session, topic, now.date()):
            titles[way_in.id] = way_in.title
        rows = [[{"label": title, "payload": f"/article {article_id}"}] for article_id, title in titles.items()]
        rows.append([{"label": texts.say(language, "button.human"), "payload": "/human"}])
        return Reply("\n".join(parts), rows)

    def _render(self, shown: articles.Article, language: str, beside: Beside = _ALONE, *, law: bool) -> Reply:
        body = shown.body
        parts = [lead(shown.title, body["answer"], body["steps"], language)]
        if beside.asked:
            lines = (f"· {_gist(one, _ASIDE_SENTENCES)}" for one in beside.asked)
            parts.append("\n".join([texts.say(language, "article.asked"), *lines]))
        if beside.remarks:
            parts.append(self._remarks(beside.remarks, language))
        if body["deadlines"]:
            parts.append(texts.say(language, "article.deadlines") + "\n" + "\n".join(f"· {line}" for line in body["deadlines"]))
        sources = [f"· {self._cite(s)}：{s['says']}" for s in body["sources"]]
        if sources:
            parts.append(texts.say(language, "article.sources") + "\n" + "\n".join(sources))
        if not _checked([shown, *beside.asked, *beside.remarks]):
            parts.append(texts.say(language, "article.unchecked"))
        if beside.near:
            parts.append(texts.say(language, "article.also") + "\n" + "\n".join(f"· {_gist(one)}" for one in beside.near))
        buttons = self._buttons(shown, language, others=[*beside.asked, *beside.remarks, *beside.near], law=law)
        return Reply("\n\n".join(parts), buttons, details={"article": shown.id})

    def _remarks(self, adding: Sequence[articles.Article], language: str) -> str:
        """What articles add to another's answer, each with what it rests on first of all."""
        lines = [texts.say(language, "article.remarks")]
        for article in adding:
            source = next((f"（{self._cite(source)}）" for source in article.body["sources"]), "")
            lines.append(f"· {article.body['remark']}{source}")
        return "\n".join(lines)

    def _cite(self, source: dict[str, Any]) -> str:
        return f"《{self._statutes.title(source['law'])}》{source['article'] or ''}"

    def _buttons(
        self, shown: articles.Article, language: str, *, leave_out: str = "", others: Sequence[articles.Article] = (), law: bool = False
    ) -> Buttons:
        """The next steps: the service or calculator that helps, the article's other parts, near articles, a person."""
        rows: Buttons = []
        for name in shown.body["services"]:
            service = self._services.get(name)
            if service is not None:
                rows.append([{"label": f"📝 {service.file.title}", "payload": f"/service {name}"}])
        for name in shown.body["calculators"][:2]:
            rows.append(
                [{"label": f"🧮 {texts.say(language, 'button.calculate', title=_calculator_title(name))}", "payload": f"/calculate {name}"}]
            )
        parts = [p for p in ("evidence", "go", "costs", "avoid") if shown.body.get(p) and p != leave_out]
        parts += ["law"] if law and leave_out != "law" else []
        cells = [{"label": texts.say(language, f"article.{p}"), "payload": f"/part {shown.id} {p}"} for p in parts]
        rows += [cells[i : i + 2] for i in range(0, len(cells), 2)]
        rows += [[{"label": f"📖 {one.title}", "payload": f"/article {one.id}"}] for one in others]
        rows.append([{"label": texts.say(language, "button.human"), "payload": "/human"}])
        return rows

    def _help_buttons(self, language: str) -> Buttons:
        return [
            [
                {"label": texts.say(language, "button.menu"), "payload": "/menu"},
                {"label": texts.say(language, "button.human"), "payload": "/human"},
            ]
        ]


def lead(title: str, answer: str, steps: list[str], language: str) -> str:
    """How a shown article begins: its title, its answer, and what to do."""
    parts = [f"【{title}】\n{answer.strip()}"]
    if steps:
        parts.append("\n".join([texts.say(language, "article.steps"), *(f"{i}. {step}" for i, step in enumerate(steps, 1))]))
    return "\n\n".join(parts)


def _checked(said: Sequence[articles.Article]) -> bool:
    """Whether all that these articles say was read in the texts of the law."""
    return all(article.body["checked"] for article in said)


def _gist(shown: articles.Article, sentences: int = 1) -> str:
    """An article in a line: its title and the first sentences of its answer; a bare yes or no before them is none."""
    first = re.match(rf"(?:[^。！？\n]{{1,5}}[。！？])?(?:[^。！？\n]+[。！？]?){{1,{sentences}}}", shown.body["answer"].strip())
    return f"【{shown.title}】{first[0] if first else ''}"


def _quoting(answer: Answer, quoted: Quotation) -> Answer:
    """An answer that is none, with the passage of a source before it that is near to the question."""
    return replace(answer, replies=[Reply(quoted.text), *answer.replies], passages=quoted.passages, citations=[quoted.citation])


def _citations(shown: articles.Article) -> list[dict[str, str | None]]:
    return [{"law": s["law"], "article": s["article"]} for s in shown.body["sources"]]


def _calculator_title(name: str) -> str:
    return CALCULATORS[name].title if name in CALCULATORS else name
