"""What waits for somebody who keeps pages and documents: on the first page of the admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from cms.models import EventPage, LibraryDocument, LibraryFile
from cms.selectors.documents import kept_documents
from cms.selectors.translations import editable_pages
from registry.languages import LANGUAGE_CODES, columns, current_language
from registry.models import User

#: Events whose versions in both languages are looked at to name each once.
_LOOKED_AT = 40


def drafts(*, user: User) -> QuerySet[Page]:
    """The pages this person may change whose newest text nobody reads yet, the last changed first."""
    pages = editable_pages(user).filter(Q(live=False) | Q(has_unpublished_changes=True), depth__gt=1)
    found: QuerySet[Page] = pages.filter(alias_of__isnull=True).order_by("-latest_revision_created_at", "-pk")
    return found


def coming_events(*, user: User, most: int) -> list[EventPage]:
    """The next events among the pages this person may change, each in one language. One query."""
    events: Any = EventPage.objects.filter(pk__in=editable_pages(user).values("pk")).upcoming()
    found: dict[UUID, EventPage] = {}
    for event in events.select_related("locale").defer_streamfields()[:_LOOKED_AT]:
        if event.translation_key not in found or event.locale.language_code == current_language():
            found[event.translation_key] = event
    return list(found.values())[:most]


def lacking(rows: QuerySet[LibraryDocument], what: str) -> QuerySet[LibraryDocument]:
    """The documents that lack something: ``file``, ``file-ru`` (has others), ``texts`` (in one language).

    Title and summary are there in every language: the database lets no document be without.
    """
    files = LibraryFile.objects.filter(document=OuterRef("pk"))
    if what == "file":
        return rows.filter(~Exists(files))
    if what == "texts":
        return rows.filter(_one_sided(("publisher", "place")))
    return rows.filter(Exists(files), ~Exists(files.filter(language=what.removeprefix("file-"))))


LACKS = ("file", *(f"file-{code}" for code in LANGUAGE_CODES), "texts")


def lacks_counted(*, user: User) -> dict[str, int]:
    """How many of the documents this person keeps lack what. One query for all."""
    rows = kept_documents(actor=user).order_by()
    counts = {
        what.replace("-", "_"): Count("pk", filter=Q(pk__in=lacking(rows, what).values("pk")))
        for what in LACKS
    }
    found: dict[str, int] = rows.aggregate(**counts)
    return {what: found[what.replace("-", "_")] for what in LACKS}


def _one_sided(names: Iterable[str]) -> Q:
    """A text that is there in one language and not in another."""
    condition = Q(pk__in=[])
    for name in names:
        empty = [Q(**{column: ""}) for column in columns(name)]
        some, every = Q(), Q()
        for one in empty:
            some |= one
            every &= one
        condition |= some & ~every
    return condition
