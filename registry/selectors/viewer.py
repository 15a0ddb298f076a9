"""From a signed-in person to the tokens that person holds."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from registry.access import ANONYMOUS, PARTICIPANTS, PUBLIC, Viewer, participant_token, reciprocal
from registry.models import (
    Dataset,
    DatasetAudience,
    Indicator,
    Level,
    Participant,
    Role,
    RoleAssignment,
    User,
)
from registry.models.base import in_force

_OF_PAGES = (Role.CONTENT_MANAGER, Role.COUNTRY_ADMINISTRATOR)
_OF_SECRETARIAT = (Role.CONTENT_MANAGER, Role.SYSTEM_ADMINISTRATOR)
_OF_FIGURES = (Role.DATA_SUBMITTER, Role.DATA_VERIFIER, Role.COUNTRY_ADMINISTRATOR)


def viewer_for(user: User | AnonymousUser) -> Viewer:
    """The viewer of a request. Two queries for a signed-in person, none for an anonymous one.

    Computed anew for every request and never cached, so that a change of rights counts at once.
    """
    if not isinstance(user, User) and not getattr(user, "pk", None):
        return ANONYMOUS
    if not user.is_active:
        return ANONYMOUS
    own = user.participant_id
    participant, held = _with_roles(own, user) if own else (None, _of_secretariat(user))
    roles = {role for role, _indicator in held}
    if participant is None:
        system = own is None and Role.SYSTEM_ADMINISTRATOR in roles
        keeps = own is None and (user.is_superuser or not roles.isdisjoint(_OF_SECRETARIAT))
        return Viewer(
            user_id=user.pk,
            administers_system=system,
            keeps_institutions=keeps,
            edits_pages=own is None,
        )
    user.participant = participant  # named on every page
    scopes = {indicator for role, indicator in held if role in _OF_FIGURES}
    return Viewer(
        tokens=participant_tokens(participant),
        participant=participant.code,
        user_id=user.pk,
        handles_figures=bool(scopes),
        figures_of=None if None in scopes else frozenset(filter(None, scopes)),
        administers_participant=Role.COUNTRY_ADMINISTRATOR in roles,
        asks_others=(Role.COUNTRY_ADMINISTRATOR, None) in held,
        keeps_institutions=any((role, None) in held for role in _OF_PAGES),
        edits_pages=user.is_superuser or not roles.isdisjoint(_OF_PAGES),
    )


def _with_roles(own: int, user: User) -> tuple[Participant | None, list[tuple[str, int | None]]]:
    """The participant, if it is active, and the roles held in it, each with its indicator. One query."""
    held = FilteredRelation("role_assignments", condition=Q(role_assignments__user=user.pk))
    rows = Participant.objects.filter(pk=own, is_active=True).annotate(
        held=held, held_role=F("held__role"), held_for=F("held__indicator_id")
    )
    found = list(rows)
    roles = [(row.held_role, row.held_for) for row in found if row.held_role]
    return (found[0], roles) if found else (None, [])


def _of_secretariat(user: User) -> list[tuple[str, int | None]]:
    held = RoleAssignment.objects.filter(user_id=user.pk, participant=None)
    return list(held.values_list("role", "indicator_id"))


def participant_tokens(participant: Participant) -> frozenset[str]:
    """All tokens held by the people of a participant: its own, the common one, and the reciprocal ones."""
    shared = _shared().filter(owner=participant).order_by().values_list("indicator__code", flat=True)
    return tokens_held(participant, shared.distinct())


def tokens_held(participant: Participant, shared: Iterable[str]) -> frozenset[str]:
    """The tokens of a participant that shares figures of these indicators."""
    held = [participant_token(participant.code)]
    if not participant.is_observer:
        held.append(PARTICIPANTS)
    return frozenset([PUBLIC, *held, *(reciprocal(token, code) for code in shared for token in held)])


def sharing(indicator: Indicator) -> frozenset[int]:
    """The ids of the participants that share figures of an indicator now, so that they reciprocate."""
    return frozenset(_shared().filter(indicator=indicator).order_by().values_list("owner", flat=True))


def _shared() -> QuerySet[Dataset]:
    """Datasets that count for reciprocity (ADR 0006): released with values, and open to somebody else now."""
    own = Concat(Value(participant_token("")), OuterRef("owner__code"))
    conditional = Concat(own, Value(reciprocal("", "")), OuterRef("indicator__code"))
    opened = DatasetAudience.objects.filter(in_force(), dataset=OuterRef("pk"), level=Level.DATA)
    to_others = opened.exclude(token__in=[own, conditional])
    return Dataset.objects.filter(Exists(to_others), current_release__value_count__gt=0)
