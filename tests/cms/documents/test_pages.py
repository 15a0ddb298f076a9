"""The pages of the library: tree, list with filters, document, text; fixed numbers of queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.library.views import TEXT_PAGE
from cms.models import EventPage, LibraryDocument
from cms.selectors.documents import related_documents
from cms.services.documents import file_add
from registry.access import ANONYMOUS
from tests.cms.documents.conftest import Make, pdf, read


def titles(html: str) -> list[str]:
    return re.findall(r'search-result__title"><a href="[^"]+"[^>]*>([^<]+)</a>', html)


@pytest.fixture
def shelf(world: Any, make: Make, topics: Any, editor: Any) -> None:
    make("forced", title_en="Forced migration", title_ru="Вынужденные беженцы", year=2010, languages=["ru"])
    make("books", kind="publication", topics=[topics["books"]], year=2012, languages=["en", "ru"])
    make(
        "moldova",
        participant=world.participants["MDA"],
        publisher_en="Border police",
        topics=[topics["laws"]],
    )
    with_file = make("with-file", kind="publication", year=2010)
    file_add(document=with_file, read=read(pdf(), "law.pdf"), language="en", actor=editor)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Law books", "Forced migration", "Law with-file", "Law moldova"]),
        ("sort=title", ["Forced migration", "Law books", "Law moldova", "Law with-file"]),
        ("topic=laws", ["Forced migration", "Law with-file", "Law moldova"]),
        ("topic=old-laws", ["Forced migration", "Law with-file"]),
        ("kind=publication", ["Law books", "Law with-file"]),
        ("year=2010&kind=publication", ["Law with-file"]),
        ("participant=MDA", ["Law moldova"]),
        ("language=ru", ["Law books", "Forced migration"]),
        ("file=yes", ["Law with-file"]),
        ("file=no", ["Law books", "Forced migration", "Law moldova"]),
        ("q=беженцев", ["Forced migration"]),
        ("q=закону+with-file", ["Law with-file"]),
        ("q=BORDER+police", ["Law moldova"]),
        ("q=100%25", []),
        ("topic=no-such", []),
        ("participant=KAZ", []),
        (
            "kind=no-such&year=20x0&language=xx&page=-1&file=maybe",
            ["Law books", "Forced migration", "Law with-file", "Law moldova"],
        ),
        ("q=%00&page=99999999999", ["Law books", "Forced migration", "Law with-file", "Law moldova"]),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    shelf: None, client: Client, query: str, found: list[str]
) -> None:
    response = client.get(f"/en/library/documents/?{query}")
    assert response.status_code == 200
    assert titles(response.content.decode()) == found


def test_the_tree_counts_what_is_open_once(shelf: None, client: Client, language: str) -> None:
    html = client.get(f"/{language}/library/").content.decode()
    names = {"en": ["Laws", "Books"], "ru": ["Законы", "Книги"]}[language]
    counts = re.findall(r'topic=([\w-]+)">([^<]+)</a>.*?</span>(\d+)</span>', html)
    assert counts == [
        ("laws", names[0], "3"),
        ("old-laws", {"en": "Old laws", "ru": "Старые законы"}[language], "2"),
        ("books", names[1], "1"),
    ]


def test_the_language_switch_keeps_the_place(shelf: None, client: Client) -> None:
    for path in ("library/", "library/documents/?topic=laws&q=x&page=2", "library/documents/forced/"):
        html = client.get(f"/en/{path}").content.decode()
        assert f'href="/ru/{path.replace("&", "&amp;")}" hreflang="ru"' in html


def test_the_menu_leads_to_the_library(shelf: None, client: Client, language: str) -> None:
    html = client.get(f"/{language}/library/documents/").content.decode()
    assert f'<a href="/{language}/library/" aria-current="true">' in html


def test_a_document_is_shown_in_both_languages_and_says_what_its_text_is_in(
    shelf: None, client: Client
) -> None:
    english = client.get("/en/library/documents/forced/").content.decode()
    assert "<h1>Forced migration</h1>" in english
    assert "Text: Russian" in english
    russian = client.get("/ru/library/documents/forced/").content.decode()
    assert "<h1>Вынужденные беженцы</h1>" in russian
    assert "tag--language" not in russian


def test_a_text_in_one_language_only_is_marked_as_that(make: Make, client: Client) -> None:
    make("law", place_ru="Журнал")
    html = client.get("/en/library/documents/law/").content.decode()
    assert '<p lang="ru">Журнал</p>' in html


def test_a_long_text_is_read_in_parts(make: Make, editor: Any, client: Client) -> None:
    words = "\n\n".join(f"Paragraph {number}. " + "word " * 200 for number in range(30))
    file = file_add(document=make("long"), read=read(words.encode(), "a.txt"), language="en", actor=editor)
    html = client.get("/en/library/documents/long/").content.decode()
    address = f"/en/library/documents/long/text/{file.key}/"
    assert f'href="{address}"' in html
    seen: list[str] = []
    for number in range(1, 5):
        part = client.get(f"{address}?page={number}").content.decode()
        assert len(part) < 2 * TEXT_PAGE
        seen += re.findall(r"Paragraph \d+\.", part)
    assert seen == [f"Paragraph {number}." for number in range(30)]
    assert client.get(f"/en/library/documents/no-such/text/{file.key}/").status_code == 404


def test_what_a_file_says_is_never_markup(make: Make, editor: Any, client: Client) -> None:
    text = "Law &lt;script&gt;alert(1)&lt;/script&gt; end"
    content = f"<!doctype html><p>{text}</p>".encode()
    file = file_add(document=make("x"), read=read(content, "a.html"), language="en", actor=editor)
    assert file.text == "Law <script>alert(1)</script> end"
    for path in ("x/", f"x/text/{file.key}/"):
        html = client.get(f"/en/library/documents/{path}").content.decode()
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("library/", 3),  # topics, their documents, menu
        ("library/documents/?topic=laws&q=law", 10),
        ("library/documents/law-1/", 8),
    ],
)
def test_queries_do_not_grow_with_the_library(
    make: Make, editor: Any, client: Client, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    for number in range(25):
        document = make(f"law-{number}", languages=["en", "ru"], related=LibraryDocument.objects.all())
        file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    cache.clear()
    client.get(f"/en/{path}")
    with django_assert_num_queries(queries):
        assert client.get(f"/en/{path}").status_code == 200


def test_the_list_is_paged(make: Make, client: Client) -> None:
    for number in range(25):
        make(f"law-{number:02}", year=2000)
    first = client.get("/en/library/documents/?kind=legislation").content.decode()
    assert len(titles(first)) == 20
    assert 'rel="next" href="?kind=legislation&amp;page=2"' in first
    second = client.get("/en/library/documents/?kind=legislation&page=2").content.decode()
    assert len(titles(second)) == 5
    assert set(titles(first)).isdisjoint(titles(second))


def test_related_documents_without_a_year_come_last_in_every_database(make: Make) -> None:
    """PostgreSQL puts NULL first where nothing else is said."""
    document = make(
        "law", related=[make("old", year=1999), make("undated", year=None), make("new", year=2020)]
    )
    with CaptureQueriesContext(connection) as queries:
        found = related_documents(viewer=ANONYMOUS, document=document)
    assert [row.code for row in found] == ["new", "old", "undated"]
    assert "NULLS LAST" in queries[0]["sql"]


@pytest.mark.parametrize("field", [LibraryDocument.url, EventPage.registration_url])
def test_an_address_without_a_scheme_is_taken_for_https(field: Any) -> None:
    assert field.field.formfield().clean("example.org/law") == "https://example.org/law"
