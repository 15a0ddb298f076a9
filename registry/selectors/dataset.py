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
    """The same datasets with owner, indicator and current release at hand (four more queries).

    Indicator and release are None where the viewer may not see them, whatever the foreign key says.
    """
    return datasets.select_related("owner__area").prefetch_related(
        Prefetch(
            "indicator",
            queryset=with_dimensions(Indicator.objects.visible_to(viewer).select_related("owner")),
        ),
        Prefetch("current_release", queryset=Release.objects.visible_to(viewer)),
    )
