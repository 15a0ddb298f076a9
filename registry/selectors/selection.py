"""What is asked for of an indicator: which dataset, codes and periods, with the viewer applied in SQL.

Every way of reading figures (cube, columns, single observations) starts from the revisions selected here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.errors import Invalid
from registry.models import Dataset, Indicator, IndicatorDimension, Release, Series, SeriesRevision, code_at
from registry.periods import BadPeriod, Frequency, frequency_of, ordinal


@dataclass(frozen=True, slots=True)
class Selection:
    """What of an indicator is asked for.

    ``filters`` maps dimension codes to member codes; ``start`` and ``end`` are periods, both included.
    ``frequency`` defaults to the indicator's usual one. ``datasets`` narrows to some sources, and
    ``by_source`` keeps the sources apart on an axis of their own (D050). ``as_of`` reads a vintage.
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
    if frequency not in list(Frequency):
        raise Invalid(_("“%(frequency)s” is not a frequency; expected A, S, Q or M."), frequency=frequency)
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


def selected_datasets(
    viewer: Viewer, indicator: Indicator, selection: Selection, frequency: str
) -> dict[int, Dataset]:
    """The visible datasets, the official national ones first (D031, D050)."""
    visible = Dataset.objects.visible_to(viewer, level="data").filter(
        indicator=indicator, frequency=frequency
    )
    if selection.as_of is not None:
        visible = visible.filter(pk=selection.as_of.dataset_id)
    else:
        visible = visible.filter(current_release__isnull=False)
    if selection.datasets is not None:
        visible = visible.filter(code__in=selection.datasets)
    ranked = visible.select_related("owner", "current_release").order_by(
        "-is_official", "-owner__kind", "owner__order", "code"
    )
    return {dataset.pk: dataset for dataset in ranked}


def selected_revisions(
    viewer: Viewer,
    datasets: Mapping[int, Dataset],
    dimensions: Sequence[IndicatorDimension],
    selection: Selection,
) -> QuerySet[SeriesRevision]:
    # Said of both tables, so that the database reads either by dataset and nothing else of them.
    series = Series.objects.visible_to(viewer).filter(dataset__in=list(datasets))
    revisions = SeriesRevision.objects.filter(dataset__in=list(datasets), series__in=series)
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
