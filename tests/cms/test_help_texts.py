"""Every field an editor fills in has a label, and a help text where needed, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail import blocks
from wagtail.models import get_page_models
from wagtail.users.models import UserProfile

from cms.library.admin import library_viewset
from cms.library.forms import DocumentForm
from cms.models import BasePage, LibraryDocument
from registry.languages import LANGUAGES
from registry.models import User
from tests.cms.conftest import page

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
#: What Wagtail adds to its forms without a label, for its own scripts.
WITHOUT_LABEL = {"comment_notifications"}
#: Fields whose use the label does not tell; without a help text an editor has to try.
NEED_HELP = {
    "introduction", "layout", "body", "highlights", "hero_title", "boxes", "groups", "recipients", "thanks",
    "published_on", "ends_on", "starts_at", "time_zone", "place", "organiser", "registration_url",
    "registration_until",
}  # fmt: skip
BLOCKS_THAT_NEED_HELP = {
    "CalloutBlock", "StepsBlock", "DefinitionListBlock", "GlossaryTermsBlock", "DocumentListBlock",
    "IndicatorLinkBlock", "LinkBlock",
}  # fmt: skip
BLOCK_FIELDS_THAT_NEED_HELP = {
    "HeadingBlock.level", "CaptionedImageBlock.alt_text", "CaptionedImageBlock.caption",
    "KeyFigureBlock.selection", "KeyFigureBlock.caption", "ChartBlock.selection",
    "FigureTableBlock.selection",
    "LinkBlock.text", "LinkBlock.page", "LinkListBlock.title", "DocumentListBlock.title",
    "HighlightBlock.text", "SiteBlock.name", "SiteBlock.about",
}  # fmt: skip


def page_types() -> list[type[BasePage]]:
    return [model for model in get_page_models() if issubclass(model, BasePage)]


def form_fields() -> Iterator[tuple[str, str, Any]]:
    """Page type, name and field of every form of a page."""
    for model in page_types():
        for name, field in model.get_edit_handler().get_form_class().base_fields.items():
            if name not in WITHOUT_LABEL:
                yield model.__name__, name, field


def parts_of(block: Any) -> Iterator[tuple[str, Any]]:
    """Every named block below one, as ``HeadingBlock.level``, and the block."""
    if isinstance(block, blocks.ListBlock):
        yield from parts_of(block.child_block)
    for name, child in getattr(block, "child_blocks", {}).items():
        yield f"{type(block).__name__}.{name}", child
        yield from parts_of(child)


def all_blocks() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in page_types():
        for field in model._meta.get_fields():
            if hasattr(field, "stream_block"):
                found.update(parts_of(field.stream_block))
    return found


def help_of(block: Any) -> Any:
    return getattr(getattr(block, "field", None), "help_text", "") or getattr(block.meta, "help_text", "")


def in_both(text: Any) -> bool:
    """Whether a text is there in English and in Russian. The languages are called by their own names."""
    told = {}
    for code in ("en", "ru"):
        with translation.override(code):
            told[code] = str(text or "")
        for language in LANGUAGES:
            told[code] = told[code].replace(language.name, "")
    english, russian = told["en"], told["ru"]
    return bool(english) and not CYRILLIC.search(english) and bool(CYRILLIC.search(russian))


def test_every_field_of_a_page_has_a_label_in_both_languages() -> None:
    fields = list(form_fields())
    assert len(fields) > 100
    assert [(kind, name) for kind, name, field in fields if not in_both(field.label)] == []


def test_every_help_text_of_a_page_is_in_both_languages() -> None:
    told = [(kind, name, field.help_text) for kind, name, field in form_fields() if field.help_text]
    assert [(kind, name) for kind, name, text in told if not in_both(text)] == []
    helped = {name for _kind, name, _text in told}
    assert NEED_HELP - helped == set()
    bare = {(kind, name) for kind, name, field in form_fields() if name in NEED_HELP and not field.help_text}
    assert bare == set()


def test_every_block_has_a_label_in_both_languages() -> None:
    found = all_blocks()
    assert {"HeadingBlock.level", "LinkBlock.page", "SiteBlock.about", "BodyBlock.chart"} <= set(found)
    assert [name for name, block in found.items() if not in_both(block.label)] == []


def test_blocks_tell_what_they_are_for_in_both_languages() -> None:
    found = all_blocks()
    assert [name for name in sorted(BLOCK_FIELDS_THAT_NEED_HELP) if not in_both(help_of(found[name]))] == []
    kinds = {type(block).__name__: block for block in found.values()}
    assert [name for name in sorted(BLOCKS_THAT_NEED_HELP) if not in_both(kinds[name].meta.help_text)] == []
    helped = {name: help_of(block) for name, block in found.items() if help_of(block)}
    assert [name for name, text in helped.items() if not in_both(text)] == []


def test_the_groups_and_choices_of_blocks_are_in_both_languages() -> None:
    found = all_blocks()
    groups = {
        str(name): block.meta.group for name, block in found.items() if getattr(block.meta, "group", "")
    }
    assert [name for name, group in groups.items() if not in_both(group)] == []


def test_a_field_without_a_translated_label_would_be_found() -> None:
    class Forgotten(blocks.StructBlock):
        half_done = blocks.CharBlock()

    ((name, block),) = parts_of(Forgotten())
    assert name == "Forgotten.half_done"
    assert not in_both(block.label)


def test_the_form_of_a_document_is_in_both_languages(editor: Client) -> None:
    panel = library_viewset.edit_handler.bind_to_model(LibraryDocument)
    fields = {**DocumentForm.base_fields, **panel.get_form_class().base_fields}
    assert [name for name, field in fields.items() if not in_both(field.label)] == []
    helped = {name: field.help_text for name, field in fields.items() if field.help_text}
    assert [name for name, text in helped.items() if not in_both(text)] == []
    panels = library_viewset.edit_handler.children
    told = [panel.help_text for panel in panels if getattr(panel, "help_text", "")]
    assert len(told) == 7
    assert [text for text in told if not in_both(text)] == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_help_texts_are_shown_in_the_form(editor: Client, language: str) -> None:
    user = User.objects.get(username="editor")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[page("overview").pk])).content.decode()
    with translation.override(language):
        layout = page("overview")._meta.get_field("layout").help_text
        assert str(layout) in html
