"""The message catalogue: every line a worker reads, in Chinese and, beside it, in English."""

from functools import cache
from pathlib import Path

from desk.data_file import read_yaml


@cache
def catalogue(language: str) -> dict[str, str]:
    """The lines of one language (zh or en) by their keys, from all of its files."""
    lines: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.yaml")):
        lines |= read_yaml(path)
    return lines


def say(language: str, key: str, **values: object) -> str:
    """The line `key` in a language, with its blanks filled."""
    return catalogue(language if language in ("zh", "en") else "zh")[key].format(**values)
