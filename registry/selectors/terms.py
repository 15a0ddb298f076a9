from __future__ import annotations

from django.utils import timezone

from registry.models import Code, Dataset
from registry.periods import period_of
from registry.rules.base import Terms


def terms_of(dataset: Dataset) -> Terms:
    """What validation asks of a dataset's figures. Two queries."""
    indicator = dataset.indicator
    dimensions = list(indicator.dimensions.all())
    parents: dict[int, dict[str, str | None]] = {dimension.codelist_id: {} for dimension in dimensions}
    totals: dict[int, str] = {}
    rows = Code.objects.filter(codelist__in=parents)
    for codelist_id, code, parent, is_total in rows.values_list(
        "codelist_id", "code", "parent__code", "is_total"
    ):
        parents[codelist_id][code] = parent
        if is_total:
            totals[codelist_id] = code
    return Terms(
        parents=tuple(parents[dimension.codelist_id] for dimension in dimensions),
        totals=tuple(totals.get(dimension.codelist_id) for dimension in dimensions),
        last_period=period_of(dataset.frequency, timezone.now().date()),
        decimals=indicator.decimals,
        can_be_negative=indicator.can_be_negative,
        smallest_count=dataset.disclosure_threshold,
    )
