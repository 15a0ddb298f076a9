"""Terms of the glossary are found by every form, in both languages, and follow their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection

from registry.access import ANONYMOUS
from registry.models import Term, User
from registry.services.term import term_change, term_create, term_delete
from search.selectors.search import search_documents
from search.services.indexing import index_rebuild

Committing = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Committing:
    """What happens inside is announced as if committed; what was announced before is forgotten."""

    @contextmanager
    def commit() -> Iterator[None]:
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return commit


def found(text: str, language: str) -> list[tuple[str, str]]:
    results = search_documents(viewer=ANONYMOUS, text=text, language=language, kinds=["term"])
    return [(str(hit.title[language]), str(hit.url[language])) for hit in results.hits]


@pytest.mark.django_db
def test_a_term_is_found_and_follows_its_changes(committing: Committing) -> None:
    keeper = User.objects.create_superuser("keeper")
    index_rebuild()
    with committing():
        term = term_create(
            code="asylum-seeker",
            actor=keeper,
            topic="persons",
            name_en="Asylum-seeker",
            name_ru="Лицо, ищущее убежища",
            other_forms_ru="соискатель",
            definition_en="Waits for a decision.",
            definition_ru="Ожидает решения.",
        )
    assert found("seekers", "en") == [("Asylum-seeker", "/en/glossary/#term-asylum-seeker")]
    assert found("соискателей", "ru") == [("Лицо, ищущее убежища", "/ru/glossary/#term-asylum-seeker")]
    with committing():
        term_change(term=term, actor=keeper, name_en="Applicant")
    assert found("seekers", "en") == []
    assert found("applicants", "en") == [("Applicant", "/en/glossary/#term-asylum-seeker")]
    Term.objects.all().delete()  # past the services: the index still has it, the database decides
    assert found("applicants", "en") == []
    term.save()
    with committing():
        term_delete(term=term, actor=keeper)
    assert found("applicants", "en") == []
