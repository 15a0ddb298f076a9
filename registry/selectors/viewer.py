"""From a signed-in person to the tokens that person holds."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from registry.access import ANONYMOUS, PARTICIPANTS, PUBLIC, Viewer, participant_token, reciprocal
from registry.models import Dataset, Participant, Role, RoleAssignment, User


def viewer_for(user: User | AnonymousUser) -> Viewer:
    """The viewer of a request. Two queries for a signed-in person, none for an anonymous one.

    Computed anew for every request and never cached, so that a change of rights counts at once.
    """
    if not isinstance(user, User) and not getattr(user, "pk", None):
        return ANONYMOUS
    if not user.is_active:
        return ANONYMOUS
    own = user.participant_id
    participant = Participant.objects.filter(pk=own, is_active=True).first() if own else None
    roles = set(
        RoleAssignment.objects.filter(user_id=user.pk, participant=own).values_list("role", flat=True)
    )
    if participant is None:
        system = own is None and Role.SYSTEM_ADMINISTRATOR in roles
        return Viewer(user_id=user.pk, administers_system=system)
    return Viewer(
        tokens=participant_tokens(participant),
        participant=participant.code,
        user_id=user.pk,
        handles_figures=bool(roles & {Role.DATA_SUBMITTER, Role.DATA_VERIFIER, Role.COUNTRY_ADMINISTRATOR}),
        administers_participant=Role.COUNTRY_ADMINISTRATOR in roles,
    )


def participant_tokens(participant: Participant) -> frozenset[str]:
    """All tokens held by the people of a participant: its own, the common one, and the reciprocal ones."""
    held = [participant_token(participant.code)]
    if not participant.is_observer:
        held.append(PARTICIPANTS)
    # A release without a single value supplies nothing.
    released = Dataset.objects.filter(owner=participant, current_release__value_count__gt=0)
    indicators = released.order_by().values_list("indicator__code", flat=True).distinct()
    return frozenset([PUBLIC, *held, *(reciprocal(token, code) for code in indicators for token in held)])
