"""Writing the chapters of the e-library and their sections, which the secretariat keeps for all.

One transaction each, with its audit row. The library of the portal reads them anew at every visit; the search
index follows for the documents of a topic that got another name.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cms.authority import require_document_keeper
from cms.events import announce_documents
from cms.models import LibraryTopic
from registry.errors import Invalid
from registry.languages import columns, texts
from registry.models import User
from registry.services.audit import audit_record

TEXTS = (*columns("name"), *columns("description"))
_STEP = 10


@transaction.atomic
def topic_create(
    *, actor: User, parent: LibraryTopic | None = None, code: str = "", **texts: str
) -> LibraryTopic:
    """A new chapter, or a section of the chapter ``parent``, after those that are there.

    ``texts`` are columns of TEXTS. Without a code one is made from the name. ValidationError names fields.
    """
    require_document_keeper(actor, None)
    place_check(None, parent)
    topic = LibraryTopic(parent=parent, code=code or _code(texts.get("name_en", "")))
    _write(topic, texts)
    topic.order = _next_order(parent)
    topic.full_clean()
    topic.save()
    _record(actor, "topic.create", topic)
    return topic


@transaction.atomic
def topic_change(*, topic: LibraryTopic, actor: User, **values: Any) -> LibraryTopic:
    """Change the texts and the ``parent`` that differ; its code stays: it is an address.

    Below another chapter it stands after the sections that are there.
    """
    require_document_keeper(actor, None)
    stored = LibraryTopic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    changed = _write(stored, {name: value for name, value in values.items() if name != "parent"})
    parent = values.get("parent", stored.parent)
    if parent != stored.parent:
        place_check(stored, parent)
        stored.parent, stored.order = parent, _next_order(parent)
        changed.append("parent")
    if not changed:
        return stored
    stored.full_clean()
    stored.save()
    if any(name in changed for name in columns("name")):
        announce_documents(stored.documents.values_list("pk", flat=True))
    _record(actor, "topic.change", stored, fields=sorted(changed))
    return stored


@transaction.atomic
def topic_move(*, topic: LibraryTopic, actor: User, up: bool) -> bool:
    """One place up or down among the chapters, or among the sections of its chapter; False at the end."""
    require_document_keeper(actor, None)
    stored = LibraryTopic.objects.get(pk=topic.pk)
    beside = list(
        LibraryTopic.objects.select_for_update(of=("self",))
        .filter(parent=stored.parent_id)
        .order_by("order", "code")
    )
    at = beside.index(stored)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(beside):
        return False
    beside[at], beside[to] = beside[to], beside[at]
    for number, row in enumerate(beside, start=1):
        row.order = number * _STEP
    LibraryTopic.objects.bulk_update(beside, ["order"])
    _record(actor, "topic.move", stored)
    return True


@transaction.atomic
def topic_delete(*, topic: LibraryTopic, actor: User) -> None:
    """Only an empty one: no document loses its place. The trail keeps code and names."""
    require_document_keeper(actor, None)
    stored = LibraryTopic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    if message := why_kept(stored):
        raise Invalid(message)
    _record(actor, "topic.delete", stored, titles=texts(stored, "name"))
    stored.delete()


def why_kept(topic: LibraryTopic) -> str:
    """Why a topic cannot be deleted; empty if it can. How many documents there are is not told: some are
    only their participants' to see."""
    if topic.sections.exists():
        return str(_("The chapter has sections. Delete them, or move them below another chapter, first."))
    if topic.documents.exists():
        return str(
            _(
                "Documents stand here, among them perhaps such as only their participants see. Choose other "
                "topics for them first."
            )
        )
    return ""


def place_check(topic: LibraryTopic | None, parent: LibraryTopic | None) -> None:
    """`Invalid` if the topic cannot stand there: the library has chapters and sections, and no more."""
    if parent is None:
        return
    if parent.parent_id is not None:
        raise Invalid(_("“%(name)s” is a section. Choose a chapter."), name=parent.name)
    if topic is not None and parent.pk == topic.pk:
        raise Invalid(_("A chapter cannot stand below itself."))
    if topic is not None and topic.sections.exists():
        raise Invalid(
            _(
                "The chapter has sections, so that it cannot become one itself. "
                "Move its sections elsewhere first."
            )
        )


def _write(topic: LibraryTopic, values: dict[str, str]) -> list[str]:
    if unknown := set(values) - set(TEXTS):
        raise Invalid(_("This cannot be said of a topic: %(names)s."), names=", ".join(sorted(unknown)))
    changed = []
    for name, value in values.items():
        if getattr(topic, name) != value.strip():
            setattr(topic, name, value.strip())
            changed.append(name)
    return changed


def _next_order(parent: LibraryTopic | None) -> int:
    last = LibraryTopic.objects.filter(parent=parent).order_by("order").last()
    return last.order + _STEP if last else _STEP


def _code(name: str) -> str:
    code = slugify(name)[:50].strip("-") or "topic"
    return f"{code}-{secrets.token_hex(3)}" if LibraryTopic.objects.filter(code=code).exists() else code


def _record(actor: User, action: str, topic: LibraryTopic, **data: Any) -> None:
    audit_record(actor=actor, action=action, target=topic, topic=topic.code, **data)
