from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail_localize.models import StringSegment, StringTranslation
from wagtail_localize.operations import translate_object

from cms.selectors.navigation import breadcrumb_items, language_links, menu_items, page_tree, section_menu
from tests.cms.conftest import new_article, new_section, page


def _request(path: str) -> Any:
    request = RequestFactory().get(path)
    Site.find_for_request(request)  # Wagtail has done so long before a template is rendered
    return request


def _alternates(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)"', html))


def _switch(html: str, language: str) -> str:
    found = re.search(rf'<a[^>]*href="([^"]+)" hreflang="{language}" lang="{language}"', html)
    assert found, "no link to the other language"
    return unescape(found[1])


PLACES = [
    "",
    "about/",
    "about/principles/",
    "about-statistics/methodology/",
    "statistics/",
    "statistics/DSM_1/",
    "search/",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("here", "there"), [("en", "ru"), ("ru", "en")])
def test_the_switch_keeps_the_place_and_the_selection(
    portal: None, client: Client, place: str, here: str, there: str
) -> None:
    query = "?c[SEX]=F&c[SEX]=M&q=%D0%B1%D0%B5%D0%B6%D0%B5%D0%BD%D1%86%D1%8B"
    html = client.get(f"/{here}/{place}{query}").content.decode()
    assert _switch(html, there) == f"/{there}/{place}{query}"
    assert f'<html lang="{here}">' in html
    assert client.get(_switch(html, there)).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_head_names_the_address_in_each_language_without_the_selection(
    portal: None, client: Client, place: str
) -> None:
    html = client.get(f"/ru/{place}?x=1").content.decode()
    assert f'<link rel="canonical" href="http://testserver/ru/{place}">' in html
    assert _alternates(html) == {
        "en": f"http://testserver/en/{place}",
        "ru": f"http://testserver/ru/{place}",
    }


def test_without_a_translation_the_switch_keeps_the_place_and_says_so(portal: None, client: Client) -> None:
    new_article(page("about"), "Only English", "only-english")
    html = client.get("/en/about/only-english/?x=1").content.decode()
    assert _switch(html, "ru") == "/ru/about/only-english/?x=1"
    assert "этой страницы нет на этом языке" in html
    assert _alternates(html) == {"en": "http://testserver/en/about/only-english/"}

    new_section(page("home", "ru"), "Только по-русски", "only-russian")
    html = client.get("/ru/only-russian/").content.decode()
    assert _switch(html, "en") == "/en/only-russian/"
    assert "this page is not available in this language" in html


def test_a_page_without_a_version_is_shown_in_the_other_language_and_marked(
    portal: None, client: Client
) -> None:
    new_article(page("about"), "Only English", "only-english")
    response = client.get("/ru/about/only-english/?x=1")
    html = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="ru">' in html
    assert '<main id="content" class="wrap" tabindex="-1">' in html
    assert 'notice--language" lang="ru"' in html
    assert '<h1 lang="en">Only English</h1>' in html
    assert '<link rel="canonical" href="http://testserver/en/about/only-english/">' in html
    assert _switch(html, "en") == "/en/about/only-english/?x=1"
    assert 'lang="ru" aria-current="true"' in html
    assert f'<a href="/ru/about/">{page("about", "ru").title}</a>' in html  # the way up stays Russian
    assert "notice--language" not in client.get("/en/about/only-english/").content.decode()
    assert "notice--language" not in client.get("/ru/about/").content.decode()


def test_of_a_page_in_the_other_language_only_its_text_is_marked_so(portal: None, client: Client) -> None:
    article = new_article(page("about"), "Only English", "only-english")
    article.body = [
        ("heading", {"text": "First", "level": "2"}),
        ("heading", {"text": "Other", "level": "2"}),
    ]
    article.save_revision().publish()
    html = client.get("/ru/about/only-english/").content.decode()
    assert '<p class="introduction" lang="en">Introduction.</p>' in html
    assert re.search(r'<div class="block block--heading" id="s-\w+" lang="en">', html)
    assert re.search(r'<a href="#s-\w+" lang="en">First</a>', html)
    # What the portal says beside it is Russian, as the whole document is
    assert '<h2 id="contents-heading">На этой странице</h2>' in html
    main = html.partition("<main")[2].partition("</main>")[0]
    said = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", main, flags=re.DOTALL)
    assert "На этой странице" in said
    assert "Only English" not in said
    listed = client.get("/ru/about/").content.decode().partition("<main")[2].partition("</main>")[0]
    assert re.findall(r'<(\w+)[^>]* lang="en"[^>]*>(.*?)</\1>', listed) == [
        ("a", "Only English"),
        ("span", "English"),
        ("p", "Introduction."),
    ]


def test_the_side_menu_leaves_out_a_section_that_is_not_published(portal: None) -> None:
    article = page("principles")
    request = _request(article.url)
    with translation.override("en"):
        assert section_menu(request=request, page=article)[0].label == page("about").title
        page("about").unpublish()
        labels = [item.label for item in section_menu(request=request, page=article)]
    assert page("about").title not in labels
    assert article.title in labels


def test_title_and_summary_are_told_as_far_as_they_are_translated(portal: None, client: Client) -> None:
    source = new_article(page("about"), "Only English", "only-english")
    translate_object(source, [Locale.objects.get(language_code="ru")])
    russian = Locale.objects.get(language_code="ru")
    told = {"title": "Пока по-английски", "introduction": "Кратко о главном."}
    for segment in StringSegment.objects.filter(source__object_id=source.translation_key):
        if segment.context.path in told:
            StringTranslation.from_text(segment.string, russian, segment.context, told[segment.context.path])
    html = client.get("/ru/about/only-english/").content.decode()
    assert "<p><strong>Пока по-английски</strong></p><p>Кратко о главном.</p>" in html
    assert '<h1 lang="en">Only English</h1>' in html


def test_an_alias_is_marked_as_the_text_it_stands_for(portal: None, client: Client) -> None:
    source = new_article(page("about"), "Only English", "only-english")
    source.copy_for_translation(Locale.objects.get(language_code="ru"), alias=True)
    html = client.get("/ru/about/only-english/").content.decode()
    assert '<h1 lang="en">Only English</h1>' in html


def test_a_translation_taken_offline_is_no_translation(portal: None, client: Client) -> None:
    page("principles", "ru").unpublish()
    html = client.get("/en/about/principles/").content.decode()
    assert _switch(html, "ru") == "/ru/about/principles/"
    html = client.get("/ru/about/principles/").content.decode()
    assert f'<h1 lang="en">{page("principles").title}</h1>' in html


def test_what_is_closed_stays_closed_in_every_language(portal: None, client: Client) -> None:
    hidden = new_article(page("about"), "Hidden", "hidden")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/ru/about/hidden/").status_code == 302
    hidden.unpublish()
    assert client.get("/ru/about/hidden/").status_code == 404


def test_a_missing_page_answers_404_in_the_readers_language(portal: None, client: Client) -> None:
    for language, text in (("en", "Page not found"), ("ru", "Страница не найдена")):
        response = client.get(f"/{language}/nothing/")
        assert response.status_code == 404
        assert text in response.content.decode()


def test_menu_shows_home_statistics_and_the_sections(portal: None, language: str) -> None:
    labels = {
        "en": [
            *("Home", "Statistics", "About", "Documents"),
            *("News and events", "Links", "Countries"),
        ],
        "ru": [
            *("Главная", "Статистика", "О портале", "Документы"),
            *("Новости и мероприятия", "Ссылки", "Страны"),
        ],
    }
    items = menu_items(request=_request(f"/{language}/about/principles/"))
    assert [item.label for item in items] == labels[language]
    assert [item.url for item in items] == [
        f"/{language}/{part}"
        for part in (
            *("", "statistics/", "about/", "documents/", "news-and-events/", "links/", "countries/"),
        )
    ]
    assert [item.label for item in items if item.is_open] == [labels[language][2]]
    assert not any(item.is_current for item in items)
    assert [child.url.split("/")[-2] for child in items[2].children] == [
        "overview", "principles", "taking-part", "contact", "sitemap",
    ]  # fmt: skip


def test_the_pages_of_a_section_stand_below_its_part_of_the_portal(
    portal: None, client: Client, settings: Any, language: str
) -> None:
    settings.ROOT_URLCONF = "config.urls"
    labels = {
        "en": [
            *("Home", "Statistics", "E-library", "Institutions", "About"),
            *("News and events", "Links", "Countries"),
        ],
        "ru": [
            *("Главная", "Статистика", "Электронная библиотека", "Организации", "О портале"),
            *("Новости и мероприятия", "Ссылки", "Страны"),
        ],
    }  # fmt: skip
    items = menu_items(request=_request(f"/{language}/about-statistics/practice/"))
    assert [item.label for item in items] == labels[language]
    assert [item.url.removeprefix(f"/{language}/") for item in items[1].children] == [
        *("statistics/availability/", "search/?kind=indicator", "glossary/"),
        *(f"about-statistics/{slug}/" for slug in ("methodology", "terminology", "confidentiality")),
        *(f"about-statistics/{slug}/" for slug in ("practice", "help")),
    ]
    assert [item.url.removeprefix(f"/{language}/") for item in items[2].children] == [
        "library/documents/",
        *(f"documents/{slug}/" for slug in ("legislation", "policy", "data-and-best-practices")),
        "documents/dsm-documents/",
    ]
    assert [item.label for item in items if item.is_open] == [labels[language][1]]
    assert [child.label for child in items[1].children if child.is_current] == [
        {"en": "DSM in practice", "ru": "МОД на практике"}[language]
    ]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", None),
        ("about/overview/", None),
        ("statistics/", "Статистика"),
        ("glossary/", "Статистика"),
        ("about-statistics/", "Статистика"),
        ("about-statistics/help/", "Статистика"),
        ("library/documents/?kind=policy", "Электронная библиотека"),
        ("documents/policy/", "Электронная библиотека"),
    ],
)
def test_what_is_below_a_part_is_shown_while_one_is_there(
    portal: None, client: Client, settings: Any, address: str, shown: str | None
) -> None:
    settings.ROOT_URLCONF = "config.urls"
    html = client.get(f"/ru/{address}").content.decode()
    assert re.findall(r'<nav class="main-menu main-menu--part" aria-label="([^"]+)">', html) == (
        [shown] if shown else []
    )


def test_without_its_section_a_part_keeps_what_is_its_own(portal: None) -> None:
    for language in ("en", "ru"):
        page("about-statistics", language).unpublish()
    with translation.override("en"):
        items = menu_items(request=_request("/en/"))
    assert [child.label for child in items[1].children] == ["Search for reports"]


@pytest.mark.parametrize("more", [0, 20])
def test_menu_takes_one_query_with_any_number_of_items(
    portal: None, django_assert_num_queries: Any, more: int
) -> None:
    for number in range(more):
        new_section(page("home"), f"Section {number}", f"section-{number}")
    Page.objects.filter(slug__startswith="section-").update(show_in_menus=True)
    menu_items(request=_request("/en/"))  # fills Wagtail's cache of site roots
    request = _request("/en/")
    with translation.override("en"), django_assert_num_queries(1):
        assert len(menu_items(request=request)) == 7 + more


def test_restricted_and_unpublished_pages_are_not_in_menu_and_site_map(portal: None) -> None:
    PageViewRestriction.objects.create(page=page("about"), restriction_type=PageViewRestriction.LOGIN)
    for language in ("en", "ru"):
        page("help", language).unpublish()
    with translation.override("en"):
        labels = [item.label for item in menu_items(request=_request("/en/"))]
        assert labels == ["Home", "Statistics", "Documents", "News and events", "Links", "Countries"]
        below = [child.label for child in menu_items(request=_request("/en/"))[1].children]
        assert "Methodology" in below
        assert "Help" not in below
        roots = page_tree(request=_request("/en/")).items
    assert [item.label for item in roots[0].children] == ["About the statistics", *labels[2:]]


def test_breadcrumbs_take_one_query(portal: None, django_assert_num_queries: Any) -> None:
    shown = page("principles", "ru")
    menu_items(request=_request("/ru/"))
    request = _request("/ru/about/principles/")
    with translation.override("ru"), django_assert_num_queries(1):
        items = breadcrumb_items(request=request, page=shown)
    assert [(item.label, item.url) for item in items] == [("Главная", "/ru/"), ("О портале", "/ru/about/")]


def test_language_links_take_one_query(portal: None, django_assert_num_queries: Any) -> None:
    shown = page("principles")
    menu_items(request=_request("/en/"))
    request = _request("/en/about/principles/")
    with django_assert_num_queries(1):
        links = language_links(request=request, page=shown)
    assert [(link.code, link.is_current, link.is_fallback) for link in links] == [
        ("en", True, False), ("ru", False, False),
    ]  # fmt: skip


@pytest.mark.parametrize(("accepted", "address"), [("ru-RU,ru;q=0.9", "/ru/"), ("fr", "/en/"), ("", "/en/")])
def test_the_bare_address_leads_to_the_readers_language(
    portal: None, client: Client, accepted: str, address: str
) -> None:
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, address)
