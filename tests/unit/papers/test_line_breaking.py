"""Lines of Chinese as a printer breaks them."""

from hypothesis import given
from hypothesis import strategies as st

from desk.papers.line_breaking import NO_START, break_lines


def _wide(text: str) -> float:
    return sum(1.0 if ord(char) > 0x2000 else 0.5 for char in text)


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    assert break_lines("依照《劳动合同法》第三十八条（第一款）", _wide, 8) == ["依照《劳动合同", "法》第三十八条", "（第一款）"]


def test_a_number_is_not_cut() -> None:
    assert break_lines("共拖欠工资20880元整", _wide, 6) == ["共拖欠工资", "20880元整"]


def test_own_line_breaks_stay() -> None:
    assert break_lines("一\n\n二", _wide, 6) == ["一", "", "二"]


@given(st.text("工资，。（）《》20 ＿□、abc\n", max_size=80), st.integers(6, 20))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = break_lines(text, _wide, width, width - 2)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(_wide(line) <= width + 5 for line in lines)
    assert all(_wide(line) <= width for line in lines if not set(line) & (NO_START | set("（《□")))
