"""The two readers of cubes give the same answer, whatever the figures are (docs/adr/0009)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from registry.cube import Cube, Row, Status
from registry.models import AudienceKind, Dataset, Release, Series, SeriesRevision
from registry.selectors.columns import columns_get
from registry.selectors.cube import cube_get, time_dimension
from registry.selectors.selection import Selection
from registry.services.access import openings_of
from registry.stored import stored_series
from tests.conftest import World
from tests.markers import WHOLE
from tests.registry.seen import opened

OWNERS = ("MDA", "UNHCR")
KEYS = ("MDA._T._T", "MDA.KAZ._T", "MDA.KAZ.F", "KAZ._T._T", "UKR.XXA.M")
YEARS = range(2008, 2016)


class Figures(NamedTuple):
    """A series: its first year, and its cells as value, status and note."""

    key: str
    start: int
    cells: list[tuple[Any, str, bool]]


values = st.none() | st.integers(-5, 5) | st.sampled_from([0.5, 12.25, 10**9])
statuses = st.sampled_from(["", "", "", *Status])
cells = st.tuples(values, statuses, st.sampled_from([False, False, True]))
figures = st.builds(
    Figures, st.sampled_from(KEYS), st.sampled_from(YEARS), st.lists(cells, min_size=1, max_size=5)
)
datasets = st.lists(figures, max_size=5, unique_by=lambda series: series.key)
periods = st.none() | st.sampled_from([str(year) for year in range(2006, 2019)])
selections = st.builds(
    Selection,
    start=periods,
    end=periods,
    filters=st.dictionaries(
        st.sampled_from(["CITIZENSHIP", "SEX"]),
        st.lists(st.sampled_from(["_T", "KAZ", "F", "M"]), max_size=2),
        max_size=1,
    ),
    frequency=st.sampled_from([None, None, "A", "Q"]),
    datasets=st.sampled_from([None, None, None, ["UNHCR_REFUGEES"], []]),
    by_source=st.booleans(),
)


@pytest.fixture
def two_datasets(world: World) -> World:
    """Two empty datasets of the same indicator, open to all, with notes; UNHCR's is the official one."""
    for owner in OWNERS:
        world.dataset(owner, note_en=f"Note of {owner}", note_ru="Примечание", is_official=owner == "UNHCR")
        opened(world, owner, audience=AudienceKind.PUBLIC)
    return world


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write(world: World, owner: str, series: list[Figures]) -> None:
    """The series as current figures, without the steps of a release."""
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset(owner).pk)
    release = Release.objects.create(
        dataset=dataset, number=1, released_at=timezone.now(), released_by=world.people[owner]["verifier"]
    )
    Dataset.objects.filter(pk=dataset.pk).update(current_release=release)
    audience = openings_of(dataset=dataset).base
    for key, start, found in series:
        row = Row(
            tuple(key.split(".")),
            [value for value, _status, _note in found],
            {at: status for at, (_value, status, _note) in enumerate(found) if status},
            {at: {"en": f"{owner} {key} {at}"} for at, (_value, _status, note) in enumerate(found) if note},
        )
        time = time_dimension("A", start, start + len(found) - 1)
        cube = Cube("X", {}, (), time, (row,), decimals=2)
        for stored in stored_series(cube):
            made = Series.objects.create(dataset=dataset, key=key)
            SeriesRevision.objects.create(
                series=made, dataset=dataset, audience=audience, release=release, **stored._asdict()
            )


@settings(
    max_examples=150 if WHOLE else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.tuples(datasets, datasets), selections, st.sampled_from([None, *OWNERS]))
def test_columns_and_cube_give_the_same(
    two_datasets: World, stored: tuple[list[Figures], list[Figures]], selection: Selection, who: str | None
) -> None:
    with undone():
        for owner, series in zip(OWNERS, stored, strict=True):
            write(two_datasets, owner, series)
        options: dict[str, Any] = {
            "viewer": two_datasets.viewer(who),
            "indicator": two_datasets.indicator,
            "selection": selection,
        }
        cube = cube_get(**options)
        columns = columns_get(**options, limit=100_000)
        event("something" if cube.rows else "nothing")
        assert columns.dimensions == cube.dimensions
        assert orjson.loads(columns.values) == cube.dense()
        assert dict(columns.statuses) == cube.dense_statuses()
        assert dict(columns.notes) == cube.dense_notes()
        assert (columns.sources, columns.table_notes) == (cube.sources, cube.notes)
        assert (columns.frequency, columns.unit, columns.decimals) == (
            cube.frequency,
            cube.unit,
            cube.decimals,
        )
