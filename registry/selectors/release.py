"""Releases as a viewer knows them: those that changed something the viewer sees."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from registry.access import Viewer
from registry.models import Release


def latest_releases(*, viewer: Viewer) -> QuerySet[Release]:
    """Of each dataset with figures in force the last release that changed something the viewer sees."""
    return Release.objects.visible_to(viewer).latest_to(viewer)


def latest_field(*, viewer: Viewer, name: str) -> Subquery:
    """A column of that release, such as ``released_at``, as an annotation for datasets.

    Of the releases of one dataset, the highest number says what `latest_to` has to say by comparing.
    """
    in_force = (
        Release.objects.visible_to(viewer)
        .readable_by(viewer)
        .filter(dataset=OuterRef("pk"), dataset__current_release__isnull=False)
    )
    return Subquery(in_force.order_by("-number").values(name)[:1])
