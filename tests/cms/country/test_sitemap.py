"""sitemap.xml and robots.txt: public pages and facts in every language, and nothing of a national part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from cms.models import CountrySubPage, LibraryDocument, LibraryTopic
from cms.services.documents import document_create
from registry.models import Indicator, Institution
from tests.cms.conftest import locale, new_article
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import SECRET, Countries, published

pytestmark = pytest.mark.thorough

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
HOST = "http://testserver"


def told(client: Client, section: str = "pages") -> dict[str, dict[str, str]]:
    """The addresses of a section, each with those of its versions by language."""
    response = client.get(f"/sitemap-{section}.xml")
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    found = {}
    for url in ElementTree.fromstring(response.content).iter(f"{SITEMAP}url"):
        address = url.findtext(f"{SITEMAP}loc") or ""
        links = {link.get("hreflang", ""): link.get("href", "") for link in url.iter(LINK)}
        found[address.removeprefix(HOST)] = {key: link.removeprefix(HOST) for key, link in links.items()}
    return found


def document(code: str, audience: str) -> LibraryDocument:
    topic, _new = LibraryTopic.objects.get_or_create(code="laws", name_en="Laws", name_ru="Законы")
    texts = {"title_en": code, "title_ru": code, "summary_en": code, "summary_ru": code}
    return document_create(
        participant=None, actor=None, code=code, kind="policy", audience=audience, topics=[topic], **texts
    )


def test_the_index_names_every_section_and_robots_names_the_index(countries: Countries) -> None:
    client = Client()
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert [where.text for where in index.iter(f"{SITEMAP}loc")] == [
        f"{HOST}/sitemap-{name}.xml" for name in ("pages", "parts", "indicators", "documents", "institutions")
    ]
    robots = client.get("/robots.txt")
    assert robots["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {HOST}/sitemap.xml" in robots.content.decode().splitlines()
    assert "Disallow: /admin/" in robots.content.decode().splitlines()
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_pages_stand_there_in_both_languages_with_their_versions(countries: Countries) -> None:
    found = told(Client())
    versions = {"en": "/en/about/overview/", "ru": "/ru/about/overview/"}
    assert found["/en/about/overview/"] == found["/ru/about/overview/"] == versions
    assert found["/en/countries/mda/"] == {"en": "/en/countries/mda/", "ru": "/ru/countries/mda/"}
    only = new_article(starter_page("about", "ru"), "Только по-русски", "only")
    assert told(Client())["/ru/about/only/"] == {"ru": "/ru/about/only/"}
    only.copy_for_translation(locale("en"), copy_parents=True, alias=True)
    assert told(Client())["/ru/about/only/"] == {"ru": "/ru/about/only/"}


def test_every_page_in_the_sitemap_can_be_read_by_a_visitor(countries: Countries) -> None:
    client = Client()
    for address in told(client):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("who", ["visitor", "KAZ", "MDA", "administrator"])
def test_nothing_of_a_national_part_stands_there_whoever_asks(countries: Countries, who: str) -> None:
    user = {"visitor": None, "administrator": countries.world.people["KAZ"]["administrator"]}.get(
        who, countries.keepers.get(who)
    )
    client = countries.signed_in(user)
    found = told(client)
    assert "/en/countries/mda/mda-sub/" in found
    assert not [address for address in found if "kaz" in address]
    text = client.get("/sitemap-pages.xml").content.decode()
    assert SECRET.lower() not in text.lower()

    countries.open("KAZ")
    assert told(client)["/en/countries/kaz/kaz-sub/"]["ru"] == "/ru/countries/kaz/kaz-sub/"
    countries.open("MDA", False)
    assert not [address for address in told(client) if "mda" in address]


def test_drafts_and_restricted_pages_are_absent(countries: Countries) -> None:
    page = new_article(starter_page("about"), "Hidden", "hidden")
    assert "/en/about/hidden/" in told(Client())
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert "/en/about/hidden/" not in told(Client())
    PageViewRestriction.objects.all().delete()
    page.unpublish()
    assert "/en/about/hidden/" not in told(Client())


def test_facts_stand_there_by_audience(countries: Countries) -> None:
    document("open-law", "public")
    document("closed-law", "participants")
    documents = told(Client(), "documents")
    assert documents == {
        f"/{code}/library/documents/open-law/": {
            "en": "/en/library/documents/open-law/",
            "ru": "/ru/library/documents/open-law/",
        }
        for code in ("en", "ru")
    }
    for code, is_listed in (("register", True), ("draft", False)):
        Institution.objects.create(
            code=code, category="government", name_en=code, name_ru=code, is_listed=is_listed
        )
    assert set(told(Client(), "institutions")) == {"/en/institutions/register/", "/ru/institutions/register/"}
    Indicator.objects.filter(code="REFUGEES").update(owner=None)
    own = Indicator.objects.get(code="REFUGEES")
    own.pk, own.code, own.owner = None, "OWN", countries.world.participants["KAZ"]
    own.save()
    assert set(told(Client(), "indicators")) == {"/en/statistics/REFUGEES/", "/ru/statistics/REFUGEES/"}
    parts = told(Client(), "parts")
    assert {"/en/glossary/", "/ru/glossary/", "/en/library/", "/ru/statistics/"} <= set(parts)
    assert not [address for address in parts if "search" in address]


def test_the_day_of_the_last_public_release_is_told_and_no_other(countries: Countries) -> None:
    countries.world.release("KAZ", {"KAZ.UKR._T": [1]})
    assert "lastmod" not in Client().get("/sitemap-indicators.xml").content.decode()
    text = Client().get("/sitemap-pages.xml").content.decode()
    assert f"<lastmod>{datetime.now(UTC):%Y-%m-%d}</lastmod>" in text


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-pages.xml", "/robots.txt"])
def test_it_is_kept_as_public_and_asked_for_again(countries: Countries, address: str) -> None:
    client = Client()
    first = client.get(address)
    assert first["Cache-Control"] == "public, no-cache"
    assert "Last-Modified" not in first
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    if address == "/sitemap-pages.xml":
        countries.open("MDA", False)
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    signed_in = countries.signed_in(countries.keepers["MDA"]).get(address)
    assert signed_in["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("section", "queries"),
    [("pages", 3), ("parts", 0), ("indicators", 2), ("documents", 1), ("institutions", 1)],
)
def test_many_cost_no_more_queries(
    countries: Countries, section: str, queries: int, django_assert_num_queries: Any
) -> None:
    client = Client()
    parent = countries.page("MDA")
    for first, last in ((0, 3), (3, 15)):
        for number in range(first, last):
            document(f"law-{number}", "public")
            name = f"body {number}"
            Institution.objects.create(code=f"body-{number}", category="other", name_en=name, name_ru=name)
            more: dict[str, Any] = {"introduction": "More.", "body": []}
            published(parent, CountrySubPage(title=f"More {number}", slug=f"more-{number}", **more))
        client.get("/en/")  # Wagtail reads the sites once
        with django_assert_num_queries(queries):
            client.get(f"/sitemap-{section}.xml")


def test_the_head_of_a_page_names_its_versions(countries: Countries) -> None:
    html = Client().get("/ru/about/overview/?x=1").content.decode()
    assert f'<link rel="canonical" href="{HOST}/ru/about/overview/">' in html
    assert f'<link rel="alternate" hreflang="en" href="{HOST}/en/about/overview/">' in html
    assert f'<link rel="alternate" hreflang="ru" href="{HOST}/ru/about/overview/">' in html
    only = new_article(starter_page("about", "ru"), "Только по-русски", "only")
    assert Page.objects.get(pk=only.pk).live
    elsewhere = Client().get("/en/about/only/").content.decode()
    assert f'<link rel="canonical" href="{HOST}/ru/about/only/">' in elsewhere
    assert 'hreflang="en" href' not in elsewhere.split("</head>")[0]
