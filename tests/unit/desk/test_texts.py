"""The catalogue: the same lines in both languages, and every line that the code asks for."""

import ast
import re
import string
from collections import Counter
from pathlib import Path

import pytest
import yaml

from desk import texts
from desk.texts import catalogue, say

ROOT = Path(__file__).resolve().parents[3]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ZH, EN = catalogue("zh"), catalogue("en")
# Chinese in English lines: what is to be typed or looked for, in quotes; and the button that leads back to Chinese.
QUOTED = re.compile(r"“[^”]*”")


def blanks(line: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}


def test_both_languages_have_the_same_lines() -> None:
    assert set(ZH) == set(EN)


@pytest.mark.parametrize("key", sorted(ZH))
def test_a_line_has_the_same_blanks_in_both(key: str) -> None:
    assert blanks(ZH[key]) == blanks(EN.get(key, "")), key
    assert all(name.isidentifier() for name in blanks(ZH[key])), "blanks have names"
    assert ZH[key].strip() and EN[key].strip()
    assert say("zh", key, **{name: "x" for name in blanks(ZH[key])})


def test_no_file_says_a_line_a_second_time() -> None:
    for language in ("zh", "en"):
        folder = Path(texts.__file__).parent / language
        keys = Counter(key for path in folder.glob("*.yaml") for key in yaml.safe_load(path.read_text("utf-8")))
        assert [key for key, count in keys.items() if count > 1] == []
        for path in folder.glob("*.yaml"):
            written = re.findall(r"^([a-z][\w.]*):", path.read_text("utf-8"), re.MULTILINE)
            assert [key for key, count in Counter(written).items() if count > 1] == [], path


def test_the_english_is_english() -> None:
    assert [key for key, line in EN.items() if CHINESE.search(QUOTED.sub("", line)) and "language" not in key] == []


def test_every_line_that_the_code_names_is_there() -> None:
    named = {
        (str(path.relative_to(ROOT)), key)
        for folder in ("desk", "bot", "actions")
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "say"
        for argument in call.args
        for part in ((argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,))
        if isinstance(part, ast.Constant) and isinstance(key := part.value, str) and key not in ("zh", "en")
    }
    assert len(named) > 50
    assert {(path, key) for path, key in named if key not in ZH} == set()


def test_every_danger_has_its_line() -> None:
    source = (ROOT / "desk/urgency.py").read_text("utf-8")
    kinds = set(re.findall(r"_sign\(\s*\"(\w+)\",\s*\"urgent\"", source))
    assert kinds and all(f"urgent.{kind}" in ZH for kind in kinds)


def test_another_language_is_answered_in_chinese() -> None:
    assert say("fr", "button.yes") == ZH["button.yes"]
