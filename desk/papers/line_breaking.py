"""Line breaking for Chinese: no comma or closing bracket begins a line, no opening bracket ends one, no number is cut."""

import re
from collections.abc import Callable

_UNIT = re.compile(r"[!-~]+|＿{1,8}|.", re.DOTALL)
NO_START = set("，。、；：？！）》〉」』】〕”’…—～·元％%),.;:?!")
NO_END = set("（《〈「『【〔“‘(￥□■")


def break_lines(text: str, measure: Callable[[str], float], width: float, first: float | None = None) -> list[str]:
    """The lines of `text`, none wider than `width` (the first than `first`) by `measure`. Its own line breaks stay."""
    lines: list[str] = []
    for part in text.split("\n"):
        lines += _break(part, measure, width, (width if first is None else first) if not lines else width)
    return lines


def _break(text: str, measure: Callable[[str], float], width: float, first: float) -> list[str]:
    room, lines, line, used = first, list[str](), list[str](), 0.0
    whole = _UNIT.findall(text)
    for unit in (piece for word in whole for piece in (word if measure(word) > min(width, first) else [word])):
        wide = measure(unit)
        if line and used + wide > room:
            carried = _carried(line, unit)
            lines.append("".join(line[: len(line) - len(carried)]).rstrip())
            line, room = carried, width
            used = sum(measure(each) for each in line)
        if unit != " " or line:
            line.append(unit)
            used += wide
    return [*lines, "".join(line).rstrip()]


def _carried(line: list[str], unit: str) -> list[str]:
    """What must go over to the next line with `unit`, so that neither line begins or ends as it must not."""
    carried: list[str] = []
    for place in range(len(line) - 1, max(0, len(line) - 6), -1):
        following = carried[0] if carried else unit
        if following[0] not in NO_START and line[place][-1] not in NO_END:
            return carried
        carried.insert(0, line[place])
    return []
