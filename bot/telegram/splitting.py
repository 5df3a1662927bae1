"""Long texts: Telegram takes 4096 UTF-16 units a message, so a longer one goes in several."""

MESSAGE_UNITS = 4096
CAPTION_UNITS = 1024
# Where a text may be parted, the best place first. Chinese sentences end without a space.
_SEAMS = (("\n\n",), ("\n",), ("。", "！", "？", "；", ". ", "! ", "? "), ("，", "、", " "))


def units(text: str) -> int:
    """The length of a text as Telegram counts it: a character outside the basic plane (an emoji) is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int = MESSAGE_UNITS) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, parted at paragraph ends where it can be; [] for a blank one.

    Nothing but white space at the seams is lost; a character is never cut in two.
    """
    parts = []
    # A half of a surrogate pair cannot be sent at all.
    rest = text.encode("utf-8", "replace").decode().strip()
    while units(rest) > limit:
        end = _seam(rest, _fitting(rest, limit))
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def _seam(text: str, most: int) -> int:
    """The best place to part at, at most `most` characters in; not so early that a part would be a mere scrap."""
    for marks in _SEAMS:
        end = max((found + len(mark) for mark in marks if (found := text.rfind(mark, most // 4, most)) >= 0), default=0)
        if end:
            return end
    return most
