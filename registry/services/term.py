"""Writes of the glossary, which the secretariat keeps for all (D063–D065)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from registry import authority
from registry.events import announce_term
from registry.models import Term, User
from registry.services.audit import audit_record


@transaction.atomic
def term_create(*, code: str, actor: User, related: Iterable[Term] = (), **fields: Any) -> Term:
    """A new term. ``fields`` are columns of `Term`; ValidationError names what is wrong with them."""
    authority.require_glossary_keeper(actor)
    term = Term(code=code, **fields)
    term.full_clean()
    term.save()
    term.related.set(related)
    _record(actor, "term.create", term)
    return term


@transaction.atomic
def term_change(*, term: Term, actor: User, related: Iterable[Term] | None = None, **fields: Any) -> Term:
    """Change those columns that differ; nothing is written if none does. The code stays: it is an address."""
    authority.require_glossary_keeper(actor)
    stored = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
    changed = sorted(name for name, value in fields.items() if getattr(stored, name) != value)
    wanted = None if related is None else {other.pk for other in related} - {stored.pk}
    if wanted is not None and wanted != set(stored.related.values_list("pk", flat=True)):
        changed.append("related")
    if not changed:
        return stored
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save()
    if wanted is not None:
        stored.related.set(wanted)
    _record(actor, "term.change", stored, fields=changed)
    return stored


@transaction.atomic
def term_delete(*, term: Term, actor: User) -> None:
    """Take a term out of the glossary. Pages that show it leave it out from then on."""
    authority.require_glossary_keeper(actor)
    stored = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
    _record(actor, "term.delete", stored)
    stored.delete()


def _record(actor: User, action: str, term: Term, **data: Any) -> None:
    audit_record(actor=actor, action=action, target=term, term=term.code, **data)
    announce_term(term.pk)
