"""Numbers as people write them: 8000, 8,000, 八千, 8千5, 1万2, 1.2万, 三点五, 半."""

import re
from decimal import Decimal

DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "俩": 2}
UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－：／％（）", "0123456789.,-:/%()")

TOKEN = re.compile(r"\d+(?:\.\d+)?|[零〇一二三四五六七八九两俩]+|点|[十百千万亿kw]|半")
NUMBER = re.compile(r"(?:负|-)?(?:[零〇一二三四五六七八九两俩十半]|\d)(?:[\d.,零〇一二三四五六七八九两俩十百千万亿点半]|[kw](?![a-z]))*")


def tidy(text: str) -> str:
    """Half-width, lower case, no blanks around or within, and no commas between digits."""
    text = re.sub(r"\s+", "", text.translate(FULL_WIDTH).lower())
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def parse_number(text: str) -> Decimal | None:
    """The number that `text` (tidied) writes as a whole, or None."""
    negative = text[:1] in ("负", "-")
    body = text[1:] if negative else text
    tokens = TOKEN.findall(body)
    if not tokens or "".join(tokens) != body:
        return None
    value = _evaluate(tokens)
    return None if value is None else -value if negative else value


def _evaluate(tokens: list[str]) -> Decimal | None:
    """Sums number-unit pairs below 万 and 亿; a last single digit takes the next lower unit, as in 8千5 or 一万二."""
    total, section, current = Decimal(0), Decimal(0), None
    last_unit, zero = 1, False
    for position, token in enumerate(tokens):
        if token == "点":
            rest = tokens[position + 1 :]
            if len(rest) != 1 or rest[0][0] not in DIGITS or current is None:
                return None
            return total + section + current + Decimal("0." + "".join(str(DIGITS[c]) for c in rest[0]))
        if token == "半":
            if position != len(tokens) - 1:
                return None
            half = Decimal("0.5") if current is not None or last_unit == 1 else Decimal(last_unit) / 2
            return total + section + (current or 0) + half
        if token in UNITS:
            unit = UNITS[token]
            if unit >= 10_000:
                total = (total + section + (current or 0)) * unit if section or current is not None else total * unit
                section = Decimal(0)
            else:
                section += (Decimal(1) if current is None else current) * unit
            current, last_unit, zero = None, unit, False
            continue
        if current is not None:
            return None
        if token[0] in DIGITS:
            zero = token[0] in "零〇" and len(token) > 1
            current = Decimal("".join(str(DIGITS[c]) for c in token))
        else:
            current = Decimal(token)
        zero = zero or (token[0] in "零〇")
    if current is not None and last_unit > 1 and current < 10 and current == int(current) and not zero:
        current = current * last_unit / 10
    return total + section + (current or Decimal(0))
