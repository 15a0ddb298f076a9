"""Cubes: the fast way gives what the plain one gives, within limits and windows, with sources apart."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from registry.cube import CubeTooLarge
from registry.models import SeriesRevision
from registry.selectors.columns import columns_get
from registry.selectors.cube import cube_get
from registry.selectors.selection import Selection
from tests.subgraph.conftest import open_to_all

SELECTIONS = {
    "all": Selection(),
    "from the middle": Selection(start="2011"),
    "to the middle": Selection(end="2011"),
    "one year": Selection(start="2012", end="2012"),
    "before everything": Selection(end="1999"),
    "after everything": Selection(start="2050"),
    "turned round": Selection(start="2013", end="2010"),
    "one citizenship": Selection(filters={"CITIZENSHIP": ["KAZ"]}),
    "unknown code": Selection(filters={"CITIZENSHIP": ["XXX"]}),
    "one source": Selection(datasets=["UNHCR_REFUGEES"]),
    "sources apart": Selection(by_source=True),
    "sources apart, late": Selection(by_source=True, start="2012"),
    "other frequency": Selection(frequency="M"),
}


@pytest.fixture
def overlapping(world: Any) -> Any:
    """Two sources with the same cells and gaps, series of different spans, statuses and notes."""
    world.dataset("MDA", is_official=True, note_en="National", note_ru="Национальные")
    world.dataset("UNHCR", note_en="Estimates", note_ru="Оценки")
    national = {"MDA._T._T": [100, None, None, 90], "MDA.KAZ._T": [None, 50], "MDA.UKR.F": [1, 2, 3, 4]}
    other = {"MDA._T._T": [7, 8, 9, 10, 11], "KAZ.UKR._T": [None, None, 0], "MDA.XXA._T": [3]}
    world.release("MDA", national, statuses={"MDA._T._T": {1: "Q", 3: "P"}, "MDA.UKR.F": {0: "E"}})
    world.release("UNHCR", other, start=2009, statuses={"MDA._T._T": {0: "E", 3: "E"}})
    changed = SeriesRevision.objects.filter(key="MDA.UKR.F")
    changed.update(notes_json='{"1": {"en": "Recounted", "ru": "Пересчитано"}}')
    for owner in ("MDA", "UNHCR"):
        open_to_all(world, owner)
    return world


@pytest.mark.parametrize("viewer", [None, "MDA", "KAZ"])
@pytest.mark.parametrize("name", SELECTIONS)
def test_columns_are_the_cube(overlapping: Any, name: str, viewer: str | None) -> None:
    options = {"viewer": overlapping.viewer(viewer), "indicator": overlapping.indicator}
    cube = cube_get(**options, selection=SELECTIONS[name])
    columns = columns_get(**options, selection=SELECTIONS[name], limit=1_000)
    assert orjson.loads(columns.values) == cube.dense()
    assert (columns.statuses, columns.notes) == (cube.dense_statuses(), cube.dense_notes())
    assert (columns.dimensions, columns.sizes) == (cube.dimensions, list(cube.sizes))
    assert (columns.sources, columns.table_notes) == (cube.sources, cube.notes)
    assert (columns.frequency, columns.unit, columns.decimals) == (cube.frequency, cube.unit, cube.decimals)


def test_the_comparison_compares_something(overlapping: Any) -> None:
    cube = cube_get(viewer=overlapping.viewer(None), indicator=overlapping.indicator)
    assert cube.sizes == (2, 4, 2, 5)
    assert cube.dense()[cube.dense().index(7) : cube.dense().index(7) + 5] == [7, 100, None, 10, 90]
    assert (len(cube.dense_statuses()), len(cube.dense_notes())) == (5, 1)


@pytest.mark.parametrize(("limit", "is_refused"), [(80, False), (79, True), (1, True)])
def test_the_limit_counts_cells(overlapping: Any, limit: int, is_refused: bool) -> None:
    options = {
        "viewer": overlapping.viewer(None),
        "indicator": overlapping.indicator,
        "selection": Selection(),
    }
    if is_refused:
        with pytest.raises(CubeTooLarge) as refused:
            columns_get(**options, limit=limit)
        assert refused.value.limit == limit
        assert limit < refused.value.cells <= 80
    else:
        assert columns_get(**options, limit=limit).cell_count == limit


def test_too_large_is_noticed_before_everything_is_read(overlapping: Any, monkeypatch: Any) -> None:
    from registry.selectors import columns

    monkeypatch.setattr(columns, "_AT_ONCE", 3)
    monkeypatch.setattr(columns, "_CHUNK", 2)
    options = {"viewer": overlapping.viewer(None), "indicator": overlapping.indicator}
    assert columns_get(**options, selection=Selection(), limit=80).sizes == [2, 4, 2, 5]
    with pytest.raises(CubeTooLarge) as refused:
        columns_get(**options, selection=Selection(), limit=1)
    assert refused.value.cells < 20


@pytest.mark.parametrize("language", ["en", "ru"])
def test_notes_and_sources_in_the_language_asked_for(overlapping: Any, data: Any, language: str) -> None:
    query = """query($l: Locale!) { cube(indicator: "REFUGEES", bySource: true, locale: $l) {
        sizes notes statuses tableNotes { text }
        dimensions { code label { text } members { code label { text } } } } }"""
    cube = data(query, {"l": language.upper()})["cube"]
    note = {"en": "Recounted", "ru": "Пересчитано"}[language]
    assert list(cube["notes"].values()) == [
        {"text": note, "servedLocale": language.upper(), "isFallback": False}
    ]
    assert [item["text"] for item in cube["tableNotes"]] == {
        "en": ["National", "Estimates"],
        "ru": ["Национальные", "Оценки"],
    }[language]
    source = cube["dimensions"][0]
    assert (source["code"], source["label"]["text"]) == (
        "SOURCE",
        {"en": "Source", "ru": "Источник"}[language],
    )
    assert [member["code"] for member in source["members"]] == ["MDA_REFUGEES", "UNHCR_REFUGEES"]
    assert cube["sizes"] == [2, 2, 4, 2, 5]
    assert set(cube["statuses"].values()) == {"Q", "P", "E"}


def test_places_of_statuses_and_notes_point_into_the_values(overlapping: Any, data: Any) -> None:
    cube = data('{ cube(indicator: "REFUGEES") { values statuses notes } }')["cube"]
    by_status = {status: cube["values"][int(at)] for at, status in cube["statuses"].items()}
    assert by_status == {"Q": None, "P": 90, "E": 1}
    assert [cube["values"][int(at)] for at in cube["notes"]] == [2]


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (
            'from: "199"',
            {
                "en": "“199” is not a period of frequency A; expected for example 2010 or 2010-Q1.",
            },
        ),
        (
            'filters: [{dimension: "AGE", codes: ["Y"]}]',
            {
                "en": "There is no dimension “AGE”; expected one of REF_AREA, CITIZENSHIP, SEX.",
            },
        ),
    ],
)
def test_a_bad_selection_is_the_callers_mistake(
    overlapping: Any, error: Any, arguments: str, messages: dict[str, str]
) -> None:
    query = f'{{ cube(indicator: "REFUGEES", {arguments}) {{ values }} }}'
    assert error(query) == ("BAD_USER_INPUT", messages["en"])
    query = f'{{ observations(indicator: "REFUGEES", first: 1, {arguments}) {{ edges {{ cursor }} }} }}'
    assert error(query) == ("BAD_USER_INPUT", messages["en"])


@pytest.mark.parametrize(
    "text",
    [
        '{ cube(indicator: "REFUGEES") { updated sources { releasedAt } } }',
        """{ cube(indicator: "REFUGEES") { ...told } }
        fragment told on Cube { ... on Cube { updated } ...again }
        fragment again on Cube { sources { releasedAt } }""",
    ],
)
def test_when_sources_were_released_is_told_wherever_it_is_asked(
    overlapping: Any, data: Any, text: str
) -> None:
    cube = data(text)["cube"]
    moments = [source["releasedAt"] for source in cube["sources"]]
    assert len(moments) == 2
    assert None not in moments
    assert cube["updated"] == max(moments)


def test_an_empty_cube_has_empty_axes(world: Any, data: Any) -> None:
    cube = data(
        """{ cube(indicator: "REFUGEES") {
            sizes values statuses dimensions { code members { code } } updated } }"""
    )
    assert cube["cube"] == {
        "sizes": [0, 0, 0, 0],
        "values": [],
        "statuses": {},
        "dimensions": [
            {"code": code, "members": []} for code in ("REF_AREA", "CITIZENSHIP", "SEX", "TIME_PERIOD")
        ],
        "updated": None,
    }
