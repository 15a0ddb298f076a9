from __future__ import annotations

from django.db.models import QuerySet

from registry.access import Viewer
from registry.models import Documentation


def documentation_list(
    *, viewer: Viewer, indicator: str | None = None, dataset: str | None = None
) -> QuerySet[Documentation]:
    """The current documentation tables open to the viewer; of one indicator or dataset if named."""
    tables = Documentation.objects.visible_to(viewer).current()
    if indicator is not None:
        tables = tables.filter(dataset__indicator__code=indicator)
    if dataset is not None:
        tables = tables.filter(dataset__code=dataset)
    return tables
