"""What is asked for of an indicator: which dataset, codes and periods, with the viewer applied in SQL.

Every way of reading figures (cube, columns, single observations) starts from the revisions selected here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.errors import Invalid
from registry.models import Dataset, Indicator, IndicatorDimension, Release, SeriesRevision, code_at
from registry.models.dataset import DatasetQuerySet
from registry.models.participant import ParticipantKind
from registry.periods import BadPeriod, Frequency, frequency_of, ordinal
from registry.selectors.indicator import indicator_get
from registry.selectors.release import latest_field


@dataclass(frozen=True, slots=True)
class Selection:
    """What of an indicator is asked for.

    ``filters`` maps dimension codes to member codes; ``start`` and ``end`` are periods, both included.
    Without a ``frequency`` it is `default_frequency`. ``datasets`` narrows to some sources, and ``by_source``
    keeps the sources apart on an axis of their own (D050). ``as_of`` reads a vintage: the figures of one
    dataset as they stood with a release, where `ReleaseQuerySet.readable_by` lets the viewer.
    """

    filters: Mapping[str, Collection[str]] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    frequency: str | None = None
    datasets: Collection[str] | None = None
    by_source: bool = False
    as_of: Release | None = None


def selected_window(selection: Selection, frequency: str) -> tuple[int | None, int | None]:
    """The asked for first and last period as numbers. A year stands for all its periods."""
    return _bound(selection.start, frequency, False), _bound(selection.end, frequency, True)


def _bound(period: str | None, frequency: str, is_end: bool) -> int | None:
    if not period:
        return None
    try:
        given = frequency_of(period)
        if given == frequency:
            return ordinal(period)
        if given is Frequency.ANNUAL:
            last = {Frequency.HALF_YEARLY: "S2", Frequency.QUARTERLY: "Q4", Frequency.MONTHLY: "12"}
            first = {Frequency.HALF_YEARLY: "S1", Frequency.QUARTERLY: "Q1", Frequency.MONTHLY: "01"}
            return ordinal(f"{period}-{(last if is_end else first)[Frequency(frequency)]}")
    except BadPeriod:
        pass
    raise Invalid(
        _("“%(period)s” is not a period of frequency %(frequency)s; expected for example 2010 or 2010-Q1."),
        period=period,
        frequency=frequency,
    )


def dataset_rank(dataset: Dataset) -> tuple[Any, ...]:
    """The order of the sources of an indicator: the official national ones first (D031, D050)."""
    is_state = dataset.owner.kind == ParticipantKind.STATE
    return (int(not dataset.is_official), int(not is_state), dataset.owner.order, dataset.code)


def ranked(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Datasets by `dataset_rank`. Sorted here and not in SQL, so that the order has one definition."""
    return sorted(datasets, key=dataset_rank)


def open_to_read(viewer: Viewer, indicator: Indicator) -> DatasetQuerySet:
    """The datasets of an indicator that have figures now, opened to the viewer wholly or in a slice."""
    return _all_open_to_read(viewer).filter(indicator=indicator)


def _all_open_to_read(viewer: Viewer) -> DatasetQuerySet:
    return Dataset.objects.visible_to(viewer, level="data").filter(current_release__isnull=False)


def has_visible_figures(viewer: Viewer) -> Exists:
    """As a condition on datasets: whether the viewer sees any figure. A slice may hold none of them."""
    return Exists(SeriesRevision.objects.visible_to(viewer).current().filter(dataset=OuterRef("pk")))


def default_frequency(indicator: Indicator, available: Iterable[str]) -> str:
    """The frequency read where none is asked for: the usual one if it has figures, else the first that has.

    ``available`` are the frequencies of the datasets with figures, those ranked first first.
    """
    usual, found = str(indicator.frequency), list(available)
    return usual if usual in found or not found else found[0]


def selected_datasets(
    viewer: Viewer, indicator: Indicator, selection: Selection, *, with_releases: bool = True
) -> tuple[str, dict[int, Dataset]]:
    """The frequency that is read, and the visible datasets of it by id, in their order.

    ``with_releases`` has the moment of the release in force at hand, which takes longest to find. One query,
    and another where no frequency is asked for and there are datasets of several. Invalid for what is no
    frequency.
    """
    visible = _visible(viewer, selection, with_releases).filter(indicator=indicator)
    return _of_one_frequency(viewer, indicator, selection, ranked(visible.select_related("owner").order_by()))


def selected_with_indicator(
    viewer: Viewer, code: str, selection: Selection, *, with_releases: bool = True
) -> tuple[Indicator, str, dict[int, Dataset]] | None:
    """The indicator of that code and its `selected_datasets`; None where it is hidden or absent.

    One query gives both: who sees figures of an indicator sees it too (`IndicatorQuerySet.visible_to`). Only
    where there are none it is asked for by itself.
    """
    visible = _visible(viewer, selection, with_releases)
    visible = visible.filter(indicator__code=code, indicator__is_active=True)
    found = ranked(visible.select_related("owner", "indicator").order_by())
    indicator = found[0].indicator if found else indicator_get(viewer=viewer, code=code)
    return None if indicator is None else (indicator, *_of_one_frequency(viewer, indicator, selection, found))


def _visible(viewer: Viewer, selection: Selection, with_releases: bool) -> DatasetQuerySet:
    asked = selection.frequency
    if asked is not None and asked not in list(Frequency):
        raise Invalid(_("“%(frequency)s” is not a frequency; expected A, S, Q or M."), frequency=asked)
    if selection.as_of is not None:
        visible = _as_of(viewer, selection.as_of)
    else:
        visible = _all_open_to_read(viewer)
        if with_releases:
            visible = visible.annotate(seen_released_at=latest_field(viewer=viewer, name="released_at"))
    if asked is not None:
        visible = visible.filter(frequency=asked)
    if selection.datasets is not None:
        visible = visible.filter(code__in=selection.datasets)
    return visible


def _of_one_frequency(
    viewer: Viewer, indicator: Indicator, selection: Selection, found: Sequence[Dataset]
) -> tuple[str, dict[int, Dataset]]:
    for dataset in found:
        dataset.indicator = indicator
    frequency = selection.frequency or default_frequency(indicator, _with_figures(viewer, found))
    return frequency, {dataset.pk: dataset for dataset in found if dataset.frequency == frequency}


def _as_of(viewer: Viewer, release: Release) -> DatasetQuerySet:
    """The dataset of a release the viewer may read as a vintage; whether it has figures now is no matter."""
    readable = Release.objects.visible_to(viewer).readable_by(viewer).filter(pk=release.pk)
    opened = Dataset.objects.visible_to(viewer, level="data")
    return opened.filter(Exists(readable), pk=release.dataset_id).annotate(
        seen_released_at=Value(release.released_at, output_field=DateTimeField())
    )


def _with_figures(viewer: Viewer, datasets: Sequence[Dataset]) -> list[str]:
    """The frequencies of the datasets of which the viewer sees any figure; asked only of several."""
    if len({dataset.frequency for dataset in datasets}) > 1:
        candidates = Dataset.objects.visible_to(viewer, level="data").filter(
            pk__in=[dataset.pk for dataset in datasets]
        )
        seen = set(candidates.filter(has_visible_figures(viewer)).order_by().values_list("pk", flat=True))
        datasets = [dataset for dataset in datasets if dataset.pk in seen]
    return [dataset.frequency for dataset in datasets]


def selected_revisions(
    viewer: Viewer,
    datasets: Mapping[int, Dataset],
    dimensions: Sequence[IndicatorDimension],
    selection: Selection,
) -> QuerySet[SeriesRevision]:
    revisions = SeriesRevision.objects.visible_to(viewer).filter(dataset__in=list(datasets))
    revisions = revisions.as_of(selection.as_of) if selection.as_of else revisions.current()
    by_code = {dimension.code: dimension for dimension in dimensions}
    for code, members in selection.filters.items():
        if code not in by_code:
            raise Invalid(
                _("There is no dimension “%(dimension)s”; expected one of %(expected)s."),
                dimension=code,
                expected=", ".join(by_code),
            )
        at = f"code_{by_code[code].position}"
        place = {at: code_at(by_code[code].position, "key")}
        revisions = revisions.alias(**place).filter(**{f"{at}__in": list(members)})
    return revisions
