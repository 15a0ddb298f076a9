"""Translations that are too long for the page are told beside the text, and never shown or fatal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import get_page_models
from wagtail.users.models import UserProfile
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.models import ArticlePage
from registry.models import User
from tests.cms.conftest import new_article, page
from tests.cms.test_translation import _publish, _submit, _translate

pytestmark = pytest.mark.thorough

TOO_LONG = {
    "Border counts": "Ы" * 256,
    "Introduction.": "Ы" * 601,
    "A heading": "Ы" * 201,
    "A callout": "Ы" * 151,
    "A step": "Ы" * 151,
}
SAID = {
    "en": "Ensure this value has at most {limit} characters (it has {length}).",
    "ru": "Убедитесь, что это значение содержит не более {limit} символов (сейчас {length}).",
}


@pytest.fixture
def source(editor: Client) -> ArticlePage:
    made = new_article(page("about"), "Border counts", "border-counts")
    made.body = [
        ("heading", {"text": "A heading", "level": "2"}),
        ("callout", {"kind": "note", "title": "A callout", "text": "<p>One.</p>"}),
        ("steps", {"steps": [{"title": "A step", "text": "<p>Two.</p>"}]}),
    ]
    made.save_revision().publish()
    return made


@pytest.fixture
def submitted(source: ArticlePage, editor: Client, django_capture_on_commit_callbacks: Any) -> Translation:
    with django_capture_on_commit_callbacks(execute=True):
        return _submit(editor, source, "ru")


def _said(text: str) -> str:
    return str(StringTranslation.objects.get(translation_of__data=text, has_error=True).get_error())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("text", TOO_LONG)
def test_a_text_that_is_too_long_is_told_beside_it(
    editor: Client, submitted: Translation, text: str, language: str
) -> None:
    user = User.objects.get(username="editor")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    long = TOO_LONG[text]
    said = SAID[language].format(limit=len(long) - 1, length=len(long))
    segment = StringSegment.objects.get(source=submitted.source, string__data=text)
    url = reverse("wagtail_localize:edit_string_translation", args=[submitted.pk, segment.pk])
    answer = editor.put(url, f"value={long}", content_type="application/x-www-form-urlencoded").json()
    assert answer["error"] == said
    assert _said(text) == said
    # The right length is told to be right.
    short = long[:-1]
    answer = editor.put(url, f"value={short}", content_type="application/x-www-form-urlencoded").json()
    assert (answer["error"], answer["data"]) == (None, short)


def test_what_is_too_long_is_not_published(
    editor: Client, client: Client, submitted: Translation, django_capture_on_commit_callbacks: Any
) -> None:
    told = {"Border counts": "Учёт", "Introduction.": "Вводный текст."}
    _translate(editor, submitted, {**TOO_LONG, **told, "One.": "Один."})
    _publish(editor, submitted.get_target_instance(), django_capture_on_commit_callbacks)
    target = submitted.get_target_instance()
    assert (target.live, target.title, target.body[0].value["text"]) == (True, "Учёт", "A heading")
    html = client.get("/ru/about/border-counts/").text
    assert "ЫЫЫ" not in html
    assert "Один." in html


def test_a_page_whose_title_is_too_long_is_not_published(
    editor: Client, submitted: Translation, django_capture_on_commit_callbacks: Any
) -> None:
    _translate(editor, submitted, TOO_LONG)
    _publish(editor, submitted.get_target_instance(), django_capture_on_commit_callbacks)
    target = submitted.get_target_instance()
    assert (target.live, target.title, target.draft_title) == (False, "Border counts", "Border counts")


def test_the_length_is_that_of_the_text_and_not_of_its_marks(editor: Client, submitted: Translation) -> None:
    _translate(editor, submitted, {"A heading": "&amp;" * 200})
    assert not StringTranslation.objects.get(translation_of__data="A heading").has_error


@pytest.mark.parametrize("text", ["Border counts", "Introduction."])
def test_texts_stored_before_are_told_when_they_are_published(
    editor: Client, submitted: Translation, text: str, django_capture_on_commit_callbacks: Any
) -> None:
    """At the first publication Wagtail checks the title alone, and says of no field that it is wrong."""
    short = "Ы" * 255 if text == "Border counts" else "Ы" * 600
    _translate(editor, submitted, {"Border counts": "Учёт", "Introduction.": "Вводный текст.", text: short})
    StringTranslation.objects.filter(translation_of__data=text).update(data=f"{short}Ы")
    url = reverse("wagtailadmin_pages:edit", args=[submitted.get_target_instance().pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post(url, {"action": "publish"}).status_code == 302
    assert not submitted.get_target_instance().live
    assert _said(text) == SAID["en"].format(limit=len(short), length=len(short) + 1)


def test_a_long_introduction_is_refused_by_the_page_itself(portal: None) -> None:
    made = new_article(page("about"), "Border counts", "border-counts")
    made.introduction = "x" * 601
    with pytest.raises(Exception, match="at most 600 characters") as caught:
        made.save_revision()
    assert set(caught.value.error_dict) == {"introduction"}


def _limits(block: Any, path: str) -> Iterator[str]:
    if isinstance(block, blocks.ListBlock):
        yield from _limits(block.child_block, f"{path}.item")
    elif hasattr(block, "child_blocks"):
        for name, child in block.child_blocks.items():
            yield from _limits(child, f"{path}.{name}")
    else:
        yield path


def test_no_limit_of_a_translated_text_is_lower_than_said() -> None:
    from cms.translation.limits import SHORTEST_LIMIT, limit_at

    found = {}
    for model in get_page_models():
        for policy in get_translatable_fields(model):
            if policy.field_name == "slug" or not model.__module__.startswith("cms."):
                continue
            field = policy.get_field(model)
            stream = isinstance(field, StreamField)
            names = _limits(field.stream_block, field.name) if stream else [field.name]
            if stream or (isinstance(field, models.CharField | models.TextField) and not field.choices):
                found |= {(model.__name__, name): limit_at(model, name) for name in names}
    limits = {place: limit for place, limit in found.items() if limit}
    assert limits["ArticlePage", "title"] == 255
    assert limits["ArticlePage", "body.steps.steps.item.title"] == 150
    assert {place: limit for place, limit in limits.items() if limit < SHORTEST_LIMIT} == {}
