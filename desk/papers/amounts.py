"""Amounts of money as papers write them: in figures, and in the words that cannot be altered (人民币大写)."""

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿")
LARGEST = Decimal(10) ** 12


def figures(amount: Decimal) -> str:
    """Yuan to the cent, without needless zeros: 12000, 12000.50."""
    exact = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{exact:.0f}" if exact == exact.to_integral_value() else f"{exact:.2f}"


def in_words(amount: Decimal) -> str:
    """Yuan in words: 12000.50 -> 壹万贰仟元伍角; a whole amount ends in 整. Raises ValueError below zero and from 10**12."""
    if not 0 <= amount < LARGEST:
        raise ValueError("an amount in words is from 0 to below 10**12")
    total = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    yuan, tenths, hundredths = total // 100, total // 10 % 10, total % 10
    words = f"{_whole(yuan)}元" if yuan or not total else ""
    if not tenths and not hundredths:
        return words + "整"
    if tenths:
        words += f"{_DIGITS[tenths]}角"
    elif yuan:
        words += "零"
    return words + (f"{_DIGITS[hundredths]}分" if hundredths else "整")


def _whole(number: int) -> str:
    """A whole number by sections of four digits: 10203 -> 壹万零贰佰零叁."""
    if number == 0:
        return "零"
    words, gap = "", False
    sections = [number // 10_000**i % 10_000 for i in range(len(_SECTIONS))]
    for unit, section in reversed(list(zip(_SECTIONS, sections, strict=True))):
        if section == 0:
            gap = bool(words)
            continue
        if words and (gap or section < 1000):
            words += "零"
        words, gap = words + _section(section) + unit, False
    return words


def _section(number: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words
