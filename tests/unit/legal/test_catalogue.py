"""The catalogue as a whole: examples run, articles exist, listings and results are JSON."""

import json
import re
from pathlib import Path

import pytest

from desk.knowledge.statutes import StatuteIndex
from desk.legal.catalogue import CALCULATORS, calculate, parse_input, schema
from desk.legal.regional import FOLDER, regional_figure
from desk.legal.wages import HEAT_REGIONS, HOURLY_REGIONS

INDEX = StatuteIndex.read(Path(__file__).resolve().parents[3] / "data" / "laws-index")


def test_all_calculators_are_there() -> None:
    assert len(CALCULATORS) == 36
    assert all(name == calculator.name for name, calculator in CALCULATORS.items())


@pytest.mark.parametrize("name", CALCULATORS)
def test_the_examples_of_its_inputs_make_a_whole_calculation(name: str) -> None:
    calculator = CALCULATORS[name]
    example = {item.name: item.example for item in calculator.inputs}
    found = calculate(name, example)
    assert json.loads(json.dumps(found.result)) == found.result
    assert found.unit and found.steps and found.citations and found.reading
    for citation in found.citations:
        assert INDEX.problem(citation.law, citation.article, checked=False) is None
        assert citation.says
    for line in [*found.steps, *found.reading]:
        assert re.search(r"[一-鿿]", line)
        assert "None" not in line and "Decimal" not in line


@pytest.mark.parametrize("name", CALCULATORS)
def test_the_listing_is_json_and_has_questions(name: str) -> None:
    listed = json.loads(json.dumps(schema(CALCULATORS[name]), ensure_ascii=False))
    assert listed["name"] == name and re.fullmatch("[a-z_]+", listed["topic"])
    for item in listed["inputs"]:
        assert item["question"].endswith(("？", "。")) and 4 < len(item["question"]) < 60
        assert ("choices" in item) == (item["kind"] == "choice")


@pytest.mark.parametrize("name", CALCULATORS)
def test_an_example_said_as_text_is_read_back(name: str) -> None:
    for item in CALCULATORS[name].inputs:
        if item.kind in ("number", "date", "month", "choice"):
            assert parse_input(item, str(item.example)) == item.example


def test_every_region_on_offer_has_a_dated_figure() -> None:
    kinds = [("heat-allowance", "monthly", r) for r in HEAT_REGIONS] + [("hourly-minimum-wage", "hourly", r) for r in HOURLY_REGIONS]
    for kind, value, region in [*kinds, ("national-disposable-income", "urban_a_year", "全国")]:
        figure = regional_figure(kind, region)
        assert figure.value(value) > 0
        assert figure.source in figure.note and figure.valid_from in figure.note
    assert FOLDER.is_dir()


def test_a_figure_that_was_used_is_named() -> None:
    used = calculate("platform_minimum", {"hours": 10, "region": "北京"}).reading
    assert any("2025-09-01" in line and "12333" in line for line in used)


def test_what_was_not_capped_for_want_of_a_figure_is_said() -> None:
    values = {"start": "2021-01-01", "end": "2022-01-01", "avg_monthly_wage": 60000}
    assert any("三倍" in line for line in calculate("economic_compensation", values).reading)


def test_service_before_2008_is_pointed_out_for_severance_only() -> None:
    values = {"start": "2005-01-01", "end": "2022-01-01", "avg_monthly_wage": 6000, "local_avg_monthly_wage": 8000}
    assert any("2008" in line for line in calculate("economic_compensation", values).reading)
    assert not any("2008" in line for line in calculate("unlawful_dismissal_2n", values).reading)
