"""Who sees a national part, by every way there is; the box opens and closes it at the next request."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms.models import CountryPage, NewsPage
from cms.services.starter_texts import starter_pages
from registry.access import ANONYMOUS
from registry.models import Agency, Contact, User
from search.services.indexing import index_rebuild
from tests.cms.country.conftest import SECRET, Countries, add_many

LISTS = (
    "/{language}/",
    "/{language}/countries/",
    "/{language}/about/sitemap/",
    "/{language}/news-and-events/news/",
    "/{language}/news-and-events/events/",
    "/{language}/news-and-events/events/?show=calendar",
    "/{language}/feeds/news.atom",
    "/{language}/feeds/news/KAZ.atom",
    "/{language}/feeds/events.atom",
    "/{language}/feeds/events/KAZ.atom",
    "/{language}/feeds/events.ics",
    "/{language}/feeds/events/KAZ.ics",
    "/{language}/search/?q=" + SECRET,
)
#: Where everything open to the world is shown, and nothing else.
FEEDS = tuple(url for url in LISTS if "/feeds/" in url)


def _found_by_graphql(client: Client) -> str:
    query = (
        f'query {{ search(text: "{SECRET}", first: 10) {{ totalCount hits {{ title {{ text }} url }} }} }}'
    )
    response = client.post("/graphql/", data=orjson.dumps({"query": query}), content_type="application/json")
    assert response.status_code == 200, response.content
    assert "errors" not in response.json(), response.content
    return response.content.decode()


def _without_address(client: Client, url: str) -> str:
    """An answer, but for the part of it that only repeats the address."""
    html = client.get(url).content.decode().replace(url[len("/en/") :], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


@pytest.fixture
def indexed(countries: Countries, search_index_folder: Any) -> Countries:
    index_rebuild()
    return countries


@pytest.mark.thorough
@pytest.mark.parametrize("who", ["anonymous", "MDA", "secretariat"])
def test_a_national_page_is_absent_for_everybody_else(indexed: Countries, who: str, language: str) -> None:
    users: dict[str, User | None] = {"MDA": indexed.keepers["MDA"], "anonymous": None}
    if who == "secretariat":
        users[who] = office = User.objects.create_user("office")
        office.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    client = indexed.signed_in(users[who])
    absent = _without_address(client, f"/{language}/countries/nowhere/")
    for page in indexed.pages["KAZ"]:
        response = client.get(page.url)
        assert response.status_code == 404, page.url
        assert SECRET not in response.content.decode()
        if page.locale.language_code == language:
            assert _without_address(client, page.url) == absent
    for url in LISTS:
        address = url.format(language=language)
        response = client.get(address)
        assert response.status_code == 200, address
        html = response.content.decode()
        assert "/countries/kaz/" not in html, address
        if "q=" not in address:
            assert SECRET not in html, address
    assert '"totalCount":0' in _found_by_graphql(client)


def test_a_country_page_taken_back_opens_nothing_below_it(countries: Countries, language: str) -> None:
    """Unpublishing the country page leaves what is below it published, and national."""
    countries.page("KAZ", language).unpublish()
    below = [
        page
        for page in countries.pages["KAZ"]
        if page.locale.language_code == language and not isinstance(page, CountryPage)
    ]
    own = countries.signed_in(countries.world.people["KAZ"]["user"])
    for page in below:
        assert Client().get(page.url).status_code == 404, page.url
        assert own.get(page.url).status_code == 200, page.url
    assert len(below) == 4


def test_its_own_people_see_it_everywhere_but_in_public_feeds(indexed: Countries, language: str) -> None:
    client = indexed.signed_in(indexed.world.people["KAZ"]["user"])
    for page in indexed.pages["KAZ"]:
        assert client.get(page.url).status_code == 200, page.url
    for url in LISTS:
        html = client.get(url.format(language=language)).content.decode()
        if url in FEEDS:
            assert SECRET not in html, url
        elif url != "/{language}/":
            assert "/countries/kaz/" in html, url
    assert '"totalCount":0' not in _found_by_graphql(client)


def test_the_box_opens_and_closes_everything_at_the_next_request(
    indexed: Countries, language: str, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    for is_open in (True, False, True):
        with django_capture_on_commit_callbacks(execute=True):
            indexed.open("KAZ", is_open)
        expected = 200 if is_open else 404
        for page in indexed.pages["KAZ"]:
            assert client.get(page.url).status_code == expected
        for url in LISTS[1:]:
            if "q=" not in url:
                html = client.get(url.format(language=language)).content.decode()
                assert (SECRET in html or "/countries/kaz/" in html) is is_open, url
        assert ('"totalCount":0' in _found_by_graphql(client)) is not is_open


def test_a_closed_box_hides_hits_of_an_index_that_does_not_know_yet(indexed: Countries) -> None:
    """The index is not told; the database is asked."""
    indexed.open("KAZ")
    index_rebuild()
    part = indexed.parts["KAZ"]
    type(part).objects.filter(pk=part.pk).update(is_open=False)
    assert '"totalCount":0' in _found_by_graphql(Client())


def test_links_to_a_national_page_are_left_out_for_others(countries: Countries) -> None:
    target = countries.page("KAZ")
    target.title = "Secret title"
    target.save()
    page = countries.page("MDA")
    link = {"text": "", "page": target, "part": "", "url": ""}
    page.body = [("links", {"title": "See also", "links": [link]})]
    page.save_revision().publish()
    assert "Secret title" not in Client().get(page.url).content.decode()
    countries.open("KAZ")
    assert "Secret title" in Client().get(page.url).content.decode()


def test_images_of_a_national_part_are_served_to_its_own_people_only(
    countries: Countries, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    image = get_image_model().objects.create(
        title="Secret", file=get_test_image_file("map.png"), collection=countries.parts["KAZ"].collection
    )
    url = image.get_rendition("width-20").url
    assert Client().get(url).status_code == 404
    assert countries.signed_in(countries.keepers["MDA"]).get(url).status_code == 404
    own = countries.signed_in(countries.world.people["KAZ"]["user"]).get(url)
    assert own.status_code == 200
    assert "sandbox" in own["Content-Security-Policy"]
    assert Client().get(f"/media/{image.file.name}").status_code == 404  # never the upload itself
    countries.open("KAZ")
    assert Client().get(url).status_code == 200


def test_contacts_are_for_those_who_take_part(countries: Countries) -> None:
    agency = Agency.objects.create(
        participant=countries.world.participants["MDA"], name_en="Register office", name_ru="Регистр"
    )
    Contact.objects.create(
        agency=agency,
        position_en="Head",
        position_ru="Начальник",
        email="head@example.org",
        is_focal_point=True,
    )
    url = countries.page("MDA").url
    assert "head@example.org" not in Client().get(url).content.decode()
    assert "head@example.org" in countries.signed_in(countries.keepers["KAZ"]).get(url).content.decode()


def test_visible_to_is_the_same_condition_for_a_page_type(countries: Countries) -> None:
    own = countries.world.viewer("KAZ")
    portal = {starter.slug for starter in starter_pages() if starter.type == "news"}
    news = NewsPage.objects.exclude(slug__in=portal)
    assert {page.title for page in news.visible_to(ANONYMOUS)} == {"Moldovan news"}
    assert {page.title for page in news.visible_to(own)} == {"Moldovan news", f"{SECRET} news"}
    assert NewsPage.objects.visible_to(ANONYMOUS).filter(slug__in=portal).count() == 2 * len(portal) == 4
    assert CountryPage.objects.visible_to(ANONYMOUS).count() == 2


@pytest.mark.thorough
def test_queries_do_not_grow_with_pages(countries: Countries) -> None:
    urls = (
        countries.page("MDA").url,
        countries.pages["MDA"][1].url,
        countries.pages["MDA"][3].url,
        countries.pages["MDA"][4].url,
        "/en/news-and-events/news/",
        "/en/news-and-events/events/?show=calendar",
    )
    client = Client()

    def queries(url: str) -> list[str]:
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return [query["sql"][:150] for query in captured]

    before = {url: queries(url) for url in urls}
    add_many(countries, "MDA", 30)
    for url in urls:
        after = queries(url)
        assert len(after) == len(before[url]), (url, after)
        assert len(after) <= 15, (url, after)
