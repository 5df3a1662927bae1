"""Service: something one can apply for or report, as a data file. What is asked, and what becomes of the answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from desk.data_file import read_yaml
from desk.errors import Invalid, NotFound
from desk.questions import SKIPPED, Question, Questionnaire


class QuestionFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^[a-z_]+$")
    ask: str
    label: str
    kind: Literal["text", "phone", "money", "number", "date", "month", "boolean", "choice"] = "text"
    required: bool = True
    choices: dict[str, str] = {}
    example: str = ""
    most: int = 300


class ServiceFile(BaseModel):
    """One file of data/services."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^[a-z_]+$")
    title: str
    topic: str
    intro: str
    promise: str
    # The case is urgent when this answer is at least this number (a group of unpaid workers).
    urgent_when: dict[str, int] = {}
    questions: list[QuestionFile]

    @model_validator(mode="after")
    def _names_fit(self) -> "ServiceFile":
        names = [question.name for question in self.questions]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"asked twice: {', '.join(sorted(twice))}")
        if unknown := self.urgent_when.keys() - names:
            raise ValueError(f"urgent_when: no question is named {', '.join(sorted(unknown))}")
        return self


@dataclass(frozen=True)
class Service:
    """A service and the questionnaire that asks for it. `promise` is what the worker hears at the end."""

    file: ServiceFile
    questionnaire: Questionnaire

    def facts(self, answers: dict[str, Any]) -> dict[str, Any]:
        """The answers under the labels that a counsellor reads."""
        facts: dict[str, Any] = {}
        for question in self.file.questions:
            value = answers.get(question.name, SKIPPED)
            if isinstance(value, bool):
                value = "是" if value else "否"
            facts[question.label] = question.choices.get(str(value), value)
        return facts

    def urgent(self, answers: dict[str, Any]) -> bool:
        return any(isinstance(answers.get(name), int | float) and answers[name] >= least for name, least in self.file.urgent_when.items())


class Services:
    """Every service of data/services by its name."""

    def __init__(self, services: dict[str, Service]) -> None:
        self._services = services

    @classmethod
    def read(cls, folder: Path) -> "Services":
        """Raises Invalid naming the file and the field."""
        services = {}
        for path in sorted(folder.glob("*.yaml")):
            try:
                file = ServiceFile.model_validate(read_yaml(path))
            except (yaml.YAMLError, ValidationError) as error:
                raise Invalid(f"{path}: {error}") from error
            if file.name != path.stem:
                raise Invalid(f"{path}: name must be the file's name")
            questions = tuple(Question(q.name, q.ask, q.kind, q.required, q.choices, q.example, q.most) for q in file.questions)
            services[file.name] = Service(file, Questionnaire(file.name, "service", file.title, file.topic, file.intro, questions))
        return cls(services)

    def named(self, name: str) -> Service:
        """Raises NotFound."""
        if name not in self._services:
            raise NotFound("没有这项服务")
        return self._services[name]

    def get(self, name: str) -> Service | None:
        return self._services.get(name)

    def of_topic(self, topic: str) -> list[Service]:
        return [service for service in self._services.values() if service.file.topic == topic]

    def all(self) -> list[Service]:
        return list(self._services.values())
