from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from registry.access import ANONYMOUS
from registry.cube import Role
from registry.models import Dataset, IndicatorDimension
from registry.models.participant import ParticipantKind
from registry.periods import period_of
from registry.rules.base import Terms
from registry.selectors.code import codes_by_list


def terms_of(dataset: Dataset) -> Terms:
    """What validation asks of a dataset's figures. Two queries, and one for the owner's area."""
    indicator = dataset.indicator
    dimensions = list(indicator.dimensions.all())
    parents: dict[int, dict[str, str | None]] = {dimension.codelist_id: {} for dimension in dimensions}
    totals: dict[int, str] = {}
    for codelist_id, codes in codes_by_list(viewer=ANONYMOUS, codelists=parents).items():
        parents[codelist_id] = {row.code: row.parent for row in codes}
        totals.update((codelist_id, row.code) for row in codes if row.is_total)
    return Terms(
        parents=tuple(parents[dimension.codelist_id] for dimension in dimensions),
        totals=tuple(totals.get(dimension.codelist_id) for dimension in dimensions),
        last_period=period_of(dataset.frequency, timezone.now().date()),
        own_area=_own_area(dataset, dimensions),
        decimals=indicator.decimals,
        can_be_negative=indicator.can_be_negative,
        smallest_count=dataset.disclosure_threshold,
    )


def _own_area(dataset: Dataset, dimensions: Sequence[IndicatorDimension]) -> tuple[int, str] | None:
    area = dataset.owner.area if dataset.owner.kind == ParticipantKind.STATE else None
    geographic = (dimension.position for dimension in dimensions if dimension.role == Role.GEO)
    position = next(geographic, None)
    return None if area is None or position is None else (position, area.code)
