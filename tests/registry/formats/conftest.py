"""A small table with everything a cube can say, and streams that never end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from registry.cube import Cube, Dimension, Member, Role, Row, Source
from registry.formats import BadFile, Format, Limits


class Announced:
    """A stream that repeats one block up to an announced size and counts what is taken from it."""

    def __init__(self, block: bytes, size: int = 10 * 1024**3, head: bytes = b"") -> None:
        self._block, self._left, self._head, self.taken = block, size, head, 0

    def read(self, count: int = -1) -> bytes:
        assert count > 0, "reading without a limit"
        part, self._head = self._head[:count], self._head[count:]
        if not part:
            part = (self._block * (count // len(self._block) + 1))[: min(count, self._left)]
        self._left -= len(part)
        self.taken += len(part)
        return part


@pytest.fixture
def announced() -> type[Announced]:
    return Announced


@pytest.fixture
def refused() -> Callable[..., BadFile]:
    """Reads a file that must be refused and gives the error."""

    def read(format_: Format, content: bytes, limits: Limits | None = None, **options: object) -> BadFile:
        with pytest.raises(BadFile) as caught:
            format_.read(content, limits or Limits(), **options)
        return caught.value

    return read


@pytest.fixture
def said() -> Callable[[BadFile, str], list[str]]:
    """The problems as a person reads them in a language."""

    def read(error: BadFile, language: str) -> list[str]:
        with override(language):
            return [str(problem) for problem in error.problems]

    return read


@pytest.fixture
def cube() -> Cube:
    area = Dimension(
        "REF_AREA",
        {"en": "Country", "ru": "Страна"},
        Role.GEO,
        (
            Member("MDA", {"en": "Moldova", "ru": "Молдова"}),
            Member("UKR", {"en": "Ukraine", "ru": "Украина"}),
        ),
    )
    sex = Dimension(
        "SEX",
        {"en": "Sex", "ru": "Пол"},
        Role.CLASSIFICATION,
        (Member("_T", {"en": "Total", "ru": "Всего"}), Member("F", {"en": "=Women", "ru": "Женщины"}, "_T")),
    )
    time = Dimension(
        "TIME_PERIOD",
        {"en": "Year", "ru": "Год"},
        Role.TIME,
        tuple(Member(year, {}) for year in ("2019", "2020", "2021")),
    )
    return Cube(
        code="REFUGEES",
        labels={"en": "Refugees", "ru": "Беженцы"},
        axes=(area, sex),
        time=time,
        rows=(
            Row(("MDA", "_T"), [-5, 0, 12.5], {2: "P"}, {0: {"en": "+ corrected", "ru": "Исправлено"}}),
            Row(("UKR", "F"), [None, None, 7], {1: "Q"}),
        ),
        unit={"en": "Persons", "ru": "Человек"},
        decimals=1,
        notes=({"en": "Illustrative figures", "ru": "Условные данные"},),
        sources=(
            Source(
                "R1",
                "UNHCR",
                {"en": "Population", "ru": "Население"},
                True,
                "CC BY 4.0",
                datetime(2026, 6, 8, 6, tzinfo=UTC),
            ),
        ),
    )
