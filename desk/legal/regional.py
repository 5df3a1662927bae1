"""Dated regional figures, from data/regional: one kind of figure a file."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from desk.data_file import read_yaml
from desk.errors import Invalid

FOLDER = Path(__file__).resolve().parents[2] / "data" / "regional"


@dataclass(frozen=True)
class RegionalFigure:
    """Figures of one region in yuan by name, from which day they hold, where they come from and on which day it was noted down."""

    region: str
    values: tuple[tuple[str, Decimal], ...]
    valid_from: str
    source: str
    noted: str

    def value(self, name: str) -> Decimal:
        """The figure `name`. Raises Invalid where the region has none."""
        for key, value in self.values:
            if key == name:
                return value
        raise Invalid(f"region：{self.region}没有这项数字，请自己填当地标准（可打12333问）")

    @property
    def note(self) -> str:
        """Which figure was used, in Chinese, for the reading of a calculation."""
        figures = "、".join(f"{value}" for _, value in self.values)
        return f"用的是{self.region}标准 {figures} 元（{self.valid_from}起，更早的按当时的标准；来源：{self.source}；记于{self.noted}，可能已调整，打12333确认）。"


def regional_figure(kind: str, region: str, folder: Path = FOLDER) -> RegionalFigure:
    """The figure of a kind (the file's name) for a region. Raises Invalid naming the field region where there is none."""
    for figure in _figures(folder / f"{kind}.yaml"):
        if figure.region == region:
            return figure
    raise Invalid(f"region：没有{region}的数字，请自己填当地标准（可打12333问）")


@cache
def _figures(path: Path) -> tuple[RegionalFigure, ...]:
    if not path.is_file():
        raise Invalid(f"region：本机没有地区数据（{path.name}），请自己填当地标准")
    rows = read_yaml(path)["figures"]
    return tuple(
        RegionalFigure(
            row["region"],
            tuple((name, Decimal(str(value))) for name, value in row["yuan"].items()),
            str(row["from"]), row["source"], str(row["noted"]),
        )
        for row in rows
    )  # fmt: skip
