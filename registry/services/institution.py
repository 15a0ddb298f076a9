"""Writes of the inventory of institutions: the secretariat's; of its own bodies a participant's (M1–M11)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.events import announce_institution
from registry.languages import columns
from registry.models import Institution, Participant, User
from registry.models.institution import folded_institution
from registry.services.audit import audit_record

FIELDS = frozenset({
    *("kind", "category", "area", "url", "email", "phone", "contact_url"),
    *("parent", "source_url", "checked_on", "is_listed"),
    *(column for name in ("name", "acronym", "location", "summary", "source") for column in columns(name)),
})  # fmt: skip
#: How many bodies may stand above one another.
_MOST_LEVELS = 10


@transaction.atomic
def institution_create(
    *, code: str, actor: User, participant: Participant | None = None, **fields: Any
) -> Institution:
    """A new entry, listed unless ``is_listed`` says otherwise.

    ``participant``: whose people keep it beside the secretariat. ``fields`` are columns of `Institution`;
    ValidationError names what is wrong with them.
    """
    authority.require_institution_keeper(actor, participant)
    _check_names(fields)
    institution = Institution(code=code, participant=participant, **fields)
    _save(institution)
    _record(actor, "institution.create", institution)
    return institution


@transaction.atomic
def institution_change(*, institution: Institution, actor: User, **fields: Any) -> Institution:
    """Change those columns that differ; nothing is written if none does. The code stays: it is an address.

    Whose entry it is (``participant``) is changed by those alone who keep it before and after.
    """
    stored = _locked(institution)
    authority.require_institution_keeper(actor, stored.participant)
    if "participant" in fields:
        authority.require_institution_keeper(actor, fields["participant"])
    _check_names({name: value for name, value in fields.items() if name != "participant"})
    changed = sorted(name for name, value in fields.items() if getattr(stored, name) != value)
    if not changed:
        return stored
    for name in changed:
        setattr(stored, name, fields[name])
    _save(stored)
    _record(actor, "institution.change", stored, fields=changed)
    return stored


@transaction.atomic
def institution_delete(*, institution: Institution, actor: User) -> None:
    """Take an entry out of the inventory; pages leave it out then. Conflict while others are its parts."""
    stored = _locked(institution)
    authority.require_institution_keeper(actor, stored.participant)
    if stored.parts.exists():
        raise Conflict(_("Other entries are parts of this one: change them first."))
    _record(actor, "institution.delete", stored)
    stored.delete()


def _locked(institution: Institution) -> Institution:
    rows = Institution.objects.select_for_update(of=("self",)).select_related("participant", "area", "parent")
    found = rows.filter(pk=institution.pk).first()
    if found is None:
        raise Conflict(_("It was deleted meanwhile."))
    return found


def _save(institution: Institution) -> None:
    institution.folded = folded_institution(institution)
    institution.full_clean()
    _check_parents(institution)
    institution.save()


def _check_parents(institution: Institution) -> None:
    """A body stands above itself neither at once nor through others."""
    above = institution.parent_id
    for _level in range(_MOST_LEVELS):
        if above is None:
            return
        if above == institution.pk:
            break
        above = Institution.objects.values_list("parent_id", flat=True).get(pk=above)
    raise ValidationError({"parent": _("An institution is no part of itself.")})


def _check_names(fields: dict[str, Any]) -> None:
    if unknown := set(fields) - FIELDS:
        raise Invalid(_("This cannot be changed: %(names)s."), names=", ".join(sorted(unknown)))


def _record(actor: User, action: str, institution: Institution, **data: Any) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=institution,
        participant=institution.participant,
        institution=institution.code,
        **data,
    )
    announce_institution(institution.pk)
