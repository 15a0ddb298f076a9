from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cms.services.starter_texts import starter_pages
from registry.access import participant_token
from registry.models import User
from tests.cms.conftest import new_article, page

ADDRESSES = [
    "", "about/", "about/overview/", "about/sitemap/", "about-statistics/", "about-statistics/methodology/",
    "about-statistics/practice/", "documents/policy/", "news-and-events/news/what-the-portal-offers/",
    "statistics/", "search/", "nothing/",
]  # fmt: skip


class Collector(HTMLParser):
    """Tags with their attributes, in order, and the void-aware nesting of the rest."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")


def parsed(html: str) -> Collector:
    collector = Collector()
    collector.feed(html)
    return collector


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_carry_nothing_inline_and_load_nothing_from_elsewhere(
    portal: None, client: Client, language: str, address: str
) -> None:
    html = client.get(f"/{language}/{address}").content.decode()
    found = parsed(html)
    assert found.problems == []
    assert found.open == []
    for tag, attributes in found.tags:
        assert tag not in {"script", "style", "iframe"}
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        source = attributes.get("src") or (attributes.get("href") if tag == "link" else None) or ""
        assert source.startswith(("/", "http://testserver/")) or not source


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_have_one_main_heading_unique_ids_and_labelled_fields(
    portal: None, client: Client, language: str, address: str
) -> None:
    found = parsed(client.get(f"/{language}/{address}").content.decode())
    ids = [attributes["id"] for _tag, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert sum(tag == "main" for tag, _attributes in found.tags) == 1
    if address not in {"statistics/", "search/"}:
        assert sum(tag == "h1" for tag, _attributes in found.tags) == 1
    labels = {attributes.get("for") for tag, attributes in found.tags if tag == "label"}
    for tag, attributes in found.tags:
        if tag == "input" and attributes.get("type") != "hidden":
            assert attributes["id"] in labels
        if tag == "img":
            assert "alt" in attributes


def test_the_stylesheet_loads_nothing_from_elsewhere() -> None:
    path = finders.find("cms/css/portal.css")
    assert isinstance(path, str)
    css = Path(path).read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|http", css.replace('href^="http"', ""))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(scheme: str) -> None:
    """4.5 for text, 3 for lines and marks that carry meaning (WCAG 2.2, 1.4.3 and 1.4.11)."""
    css = Path(str(finders.find("cms/css/portal.css"))).read_text(encoding="utf-8")
    start = css.index(":root") if scheme == "light" else css.index("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css[start : css.index("}", start)]))
    assert len(colours) > 20
    grounds = ["paper", "surface", "sunken"]
    text = [(ink, ground) for ink in ("ink", "ink-soft", "accent", "warm") for ground in grounds]
    washes = [("ink", f"{name}-wash") for name in ("accent", "warm", "danger", "good")]
    washes += [("accent-strong", "accent-wash"), ("warm", "warm-wash"), ("ink", "mark")]
    for ink, ground in [*text, *washes, ("on-accent", "accent"), ("danger", "surface")]:
        assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for mark in ["line-strong", "focus", *(f"series-{number}" for number in range(1, 9))]:
        for ground in ("paper", "surface"):
            assert _contrast(colours[mark], colours[ground]) >= 3, (mark, ground)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Clearinghouse", "Sign in", "Skip to the content", "On this page", "Last updated:"]),
        ("ru", ["Центр обмена данными", "Войти", "Перейти к содержанию", "На этой странице", "Обновлено:"]),
    ],
)
def test_an_article_is_wholly_in_its_language(
    portal: None, client: Client, language: str, texts: list[str]
) -> None:
    html = client.get(f"/{language}/about-statistics/methodology/").content.decode()
    for text in texts:
        assert text in html
    other = "На этой странице" if language == "en" else "On this page"
    assert other not in html


def test_description_is_the_introduction_unless_an_editor_wrote_another(portal: None, client: Client) -> None:
    shown = page("about")
    assert (
        f'<meta name="description" content="{shown.introduction}">'
        in client.get("/en/about/").content.decode()
    )
    shown.search_description = "Written for search engines."
    shown.save_revision().publish()
    html = client.get("/en/about/").content.decode()
    assert '<meta name="description" content="Written for search engines.">' in html


def test_a_section_lists_what_is_published_in_it(portal: None, client: Client) -> None:
    new_article(page("about"), "Draft", "draft").unpublish()
    html = client.get("/en/about/").content.decode()
    titles = re.findall(r'class="card__title"><a href="[^"]+">([^<]+)<', html)
    assert titles == ["Overview", "Principles", "Taking part", "Contact", "Site map"]


def test_table_of_contents_has_the_same_anchors_in_both_languages(portal: None, client: Client) -> None:
    anchors = {}
    for language in ("en", "ru"):
        html = client.get(f"/{language}/about-statistics/methodology/").content.decode()
        anchors[language] = re.findall(r'<li><a href="#(s-\w{8})">', html)
        assert all(f'id="{anchor}"' in html for anchor in anchors[language])
    assert anchors["en"] == anchors["ru"]
    assert len(anchors["en"]) == 7


def test_home_shows_the_indicators_the_viewer_may_know_of(portal: None, client: Client, world: Any) -> None:
    from tests.conftest import make_indicator

    make_indicator("MDA_OWN", ("Own of Moldova", "Показатель Молдовы"), {}, owner=world.participants["MDA"])
    for language, name in (("en", "Refugees"), ("ru", "Беженцы")):
        html = client.get(f"/{language}/").content.decode()
        assert f'<a href="/{language}/statistics/REFUGEES/">{name}</a>' in html
        assert "MDA_OWN" not in html
    client.force_login(world.people["MDA"]["user"])
    assert "/en/statistics/MDA_OWN/" in client.get("/en/").content.decode()
    assert participant_token("MDA") not in client.get("/en/").content.decode()


def test_header_says_whom_one_represents(portal: None, client: Client, world: Any) -> None:
    person = world.people["MDA"]["user"]
    person.first_name, person.last_name = "Ana", "Rusu"
    person.save()
    client.force_login(person)
    html = client.get("/ru/").content.decode()
    assert 'class="account__participant">Республика Молдова<' in html
    assert "Ana Rusu" in html
    assert "Войти" not in html
    assert 'href="/admin/">Администрирование</a>' in html
    html = client.get("/en/about/").content.decode()
    assert '<form action="/en/account/sign-out/" method="post"><input type="hidden" name="csrf' in html
    assert '<input type="hidden" name="next" value="/en/about/">' in html


def test_people_without_admin_rights_sign_in_and_come_back_to_their_page(
    portal: None, client: Client, world: Any
) -> None:
    person = world.people["MDA"]["user"]
    person.set_password("long-enough-password")
    person.save()
    html = client.get("/ru/about/?x=1").content.decode()
    assert 'href="/ru/account/sign-in/?next=/ru/about/%3Fx%3D1"' in html
    form = {"username": person.username, "password": "long-enough-password", "next": "/ru/about/?x=1"}
    response = client.post("/ru/account/sign-in/", form)
    assert (response.status_code, response["Location"]) == (302, "/ru/about/?x=1")
    assert response.cookies["django_language"].value == "ru"
    assert "Республика Молдова" in client.get("/ru/about/").content.decode()
    assert client.get("/admin/pages/").status_code == 302
    response = client.post("/ru/account/sign-out/", {"next": "/ru/about/"})
    assert (response.status_code, response["Location"]) == (302, "/ru/about/")
    assert "Республика Молдова" not in client.get("/ru/about/").content.decode()


def test_signing_in_leads_to_no_other_host(portal: None, client: Client) -> None:
    User.objects.create_user("somebody", password="long-enough-password")
    form = {"username": "somebody", "password": "long-enough-password", "next": "https://example.org/"}
    assert client.post("/ru/account/sign-in/", form)["Location"] == "/ru/"


def test_the_sign_in_page_is_in_the_language_of_its_address(portal: None, client: Client) -> None:
    assert "<h1>Sign in</h1>" in client.get("/en/account/sign-in/").content.decode()
    refused = client.post("/ru/account/sign-in/", {"username": "nobody", "password": "x"}).content.decode()
    assert "<h1>Вход</h1>" in refused
    assert "Пожалуйста, введите правильные" in refused


@pytest.mark.parametrize(
    ("address", "queries"),
    [("", 9), ("about/", 8), ("about/overview/", 7), ("about-statistics/methodology/", 5)],
)
def test_pages_take_a_fixed_number_of_queries(
    portal: None, client: Client, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    client.get(f"/en/{address}")
    with django_assert_num_queries(queries):
        client.get(f"/en/{address}")


def test_every_starter_page_is_reached_from_the_home_page(portal: None, client: Client) -> None:
    html = client.get("/en/").content.decode()
    links = set(re.findall(r'href="(/en/[^"]*)"', html))
    assert len([starter for starter in starter_pages() if starter.in_menu]) == 22
    for starter in starter_pages():
        if starter.in_menu and starter.fields.get("part") != "registry:statistics":  # its pages stand there
            assert page(starter.slug).get_url() in links


def test_the_error_page_needs_nothing_and_speaks_both_languages() -> None:
    from django.template.loader import render_to_string

    html = render_to_string("500.html")
    assert "Something went wrong" in html
    assert "Произошла ошибка" in html
    assert parsed(html).problems == []
