from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Prefetch
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.models import LibraryDocument, LibraryFile
from registry.access import Viewer
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES, texts
from search.builders.base import Builder, lines, numbers, per_language
from search.documents import SearchDocument

MOST_TEXT = 200_000  # characters of each file
_AT_ONCE = 50
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class DocumentBuilder(Builder):
    """Documents of the e-library with what their files say. The key is the primary key."""

    kind = "document"
    label = _("Documents")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """Three queries for every 50 documents, so that texts do not pile up."""
        rows = LibraryDocument.objects.select_related("participant").order_by("pk")
        if keys is not None:
            rows = rows.filter(pk__in=numbers(keys))
        files = LibraryFile.objects.defer("text").annotate(beginning=Left("text", MOST_TEXT)).order_by("pk")
        with_files = rows.prefetch_related("topics", Prefetch("files", files))
        for document in with_files.iterator(chunk_size=_AT_ONCE):
            yield _document(document)

    def scope(self, viewer: Viewer) -> frozenset[str]:
        visible = LibraryDocument.objects.visible_to(viewer).order_by()
        return frozenset(map(str, visible.values_list("pk", flat=True)))


def _document(document: LibraryDocument) -> SearchDocument:
    publishers, places = texts(document, "publisher"), texts(document, "place")
    topics = [texts(topic, "name") for topic in document.topics.all()]
    said = _said(document)
    owner = document.participant
    return SearchDocument(
        kind=DocumentBuilder.kind,
        key=str(document.pk),
        url=per_language(lambda code: reverse("library:document", args=[document.code])),
        title=texts(document, "title"),
        summary=texts(document, "summary"),
        body=per_language(
            lambda code: lines(
                document.kind_label,
                document.year or "",
                publishers[code],
                places[code],
                *(topic[code] for topic in topics),
                said[code],
            )
        ),
        facets={
            "participant": (owner.code,) if owner else (),
            "type": (document.kind,),
            "year": (str(document.year),) if document.year else (),
        },
        audiences=document.audiences,
    )


def _said(document: LibraryDocument) -> dict[str, str]:
    """What the files say, by the language to analyse it in: their own, else that of their letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in document.files.all():
        said: str = file.beginning  # type: ignore[attr-defined]
        found[_analysed_in(file.language, said)].append(said)
    return {code: "\n".join(found[code]) for code in LANGUAGE_CODES}


def _analysed_in(language: str, said: str) -> str:
    if language in LANGUAGE_CODES:
        return language
    sample = said[:2_000]
    is_cyrillic = 2 * len(_CYRILLIC.findall(sample)) > len(re.findall(r"[^\W\d_]", sample))
    return "ru" if is_cyrillic and "ru" in LANGUAGE_CODES else DEFAULT_LANGUAGE
