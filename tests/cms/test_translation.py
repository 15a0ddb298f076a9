"""The way of a text from one language to the other, driven through the admin as an editor does it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.services.tree import tree_problems
from tests.cms.conftest import locale, new_article, page

RUSSIAN = {
    "Border counts": "Пограничный учёт",
    "Introduction.": "Вводный текст со «скобками»,\u00a0пробелами\u00a0— и тире.",
    "One.": "Один.",
    "Two.": "Два.",
}


def _submit(client: Client, source: Page, target: str) -> Translation:
    url = reverse("wagtail_localize:submit_page_translation", args=[source.pk])
    response = client.post(url, {"locales": [locale(target).pk]})
    assert response.status_code == 302
    return Translation.objects.get(source__object_id=source.translation_key, target_locale=locale(target))


def _translate(client: Client, translation: Translation, texts: dict[str, str]) -> None:
    for segment in StringSegment.objects.filter(source=translation.source).select_related("string"):
        if segment.string.data in texts:
            url = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
            body = urlencode({"value": texts[segment.string.data]})
            response = client.put(url, body, content_type="application/x-www-form-urlencoded")
            assert response.status_code in {200, 201}


def _publish(client: Client, target: Page, capture: Any) -> None:
    with capture(execute=True):
        response = client.post(reverse("wagtailadmin_pages:edit", args=[target.pk]), {"action": "publish"})
    assert response.status_code == 302


@pytest.fixture
def translated(editor: Client, django_capture_on_commit_callbacks: Any) -> Translation:
    """An English article, translated and published in Russian."""
    source = new_article(page("about"), "Border counts", "border-counts")
    with django_capture_on_commit_callbacks(execute=True):
        translation = _submit(editor, source, "ru")
    _translate(editor, translation, RUSSIAN)
    _publish(editor, translation.get_target_instance(), django_capture_on_commit_callbacks)
    return translation


def test_a_submitted_page_stays_a_draft_until_it_is_published(
    editor: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    source = new_article(page("about"), "Border counts", "border-counts")
    with django_capture_on_commit_callbacks(execute=True):
        translation = _submit(editor, source, "ru")
    target = translation.get_target_instance()
    assert (target.live, target.slug) == (False, "border-counts")
    assert target.get_parent().slug == "about"
    shown = client.get("/ru/about/border-counts/").text  # the source stands in, marked as what it is
    assert '<main id="content" class="wrap" tabindex="-1">' in shown
    assert "Этой страницы пока нет на этом языке. Ниже — её текст на другом: английский." in shown
    assert '<h1 lang="en">Border counts</h1>' in shown
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[target.pk])).status_code == 200
    assert {
        segment.string.data for segment in StringSegment.objects.filter(source=translation.source)
    } == set(RUSSIAN)


def test_a_translated_page_is_served_and_keeps_its_typography(
    translated: Translation, client: Client
) -> None:
    html = client.get("/ru/about/border-counts/").content.decode()
    for text in RUSSIAN.values():
        assert text in html
    assert 'href="/en/about/border-counts/" hreflang="en"' in html
    assert tree_problems() == []


def test_updating_from_the_source_asks_only_for_what_changed(
    translated: Translation, editor: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    source = page("border-counts")
    source.introduction = "A new introduction."
    source.save_revision().publish()
    url = reverse("wagtail_localize:update_translations", args=[translated.source_id])
    with django_capture_on_commit_callbacks(execute=True):
        response = editor.post(url, {"publish_translations": "on"})
    assert response.status_code == 302
    total, done = translated.get_progress()
    assert (total, done) == (4, 3)

    _translate(editor, translated, {"A new introduction.": "Новый вводный текст."})
    _publish(editor, page("border-counts", "ru"), django_capture_on_commit_callbacks)
    html = client.get("/ru/about/border-counts/").content.decode()
    assert "Новый вводный текст." in html
    assert "Один." in html


def test_starter_pages_are_translations_an_editor_can_update(
    editor: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    source = page("methodology")
    source.title = "Methods"
    source.save_revision().publish()
    translation = Translation.objects.get(source__object_id=source.translation_key)
    url = reverse("wagtail_localize:update_translations", args=[translation.source_id])
    assert editor.get(url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(url, {"publish_translations": "on"})
    total, done = translation.get_progress()
    assert total - done == 1
    _translate(editor, translation, {"Methods": "Методы"})
    _publish(editor, page("methodology", "ru"), django_capture_on_commit_callbacks)
    html = client.get("/ru/about-statistics/methodology/").content.decode()
    assert "<h1>Методы</h1>" in html
    assert "Откуда берутся данные" in html


def test_a_page_may_be_written_in_russian_first(
    editor: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    source = new_article(page("about", "ru"), "Учёт на границе", "border-counts")
    with django_capture_on_commit_callbacks(execute=True):
        translation = _submit(editor, source, "en")
    _translate(editor, translation, {"Учёт на границе": "Border counts", "Introduction.": "In short."})
    _publish(editor, translation.get_target_instance(), django_capture_on_commit_callbacks)
    html = client.get("/en/about/border-counts/").content.decode()
    assert "<h1>Border counts</h1>" in html
    assert 'href="/ru/about/border-counts/" hreflang="ru"' in html


def test_deleting_a_translation_keeps_the_work_of_its_translator(
    translated: Translation, editor: Client, django_capture_on_commit_callbacks: Any
) -> None:
    translated.get_target_instance().delete()
    assert StringTranslation.objects.filter(data="Пограничный учёт").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        again = _submit(editor, page("border-counts"), "ru")
    assert again.get_progress() == (4, 4)
    assert again.get_target_instance().get_latest_revision_as_object().title == "Пограничный учёт"


@pytest.mark.parametrize(("language", "label"), [("en", "Introduction"), ("ru", "Вводный текст")])
def test_the_admin_speaks_the_editors_language(editor: Client, language: str, label: str) -> None:
    from wagtail.users.models import UserProfile

    from registry.models import User

    UserProfile.objects.update_or_create(
        user=User.objects.get(username="editor"), defaults={"preferred_language": language}
    )
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[page("help").pk])).content.decode()
    assert f'<html lang="{language}"' in html
    assert label in html


@pytest.mark.parametrize("language", ["en", "ru"])
def test_drafts_can_be_previewed(editor: Client, language: str) -> None:
    shown = page("help", language)
    shown.title = "Draft title"
    shown.save_revision()
    response = editor.get(reverse("wagtailadmin_pages:view_draft", args=[shown.pk]))
    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Draft title</h1>" in html
    assert f'<html lang="{language}">' in html
