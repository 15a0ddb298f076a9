"""Writes of the list of laws, forms and policies that a participant's figures rest on (D026, D078)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict
from registry.models import LegalReference, Participant, User
from registry.services.audit import audit_record


@transaction.atomic
def legal_create(*, participant: Participant, actor: User, **fields: Any) -> LegalReference:
    """A new entry; seen by the participant alone unless ``audience`` says otherwise.

    ``fields`` are columns of `LegalReference`. ValidationError names what is wrong with them.
    """
    authority.require_legal_keeper(actor, participant)
    reference = LegalReference(participant=participant, **fields)
    reference.full_clean()
    reference.save()
    _record(actor, "legal.create", reference)
    return reference


@transaction.atomic
def legal_change(*, reference: LegalReference, actor: User, **fields: Any) -> LegalReference:
    """Change those columns that differ; nothing is written if none does."""
    authority.require_legal_keeper(actor, reference.participant)
    stored = LegalReference.objects.select_for_update(of=("self",)).get(pk=reference.pk)
    changed = sorted(name for name, value in fields.items() if getattr(stored, name) != value)
    if not changed:
        return stored
    for name in changed:
        setattr(stored, name, fields[name])
    stored.full_clean()
    stored.save(update_fields=changed)
    _record(actor, "legal.change", stored, fields=changed)
    return stored


@transaction.atomic
def legal_delete(*, reference: LegalReference, actor: User) -> None:
    """Take an entry off the list. Conflict while a current documentation table names it."""
    authority.require_legal_keeper(actor, reference.participant)
    stored = LegalReference.objects.select_for_update(of=("self",)).get(pk=reference.pk)
    if stored.documentation.filter(is_current=True).exists():
        raise Conflict(_("Documentation tables name this document: take it out of them first."))
    _record(actor, "legal.delete", stored)
    stored.delete()


def _record(actor: User, action: str, reference: LegalReference, **data: Any) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=reference,
        participant=reference.participant,
        title=str(reference),
        audience=reference.audience,
        **data,
    )
