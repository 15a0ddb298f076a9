from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from registry.access import Viewer
from registry.models import Dataset, Indicator, Release
from registry.selectors.indicator import with_dimensions


def dataset_list(
    *, viewer: Viewer, indicator: str | None = None, owner: str | None = None
) -> QuerySet[Dataset]:
    """Datasets whose documentation, or more, is open to the viewer; of one indicator or owner if named."""
    datasets = Dataset.objects.visible_to(viewer)
    if indicator is not None:
        datasets = datasets.filter(indicator__code=indicator)
    if owner is not None:
        datasets = datasets.filter(owner__code=owner)
    return datasets


def with_relations(datasets: QuerySet[Dataset], *, viewer: Viewer) -> QuerySet[Dataset]:
    """The same datasets with what belongs to them at hand (three more queries).

    ``visible_indicator`` and ``visible_release`` are None where the viewer may not see them, whatever the
    foreign keys say.
    """
    indicators = with_dimensions(Indicator.objects.visible_to(viewer).select_related("owner"))
    return datasets.select_related("owner__area").prefetch_related(
        Prefetch("indicator", queryset=indicators, to_attr="visible_indicator"),
        Prefetch("current_release", queryset=Release.objects.visible_to(viewer), to_attr="visible_release"),
    )
