"""The library's starter content: whole in both languages, without doubles, loaded once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Any

import pytest

from cms.models import LibraryDocument, LibraryTopic
from cms.services.documents import document_delete, document_update
from cms.services.library_check import library_problems
from cms.services.library_starter import library_load
from registry.languages import LANGUAGE_CODES, texts
from registry.models import AuditEvent, Participant
from registry.services.starter import starter_load
from tests.paths import SHARED

pytestmark = pytest.mark.thorough

CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@pytest.fixture
def loaded(db: None) -> None:
    starter_load()
    library_load()


def test_nothing_is_missing_in_either_language_and_nothing_is_there_twice(loaded: None) -> None:
    documents = list(LibraryDocument.objects.select_related("participant"))
    assert len(documents) == 150
    assert library_problems() == []
    for code in LANGUAGE_CODES:
        titles = Counter(texts(document, "title")[code] for document in documents)
        assert [title for title, count in titles.items() if count > 1] == []
    for document in documents:
        for name in ("title", "summary", "place", *(["publisher"] if document.publisher else [])):
            written = texts(document, name)
            assert all(written.values()), (document.code, name)
            assert not CYRILLIC.search(written["en"]), (document.code, name)
            assert CYRILLIC.search(written["ru"]) or written["ru"] == "SIEMMES", (document.code, name)
        assert document.audience == "public"
        assert not document.files.exists()


def test_the_eight_chapters_are_there_and_all_documents_stand_in_them(loaded: None) -> None:
    chapters = LibraryTopic.objects.filter(parent=None).order_by("order")
    assert [chapter.code for chapter in chapters] == [
        "history",
        "recent-events",
        "programme-documents",
        "dsm-core",
        "state-data",
        "publications",
        "other-processes",
        "links",
    ]
    assert not LibraryDocument.objects.filter(topics=None).exists()
    for topic in LibraryTopic.objects.all():
        assert all(texts(topic, "name").values())


@pytest.mark.shared
def test_the_records_are_those_of_the_source(loaded: None) -> None:
    with (SHARED / "mission" / "documents.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    taking_part = set(Participant.objects.values_list("code", flat=True))
    owners = Counter(row["country_iso3"] for row in rows if row["country_iso3"] in taking_part)
    years = Counter(int(row["year"]) for row in rows if row["year"])
    documents = LibraryDocument.objects.select_related("participant")
    assert Counter(row.participant.code for row in documents if row.participant) == owners
    assert Counter(row.year for row in documents if row.year) == years


def test_loading_again_changes_nothing_and_brings_nothing_back(loaded: None, editor: Any) -> None:
    kept = LibraryDocument.objects.get(code="un-recommendations-1998")
    document_update(document=kept, actor=editor, title_en="Changed by its keeper")
    document_delete(document=LibraryDocument.objects.get(code="bbc-2006a"), actor=editor)
    before = AuditEvent.objects.count()
    result = library_load()
    assert (result.topics, result.created, result.kept) == (0, 0, 150)
    assert LibraryDocument.objects.count() == 149
    assert LibraryDocument.objects.get(pk=kept.pk).title_en == "Changed by its keeper"
    assert AuditEvent.objects.count() == before
