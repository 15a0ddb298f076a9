"""Agencies and contacts of the chart: kept by their participant's administrator (D027–D030)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid, NotAllowed
from registry.languages import columns
from registry.models import Agency, Contact, Indicator, Participant, User
from registry.services.audit import audit_record

AGENCY_FIELDS = frozenset((*columns("name"), "url", "order"))
CONTACT_FIELDS = frozenset(
    (*columns("position"), "person", "user", "email", "phone", "is_focal_point", *columns("duties"), "order")
)


@transaction.atomic
def agency_create(*, participant: Participant, actor: User, **fields: Any) -> Agency:
    """An agency of the actor's participant. ValidationError by field; ``fields`` are columns of `Agency`."""
    authority.require_people_administrator(actor, participant)
    _check_names(fields, AGENCY_FIELDS)
    agency = Agency(participant=participant, **fields)
    agency.full_clean()
    agency.save()
    _record(actor, "agency.create", agency, participant)
    return agency


@transaction.atomic
def agency_change(*, agency: Agency, actor: User, **fields: Any) -> Agency:
    authority.require_people_administrator(actor, agency.participant)
    _check_names(fields, AGENCY_FIELDS)
    changed = _written(agency, fields)
    if changed:
        _record(actor, "agency.change", agency, agency.participant, fields=changed)
    return agency


@transaction.atomic
def agency_delete(*, agency: Agency, actor: User) -> None:
    """Remove an agency with its contacts."""
    authority.require_people_administrator(actor, agency.participant)
    _delete(agency, actor, "agency.delete", agency.participant)


@transaction.atomic
def contact_create(
    *, agency: Agency, actor: User, indicators: Collection[Indicator] = (), **fields: Any
) -> Contact:
    """A position at an agency, held by somebody or vacant. ``user`` must be of the same participant."""
    participant = agency.participant
    authority.require_people_administrator(actor, participant)
    _check_names(fields, CONTACT_FIELDS)
    contact = Contact(agency=agency, **fields)
    _check_holder(contact, participant)
    contact.full_clean()
    contact.save()
    _set_indicators(contact, indicators, participant)
    _record(actor, "contact.create", contact, participant)
    return contact


@transaction.atomic
def contact_change(
    *, contact: Contact, actor: User, indicators: Collection[Indicator] | None = None, **fields: Any
) -> Contact:
    """Change a position or who holds it: the position stays when people rotate (D028)."""
    participant = contact.agency.participant
    authority.require_people_administrator(actor, participant)
    _check_names(fields, CONTACT_FIELDS)
    changed = _written(contact, fields)
    _check_holder(contact, participant)
    if indicators is not None and set(contact.indicators.all()) != set(indicators):
        _set_indicators(contact, indicators, participant)
        changed.append("indicators")
    if changed:
        _record(actor, "contact.change", contact, participant, fields=changed)
    return contact


@transaction.atomic
def contact_reach_change(*, contact: Contact, actor: User, email: str, phone: str) -> Contact:
    """The holder's own telephone and e-mail in the chart, without waiting for the administrator."""
    participant = contact.agency.participant
    if not actor.is_active or contact.user_id != actor.pk or actor.participant_id != participant.pk:
        raise NotAllowed(_("Only the holder of the position may do this."))
    changed = _written(contact, {"email": email, "phone": phone})
    if changed:
        _record(actor, "contact.change", contact, participant, fields=changed)
    return contact


@transaction.atomic
def contact_delete(*, contact: Contact, actor: User) -> None:
    authority.require_people_administrator(actor, contact.agency.participant)
    _delete(contact, actor, "contact.delete", contact.agency.participant)


def _written(row: Agency | Contact, fields: dict[str, Any]) -> list[str]:
    changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, fields[name])
    row.full_clean()
    if changed:
        row.save()
    return changed


def _check_holder(contact: Contact, participant: Participant) -> None:
    if contact.user is not None and contact.user.participant_id != participant.pk:
        raise Invalid(_("The account must be of the same participant."))


def _set_indicators(contact: Contact, indicators: Collection[Indicator], participant: Participant) -> None:
    for indicator in indicators:
        if indicator.owner_id not in (None, participant.pk):
            raise Invalid(_("There is no indicator “%(code)s”."), code=indicator.code)
    contact.indicators.set(indicators)


def _delete(row: Agency | Contact, actor: User, action: str, participant: Participant) -> None:
    key = row.pk
    if not type(row)._default_manager.filter(pk=key).exists():
        raise Conflict(_("It was deleted meanwhile."))
    row.delete()
    row.pk = key
    _record(actor, action, row, participant)


def _check_names(fields: dict[str, Any], known: frozenset[str]) -> None:
    if unknown := set(fields) - known:
        raise Invalid(_("This cannot be changed: %(names)s."), names=", ".join(sorted(unknown)))


def _record(actor: User, action: str, row: Agency | Contact, participant: Participant, **data: Any) -> None:
    audit_record(actor=actor, action=action, target=row, participant=participant, name=str(row), **data)
