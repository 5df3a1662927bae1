"""Amounts in figures and in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.papers.amounts import LARGEST, figures, in_words

_DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("105", "壹佰零伍元整"),
        ("1000.05", "壹仟元零伍分"),
        ("1000.5", "壹仟元伍角整"),
        ("0.56", "伍角陆分"),
        ("0.06", "陆分"),
        ("12000", "壹万贰仟元整"),
        ("10203.45", "壹万零贰佰零叁元肆角伍分"),
        ("100000", "壹拾万元整"),
        ("1000010", "壹佰万零壹拾元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("120000000", "壹亿贰仟万元整"),
        ("20880", "贰万零捌佰捌拾元整"),
    ],
)
def test_an_amount_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words


@given(st.integers(0, int(LARGEST) * 100 - 1))
def test_words_say_the_same_amount(total: int) -> None:
    assert _read(in_words(Decimal(total) / 100)) == total


@pytest.mark.parametrize("amount", [Decimal(-1), LARGEST])
def test_no_words_for_what_no_paper_claims(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="an amount in words"):
        in_words(amount)


@pytest.mark.parametrize(("amount", "text"), [("12000", "12000"), ("12000.50", "12000.50"), ("0.005", "0.01"), ("1E+4", "10000")])
def test_figures(amount: str, text: str) -> None:
    assert figures(Decimal(amount)) == text


def _read(words: str) -> int:
    """Words back to hundredths of a yuan."""
    yuan, _, rest = words.rpartition("元")
    total = section = digit = 0
    for char in yuan:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            section, digit = section + digit * _PLACES[char], 0
        else:
            section, digit = section + digit, 0
            if char == "万":
                total, section = total + section * 10_000, 0
            else:
                total, section = (total + section) * 100_000_000, 0
    cents, digit = (total + section + digit) * 100, 0
    for char in rest:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "角分":
            cents += digit * (10 if char == "角" else 1)
    return cents
