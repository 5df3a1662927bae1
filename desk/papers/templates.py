"""Papers: the templates of data/papers by name, and what each asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from desk.data_file import read_yaml
from desk.errors import Invalid, NotFound
from desk.legal.catalogue import CALCULATORS
from desk.papers.conditions import holds, names_in
from desk.papers.identity import from_identity_number
from desk.papers.template_file import BlockFile, EvidenceKind, PaperFile, PaperQuestion, SharedQuestion
from desk.papers.wording import BLANK
from desk.questions import Question, Questionnaire

# What a template may use beside its questions, sums and dates; `desk.papers.filling` supplies them.
DERIVED = {
    "today": "date", "until": "date", "worker_sex": "choice", "worker_birth": "date", "worker_age": "number",
    "respondents": "number", "total": "money",
}  # fmt: skip
_ROW_WORDS = {"number", "item", "source", "proves"}


@dataclass(frozen=True)
class PaperQuestionnaire(Questionnaire):
    """A questionnaire that leaves out what does not matter after the answers so far."""

    conditions: Mapping[str, list[str]]

    def next_question(self, answers: Mapping[str, Any]) -> Question | None:
        return next((q for q in self.asked(answers) if q.name not in answers), None)

    def place(self, answers: Mapping[str, Any]) -> str:
        asked = self.asked(answers)
        return f"{min(sum(q.name in answers for q in asked) + 1, len(asked))}/{len(asked)}"

    def asked(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions that matter after these answers."""
        facts = from_identity_number(answers.get("worker_id_number")) | dict(answers)
        return [q for q in self.questions if holds(self.conditions[q.name], facts)]


@dataclass(frozen=True)
class Template:
    """A paper as a lawyer wrote it."""

    file: PaperFile
    questions: tuple[PaperQuestion, ...]
    evidence: tuple[EvidenceKind, ...]

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def title(self) -> str:
        return self.file.title

    @property
    def topic(self) -> str:
        return self.file.topic

    def questionnaire(self) -> PaperQuestionnaire:
        """What is asked for it, one thing at a time."""
        asked = tuple(Question(q.name, q.ask, q.kind, q.required, q.choices, q.example, q.most) for q in self.questions)
        conditions = {q.name: q.when for q in self.questions}
        return PaperQuestionnaire(self.name, "paper", self.title, self.topic, self.file.intro, asked, conditions)


class Papers:
    """Every template of data/papers by its name."""

    def __init__(self, templates: dict[str, Template]) -> None:
        self._templates = templates

    @classmethod
    def read(cls, folder: Path) -> "Papers":
        """Raises Invalid naming the file and what is wrong in it."""
        shared = {q.name: q for q in _load(folder / "shared" / "questions.yaml", list[PaperQuestion])}
        evidence = tuple(_load(folder / "shared" / "evidence.yaml", list[EvidenceKind]))
        templates = {}
        for path in sorted(folder.glob("*.yaml")):
            file = _load(path, PaperFile)
            if file.name != path.stem:
                raise Invalid(f"{path}: name must be the file's name")
            try:
                templates[file.name] = Template(file, tuple(_question(q, shared) for q in file.questions), evidence)
                _check(templates[file.name])
            except ValueError as error:
                raise Invalid(f"{path}: {error}") from error
        return cls(templates)

    def named(self, name: str) -> Template:
        """Raises NotFound."""
        if name not in self._templates:
            raise NotFound("没有这份文书")
        return self._templates[name]

    def get(self, name: str) -> Template | None:
        return self._templates.get(name)

    def of_topic(self, topic: str) -> list[Template]:
        return [template for template in self._templates.values() if template.topic == topic]

    def all(self) -> list[Template]:
        return list(self._templates.values())


def _load[T](path: Path, kind: type[T]) -> T:
    try:
        return TypeAdapter(kind).validate_python(read_yaml(path))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise Invalid(f"{path}: {error}") from error


def _question(said: SharedQuestion | PaperQuestion, shared: Mapping[str, PaperQuestion]) -> PaperQuestion:
    if isinstance(said, PaperQuestion):
        return said
    if said.use not in shared:
        raise ValueError(f"shared/questions.yaml has no question {said.use}")
    changes = {key: value for key in ("ask", "required", "when") if (value := getattr(said, key)) not in (None, [])}
    return shared[said.use].model_copy(update=changes)


def _check(template: Template) -> None:
    """Raises ValueError for a blank, a condition or an input that nothing fills."""
    file = template.file
    answers = {q.name for q in template.questions}
    calculated = {c.name for c in [*file.sums, *file.dates]}
    known = answers | calculated | set(DERIVED)
    conditions = [q.when for q in template.questions] + [c.when for c in [*file.sums, *file.dates]] + [n.when for n in file.notes]
    texts = [n.text for n in file.notes] + [c.basis for c in file.sums]
    for block in file.body:
        conditions += [block.when, *(item.when for item in block.numbered or []), *(row.when for row in block.form or [])]
        texts += _texts(block)
        if block.listing and block.listing.of not in answers:
            raise ValueError(f"listing: no question {block.listing.of}")
    for name in (name for each in conditions for name in names_in(each)):
        if name not in known:
            raise ValueError(f"when: nothing is called {name}")
    for name in (match["name"] for text in texts for match in BLANK.finditer(text)):
        if name not in known | _ROW_WORDS:
            raise ValueError(f"blank {{{name}}}: nothing is called so")
    for each in [*file.sums, *file.dates]:
        used = [name for names in each.inputs.values() for name in names] + [n for n in (each.times, each.amount) if n] + each.any_of
        if unknown := [name for name in used if name not in known]:
            raise ValueError(f"{each.name}: nothing is called {unknown[0]}")
        if each.calculator:
            if each.calculator not in CALCULATORS:
                raise ValueError(f"{each.name}: no calculator {each.calculator}")
            wanted = {item.name for item in CALCULATORS[each.calculator].inputs}
            if unknown := [name for name in [*each.inputs, *each.fixed] if name not in wanted]:
                raise ValueError(f"{each.name}: {each.calculator} has no input {unknown[0]}")


def _texts(block: BlockFile) -> list[str]:
    """Every text of a block that may have blanks."""
    texts = [text for text in (block.heading, block.text, block.closing) if text]
    texts += [item.text for item in block.numbered or []] + [cell for row in block.form or [] for cell in row.cells]
    return texts + (block.listing.row if block.listing else []) + (block.signature or [])
