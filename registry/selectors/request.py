"""Requests for access, as those see them who ask and who are asked."""

from __future__ import annotations

from django.db.models import QuerySet

from registry.access import Viewer
from registry.models import AccessRequest, AccessRequestState, Indicator


def requests_received(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """What others ask of the viewer's participant, the newest first."""
    return _listed(viewer).filter(owner__code=viewer.participant)


def requests_made(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """What the viewer's participant asks of others, the newest first."""
    return _listed(viewer).filter(participant__code=viewer.participant)


def requests_open(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """Received and not answered yet."""
    return requests_received(viewer=viewer).filter(state=AccessRequestState.OPEN)


def requests_by_owner(*, viewer: Viewer, indicator: Indicator) -> dict[int, AccessRequest]:
    """The last request of the viewer's participant to each owner for an indicator. One query."""
    made = requests_made(viewer=viewer).filter(indicator=indicator).order_by("created_at", "pk")
    return {request.owner_id: request for request in made}


def request_list(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    return _listed(viewer)


def _listed(viewer: Viewer) -> QuerySet[AccessRequest]:
    related = AccessRequest.objects.visible_to(viewer).select_related("indicator", "owner", "participant")
    return related.order_by("-created_at", "-pk")
