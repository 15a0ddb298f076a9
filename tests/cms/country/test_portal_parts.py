"""The site map tells of the parts of the portal that are no pages, each address once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.models import LibraryTopic
from cms.selectors.sitemap import portal_parts
from registry.access import ANONYMOUS
from tests.cms.conftest import new_article, page
from tests.cms.country.conftest import Countries

PARTS = (
    *("statistics/", "statistics/availability/", "statistics/feed/", "library/", "library/documents/"),
    *("library/documents/?topic=history", "library/documents/?topic=history-first", "glossary/", "search/"),
    *("feeds/news.atom", "feeds/events.atom", "feeds/events.ics"),
)


@pytest.fixture
def chapters(countries: Countries) -> Countries:
    chapter = LibraryTopic.objects.create(code="history", name_en="History", name_ru="История", order=1)
    LibraryTopic.objects.create(
        code="history-first", name_en="First", name_ru="Первая", parent=chapter, order=2
    )
    return countries


def listed(html: str) -> Counter[str]:
    return Counter(re.findall(r'<a href="([^"]+)"', html.partition("<main")[2].partition("</main>")[0]))


@pytest.mark.parametrize("place", ["page", "block"])
def test_every_part_is_listed_once(chapters: Countries, language: str, place: str) -> None:
    address = f"/{language}/about/sitemap/"
    if place == "block":
        article = new_article(page("about", language), "Everything", "everything")
        article.body = [("page_tree", None)]
        article.save_revision().publish()
        address = f"/{language}/about/everything/"
    found = listed(Client().get(address).content.decode())
    assert {part: found[f"/{language}/{part}"] for part in PARTS} == dict.fromkeys(PARTS, 1)
    indicator = chapters.world.indicator
    assert found[f"/{language}/statistics/{indicator.code}/"] == 1
    assert found[f"/{language}/statistics/#group-{indicator.collection}"] == 1
    assert found[f"/{language}/about/overview/"] == 1
    assert max(found.values()) == 1


def test_parts_take_two_queries(chapters: Countries, language: str) -> None:
    request = RequestFactory().get(f"/{language}/")
    request.viewer = ANONYMOUS  # type: ignore[attr-defined]
    with translation.override(language), CaptureQueriesContext(connection) as taken:
        parts = portal_parts(request=request)
    assert len(taken) == 2
    labels = {"en": ["Statistics", "E-library"], "ru": ["Статистика", "Электронная библиотека"]}[language]
    assert [part.label for part in parts[:2]] == labels
