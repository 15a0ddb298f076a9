"""Links inside running text tell nobody of pages that they may not see: readers, editors of other States."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page
from wagtail.rich_text import expand_db_html
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.models import CountrySubPage
from registry.models import User
from registry.row_security import viewing
from registry.selectors.viewer import viewer_for
from tests.cms.country.conftest import SECRET, Countries, published

pytestmark = pytest.mark.thorough

OTHER = {"en": "ru", "ru": "en"}


def link(key: Any, text: str = "see here") -> str:
    return f'<a id="{key}" linktype="page">{text}</a>'


def with_links(countries: Countries, html: str, *, language: str = "en", code: str = "MDA") -> CountrySubPage:
    body = [
        ("paragraph", f"<p>{html}</p>"),
        ("callout", {"kind": "note", "title": "", "text": f"<p>{html}</p>"}),
        ("steps", {"steps": [{"title": "Step", "text": f"<p>{html}</p>"}]}),
    ]
    made = CountrySubPage(title="Links", slug="links", introduction="Links.", body=body)
    found: CountrySubPage = published(countries.page(code, language), made)
    return found


def contentstate(key: Any, kind: str = "LINK") -> str:
    return json.dumps(
        {
            "blocks": [
                {
                    "key": "a", "text": "Read here now", "type": "unstyled", "depth": 0,
                    "inlineStyleRanges": [], "entityRanges": [{"offset": 5, "length": 4, "key": 0}],
                }
            ],
            "entityMap": {"0": {"type": kind, "mutability": "MUTABLE", "data": {"id": key, "url": "/x/"}}},
        }
    )  # fmt: skip


def save(countries: Countries, user: User, page: Page, text: str) -> str:
    """The paragraph that is stored when this person posts it."""
    form = nested_form_data(
        {
            "title": page.title, "slug": page.slug, "introduction": "Links.", "layout": "standard",
            "body": streamfield([("paragraph", text)]), "action-publish": "1",
        }
    )  # fmt: skip
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = countries.signed_in(user).post(url, form)
    assert response.status_code == 302, response.content.decode()
    return str(CountrySubPage.objects.get(pk=page.pk).body[0].value.source)


@pytest.mark.parametrize("who", ["anonymous", "MDA", "KAZ", "superuser"])
def test_a_national_page_is_linked_for_its_own_people_alone(countries: Countries, who: str) -> None:
    secret = countries.pages["KAZ"][1]
    with_links(countries, link(secret.pk))
    user: User | None = None
    if who == "superuser":
        user = User.objects.create_superuser("root")
    elif who != "anonymous":
        user = countries.keepers[who]
    html = countries.signed_in(user).get("/en/countries/mda/links/").text
    assert html.count("see here</a>") == 3
    assert html.count(f'<a href="{secret.get_url()}">see here</a>') == (3 if who == "KAZ" else 0)
    assert html.count("<a>see here</a>") == (0 if who == "KAZ" else 3)
    assert ("kaz-sub" in html) is (who == "KAZ")


def test_a_draft_is_linked_for_nobody_and_an_open_page_for_everybody(countries: Countries) -> None:
    shown, draft = countries.pages["MDA"][1], countries.pages["MDA"][3]
    with_links(countries, link(shown.pk) + link(draft.pk, "draft") + link(10**30, "no such"))
    draft.unpublish()
    for user in (None, *countries.keepers.values()):
        html = countries.signed_in(user).get("/en/countries/mda/links/").text
        assert html.count(f'<a href="{shown.get_url()}">see here</a>') == 3
        assert html.count("<a>draft</a>") == 3
        assert html.count("<a>no such</a>") == 3
        assert "news-item" not in html.partition("<main")[2].partition("see here")[2].partition("</main")[0]


def test_a_restricted_page_is_not_linked(countries: Countries) -> None:
    from wagtail.models import PageViewRestriction

    shown = Page.objects.get(slug="methodology", locale__language_code="en")
    PageViewRestriction.objects.create(page=shown, restriction_type=PageViewRestriction.LOGIN)
    assert expand_db_html(link(shown.pk)) == "<a>see here</a>"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_link_leads_to_the_language_of_the_reader(countries: Countries, language: str) -> None:
    """Also where the page is linked in the other one, or has no other."""
    other = OTHER[language]
    both = {page.locale.language_code: page for page in countries.pages["MDA"] if page.slug == "mda-sub"}
    alone = published(countries.page("MDA", other), CountrySubPage(title="A", slug="alone", introduction="A"))
    with translation.override(language):
        for page in both.values():
            assert (
                expand_db_html(link(page.pk)) == f'<a href="/{language}/countries/mda/mda-sub/">see here</a>'
            )
        assert expand_db_html(link(alone.pk)) == f'<a href="/{language}/countries/mda/alone/">see here</a>'
    # A version that is not to be seen is none.
    both[language].unpublish()
    with translation.override(language):
        expected = f'<a href="/{language}/countries/mda/mda-sub/">see here</a>'
        assert expand_db_html(link(both[other].pk)) == expected


@pytest.mark.parametrize("viewer", ["anonymous", "keeper"])
def test_the_number_of_queries_does_not_grow_with_the_links(countries: Countries, viewer: str) -> None:
    with viewing(viewer_for(countries.keepers["MDA"])):
        pass
    keys = [page.pk for page in Page.objects.filter(depth__gt=2)][:20]
    assert len(keys) == 20
    counts = {}
    for number in (1, 20):
        page = with_links(countries, "".join(link(key) for key in keys[:number]))
        client = countries.signed_in(None if viewer == "anonymous" else countries.keepers["MDA"])
        client.get(f"/en/countries/mda/{page.slug}/")
        with CaptureQueriesContext(connection) as captured:
            html = client.get(f"/en/countries/mda/{page.slug}/").text
        assert html.count(">see here</a>") == 3 * number  # in three texts
        counts[number] = len(captured)
        page.delete()
    page = with_links(countries, "nothing")
    client = countries.signed_in(None if viewer == "anonymous" else countries.keepers["MDA"])
    client.get("/en/countries/mda/links/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/en/countries/mda/links/")
    assert counts == {1: len(captured) + 2, 20: len(captured) + 2}


def test_one_text_by_itself_asks_twice(countries: Countries, django_assert_num_queries: Any) -> None:
    keys = [page.pk for page in Page.objects.filter(depth__gt=2)][:20]
    expand_db_html(link(keys[0]))  # Wagtail remembers the site
    for number in (1, 20):
        with django_assert_num_queries(2):
            expand_db_html("".join(link(key) for key in keys[:number]))
    with django_assert_num_queries(0):
        expand_db_html('<a href="https://example.org/">x</a>')


@pytest.mark.parametrize("form", ["{key}", " {key}", "+{key}", "0_{key}", "\uff10{key}"])
def test_an_editor_cannot_store_a_link_to_what_is_hidden_from_them(countries: Countries, form: str) -> None:
    page = with_links(countries, "nothing")
    secret = countries.pages["KAZ"][1]
    key: Any = secret.pk if form == "{key}" else form.format(key=secret.pk)
    stored = save(countries, countries.keepers["MDA"], page, contentstate(key))
    assert "linktype" not in stored
    assert "Read here now" in stored
    assert Client().get("/en/countries/mda/links/").status_code == 200


def test_a_draft_of_another_country_is_hidden_too(countries: Countries) -> None:
    countries.open("KAZ")
    shown, draft = countries.pages["KAZ"][1], countries.pages["KAZ"][3]
    draft.unpublish()
    page = with_links(countries, "nothing")
    keeper = countries.keepers["MDA"]
    assert "linktype" not in save(countries, keeper, page, contentstate(draft.pk))
    assert f'linktype="page" id="{shown.pk}"' in save(countries, keeper, page, contentstate(shown.pk))


def test_an_editor_stores_links_to_own_and_open_pages(countries: Countries) -> None:
    own = published(countries.page("MDA"), CountrySubPage(title="Own", slug="own", introduction="Own"))
    own.unpublish()
    page = with_links(countries, "nothing")
    for key in (own.pk, countries.pages["MDA"][1].pk, 999_999):
        stored = save(countries, countries.keepers["MDA"], page, contentstate(key))
        assert f'linktype="page" id="{key}"' in stored
    secret = countries.pages["KAZ"][1].pk
    root = User.objects.create_superuser("root")
    assert f'linktype="page" id="{secret}"' in save(countries, root, page, contentstate(secret))


def test_the_editor_is_not_shown_the_address_of_a_hidden_page(countries: Countries) -> None:
    secret, shown = countries.pages["KAZ"][1], countries.pages["MDA"][1]
    page = with_links(countries, link(secret.pk) + link(shown.pk, "other"))
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = countries.signed_in(countries.keepers["MDA"]).get(url).text
    assert "kaz-sub" not in html
    assert SECRET not in html
    assert "mda-sub" in html
    assert "kaz-sub" in countries.signed_in(User.objects.create_superuser("root")).get(url).text


@pytest.mark.parametrize("kind", ["DOCUMENT", "IMAGE", "EMBED"])
def test_other_things_cannot_be_put_into_a_text(countries: Countries, kind: str) -> None:
    page = with_links(countries, "nothing")
    stored = save(countries, countries.keepers["MDA"], page, contentstate(1, kind))
    assert "linktype" not in stored
    assert "embed" not in stored
