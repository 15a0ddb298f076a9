"""Institutions are found by name, acronym and description, in both languages, and follow their changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry.access import ANONYMOUS
from registry.models import Institution, User
from registry.services.institution import institution_change, institution_create, institution_delete
from search.builders import BUILDERS
from search.selectors.search import search_documents
from search.services.indexing import index_rebuild

Committing = Callable[[], Any]


def found(text: str, language: str) -> list[tuple[str, str]]:
    results = search_documents(viewer=ANONYMOUS, text=text, language=language, kinds=["institution"])
    assert results.total == len(results.hits)
    return [(str(hit.title[language]), str(hit.url[language])) for hit in results.hits]


@pytest.mark.django_db
def test_an_institution_is_found_and_follows_its_changes(committing: Committing) -> None:
    keeper = User.objects.create_superuser("keeper")
    index_rebuild()
    with committing():
        office = institution_create(
            code="office",
            actor=keeper,
            category="government",
            name_en="Statistics office",
            name_ru="Статистическое ведомство",
            acronym_en="SOX",
            acronym_ru="СВХ",
            summary_en="Counts crossings.",
            summary_ru="Учитывает пересечения.",
        )
    english = ("Statistics office (SOX)", "/en/institutions/office/")
    russian = ("Статистическое ведомство (СВХ)", "/ru/institutions/office/")
    for text in ("statistics offices", "SOX", "crossing"):
        assert found(text, "en") == [english], text
    for text in ("статистического ведомства", "свх", "пересечений"):
        assert found(text, "ru") == [russian], text
    with committing():
        institution_change(institution=office, actor=keeper, name_en="Bureau", is_listed=False)
    assert found("bureau", "en") == found("SOX", "en") == []
    with committing():
        institution_change(institution=office, actor=keeper, is_listed=True)
    assert found("bureau", "en") == [("Bureau (SOX)", "/en/institutions/office/")]
    Institution.objects.update(is_listed=False)  # past the services: the index still has it
    assert found("bureau", "en") == []
    Institution.objects.update(is_listed=True)
    with committing():
        institution_delete(institution=office, actor=keeper)
    assert found("bureau", "en") == []


def test_all_are_built_in_one_query(db: None, django_assert_num_queries: Any) -> None:
    Institution.objects.bulk_create(
        Institution(
            code=f"i{at}", category="other", name_en=f"Body {at}", name_ru=f"Орган {at}", is_listed=at != 0
        )
        for at in range(5)
    )
    with django_assert_num_queries(1):
        assert len(list(BUILDERS["institution"].build())) == 4
    hidden = Institution.objects.get(code="i0")
    assert list(BUILDERS["institution"].build([str(hidden.pk), "nonsense"])) == []
