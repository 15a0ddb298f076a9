"""The table of table.txt, read: who may do what."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

SHORT = {
    "adm": "administrator",
    "sub": "submitter",
    "ver": "verifier",
    "con": "content_manager",
    "tra": "trainer",
    "use": "user",
    "su*": "submitter_elsewhere",
    "ve*": "verifier_elsewhere",
    "foc": "focal_point",
    "aut": "author",
    "dis": "disabled",
    "mov": "moved",
    "sys": "system_administrator",
    "nob": "nobody",
    "sup": "superuser",
}
PLACES = ("own", "other", "none")
ANONYMOUS = "anonymous"


class Cell(Enum):
    YES = "yes"
    NO = "no"
    ABSENT = "."


def _read() -> tuple[list[str], dict[str, dict[str, Cell]]]:
    lines = (Path(__file__).parent / "table.txt").read_text().splitlines()
    rows = [[part.split() for part in line.split("|")] for line in lines if line and line[0] != "#"]
    (_name, *columns), *body = rows
    people = [
        f"{SHORT[short]}-{place}" for place, group in zip(PLACES, columns, strict=False) for short in group
    ] + [ANONYMOUS]
    table: dict[str, dict[str, Cell]] = {}
    for (name,), *groups in body:
        assert name not in table, name
        assert [len(group) for group in groups] == [len(column) for column in columns], name
        cells = [Cell(word) for group in groups for word in group]
        table[name] = dict(zip(people, cells, strict=True))
    return people, table


PEOPLE, TABLE = _read()
CELLS = [(act, person) for act, cells in TABLE.items() for person in cells]
