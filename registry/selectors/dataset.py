from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from registry.access import Viewer
from registry.models import Dataset, Indicator
from registry.selectors.indicator import with_dimensions
from registry.selectors.release import latest_releases


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

    ``visible_indicator`` is None where the viewer may not see it, whatever the foreign key says;
    ``visible_releases`` holds the release in force as the viewer knows it, or nothing.
    """
    indicators = with_dimensions(Indicator.objects.visible_to(viewer).select_related("owner"))
    return datasets.select_related("owner__area").prefetch_related(
        Prefetch("indicator", queryset=indicators, to_attr="visible_indicator"),
        Prefetch("releases", queryset=latest_releases(viewer=viewer), to_attr="visible_releases"),
    )
