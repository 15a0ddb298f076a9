"""Choosers of the admin: pages and documents in the language of the edited page; whose titles they tell."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.users.models import UserProfile

from registry.models import Term, User
from tests.cms.conftest import new_article
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import SECRET, Countries
from tests.cms.country.test_sitemap import document

pytestmark = pytest.mark.thorough

DRAFT = "Besqyrghan"
PAGES = "/admin/choose-page/"


@pytest.fixture
def office(countries: Countries) -> Client:
    user = User.objects.create_user("office")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    return countries.signed_in(user)


def edit_address(page: Page) -> str:
    return "http://testserver" + reverse("wagtailadmin_pages:edit", args=[page.pk])


def chooser(client: Client, address: str, behind: str = "", **query: str) -> str:
    response = client.get(address, query, headers={"referer": behind} if behind else {})
    assert response.status_code == 200
    content = response.content.decode()
    return str(json.loads(content)["html"]) if content.startswith("{") else content


def titles(html: str) -> list[str]:
    return [link.get_text(strip=True) for link in BeautifulSoup(html, "html.parser").select("a.choose-page")]


@pytest.mark.parametrize(
    ("language", "expected", "other"), [("en", "About", "/ru/"), ("ru", "О портале", "/en/")]
)
def test_the_page_chooser_opens_in_the_language_of_the_edited_page(
    office: Client, language: str, expected: str, other: str
) -> None:
    for behind in (
        edit_address(starter_page("overview", language)),
        "http://testserver"
        + reverse("wagtailadmin_pages:add", args=["cms", "articlepage", starter_page("about", language).pk]),
    ):
        html = chooser(office, PAGES, behind)
        assert expected in titles(html)
        assert f'data-url="{other}' not in html
        assert {"en": "Русский", "ru": "English"}[language] in html  # the way to the other language


def test_the_editor_changes_the_language(office: Client) -> None:
    html = chooser(office, PAGES, edit_address(starter_page("overview", "ru")))
    link = BeautifulSoup(html, "html.parser").select_one("[data-locale-selector-link]")
    assert link is not None
    assert link.get_text(strip=True) == "English"
    assert "About" in titles(chooser(office, str(link["href"])))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_without_an_edited_page_the_language_of_the_admin_counts(
    countries: Countries, office: Client, language: str
) -> None:
    user = User.objects.get(username="office")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    for behind in ("", "http://elsewhere.example/admin/nothing/", "http://testserver/admin/"):
        assert {"en": "About", "ru": "О портале"}[language] in titles(chooser(office, PAGES, behind))


def test_the_search_keeps_to_the_language_until_another_is_chosen(office: Client) -> None:
    new_article(starter_page("about"), "Border counts", "border")
    new_article(starter_page("about", "ru"), "Border по-русски", "border-ru")
    behind = edit_address(starter_page("overview", "ru"))
    assert titles(chooser(office, f"{PAGES}search/", behind, q="border")) == ["Border по-русски"]
    assert titles(chooser(office, f"{PAGES}search/", behind, q="border", locale="en")) == ["Border counts"]
    every = chooser(office, f"{PAGES}search/", behind, q="border", locale="all")
    assert sorted(titles(every)) == ["Border counts", "Border по-русски"]
    ways = BeautifulSoup(every, "html.parser").select(".chooser-languages a.navigate-pages")
    assert [(way.get_text(), "locale=" in str(way["href"])) for way in ways] == [
        ("English", True),
        ("Русский", True),
    ]
    # the search box of the browsed page asks in its language
    form = BeautifulSoup(chooser(office, PAGES, behind), "html.parser").select_one("form.search-form")
    assert form is not None
    assert "locale=ru" in str(form["action"])


def test_nonsense_is_no_language(office: Client) -> None:
    root = Page.get_first_root_node().pk
    for address in (f"{PAGES}?locale=xx", f"{PAGES}{root}/?locale=all", f"{PAGES}search/?q=a&locale=xx"):
        assert office.get(address, headers={"referer": "http://[bad"}).status_code == 200
    assert office.get(f"{PAGES}999999999/").status_code == 404


def test_a_chooser_is_for_people_of_the_admin(countries: Countries) -> None:
    for address in (PAGES, f"{PAGES}search/?q=a", f"{PAGES}{starter_page('about').pk}/"):
        assert Client().get(address).status_code == 302
    nobody = countries.signed_in(countries.world.people["MDA"]["user"])
    kaz = countries.page("KAZ")
    assert nobody.get(f"{PAGES}{kaz.pk}/").status_code == 404
    found = chooser(nobody, f"{PAGES}search/", q=SECRET, locale="all")
    assert SECRET not in found.replace(f"q={SECRET}", "")


def renamed_in_draft(countries: Countries) -> Page:
    """The open country page of MDA, published, with a newer draft of another title."""
    page = countries.page("MDA")
    page.title = DRAFT
    page.save_revision()
    page.refresh_from_db()
    assert (page.live, page.title, page.draft_title) == (True, "Republic of Moldova", DRAFT)
    return page


def places_that_name(page: Page) -> list[str]:
    return [
        f"{PAGES}{page.get_parent().pk}/",
        f"{PAGES}{page.pk}/",
        f"{PAGES}{page.get_children().first().pk}/",
        f"{PAGES}search/?q=Moldova&locale=all",
        f"{PAGES}search/?q=Moldovan&locale=all",
        f"{PAGES}search/?q={DRAFT}&locale=all",
        f"{PAGES}chosen-multiple/?id={page.pk}",
        f"/admin/pages/{page.get_parent().pk}/",
        "/admin/",
    ]


@pytest.mark.parametrize("who", ["KAZ", "office"])
def test_the_draft_title_of_an_open_page_is_its_keepers_alone(
    countries: Countries, office: Client, who: str
) -> None:
    page = renamed_in_draft(countries)
    other = office if who == "office" else countries.signed_in(countries.keepers["KAZ"])
    assert "Republic of Moldova" in chooser(other, f"{PAGES}{page.get_parent().pk}/")
    for address in places_that_name(page):
        assert DRAFT not in other.get(address, follow=True).content.decode().replace(f"q={DRAFT}", "")
    own = countries.signed_in(countries.keepers["MDA"])
    assert DRAFT in chooser(own, f"{PAGES}{page.get_parent().pk}/")


@pytest.mark.parametrize("draft_only", [False, True])
def test_a_form_does_not_tell_the_title_of_a_page_by_its_key(
    countries: Countries, office: Client, draft_only: bool
) -> None:
    """Whoever puts the key of a national page, or of a draft, into a form reads no title there."""
    hidden = countries.pages["KAZ"][1] if not draft_only else countries.pages["MDA"][1]
    if draft_only:
        hidden.unpublish()
    mine = new_article(starter_page("about"), "Border counts", "border")
    link = {"text": "", "page": hidden, "part": "", "url": ""}
    mine.body = [("links", {"title": "", "links": [link]})]
    mine.save_revision()
    html = office.get(reverse("wagtailadmin_pages:edit", args=[mine.pk])).content.decode()
    assert hidden.title not in html
    assert "Page of another participant" in html


def test_a_form_tells_its_keepers_their_own_titles(countries: Countries) -> None:
    own = countries.signed_in(countries.keepers["KAZ"])
    page = countries.page("KAZ")
    link = {"text": "", "page": countries.pages["KAZ"][1], "part": "", "url": ""}
    page.body = [("links", {"title": "", "links": [link]})]
    page.save_revision()
    html = own.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert f"{SECRET} sub" in html


def languages_of(html: str) -> list[tuple[str, str]]:
    rows = BeautifulSoup(html, "html.parser").select("table tbody tr")
    return [
        (row.select("td")[0].get_text(strip=True), row.select("td")[1].get_text(strip=True)) for row in rows
    ]


def test_documents_in_the_language_of_the_page_come_first(countries: Countries, office: Client) -> None:
    for code, languages in (("in-russian", ["ru"]), ("in-both", ["en", "ru"]), ("in-english", ["en"])):
        made = document(code, "public")
        for language in languages:
            made.text_languages.create(code=language)
    address = reverse("library_chooser:choose")
    russian = languages_of(chooser(office, address, edit_address(starter_page("overview", "ru"))))
    assert [title for title, _languages in russian] == ["in-both", "in-russian", "in-english"]
    assert dict(russian)["in-both"] == "English, Russian"
    english = languages_of(chooser(office, address, edit_address(starter_page("overview"))))
    assert [title for title, _languages in english] == ["in-english", "in-both", "in-russian"]


def test_documents_are_narrowed_by_language_and_words(countries: Countries, office: Client) -> None:
    for code, language in (("law-one", "ru"), ("law-two", "en"), ("other", "en")):
        document(code, "public").text_languages.create(code=language)
    address = reverse("library_chooser:choose_results")
    found = languages_of(chooser(office, address, text_language="en", q="law"))
    assert [title for title, _languages in found] == ["law-two"]
    assert len(languages_of(chooser(office, address))) == 3
    assert len(languages_of(chooser(office, address, text_language="nonsense"))) == 3
    assert 'name="text_language"' in chooser(office, reverse("library_chooser:choose"))


def test_more_documents_cost_no_more_queries(
    countries: Countries, office: Client, django_assert_num_queries: Any
) -> None:
    address = reverse("library_chooser:choose_results")
    for first, last in ((0, 2), (2, 9)):
        for number in range(first, last):
            document(f"law-{number}", "public").text_languages.create(code="ru")
        office.get(address)
        with django_assert_num_queries(DOCUMENT_QUERIES):
            html = chooser(office, address)
        assert len(languages_of(html)) == last


DOCUMENT_QUERIES = 10


@pytest.mark.parametrize(
    ("language", "indicator", "term"), [("en", "Refugees", "Flow"), ("ru", "Беженцы", "Поток")]
)
def test_indicators_and_terms_are_named_in_the_language_of_the_editor(
    countries: Countries, office: Client, language: str, indicator: str, term: str
) -> None:
    texts = {"definition_en": "In a period.", "definition_ru": "За период."}
    Term.objects.create(code="flow", topic="measure", name_en="Flow", name_ru="Поток", **texts)
    user = User.objects.get(username="office")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    page = new_article(starter_page("about"), "Border counts", "border")
    html = office.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    packed = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html)
    assert indicator in packed
    assert term in packed
    assert {"en": "Беженцы", "ru": "Refugees"}[language] not in packed
