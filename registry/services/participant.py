from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.events import announce_participant
from registry.languages import columns
from registry.models import Participant, User
from registry.services.audit import audit_record

#: Everything but the code, which is part of stored audience tokens and never changes.
CHANGEABLE = frozenset(
    ("kind", *columns("name"), "area", "is_observer", "is_active", "release_authority", "order")
)


@transaction.atomic
def participant_create(*, actor: User, code: str, **fields: Any) -> Participant:
    """A new State or organisation. ValidationError by field; ``fields`` are columns of `Participant`."""
    authority.require_system_administrator(actor)
    _check_names(fields)
    participant = Participant(code=code, **fields)
    participant.full_clean()
    if Participant.objects.filter(code__iexact=code).exists():
        raise Conflict(_("There is a participant %(code)s already."), code=code)
    try:
        with transaction.atomic():
            participant.save()
    except IntegrityError as error:
        raise Conflict(_("There is a participant %(code)s already."), code=code) from error
    _record(actor, "participant.create", participant, fields=sorted(fields))
    return participant


@transaction.atomic
def participant_change(*, participant: Participant, actor: User, **fields: Any) -> Participant:
    """Change what is said of a participant. Switched off, its people see and do nothing any more.

    Invalid for the code: datasets open to it would be open to nobody, or to somebody else.
    """
    authority.require_system_administrator(actor)
    _check_names(fields)
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    changed = {name: value for name, value in fields.items() if getattr(participant, name) != value}
    for name, value in changed.items():
        setattr(participant, name, value)
    participant.full_clean()
    if changed:
        participant.save(update_fields=list(changed))
        told = {name: str(value) for name, value in changed.items()}
        _record(actor, "participant.change", participant, changes=told)
    return participant


def _check_names(fields: dict[str, Any]) -> None:
    if unknown := set(fields) - CHANGEABLE:
        raise Invalid(_("This cannot be changed: %(names)s."), names=", ".join(sorted(unknown)))


def _record(actor: User, action: str, participant: Participant, **data: Any) -> None:
    audit_record(actor=actor, action=action, target=participant, participant=participant, **data)
    announce_participant(participant.pk)
