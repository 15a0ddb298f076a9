from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from registry.access import Viewer
from registry.models import Indicator, IndicatorDimension


def indicator_list(*, viewer: Viewer) -> QuerySet[Indicator]:
    """Indicators the viewer may see, in their order."""
    return Indicator.objects.visible_to(viewer)


def indicator_get(*, viewer: Viewer, code: str) -> Indicator | None:
    """One indicator, or None: hidden and absent are the same. One query."""
    return Indicator.objects.visible_to(viewer).filter(code=code).order_by().first()


def indicator_with_dimensions(*, viewer: Viewer, code: str) -> Indicator | None:
    """One indicator with dimensions and their code lists, or None: hidden and absent are the same."""
    return with_dimensions(Indicator.objects.visible_to(viewer)).filter(code=code).first()


def with_dimensions(indicators: QuerySet[Indicator]) -> QuerySet[Indicator]:
    """The same indicators with their dimensions at hand (one more query)."""
    dimensions = IndicatorDimension.objects.select_related("codelist", "default_member").order_by("position")
    return indicators.prefetch_related(Prefetch("dimensions", queryset=dimensions))
