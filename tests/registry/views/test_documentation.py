"""The documentation table beside the figures, by itself, and as a file."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any

import pytest
from django.http import HttpResponse

from registry.models import Dataset, LegalReference, Level
from registry.services.access import grant_create
from registry.services.documentation import documentation_write
from tests.conftest import World
from tests.registry.views.conftest import Get, publish

PAGE = "REFUGEES/documentation/MDA_REFUGEES/"
FILE = "REFUGEES/documentation/MDA_REFUGEES.csv"


@pytest.fixture
def documented(world: World) -> World:
    """Figures of Moldova, and their documentation in part in one language only."""
    world.release("MDA", {"MDA._T._T": [4321, 5432]})
    references = [
        LegalReference.objects.create(
            participant=world.participants["MDA"],
            kind="law",
            title_en=f"Act {audience}",
            title_ru=f"Закон {audience}",
            number="12-XV",
            adopted_on=datetime.date(2003, 5, 1),
            url="https://example.org/act",
            audience=audience,
        )
        for audience in ("owner", "participants", "public")
    ]
    documentation_write(
        dataset=world.dataset("MDA"),
        actor=world.people["MDA"]["submitter"],
        definition_en="Persons granted refugee status",
        definition_ru="Лица, признанные беженцами",
        gaps_ru="=Нет данных по районам",
        original={"definition": "Persoane recunoscute", "quality": "Erori posibile"},
        original_language="ro",
        reviewed_on="2026-03-01",
        legal_references=references,
    )
    return world


def grant(world: World, level: str, **options: Any) -> None:
    dataset = Dataset.objects.select_related("owner", "indicator").get(code="MDA_REFUGEES")
    options = {"audience": "participants", "is_reciprocal": False, **options}
    grant_create(dataset=dataset, actor=world.people["MDA"]["administrator"], level=level, **options)


def rows(response: HttpResponse) -> dict[str, list[list[str]]]:
    assert response.status_code == 200
    found: dict[str, list[list[str]]] = {}
    for name, *cells in csv.reader(io.StringIO(response.content.decode("utf-8-sig"))):
        found.setdefault(name, []).append(cells)
    return found


def test_hidden_documentation_is_absent(documented: World, get_as: Get) -> None:
    for path in (PAGE, FILE, PAGE.replace("MDA_", "NO_"), FILE.replace("MDA_", "NO_")):
        assert get_as(path, participant="KAZ").status_code == 404
        assert get_as(path).status_code == 404
    assert get_as(PAGE, participant="MDA").status_code == get_as(FILE, participant="MDA").status_code == 200
    assert get_as(PAGE.replace("REFUGEES/", "OTHER/", 1), participant="MDA").status_code == 404


def test_documentation_may_be_open_wider_than_the_figures(documented: World, get_as: Get) -> None:
    grant(documented, Level.DOCUMENTATION)

    page = get_as("REFUGEES/", participant="KAZ").text
    alone = get_as(PAGE, participant="KAZ").text
    file = get_as(FILE, participant="KAZ")

    for text in (page, alone, file.text):
        assert "Persoane recunoscute" in text
        assert "4321" not in text.replace("\xa0", "").replace(",", "")
    assert '<table class="figures' not in page
    assert "release" not in rows(file), "that there is one, and when, belongs to the figures"
    assert "4321" not in get_as("REFUGEES/data.csv", participant="KAZ").text
    assert get_as(PAGE).status_code == 404


def test_the_file_holds_every_answer_in_the_language_asked_for(
    documented: World, get_as: Get, language: str
) -> None:
    publish(documented, "MDA")
    response = get_as(FILE)
    found = rows(response)

    assert response["Content-Disposition"] == (
        f'attachment; filename="MDA_REFUGEES_documentation_{language}.csv"'
    )
    label = {"en": "National definition", "ru": "Национальное определение"}[language]
    text = {"en": "Persons granted refugee status", "ru": "Лица, признанные беженцами"}[language]
    assert found["definition"] == [[label, text, language, "Persoane recunoscute", "ro"]]
    # One language only: the other is served and named; a formula is defused.
    assert found["gaps"][0][1:] == ["'=Нет данных по районам", "ru", "", ""]
    # The original alone.
    assert found["quality"][0][1:] == ["", "", "Erori posibile", "ro"]
    assert found["reviewed_on"][0][1] == "2026-03-01"
    assert found["version"][0][1] == "1"
    assert found["owner"][0][1] == {"en": "Republic of Moldova", "ru": "Республика Молдова"}[language]
    assert found["release"][0][1].startswith("1 (")
    title = {"en": "Act public", "ru": "Закон public"}[language]
    assert [cells[1] for cells in found["legal_document"]] == [
        f"{title}; 12-XV; 2003-05-01; https://example.org/act"
    ]


@pytest.mark.parametrize(
    ("participant", "audiences"),
    [("MDA", {"owner", "participants", "public"}), ("KAZ", {"participants", "public"}), (None, {"public"})],
)
def test_legal_documents_have_an_audience_of_their_own(
    documented: World, get_as: Get, participant: str | None, audiences: set[str], language: str
) -> None:
    publish(documented, "MDA")
    title = {"en": "Act", "ru": "Закон"}[language]
    for path in ("REFUGEES/", PAGE, FILE):
        text = get_as(path, participant=participant).text
        assert {
            name for name in ("owner", "participants", "public") if f"{title} {name}" in text
        } == audiences


def test_a_missing_text_is_served_in_the_other_language_and_marked(
    documented: World, get_as: Get, language: str
) -> None:
    publish(documented, "MDA")
    for path in ("REFUGEES/", PAGE):
        text = get_as(path).text
        assert ('<span lang="ru">=Нет данных' in text) is (language == "en")
        assert text.count('class="tag tag--language"') == (1 if language == "en" else 0)
        assert '<p class="documentation__original" lang="ro">Erori posibile</p>' in text


def test_hostile_texts_are_shown_as_text(documented: World, get_as: Get) -> None:
    hostile = "<script>alert(1)</script>"
    publish(documented, "MDA")
    LegalReference.objects.update(title_en=hostile, title_ru=hostile, url="javascript:alert(1)")
    documentation_write(dataset=documented.dataset("MDA"), actor=None, source_en=hostile, source_ru=hostile)
    for path in ("REFUGEES/", PAGE):
        text = get_as(path).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script" not in text
        assert "javascript:" not in text


def test_only_reading(documented: World, get_as: Get, client: Any, language: str) -> None:
    for path in (PAGE, FILE):
        assert client.post(f"/{language}/statistics/{path}").status_code == 405


def test_a_file_for_some_is_kept_by_nobody_else(documented: World, get_as: Get) -> None:
    grant(documented, Level.DOCUMENTATION)
    assert "private" in get_as(FILE, participant="KAZ")["Cache-Control"]
