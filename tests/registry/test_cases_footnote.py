"""Where cases are counted, every table says so, whatever way it is read (D057)."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from registry.formats import format_named
from registry.models import AccessGrant, Dataset, Indicator
from registry.selectors.columns import columns_get
from registry.selectors.cube import cube_get
from registry.selectors.selection import Selection
from registry.services.access import grant_ensure
from tests.conftest import World

NOTE = "Counted in cases, not persons."


@pytest.fixture
def counted(world: World) -> World:
    world.release("MDA", {"MDA._T._T": [5]})
    grant_ensure(dataset=world.dataset("MDA"), actor=world.people["MDA"]["administrator"], token="public")
    Dataset.objects.update(counting_unit="cases", note_en="Border service")
    assert AccessGrant.objects.exists()
    return world


def test_the_cube_carries_it_in_both_languages(counted: World) -> None:
    notes = cube_get(viewer=counted.viewer("MDA"), indicator=counted.indicator).notes

    assert notes[0] == {"en": "Border service"}
    assert notes[1]["en"] == NOTE
    assert set(notes[1]) == {"en", "ru"}


def test_so_do_columns_for_graphql(counted: World) -> None:
    columns = columns_get(
        viewer=counted.viewer(None), indicator=counted.indicator, selection=Selection(), limit=100
    )

    assert NOTE in [note["en"] for note in columns.table_notes]


def test_so_does_the_page(counted: World) -> None:
    assert NOTE in Client().get("/en/statistics/REFUGEES/").text


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_so_does_every_file(counted: World, extension: str) -> None:
    cube = cube_get(viewer=counted.viewer(None), indicator=counted.indicator)
    name = {"csv": "csv", "json": "jsonstat", "xlsx": "xlsx"}[extension]

    content = format_named(name).dump(cube, language="en")

    if extension == "xlsx":
        book = openpyxl.load_workbook(BytesIO(content))
        assert NOTE in [cell.value for sheet in book for line in sheet for cell in line]
    else:
        assert NOTE in content.decode()


def test_so_does_graphql(counted: World) -> None:
    query = '{ cube(indicator: "REFUGEES", locale: EN) { tableNotes { text } } }'
    answer = Client().post("/graphql/", {"query": query}, content_type="application/json").json()

    assert NOTE in str(answer), answer


def test_the_unit_of_the_indicator_counts_unless_the_dataset_has_its_own(counted: World) -> None:
    Indicator.objects.update(counting_unit="cases")
    Dataset.objects.update(counting_unit="")
    assert len(Dataset.objects.get().notes()) == 2
    Dataset.objects.update(counting_unit="persons")
    assert len(Dataset.objects.get().notes()) == 1
