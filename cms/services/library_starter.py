"""The library's starter content: its chapters, and descriptions of the documents the sources name.

It is data in ``cms/starter/library``; a text that lacks a language is an error, so there cannot be gaps.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cms.authority import KEEP_DOCUMENTS
from cms.events import announce_documents
from cms.models import LibraryDocument, LibraryTopic, LoadedRecord
from cms.services.documents import document_create
from cms.services.starter_texts import StarterError
from registry.access import ANONYMOUS
from registry.database import TransactionMark
from registry.languages import LANGUAGE_CODES, by_column
from registry.models import AuditEvent, Indicator, LegalAudience, Participant

FOLDER = Path(__file__).resolve().parent.parent / "starter" / "library"
GROUPS = ("Editors", "Moderators")
_STEP = 10
_OF_TOPIC = "topic."  # before its code among what was loaded; codes of documents hold no stop


@dataclass(frozen=True, slots=True)
class LibraryResult:
    """``topics``: written; ``created`` documents; ``kept``: documents loaded before and left alone."""

    topics: int
    created: int
    kept: int


@transaction.atomic
def library_load() -> LibraryResult:
    """Create the chapters and the documents that were never loaded before.

    What exists stays as its keepers left it, and what they deleted does not come back.
    """
    loaded = set(LoadedRecord.objects.values_list("code", flat=True))
    topics = _store_topics(_read("topics"), loaded)
    content = _read("documents")
    entries = [entry for entry in content["documents"] if entry["code"] not in loaded]
    created = {entry["code"]: document for entry, document in _created(entries, content)}
    for entry in entries:
        if "related" in entry:
            found = LibraryDocument.objects.filter(code__in=entry["related"])
            created[entry["code"]].related.set(found)
    LoadedRecord.objects.bulk_create(LoadedRecord(code=code) for code in created)
    _let_editors_keep()
    if created or topics:
        # Nobody signed in does this: it belongs to setting the system up.
        data = {"topics": topics, "documents": len(created)}
        AuditEvent(
            action="library.load", object_type="librarydocument", data=data, transaction=TransactionMark()
        ).save()
    announce_documents([document.pk for document in created.values()])
    return LibraryResult(topics, len(created), len(content["documents"]) - len(created))


def _created(
    entries: list[dict[str, Any]], content: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], LibraryDocument]]:
    participants = {participant.code: participant for participant in Participant.objects.all()}
    topics = {topic.code: topic for topic in LibraryTopic.objects.all()}
    indicators = {indicator.code: indicator for indicator in Indicator.objects.visible_to(ANONYMOUS)}
    for entry in entries:
        if not any(code in topics for code in entry["topics"]):
            continue  # the keepers took its place out of the library
        place = f"documents.toml, {entry['code']}"
        owner = entry.get("participant")
        try:
            document = document_create(
                actor=None,
                # Where the State does not take part here, the description is common to all.
                participant=participants.get(owner) if owner else None,
                code=entry["code"],
                kind=entry["kind"],
                year=entry.get("year"),
                url=entry.get("url", ""),
                audience=LegalAudience.PUBLIC,
                topics=[topics[code] for code in entry["topics"] if code in topics],
                indicators=[indicators[code] for code in entry.get("indicators", ()) if code in indicators],
                languages=entry.get("languages", ()),
                **_texts(place, "title", entry["title"]),
                **_texts(place, "summary", entry["summary"]),
                **_texts(place, "place", content["places"][entry["place"]]),
                **(
                    _texts(place, "publisher", content["publishers"][entry["publisher"]])
                    if "publisher" in entry
                    else {}
                ),
            )
        except KeyError as error:
            raise StarterError(place, _("%(key)s is missing") % {"key": error.args[0]}) from error
        except ValidationError as error:
            raise StarterError(place, "; ".join(error.messages)) from error
        yield entry, document


def _store_topics(content: Mapping[str, Any], loaded: set[str]) -> int:
    """Chapters and sections by their codes; returns how many were written."""
    stored = {topic.code: topic for topic in LibraryTopic.objects.all()}
    written = []
    for at, chapter in enumerate(content["topics"], start=1):
        sections = enumerate(chapter.get("sections", ()), start=1)
        for entry, above, place in (
            (chapter, None, at),
            *((row, chapter, number) for number, row in sections),
        ):
            code = entry["code"]
            is_known = code in stored or f"{_OF_TOPIC}{code}" in loaded
            if is_known or (above is not None and above["code"] not in stored):
                continue  # a section has no place without its chapter
            stored[code] = _topic(entry, stored[above["code"]] if above else None, place * _STEP)
            written.append(code)
    named = {f"{_OF_TOPIC}{code}" for code in stored} - loaded
    LoadedRecord.objects.bulk_create(LoadedRecord(code=code) for code in sorted(named))
    return len(written)


def _topic(entry: Mapping[str, Any], parent: LibraryTopic | None, order: int) -> LibraryTopic:
    values: dict[str, Any] = _texts(entry["code"], "name", entry["name"])
    if "description" in entry:
        values |= _texts(entry["code"], "description", entry["description"])
    return LibraryTopic.objects.create(code=entry["code"], parent=parent, order=order, **values)


def _texts(place: str, name: str, given: Mapping[str, str]) -> dict[str, str]:
    if given.keys() != set(LANGUAGE_CODES) or not all(text.strip() for text in given.values()):
        expected = {"languages": ", ".join(LANGUAGE_CODES)}
        raise StarterError(f"{place}, {name}", _("expected a text in each of %(languages)s") % expected)
    return by_column(name, given)


def _let_editors_keep() -> None:
    """The groups that edit pages keep the common documents too."""
    app, codename = KEEP_DOCUMENTS.split(".")
    permission = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    if permission is not None:
        for group in Group.objects.filter(name__in=GROUPS):
            group.permissions.add(permission)


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
