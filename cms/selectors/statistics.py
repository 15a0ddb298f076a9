"""What the home page shows of the statistics."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from registry.access import Viewer
from registry.models import Indicator
from registry.selectors.indicator import indicator_list
from registry.selectors.statistics import by_collection


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
    groups = by_collection(indicator_list(viewer=viewer), lambda indicator: indicator)
    return [IndicatorGroup(group.label, group.items[:limit], len(group.items)) for group in groups]
