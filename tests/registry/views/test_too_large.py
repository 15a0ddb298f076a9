"""Downloads that would be too large are refused in words before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.formats import LIMITS
from tests.conftest import World
from tests.registry.views.conftest import Get

REFUSED = {
    "en": "This choice is too large for one file: it has more than 15 cells, empty ones included. "
    "Choose fewer members or periods.\n",
    "ru": "Выборка слишком велика для одного файла: в ней больше 15 ячеек, включая пустые. "
    "Выберите меньше значений измерений или периодов.\n",
}
ADVICE = {
    "en": "A CSV file holds more, because it leaves out combinations without figures.\n",
    "ru": "Файл CSV вмещает больше: в него не входят сочетания без данных.\n",
}


def limit_to(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    limits = replace(LIMITS, cells=cells)
    for module in ("views.data", "formats.base", "formats.jsonstat"):
        monkeypatch.setattr(f"registry.{module}.LIMITS", limits)


@pytest.mark.parametrize("at_once", [0, 100_000], ids=["streamed", "whole"])
def test_too_many_cells_are_refused(
    open_world: World, get_as: Get, language: str, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    # Given four series of four years: 16 cells, 24 with every combination
    monkeypatch.setattr("registry.views.data.MOST_CELLS_AT_ONCE", at_once)
    limit_to(monkeypatch, 15)
    answers = [get_as(f"REFUGEES/data.{extension}") for extension in ("csv", "json")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content.decode() == REFUSED[language]
    assert answers[1].content.decode() == REFUSED[language] + ADVICE[language]
    # And fewer periods are given
    assert get_as("REFUGEES/data.csv?from=2011").status_code == 200
    assert get_as("REFUGEES/data.json?from=2012").status_code == 200


def test_empty_combinations_count_where_the_format_has_places_for_them(
    open_world: World, get_as: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_to(monkeypatch, 16)
    assert get_as("REFUGEES/data.csv").status_code == 200
    assert get_as("REFUGEES/data.json").status_code == 400
    limit_to(monkeypatch, 24)
    assert get_as("REFUGEES/data.json").status_code == 200


def test_reading_stops_where_there_is_too_much(
    open_world: World, get_as: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_to(monkeypatch, 5)
    read: list[str] = []
    from registry.selectors import cube

    def counted(text: str) -> list[float | int | None]:
        read.append(text)
        return original(text)

    original = cube.read_values
    monkeypatch.setattr(cube, "read_values", counted)
    assert get_as("REFUGEES/data.csv").status_code == 400
    assert len(read) == 2
