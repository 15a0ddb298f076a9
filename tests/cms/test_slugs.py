"""Addresses of pages in Latin letters, whatever their titles are written in and however they are made."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile

from cms.models import ArticlePage, EventPage
from registry.models import User
from tests.cms.conftest import locale, new_article, page
from tests.cms.test_translation import _publish, _submit, _translate

TITLE = "Щедрый объём миграции — «что нового»?"
SLUG = "shchedryy-obem-migratsii-chto-novogo"
HELP = {
    "en": "The last part of the address, in Latin letters: …/news-and-events/my-event/.",
    "ru": "Последняя часть адреса, латинскими буквами: …/news-and-events/my-event/.",
}


def _form(title: str, slug: str) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": title,
            "slug": slug,
            "introduction": "Вводный текст.",
            "layout": "standard",
            "body": streamfield([("paragraph", rich_text("<p>Текст</p>"))]),
            "action-publish": "1",
        }
    )


def _old(title: str = "Старая", slug: str = "старая-страница") -> ArticlePage:
    """A page as there are some, made when addresses kept the letters of the title."""
    made = new_article(page("about", "ru"), title, "old-page")
    parent = made.get_parent()
    url_path = f"{parent.url_path}{slug}/"
    Page.objects.filter(pk=made.pk).update(slug=slug, url_path=url_path)
    found = ArticlePage.objects.get(pk=made.pk)
    found.save_revision().publish()
    return ArticlePage.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        (TITLE, SLUG),
        ("Съезд юных хозяев: эхо", "sezd-yunykh-khozyaev-ekho"),
        ("Қазақстан және Өзбекстан", "qazaqstan-zhane-ozbekstan"),
        ("Labour 2024 — труд", "labour-2024-trud"),
        ("?!", ""),
        ("щ" * 255, ("shch" * 64)[:255]),
    ],
)
def test_the_slug_of_a_text(text: str, slug: str) -> None:
    from cms.slugs import latin_slug

    assert latin_slug(text) == slug


def test_a_page_made_without_a_form_has_a_latin_slug(portal: None) -> None:
    parent = page("about", "ru")
    for number, expected in enumerate((SLUG, f"{SLUG}-2")):
        made = ArticlePage(title=TITLE, introduction=f"{number}", locale=parent.locale)
        parent.add_child(instance=made)
        assert (made.slug, made.url_path) == (expected, f"{parent.url_path}{expected}/")


def test_a_cyrillic_slug_given_without_a_form_becomes_latin(portal: None) -> None:
    made = new_article(page("about", "ru"), "Заголовок", "новый-адрес")
    assert made.slug == "novyy-adres"


def test_a_title_without_letters_has_an_address(portal: None) -> None:
    parent = page("about", "ru")
    made = ArticlePage(title="№?!".replace("№", ""), introduction="1", locale=parent.locale)
    parent.add_child(instance=made)
    assert made.slug == "article"


@pytest.mark.parametrize("given", ["щедрый-объём-миграции", "Щедрый объём миграции"])
def test_the_form_takes_cyrillic_letters_and_stores_latin_ones(editor: Client, given: str) -> None:
    parent = page("about", "ru")
    url = reverse("wagtailadmin_pages:add", args=["cms", "articlepage", parent.pk])
    response = editor.post(url, _form(TITLE, given))
    assert response.status_code == 302
    assert ArticlePage.objects.get(title=TITLE).slug == "shchedryy-obem-migratsii"
    assert editor.get("/ru/about/shchedryy-obem-migratsii/").status_code == 200


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_form_tells_of_our_addresses_and_fills_them_in_as_the_server_would(
    editor: Client, language: str
) -> None:
    user = User.objects.get(username="editor")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    parent = page("about", "ru")
    url = reverse("wagtailadmin_pages:add", args=["cms", "articlepage", parent.pk])
    html = editor.get(url).text
    assert HELP[language] in html
    assert "domain.com" not in html
    field = re.search(r"<input[^>]*name=\"slug\"[^>]*>", html)
    assert field is not None
    assert 'data-w-slug-allow-unicode-value="true"' not in field[0]
    assert 'data-w-slug-locale-value="ru"' in field[0]
    told = re.search(r"data-w-slug-formatters-value=\"([^\"]*)\"", field[0])
    assert told is not None
    text = TITLE.lower()
    for (pattern, _flags), latin in json.loads(told[1].replace("&quot;", '"')):
        text = re.sub(pattern, latin, text)
    assert re.sub(r"[-\s]+", "-", re.sub(r"[^-\w\s]", "", text, flags=re.ASCII)) == SLUG


def test_a_page_with_a_cyrillic_address_keeps_it(editor: Client) -> None:
    old = _old()
    assert old.slug == "старая-страница"
    url = reverse("wagtailadmin_pages:edit", args=[old.pk])
    field = re.search(r"<input[^>]*name=\"slug\"[^>]*>", editor.get(url).text)
    assert field is not None
    assert 'data-w-slug-allow-unicode-value="true"' in field[0]
    assert "formatters" not in field[0]
    assert editor.post(url, _form("Другой заголовок", "старая-страница")).status_code == 302
    old.refresh_from_db()
    assert (old.title, old.slug) == ("Другой заголовок", "старая-страница")
    assert editor.get("/ru/about/старая-страница/").status_code == 200
    assert editor.post(url, _form("Другой заголовок", "новая-страница")).status_code == 302
    old.refresh_from_db()
    assert old.slug == "novaya-stranitsa"


def test_versions_of_a_page_with_a_cyrillic_address_keep_it(
    editor: Client, django_capture_on_commit_callbacks: Any
) -> None:
    old = _old()
    with django_capture_on_commit_callbacks(execute=True):
        translation = _submit(editor, old, "en")
    assert translation.get_target_instance().slug == "старая-страница"
    _translate(editor, translation, {"Старая": "The old one", "Introduction.": "An introduction."})
    _publish(editor, translation.get_target_instance(), django_capture_on_commit_callbacks)
    target = translation.get_target_instance()
    assert (target.title, target.live, target.slug) == ("The old one", True, "старая-страница")


def test_a_translation_of_a_page_has_its_latin_address(
    editor: Client, django_capture_on_commit_callbacks: Any
) -> None:
    parent = page("about", "ru")
    source = ArticlePage(title=TITLE, introduction="Вводный текст.", locale=parent.locale)
    parent.add_child(instance=source)
    source.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        translation = _submit(editor, source, "en")
    _translate(editor, translation, {TITLE: "A generous volume", "Вводный текст.": "An introduction."})
    _publish(editor, translation.get_target_instance(), django_capture_on_commit_callbacks)
    assert translation.get_target_instance().slug == SLUG


@pytest.mark.parametrize(("slug", "name"), [("встреча", "vstrecha.en.ics"), ("???", "event.en.ics")])
def test_the_calendar_file_of_an_event_has_a_name(portal: None, client: Client, slug: str, name: str) -> None:
    parent = page("events")
    event = EventPage(
        title="Meeting", slug="meeting", introduction="1", starts_on=date(2999, 1, 2), locale=locale("en")
    )
    parent.add_child(instance=event)
    event.save_revision().publish()
    Page.objects.filter(pk=event.pk).update(slug=slug)
    response = client.get(f"/en/feeds/events/{event.translation_key}.ics")
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
