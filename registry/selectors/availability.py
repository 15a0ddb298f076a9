"""What there is to see: which datasets, members and periods of the indicators a viewer may look into.

Everything is counted over visible rows only, so that nothing tells of what is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Length, Replace

from registry.access import Viewer
from registry.cube import Texts
from registry.languages import texts
from registry.models import (
    AccessGrant,
    Dataset,
    Indicator,
    IndicatorDimension,
    Level,
    Release,
    SeriesRevision,
)
from registry.periods import ordinal, period_at
from registry.row_security import for_viewer
from registry.selectors.code import by_list, codes_by_list
from registry.selectors.release import latest_field
from registry.selectors.selection import has_visible_figures, open_to_read, ranked

Span = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OpenDataset:
    """A dataset with figures open to the viewer, and the first and last period of those."""

    dataset: Dataset
    span: Span


@dataclass(frozen=True, slots=True)
class AvailableMember:
    """A member for which the viewer sees something. ``series`` counts the visible series that have it.

    ``parent`` is a code, None where nothing is seen for it in any dimension of that code list.
    """

    code: str
    labels: Texts
    series: int
    is_total: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class AvailableDimension:
    """A dimension and its members that have figures, in the order of the code list."""

    code: str
    labels: Texts
    role: str
    default: str | None
    members: tuple[AvailableMember, ...] = field(default=())

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(member.code for member in self.members)


@dataclass(frozen=True, slots=True)
class SeenRelease:
    """The release in force as the viewer knows it."""

    number: int
    released_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentedDataset:
    """A dataset whose documentation is open to the viewer; ``has_figures`` tells that some figure is too.

    Only then is there a ``release``. ``is_open_wholly``: a grant opens the figures without a slice.
    """

    dataset: Dataset
    has_figures: bool
    release: SeenRelease | None = None
    is_open_wholly: bool = False


@for_viewer
def datasets_documented(*, viewer: Viewer, indicator: Indicator) -> list[DocumentedDataset]:
    """The datasets of an indicator whose documentation is open, the official national ones first."""
    opened = open_to_read(viewer, indicator).filter(has_visible_figures(viewer), pk=OuterRef("pk"))
    documented = (
        Dataset.objects.visible_to(viewer)
        .filter(indicator=indicator)
        .annotate(
            has_figures=Exists(opened),
            has_whole_grant=_open_wholly(viewer, indicator),
            seen_number=latest_field(viewer=viewer, name="number"),
            seen_released_at=latest_field(viewer=viewer, name="released_at"),
        )
        .select_related("owner")
        .order_by()
    )
    found = ranked(documented)
    for dataset in found:
        dataset.indicator = indicator
    return [_documented(dataset) for dataset in found]


def _open_wholly(viewer: Viewer, indicator: Indicator) -> Exists:
    """As a condition on datasets: whether the figures are opened to the viewer without a slice."""
    grants = AccessGrant.objects.held_by(viewer, indicator.code)
    return Exists(grants.filter(dataset=OuterRef("pk"), level=Level.DATA, slice={}))


def _documented(dataset: Dataset) -> DocumentedDataset:
    found = vars(dataset)
    has_figures, number = found["has_figures"], found["seen_number"]
    release = SeenRelease(number, found["seen_released_at"]) if has_figures and number else None
    return DocumentedDataset(dataset, has_figures, release, has_figures and found["has_whole_grant"])


@for_viewer
def open_datasets(*, viewer: Viewer, owner: str | None = None) -> list[OpenDataset]:
    """All datasets with figures open to the viewer, whatever the indicator; of one owner if its code is
    given. Two queries.
    """
    visible = Dataset.objects.visible_to(viewer, level="data").filter(current_release__isnull=False)
    if owner is not None:
        visible = visible.filter(owner__code=owner)
    datasets = {dataset.pk: dataset for dataset in visible.select_related("owner", "indicator")}
    spans = _spans(viewer, datasets)
    return [OpenDataset(dataset, spans[pk]) for pk, dataset in datasets.items() if pk in spans]


@for_viewer
def members_available(
    *,
    viewer: Viewer,
    dimensions: Collection[IndicatorDimension],
    datasets: Collection[Dataset],
    as_of: Release | None = None,
) -> tuple[AvailableDimension, ...]:
    """The dimensions of an indicator with the members that have something in these datasets. Two queries.

    ``as_of`` is for a vintage of one dataset, whose release the caller found among the readable ones.
    """
    revisions = SeriesRevision.objects.visible_to(viewer)
    revisions = revisions.as_of(as_of) if as_of else revisions.current()
    keys = revisions.filter(dataset__in=[dataset.pk for dataset in datasets])
    counts: list[Counter[str]] = [Counter() for _dimension in dimensions]
    for key in keys.values_list("key", flat=True).iterator(5_000):
        for count, code in zip(counts, key.split("."), strict=True):
            count[code] += 1
    codes = by_list(dimensions, counts)
    members = codes_by_list(viewer=viewer, codelists=codes, codes=codes)
    return tuple(
        AvailableDimension(
            dimension.code,
            texts(dimension, "name"),
            dimension.role,
            dimension.default_member.code if dimension.default_member else None,
            tuple(
                AvailableMember(
                    member.code, member.labels, count[member.code], member.is_total, member.parent
                )
                for member in members.get(dimension.codelist_id, ())
                if member.code in count
            ),
        )
        for dimension, count in zip(dimensions, counts, strict=True)
    )


def _spans(viewer: Viewer, datasets: Mapping[int, Dataset]) -> dict[int, Span]:
    """The first and last period of the visible figures by dataset id. One query.

    The number of stored values is that of the commas in them and one more: a read of lengths, not of JSON.
    """
    length = Length("values_json") - Length(Replace("values_json", Value(","), Value("")))
    rows = (
        SeriesRevision.objects.visible_to(viewer)
        .current()
        .filter(dataset__in=list(datasets))
        .values("dataset", "start")
        .annotate(longest=Max(length))
        .values_list("dataset", "start", "longest")
    )
    bounds: dict[int, tuple[int, int]] = {}
    for dataset_id, start, longest in rows:
        first = ordinal(start)
        low, high = bounds.get(dataset_id, (first, first))
        bounds[dataset_id] = min(low, first), max(high, first + longest)
    return {
        pk: (period_at(datasets[pk].frequency, low), period_at(datasets[pk].frequency, high))
        for pk, (low, high) in bounds.items()
    }
