"""Requests for access, as those see them who ask and who are asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from registry.access import Viewer
from registry.models import AccessRequest, AccessRequestState, Indicator, Participant
from registry.selectors.participant import participant_list


@dataclass(frozen=True, slots=True)
class LastRequest:
    """The last request to an owner: which it is, and where it stands."""

    pk: int
    state: AccessRequestState

    def get_state_display(self) -> str:
        return str(self.state.label)


def requests_received(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """What others ask of the viewer's participant, the newest first."""
    return _listed(viewer).filter(owner__code=viewer.participant)


def requests_made(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """What the viewer's participant asks of others, the newest first."""
    return _listed(viewer).filter(participant__code=viewer.participant)


def requests_open(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    """Received and not answered yet."""
    return requests_received(viewer=viewer).filter(state=AccessRequestState.OPEN)


def participants_asked(
    *, viewer: Viewer, indicator: Indicator
) -> list[tuple[Participant, LastRequest | None]]:
    """The active participants in their order, each with the last request made to it for an indicator: that
    of the viewer's participant. One query.
    """
    made = requests_made(viewer=viewer).filter(indicator=indicator, owner=OuterRef("pk"))
    participants = participant_list(viewer=viewer).annotate(
        asked_pk=Subquery(made.values("pk")[:1]), asked_state=Subquery(made.values("state")[:1])
    )
    return [(participant, _last_request(participant)) for participant in participants]


def _last_request(participant: Participant) -> LastRequest | None:
    found = vars(participant)
    if found["asked_pk"] is None:
        return None
    return LastRequest(found["asked_pk"], AccessRequestState(found["asked_state"]))


def request_list(*, viewer: Viewer) -> QuerySet[AccessRequest]:
    return _listed(viewer)


def _listed(viewer: Viewer) -> QuerySet[AccessRequest]:
    related = AccessRequest.objects.visible_to(viewer).select_related("indicator", "owner", "participant")
    return related.order_by("-created_at", "-pk")
