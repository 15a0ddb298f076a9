"""The library in the admin: each sees, writes and deletes the documents they keep, and no others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail.users.models import UserProfile

from cms.models import LibraryDocument, LibraryFile
from cms.services.documents import file_add
from registry.models import User
from tests.cms.documents.conftest import Make, content_manager, docx, pdf, read, upload

INDEX = "/admin/library/"
FORM = {
    "title_en": "Law on migration",
    "title_ru": "Закон о миграции",
    "summary_en": "Rules migration.",
    "summary_ru": "Регулирует миграцию.",
    "kind": "legislation",
    "audience": "public",
    "url": "https://example.org/law",
}


@pytest.fixture(autouse=True)
def locales(db: None) -> None:
    for code in ("en", "ru"):
        Locale.objects.get_or_create(language_code=code)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_content_manager_writes_a_document_with_files(world: Any, topics: Any, library_folder: Any) -> None:
    person = content_manager(world.participants["MDA"])
    response = client_of(person).post(
        f"{INDEX}new/",
        {
            **FORM,
            "url": "",
            "topics": [topics["old-laws"].pk],
            "indicators": [world.indicator.pk],
            "languages": ["ro"],
            "file_en": upload(pdf(), "law.pdf"),
            "file_other": upload(docx("Lege"), "lege.docx"),
            "other_language": "ro",
        },
    )
    assert response.status_code == 302, re.findall(r"error-message.*?</div>", response.content.decode(), re.S)
    document = LibraryDocument.objects.get()
    assert (document.participant, document.title_ru, document.audience) == (
        world.participants["MDA"],
        "Закон о миграции",
        "public",
    )
    assert re.fullmatch(r"law-on-migration-[0-9a-f]{6}", document.code)
    files = {file.language: (file.name, file.format, file.text) for file in document.files.all()}
    assert files == {"en": ("law.pdf", "pdf", "Law on migration"), "ro": ("lege.docx", "docx", "Lege")}
    assert document.indicators.get() == world.indicator


@pytest.mark.parametrize("admin_language", ["en", "ru"])
def test_a_bad_file_is_told_at_its_field_and_nothing_is_stored(
    editor: User, topics: Any, library_folder: Any, admin_language: str
) -> None:
    client = client_of(editor)
    client.cookies["django_language"] = admin_language
    response = client.post(
        f"{INDEX}new/",
        {**FORM, "topics": [topics["laws"].pk], "file_en": upload(b"%PDF-1.7 broken", "law.pdf")},
    )
    words = {"en": "The file is damaged", "ru": "Файл повреждён"}[admin_language]
    assert response.status_code == 200
    assert str(response.context["form"].errors["file_en"]) != ""
    if admin_language == "en":
        assert words in response.content.decode()
    assert not LibraryDocument.objects.exists()
    assert not library_folder.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_ru": ""}, "title_ru"),
        ({"summary_en": " "}, "summary_en"),
        ({"topics": []}, "topics"),
        ({"url": ""}, "url"),
        ({"related": "https://example.org/en/library/documents/no-such/"}, "related"),
        ({"file_other": upload(b"Text", "a.txt")}, "other_language"),
    ],
)
def test_the_form_asks_for_what_is_missing(editor: User, topics: Any, changes: Any, field: str) -> None:
    response = client_of(editor).post(f"{INDEX}new/", {**FORM, "topics": [topics["laws"].pk], **changes})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not LibraryDocument.objects.exists()


def test_a_file_is_taken_away_and_hidden_links_stay(world: Any, make: Make, editor: User) -> None:
    hidden = make("hidden", participant=world.participants["MDA"], audience="owner")
    shown = make("shown")
    document = make("law", related=[hidden, shown])
    file = file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    client = client_of(editor)
    address = f"{INDEX}edit/{document.pk}/"
    response = client.get(address)
    assert response.context["form"].initial["related"] == "shown"
    assert "Law hidden" not in response.content.decode()
    data = {
        **FORM,
        "topics": [topic.pk for topic in document.topics.all()],
        "removed": [file.pk],
        "related": "",
    }
    assert client.post(address, data).status_code == 302
    assert list(document.related.all()) == [hidden]
    assert not LibraryFile.objects.exists()


@pytest.mark.parametrize("who", ["MDA", "KAZ", "secretariat", "Editors", "user", "trainer"])
def test_each_finds_only_what_they_keep(world: Any, make: Make, editor: User, who: str) -> None:
    documents = {
        "MDA": make("mda", participant=world.participants["MDA"], audience="owner"),
        "KAZ": make("kaz", participant=world.participants["KAZ"]),
        "secretariat": make("common", audience="owner"),
    }
    person = {
        "MDA": lambda: world.people["MDA"]["administrator"],
        "KAZ": lambda: content_manager(world.participants["KAZ"]),
        "secretariat": lambda: editor,
        "Editors": lambda: _of_group("Editors"),
        "user": lambda: world.people["MDA"]["user"],
        "trainer": lambda: _of_group(""),
    }[who]()
    kept = {"Editors": "secretariat"}.get(who, who)
    client = client_of(person)
    listed = client.get(f"{INDEX}?q=what+it+rules")
    assert (listed.status_code == 200) == (kept in documents)
    for owner, document in documents.items():
        assert (f"Law {document.code}" in listed.content.decode()) == (owner == kept)
        for act in ("edit", "delete"):
            response = client.get(f"{INDEX}{act}/{document.pk}/")
            assert (response.status_code == 200) == (owner == kept), (owner, act)
            if owner != kept:
                client.post(f"{INDEX}{act}/{document.pk}/", FORM)
    codes = [document.code for document in documents.values()]
    titles = LibraryDocument.objects.filter(code__in=codes).values_list("title_en", flat=True)
    assert set(titles) == {"Law mda", "Law kaz", "Law common"}
    menu = client.get("/admin/").content.decode()
    assert ('"/admin/library/"' in menu) == (kept in documents)


def test_a_longer_list_costs_no_more_queries(
    make: Make, editor: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(editor)
    make("law")
    client.get(INDEX)
    with django_assert_max_num_queries(60) as few:
        client.get(INDEX)
    for number in range(8):
        make(f"law-{number}")
    with django_assert_num_queries(len(few)):
        assert client.get(INDEX).text.count("Law law") >= 9


def _of_group(name: str) -> User:
    from cms.services.library_starter import library_load

    person = User.objects.create_user("somebody", is_staff=True)
    if name:
        library_load()
        person.groups.add(Group.objects.get(name=name))
    return person


def test_a_draft_is_downloaded_by_its_keepers_only(world: Any, make: Make, editor: User) -> None:
    document = make("draft", audience="owner")
    file = file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    address = reverse("library_documents:file", args=[file.key])
    response = client_of(editor).get(address)
    assert (response.status_code, response["Content-Disposition"].split(";")[0]) == (200, "attachment")
    assert client_of(content_manager(world.participants["MDA"])).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_document_is_deleted_after_a_question(make: Make, editor: User) -> None:
    document = make("law")
    client = client_of(editor)
    assert client.get(f"{INDEX}delete/{document.pk}/").status_code == 200
    assert client.post(f"{INDEX}delete/{document.pk}/").status_code == 302
    assert not LibraryDocument.objects.exists()


def test_pages_choose_public_documents_only(world: Any, make: Make) -> None:
    person = User.objects.create_superuser("root")
    shown, hidden = (
        make("shown"),
        make("hidden", participant=world.participants["MDA"], audience="participants"),
    )
    client = client_of(person)
    html = client.get("/admin/library/chooser/").content.decode()
    assert "Law shown" in html
    assert "Law hidden" not in html
    assert "Law shown" in client.get("/admin/library/chooser/results/?q=shown").content.decode()
    assert client.get(f"/admin/library/chooser/chosen/{shown.pk}/").status_code == 200
    assert client.get(f"/admin/library/chooser/chosen/{hidden.pk}/").status_code == 404


def test_wagtails_own_documents_are_closed(db: None) -> None:
    client = client_of(User.objects.create_superuser("root"))
    for address in ("documents/", "documents/multiple/add/", "documents/chooser/"):
        assert client.get(f"/admin/{address}").status_code == 404
    home = client.get("/admin/").content.decode()
    assert "/admin/documents/" not in home
    assert client.get("/documents/1/law.pdf").status_code == 404


def _form_of(document: LibraryDocument, topics: Any) -> dict[str, Any]:
    return {**FORM, "topics": [topics["laws"].pk], "languages": ["en"]}


@pytest.mark.parametrize("admin_language", ["en", "ru"])
def test_the_same_file_again_is_told_at_its_field(
    make: Make, editor: User, topics: Any, library_folder: Any, admin_language: str
) -> None:
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": admin_language})
    document = make("law")
    file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    response = client_of(editor).post(
        f"{INDEX}edit/{document.pk}/", {**_form_of(document, topics), "file_en": upload(pdf(), "again.pdf")}
    )
    told = {"en": "The document has this very file already.", "ru": "У документа уже есть этот файл."}
    assert response.status_code == 200
    assert response.context["form"].errors == {"file_en": [told[admin_language]]}
    assert document.files.count() == 1


def test_what_the_services_refuse_is_told_above_the_form(
    make: Make, editor: User, topics: Any, library_folder: Any
) -> None:
    """The same file twice in one form is known only when the first of them is stored."""
    document = make("law")
    files = {"file_en": upload(pdf(), "a.pdf"), "file_other": upload(pdf(), "b.pdf"), "other_language": "en"}
    response = client_of(editor).post(f"{INDEX}edit/{document.pk}/", {**_form_of(document, topics), **files})
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["The document has this very file already."]
    assert not document.files.exists()


def test_a_file_is_replaced_by_itself(make: Make, editor: User, topics: Any, library_folder: Any) -> None:
    document = make("law")
    old = file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    form = {**_form_of(document, topics), "removed": [old.pk], "file_en": upload(pdf(), "new.pdf")}
    assert client_of(editor).post(f"{INDEX}edit/{document.pk}/", form).status_code == 302
    assert document.files.get().name == "new.pdf"


def test_the_language_of_a_file_stays_with_the_document(
    make: Make, editor: User, topics: Any, library_folder: Any
) -> None:
    document = make("law")
    file = file_add(document=document, read=read(pdf(), "law.pdf"), language="ru", actor=editor)
    client, address = client_of(editor), f"{INDEX}edit/{document.pk}/"
    assert client.post(address, _form_of(document, topics)).status_code == 302
    assert set(document.text_languages.values_list("code", flat=True)) == {"en", "ru"}
    assert client.post(address, {**_form_of(document, topics), "removed": [file.pk]}).status_code == 302
    assert set(document.text_languages.values_list("code", flat=True)) == {"en"}
