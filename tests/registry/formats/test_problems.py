"""Messages exist, in both languages, with the arguments they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import override

import registry.formats.problems as module
from registry.formats import BadFile, FormatProblem
from registry.formats.problems import MESSAGES, Problems

CODE = re.compile(r'(?:fatal|add)\(\s*(?:"(\w+)"|"(\w+)" if [^\n]* else "(\w+)")')


def test_every_code_that_is_used_has_a_message():
    folder = Path(module.__file__).parent
    used = {
        code
        for path in folder.glob("*.py")
        for groups in CODE.findall(path.read_text(encoding="utf-8"))
        for code in groups
        if code
    }

    assert used - set(MESSAGES) == set()
    assert len(used) > 30


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (7, "OBS_VALUE", "Row 7, column OBS_VALUE: The file is empty."),
        (7, "", "Row 7: The file is empty."),
        (None, "role.time", "role.time: The file is empty."),
        (None, "", "The file is empty."),
    ],
)
def test_a_problem_says_where_it_is(row, column, text):
    with override("en"):
        assert str(FormatProblem("empty", row, column)) == text


def test_foreign_text_is_quoted_in_part():
    problems = Problems(10)

    with pytest.raises(BadFile) as caught:
        problems.fatal("bad_number", 1, "x" * 5000, found="y" * 1_000_000)

    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("count", [1, 2, 5, 21])
def test_how_many_problems_are_shown_reads_well_with_any_number(count):
    problem = FormatProblem("empty")
    error = BadFile((problem,) * count, has_more=True)

    with override("ru"):
        assert str(error).splitlines()[count:] == [f"Показано замечаний: {count}; остальные не показаны."]
    with override("en"):
        shown = "Only the first problem is" if count == 1 else f"Only the first {count} problems are"
        assert str(error).splitlines()[count:] == [f"{shown} shown."]
