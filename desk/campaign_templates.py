"""CampaignTemplate: a season's text with its buttons, as a file; an admin starts a campaign from it and changes what they like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from desk.data_file import read_yaml
from desk.errors import Invalid

SEASONS = ("spring", "summer", "autumn", "winter")


class ButtonFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str = Field(min_length=1, max_length=20)
    payload: str = Field(pattern=r"^/[a-z_]+( [A-Za-z0-9_-]+)*$", max_length=64)


class TemplateFile(BaseModel):
    """One file of data/campaigns."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=2, max_length=80)
    season: Literal["spring", "summer", "autumn", "winter"]
    text: str = Field(min_length=10, max_length=3500)
    buttons: list[ButtonFile] = []


@dataclass(frozen=True)
class CampaignTemplate:
    """`name` is the file's name; the buttons have the form that `campaigns.draft` takes."""

    name: str
    title: str
    season: str
    text: str
    buttons: list[dict[str, str]]


def campaign_templates(folder: Path) -> list[CampaignTemplate]:
    """The templates of data/campaigns, spring first. Raises Invalid naming the file and the field."""
    templates = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            file = TemplateFile.model_validate(read_yaml(path))
        except (yaml.YAMLError, ValidationError) as error:
            raise Invalid(f"{path}: {error}") from error
        buttons = [button.model_dump() for button in file.buttons]
        templates.append(CampaignTemplate(path.stem, file.title, file.season, file.text.strip(), buttons))
    return sorted(templates, key=lambda template: (SEASONS.index(template.season), template.name))
