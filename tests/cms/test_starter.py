from __future__ import annotations

import re
from collections import Counter

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override
from wagtail.models import Page, Revision, Site
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.blocks import BodyBlock
from cms.blocks.navigation import PORTAL_PARTS
from cms.library.filters import Filters
from cms.models import HomePage
from cms.services.library_starter import library_load
from cms.services.starter import starter_pages_load
from cms.services.starter_texts import StarterError, StarterPage, starter_pages
from registry.access import ANONYMOUS
from registry.languages import LANGUAGE_CODES
from registry.models import Indicator, Term
from registry.services.starter import starter_load
from tests.cms.conftest import page

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
SAME_IN_ALL_LANGUAGES = {"CSV", "JSON-stat"}


def test_every_starter_page_is_published_in_every_language(portal: None) -> None:
    keys = [starter.translation_key for starter in starter_pages()]
    for code in LANGUAGE_CODES:
        found = Page.objects.live().filter(translation_key__in=keys, locale__language_code=code)
        assert found.count() == len(keys) == 30


def test_wagtails_welcome_page_is_replaced_by_the_english_home_page(portal: None) -> None:
    site = Site.objects.get()
    assert (site.hostname, site.is_default_site) == ("localhost", True)
    assert site.root_page.specific == HomePage.objects.get(locale__language_code="en")
    assert sorted(Page.objects.filter(depth=2).values_list("slug", flat=True)) == ["home", "home-ru"]


def test_a_second_load_changes_nothing(portal: None) -> None:
    pages = list(Page.objects.order_by("pk").values())
    revisions = Revision.objects.count()
    result = starter_pages_load()
    assert (result.created, result.kept) == (0, 30)
    assert list(Page.objects.order_by("pk").values()) == pages
    assert Revision.objects.count() == revisions


def test_what_editors_changed_moved_or_deleted_stays_so(portal: None) -> None:
    help_page = page("help")
    help_page.title, help_page.slug = "Assistance", "assistance"
    help_page.save_revision().publish()
    page("contact").delete()
    page("contact", "ru").delete()
    result = starter_pages_load()
    assert result.created == 0
    assert page("assistance").title == "Assistance"
    assert not Page.objects.filter(slug="contact").exists()
    assert not Page.objects.filter(slug="help", locale__language_code="en").exists()


def test_starter_texts_have_no_gaps(portal: None) -> None:
    """Every string of every page is translated, and the translation is in the other alphabet."""
    translations = Translation.objects.select_related("source")
    assert translations.count() == 30
    for translation in translations:
        total, done = translation.get_progress()
        assert total == done > 0
    for text in StringTranslation.objects.select_related("translation_of"):
        if text.data not in SAME_IN_ALL_LANGUAGES:
            assert CYRILLIC.search(text.data), text.data
            assert not CYRILLIC.search(text.translation_of.data), text.translation_of.data


def test_starter_texts_say_nothing_twice(portal: None) -> None:
    for texts in (
        [text.data for text in StringTranslation.objects.all()],
        list(StringSegment.objects.values_list("string__data", flat=True)),
    ):
        long = [
            sentence for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text) if len(sentence) > 60
        ]
        assert len(long) > 100
        assert [sentence for sentence, times in Counter(long).items() if times > 1] == []


def test_what_starter_pages_name_exists(db: None) -> None:
    """Choices of the e-library lead to documents; terms and indicators are those of the starter content."""
    starter_load()
    library_load()
    terms = set(Term.objects.values_list("code", flat=True))
    indicators = set(Indicator.objects.values_list("code", flat=True))
    queries = 0
    for starter in starter_pages():
        for block in starter.stream("body", "en", lambda kind, key: 1) if "body" in starter.streams else ():
            value = block["value"]
            if block["type"] == "glossary_terms":
                assert terms >= {item["value"] for item in value["terms"]}
            if block["type"] in ("key_figure", "indicator"):
                assert value["indicator"] in indicators
            for item in value["links"] if block["type"] == "links" else ():
                assert not item["value"].get("part") or item["value"]["part"] in dict(PORTAL_PARTS)
                if query := item["value"].get("query"):
                    queries += 1
                    chosen = Filters.of(QueryDict(query))
                    assert chosen.query() == f"?{QueryDict(query).urlencode()}"
                    assert chosen.rows(ANONYMOUS).exists(), (starter.key, query)
    assert queries > 15


def test_key_figures_of_starter_pages_ask_for_one_series(db: None) -> None:
    starter_load()
    blocks = [
        block["value"]
        for starter in starter_pages()
        for block in starter.streams.get("body", ())
        if block["type"] == "key_figure"
    ]
    assert len(blocks) == 2
    for value in blocks:
        assert BodyBlock().child_blocks["key_figure"].to_python(value).problems() == ()


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_no_starter_page_is_empty_or_filled_with_placeholders(
    portal: None, client: Client, language: str
) -> None:
    for starter in starter_pages():
        shown = Page.objects.get(
            translation_key=starter.translation_key, locale__language_code=language
        ).specific
        response = client.get(shown.get_url())
        html = response.content.decode()
        assert response.status_code == 200
        assert shown.title in html
        assert not re.search(r"lorem|TODO|TBD|xxx", html, re.IGNORECASE)
        if starter.type == "article":
            assert len(shown.body) > 0


def test_russian_typography_survives_the_translation(portal: None) -> None:
    assert "владельцы\u00a0— государства" in page("home", "ru").hero_title
    assert "«Статистика»" in str(page("help", "ru").body)


def test_links_lead_to_pages_in_the_readers_language(portal: None, client: Client) -> None:
    html = client.get("/ru/").content.decode()
    assert 'href="/ru/about/principles/"' in html
    assert 'href="/en/about/principles/"' not in html


@pytest.mark.parametrize(
    ("language", "problem"),
    [("en", "expected a text in each of en, ru"), ("ru", "ожидается текст на каждом из языков: en, ru")],
)
def test_a_missing_translation_is_refused_with_its_place(language: str, problem: str) -> None:
    broken = StarterPage(
        key="sample", parent="", type="article", slug="sample", order=0, in_menu=True,
        fields={"title": {"en": "Only English"}}, streams={},
    )  # fmt: skip
    with override(language), pytest.raises(StarterError, match=f"sample.toml, title: {problem}"):
        broken.field_values("en")
