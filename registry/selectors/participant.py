from __future__ import annotations

from django.db.models import QuerySet

from registry.access import Viewer
from registry.models import Participant


def participant_list(*, viewer: Viewer, kind: str | None = None) -> QuerySet[Participant]:
    """The active participants with their reference areas, in their order."""
    participants = Participant.objects.visible_to(viewer).filter(is_active=True).select_related("area")
    return participants.filter(kind=kind) if kind else participants
