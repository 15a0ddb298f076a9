"""What a person writes into one cell of a table: a number, the letter of a status, or both.

The same in workbooks and in the browser. Spaces apart thousands, comma or point before decimals; ``*`` is a
figure withheld (D070); two dots are nothing. Russian letters that look like Latin ones are taken for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.cube import Status, Value
from registry.formats.base import CellProblem
from registry.formats.statuses import contradicts, known_status
from registry.formats.text import parse_number

_LOOKALIKES = str.maketrans("АВЕМОРаверемо", "ABEMOPABEPEMO")
_SPACES = re.compile(r"\s+")
_CELL = re.compile(r"(?P<number>[+\-\u2212]?[\d.,]+(?:[eE][+\-]?\d+)?)?(?P<status>[A-Za-z])?", re.ASCII)
_NOTHING = frozenset({"", "..", "…"})


class BadCell(ValueError):
    """``code`` is that of the message (formats.problems), ``arguments`` fill it."""

    def __init__(self, code: str, **arguments: str) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


def parse_cell(text: str) -> tuple[Value, str]:
    """Value and status. BadCell if it is neither, or a value with a status that says there is none."""
    found = text.strip()
    if found in _NOTHING:
        return None, ""
    if found == "*":
        return None, Status.WITHHELD.value
    match = _CELL.fullmatch(_SPACES.sub("", found).translate(_LOOKALIKES))
    if not match:
        raise BadCell("bad_cell", found=found)
    number, letter = match["number"], match["status"] or ""
    status = known_status(letter) if letter else ""
    if status is None:
        raise BadCell("bad_cell", found=found)
    try:
        value = parse_number(number.replace("\u2212", "-"), decimal_comma=True) if number else None
    except ValueError:
        raise BadCell("bad_cell", found=found) from None
    if status and contradicts(status, value):
        raise BadCell("value_with_status", status=status, found=found)
    return value, status


class WrongCells:
    """The wrong cells of a table: of either severity the first ones, and how many more there are.

    ``codes`` and ``periods`` are those of all of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[str, list[CellProblem]] = {"error": [], "warning": []}
        self._more = dict.fromkeys(self._told, 0)
        self.codes: set[tuple[str, ...]] = set()
        self.periods: set[str] = set()

    def add(self, problem: CellProblem) -> None:
        self.codes.add(problem.codes)
        self.periods.add(problem.period)
        told = self._told[problem.severity]
        if len(told) < self._most:
            told.append(problem)
        else:
            self._more[problem.severity] += 1

    def all(self) -> Iterator[CellProblem]:
        for severity, told in self._told.items():
            yield from told
            if count := self._more[severity]:
                yield CellProblem("more", (), "", 0, "", {"count": count}, severity)
