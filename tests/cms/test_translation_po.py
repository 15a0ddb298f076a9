"""Texts on their way to a translator's own program and back: PO files, under names that tell them apart."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import polib
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.operations import translate_object

from cms.translation import po as views
from registry.models import User
from tests.cms.conftest import locale, new_article, new_section, page

pytestmark = pytest.mark.thorough

HEADER = "X-WagtailLocalize-TranslationID"
NEXT = "/admin/reports/languages/"


@pytest.fixture
def translation(editor: Client, django_capture_on_commit_callbacks: Any) -> Translation:
    """A Russian article with a link, submitted for translation into English."""
    source = new_article(page("about", "ru"), "Трудовая миграция", "labour")
    source.body = [("paragraph", '<p>Один <a href="https://example.org/">закон</a>.</p>')]
    source.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        translate_object(source, [locale("en")])
    found: Translation = Translation.objects.get(source__object_id=source.translation_key)
    return found


def download(client: Client, translation: Translation) -> Any:
    return client.get(reverse("wagtail_localize:download_pofile", args=[translation.pk]))


def upload(client: Client, translation: Translation, content: str | bytes, language: str = "en") -> list[str]:
    data = content.encode() if isinstance(content, str) else content
    client.cookies["django_language"] = language
    response = client.post(
        reverse("wagtail_localize:upload_pofile", args=[translation.pk]),
        {"file": SimpleUploadedFile("a.po", data), "next": NEXT},
        follow=True,
    )
    assert response.redirect_chain == [(NEXT, 302)]
    return [unescape(str(message)).strip() for message in response.context["messages"]]


def exported(client: Client, translation: Translation, **texts: str) -> polib.POFile:
    """The file as a translator sends it back: ``texts`` by the beginning of the original."""
    po = polib.pofile(download(client, translation).text)
    for entry in po:
        for start, text in texts.items():
            if entry.msgid.startswith(start):
                entry.msgstr = text
    return po


def stored() -> set[str]:
    return set(StringTranslation.objects.filter(locale=locale("en")).values_list("data", flat=True))


@pytest.fixture
def before(translation: Translation) -> set[str]:
    return stored()


def speak(language: str) -> None:
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(
        user=User.objects.get(username="editor"), defaults={"preferred_language": language}
    )


def test_the_name_of_the_file_tells_the_page_and_both_languages(
    editor: Client, translation: Translation
) -> None:
    response = download(editor, translation)
    assert response["Content-Disposition"] == 'attachment; filename="labour-ru-en.po"'
    assert response["X-Content-Type-Options"] == "nosniff"
    po = polib.pofile(response.text)
    assert (po.metadata["Language"], po.metadata[HEADER]) == ("en", str(translation.uuid))
    assert "Трудовая миграция" in {entry.msgid for entry in po}


def test_pages_of_one_slug_have_files_of_different_names(editor: Client, translation: Translation) -> None:
    section = new_section(page("about", "ru"), "Раздел", "section")
    other = new_article(section, "Другая", "labour")
    translate_object(other, [locale("en")])
    again = Translation.objects.get(source__object_id=other.translation_key)
    assert {views.po_name(found) for found in (translation, again)} == {
        "about-labour-ru-en.po",
        "section-labour-ru-en.po",
    }


def test_a_name_in_other_letters_becomes_latin(translation: Translation) -> None:
    source = page("labour", "ru")
    type(source).objects.filter(pk=source.pk).update(slug="труд")
    assert views.po_name(translation) == "trud-ru-en.po"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Texts of the PO file: taken over 1, unknown on this page 0, refused 0."),
        ("ru", "Тексты файла PO: принято 1, неизвестных на этой странице 0, отклонено 0."),
    ],
)
def test_what_fits_is_taken_over(editor: Client, translation: Translation, language: str, told: str) -> None:
    speak(language)
    po = exported(editor, translation, Труд="Labour migration")
    assert upload(editor, translation, str(po)) == [told]
    assert "Labour migration" in stored()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_not_taken_is_counted_and_named(
    editor: Client, translation: Translation, language: str
) -> None:
    speak(language)
    po = exported(
        editor,
        translation,
        Труд="Labour migration",
        Один='A <a id="a9">law</a>.',
        Introd="<script>x</script>",
    )
    po.append(polib.POEntry(msgid="Нет <b>такого</b>", msgctxt="title", msgstr="None such"))
    told = upload(editor, translation, str(po))
    assert re.findall(r"\d+", told[0]) == ["1", "1", "2"]
    assert "Нет <b>такого</b>" in told[1]
    assert "Один" in told[2]
    assert re.search(r"(line|строка) \d+", told[2])
    assert {"Labour migration"} == {text for text in stored() if "abour" in text}
    assert not any("law" in text or "script" in text for text in stored())


def test_a_refused_text_leaves_the_one_that_was_there(editor: Client, translation: Translation) -> None:
    upload(editor, translation, str(exported(editor, translation, Introd="An introduction.")))
    assert "An introduction." in stored()
    told = upload(editor, translation, str(exported(editor, translation, Introd="<script>x</script>")))
    assert len(told) == 2
    assert "An introduction." in stored()


def test_texts_of_former_versions_are_not_called_unknown(
    editor: Client, translation: Translation, django_capture_on_commit_callbacks: Any
) -> None:
    upload(editor, translation, str(exported(editor, translation, Introd="An introduction.")))
    source = page("labour", "ru")
    source.introduction = "Иначе."
    source.save_revision().publish()
    translation.source.update_from_db()
    po = exported(editor, translation, Иначе="Otherwise.")
    assert [entry.msgid for entry in po if entry.obsolete] == ["Introduction."]
    assert upload(editor, translation, str(po)) == [
        "Texts of the PO file: taken over 1, unknown on this page 0, refused 0."
    ]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kept", ["none", "other"])
def test_a_file_of_another_translation_is_refused(
    editor: Client, translation: Translation, before: set[str], language: str, kept: str
) -> None:
    speak(language)
    po = exported(editor, translation, Труд="Labour migration")
    del po.metadata[HEADER]
    if kept == "other":
        po.metadata[HEADER] = "0e7c2b9c-0000-0000-0000-000000000000"
    (told,) = upload(editor, translation, str(po))
    words = {"en": "belongs to another translation", "ru": "относится к другому переводу"}[language]
    assert words in told
    assert HEADER in told
    assert stored() == before


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('msgid "x', 1),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c\nmsgstr "d"\n', 4),
        ("Dear colleagues,\n", 1),
        ('msgid "a"\nmsgstr "b"\nmsgid "c"\nfoo\n', 4),
        (b'msgid "a"\nmsgstr "\xff\xfe"\n', 2),
        (b"PK\x03\x04\x00\x00", 1),
    ],
)
def test_what_is_no_po_file_is_refused_with_its_line(
    editor: Client, translation: Translation, before: set[str], language: str, content: str | bytes, line: int
) -> None:
    speak(language)
    (told,) = upload(editor, translation, content)
    assert {"en": f"line {line} cannot be read", "ru": "строк"}[language] in told
    assert str(line) in told
    assert stored() == before


def test_a_file_in_the_code_its_header_names_is_read(editor: Client, translation: Translation) -> None:
    po = exported(editor, translation, Труд="Labour migration")
    text = str(po).replace("charset=utf-8", "charset=windows-1251")
    assert len(upload(editor, translation, text.encode("cp1251"))) == 1
    assert "Labour migration" in stored()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_too_much_and_nothing_are_refused(
    editor: Client, translation: Translation, before: set[str], language: str, monkeypatch: Any
) -> None:
    speak(language)
    po = str(exported(editor, translation, Труд="Labour migration"))
    monkeypatch.setattr(views, "MOST_TEXTS", 1)
    assert any(word in upload(editor, translation, po)[0] for word in ("at most 1", "не более 1"))
    monkeypatch.setattr(views, "MOST_BYTES", 20)
    assert any(word in upload(editor, translation, po)[0] for word in ("at most 20", "не более 20"))
    address = reverse("wagtail_localize:upload_pofile", args=[translation.pk])
    assert editor.post(address, {"next": NEXT}).status_code == 302
    assert upload(editor, translation, b"")[0]
    assert stored() == before


def test_a_name_of_a_file_is_not_opened(editor: Client, translation: Translation) -> None:
    (told,) = upload(editor, translation, "/etc/passwd")
    assert "line 1 cannot be read" in told


@pytest.mark.parametrize("who", ["anonymous", "other", "own", "administrator"])
def test_only_those_who_may_change_the_page_exchange_its_files(
    editor: Client, translation: Translation, who: str
) -> None:
    group = Group.objects.create(name=who)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    place = page("about", "en") if who == "own" else page("help", "en")
    GroupPagePermission.objects.create(group=group, page=place, permission_type="change")
    person = User.objects.create_user(who, is_superuser=who == "administrator")
    person.groups.add(group)
    client = Client()
    if who != "anonymous":
        client.force_login(person)
    po = str(exported(editor, translation, Труд="Labour migration"))
    may = who in ("own", "administrator")
    response = download(client, translation)
    assert (response.status_code == 200) == may
    client.post(
        reverse("wagtail_localize:upload_pofile", args=[translation.pk]),
        {"file": SimpleUploadedFile("a.po", po.encode()), "next": NEXT},
    )
    assert ("Labour migration" in stored()) == may


def test_files_are_sent_by_post_only(editor: Client, translation: Translation) -> None:
    assert editor.get(reverse("wagtail_localize:upload_pofile", args=[translation.pk])).status_code == 405
