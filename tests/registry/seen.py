"""What a viewer sees of a dataset, asked of every way to read it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from registry.access import Viewer
from registry.models import (
    AccessGrant,
    AudienceKind,
    Dataset,
    Documentation,
    Indicator,
    Notice,
    Observation,
    Release,
    Series,
    SeriesRevision,
)
from registry.row_security import viewing
from registry.selectors.cube import cube_get
from registry.services.access import grant_create
from tests.conftest import World

ALL = {
    "MDA._T.F": [10, 20],
    "MDA._T.M": [11, 21],
    "MDA.KAZ.F": [4, 5],
    "MDA.KAZ.M": [3, 6],
    "MDA.UKR.F": [6, 15],
    "MDA.UKR.M": [7, 14],
}
EVERYTHING = frozenset({"dataset", "data", "release", "notice", "documentation"})
DESCRIPTION = frozenset({"dataset", "documentation"})
NOTHING: frozenset[str] = frozenset()


def rows(viewer: Viewer, indicator: Indicator) -> dict[str, list[Any]]:
    """The rows of the cube; the observation view, the series and their revisions must tell the same."""
    with viewing(viewer):
        return _rows(viewer, indicator)


def _rows(viewer: Viewer, indicator: Indicator) -> dict[str, list[Any]]:
    cube = cube_get(viewer=viewer, indicator=indicator)
    found = {row.key: list(row.values) for row in cube.rows}
    cells = {
        (row.key, period): value
        for row in cube.rows
        for period, value in zip(cube.time.codes, row.values, strict=True)
        if value is not None
    }
    observed = Observation.objects.visible_to(viewer).filter(
        dataset__indicator=indicator, value__isnull=False
    )
    listed = observed.values_list("key", "period", "value")
    assert {(key, period): Decimal(value) for key, period, value in listed} == cells
    revisions = (
        SeriesRevision.objects.visible_to(viewer).current().filter(series__dataset__indicator=indicator)
    )
    assert set(revisions.values_list("series__key", flat=True)) == set(found)
    series = Series.objects.visible_to(viewer).filter(dataset__indicator=indicator)
    assert set(series.values_list("key", flat=True)) >= set(found)
    return found


def parts(viewer: Viewer, dataset: Dataset) -> frozenset[str]:
    """Which of the things around a dataset the viewer sees."""
    seen = {
        "dataset": Dataset.objects.visible_to(viewer).filter(pk=dataset.pk),
        "data": Dataset.objects.visible_to(viewer, level="data").filter(pk=dataset.pk),
        "release": Release.objects.visible_to(viewer).filter(dataset=dataset),
        "notice": Notice.objects.visible_to(viewer).filter(release__dataset=dataset),
        "documentation": Documentation.objects.visible_to(viewer).filter(dataset=dataset),
    }
    return frozenset(name for name, found in seen.items() if found.exists())


def opened(world: World, owner: str = "MDA", to: str | None = None, **options: Any) -> AccessGrant:
    """A grant of the owner's administrator: to one participant, or to ``audience``; not reciprocal."""
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset(owner).pk)
    if to is not None:
        options = {"audience": AudienceKind.PARTICIPANT, "participant": world.participants[to], **options}
    return grant_create(
        dataset=dataset,
        actor=world.people[owner]["administrator"],
        **{"is_reciprocal": False, **options},
    )


def subset(keys: str) -> Mapping[str, list[Any]]:
    """Of `ALL`, the rows with these keys, separated by blanks."""
    return {key: ALL[key] for key in keys.split()}


def now_is(monkeypatch: pytest.MonkeyPatch, moment: Any) -> None:
    """Have access decided as at that moment."""
    clock = SimpleNamespace(**{**vars(timezone), "now": lambda: moment})
    monkeypatch.setattr("registry.models.base.timezone", clock)
