"""What the home page shows of the statistics."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from registry.access import Viewer
from registry.models import Indicator
from registry.models.indicator import IndicatorCollection


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """The indicators of one collection: the first ones, and how many there are."""

    label: str
    indicators: list[Indicator]
    total: int


def indicator_url(code: str) -> str:
    """The address of an indicator's table in the active language; empty if statistics are not served."""
    try:
        return reverse("registry:indicator", args=[code])
    except NoReverseMatch:
        return ""


def indicator_groups(*, viewer: Viewer, limit: int = 6) -> list[IndicatorGroup]:
    """The indicators the viewer may know of, by collection, at most ``limit`` of each. One query."""
    grouped: dict[str, list[Indicator]] = {value: [] for value in IndicatorCollection.values}
    for indicator in Indicator.objects.visible_to(viewer):
        grouped.setdefault(indicator.collection, []).append(indicator)
    return [
        IndicatorGroup(str(IndicatorCollection(value).label), found[:limit], len(found))
        for value, found in grouped.items()
        if found
    ]
