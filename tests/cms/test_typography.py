"""What Russian (and English) typography must survive: segments, PO files, the editor, the page as served.

A regression set: wagtail-localize#838 and #848 reset Cyrillic texts and lost white space.
"""

from __future__ import annotations

import html as html_module
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import polib
import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.operations import translate_object

from tests.cms.conftest import locale, new_article, page

pytestmark = pytest.mark.thorough

Capture = Callable[..., Any]

RUSSIAN = {
    "quotes": "Так называемые «лица без гражданства», или „апатриды“",
    "nbsp": "Всего 1\xa0234\xa0567 человек в\xa02023\xa0г.",
    "narrow": "Доля 12,5\u202f% и №\xa05",
    "dashes": "Приток\xa0— отток, 2010–2023\xa0гг., кое‑где",
    "ellipsis": "И так далее… Ёлка, ёж, подъём",
    "double": "Два  пробела  подряд",
    "accents": "Кы́ргызстан, o‘zbek, қазақ, ў",
}
ENGLISH = {
    "quotes": "So-called “stateless persons”, or ‘apatrides’",
    "nbsp": "1,234,567\xa0persons in\xa02023",
    "dashes": "Inflow\xa0— outflow, 2010–2023",
    "signs": "R&D and 3 < 4 > 2",
}
DIRECTIONS = [("en", "ru", RUSSIAN), ("ru", "en", ENGLISH)]


def _translation(source_language: str, target: str, capture: Capture) -> Translation:
    """An article with a title, an introduction, and rich text of two paragraphs, submitted."""
    source = new_article(page("about", source_language), "Typography", "typography")
    source.body = [("paragraph", "<p>First <b>bold</b> and <i>italic</i>.</p><p>One.<br/>Two.</p>")]
    source.save_revision().publish()
    with capture(execute=True):
        translate_object(source, [locale(target)])
    found: Translation = Translation.objects.get(
        source__object_id=source.translation_key, target_locale=locale(target)
    )
    return found


def introduction(translation: Translation) -> QuerySet[StringTranslation]:
    return StringTranslation.objects.filter(
        context__object_id=translation.source.object_id,
        context__path="introduction",
        locale=translation.target_locale,
    )


def _published(translation: Translation) -> Page:
    translation.save_target(publish=False)
    target = translation.get_target_instance()
    target.latest_revision.publish()
    shown: Page = target.__class__.objects.get(pk=target.pk)
    return shown


@pytest.fixture(params=DIRECTIONS, ids=["en-ru", "ru-en"])
def way(request: pytest.FixtureRequest, editor: Client, django_capture_on_commit_callbacks: Capture) -> Any:
    source, target, texts = request.param
    return _translation(source, target, django_capture_on_commit_callbacks), target, texts


def test_texts_come_through_the_editor_unchanged(way: Any, editor: Client, client: Client) -> None:
    translation, target, texts = way
    segment = StringSegment.objects.get(source=translation.source, context__path="introduction")
    url = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    for text in texts.values():
        response = editor.put(
            url, urlencode({"value": text}), content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code in {200, 201}
        assert introduction(translation).get().data == text
        shown = _published(translation)
        assert shown.introduction == text
        served = html_module.unescape(client.get(f"/{target}/about/typography/").content.decode())
        assert text in served


def test_texts_come_through_a_po_file_unchanged(way: Any, client: Client) -> None:
    translation, _target, texts = way
    for text in texts.values():
        po = polib.pofile(str(translation.export_po()))
        for entry in po:
            if entry.msgctxt == "introduction":
                entry.msgstr = text
        assert translation.import_po(polib.pofile(str(po)), delete=True) == []
        assert _published(translation).introduction == text
        again = polib.pofile(str(translation.export_po()))
        assert [entry.msgstr for entry in again if entry.msgctxt == "introduction"] == [text]


def test_rich_text_keeps_its_marks_and_breaks(way: Any, client: Client) -> None:
    translation, target, texts = way
    po = polib.pofile(str(translation.export_po()))
    swapped = {"First": "Перво", "bold": "жирно", "and": "и", "italic": "курсив", "One": "Раз", "Two": "Два"}
    for entry in po:
        entry.msgstr = entry.msgid
        for old, new in swapped.items():
            entry.msgstr = entry.msgstr.replace(old, f"{new}\xa0«{texts['nbsp'][:4]}»")
    assert translation.import_po(po, delete=True) == []
    _published(translation)
    served = client.get(f"/{target}/about/typography/").content.decode()
    mark = f"\xa0«{texts['nbsp'][:4]}»"
    assert f"<b>жирно{mark}</b> и{mark} <i>курсив{mark}</i>" in served
    assert f"Раз{mark}.<br/>Два{mark}." in served


def test_what_is_not_translated_yet_stays_in_the_source_language(way: Any) -> None:
    translation, target, _texts = way
    translation.save_target(publish=False)
    draft = translation.get_target_instance().get_latest_revision_as_object()
    assert draft.introduction == "Introduction."
    assert draft.locale.language_code == target


def test_an_update_from_the_source_resets_no_translation(
    way: Any, editor: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    translation, target, texts = way
    segment = StringSegment.objects.get(source=translation.source, context__path="introduction")
    StringTranslation.from_text(segment.string, locale(target), segment.context, texts["quotes"])
    _published(translation)
    source = translation.source.get_source_instance()
    source.title = "Changed"
    source.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(reverse("wagtail_localize:update_translations", args=[translation.source_id]), {})
    assert _published(translation).introduction == texts["quotes"]


def test_a_file_of_another_translation_is_refused(
    way: Any, editor: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    translation, _target, _texts = way
    po = polib.pofile(str(translation.export_po()))
    for entry in po:
        entry.msgstr = "x"
    po.metadata["X-WagtailLocalize-TranslationID"] = "00000000-0000-0000-0000-000000000000"
    upload = SimpleUploadedFile("t.po", str(po).encode(), "text/x-gettext-translation")
    url = reverse("wagtail_localize:upload_pofile", args=[translation.pk])
    editor.post(url, {"file": upload})
    assert not introduction(translation).exists()
