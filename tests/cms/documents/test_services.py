from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from cms.models import LibraryDocument, LibraryFile
from cms.services.documents import document_create, document_delete, document_update, file_add, file_remove
from cms.services.library_check import library_problems, orphans_delete, texts_read_again
from registry.errors import Invalid, NotAllowed
from registry.models import AuditEvent, Role, RoleAssignment, User
from tests.cms.documents.conftest import Make, content_manager, pdf, read

TEXTS = {"title_en": "Law", "title_ru": "Закон", "summary_en": "Rules.", "summary_ru": "Нормы."}


def stored_files(folder: Any) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def trail() -> list[tuple[str, str, str | None]]:
    rows = AuditEvent.objects.order_by("pk").values_list("actor", "action", "participant")
    return [row for row in rows if row[1].startswith("document.")]


@pytest.mark.parametrize("missing", ["title_en", "title_ru", "summary_en", "summary_ru"])
def test_no_document_without_title_and_summary_in_both_languages(
    topics: Any, editor: User, missing: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        document_create(
            participant=None,
            actor=editor,
            kind="policy",
            topics=[topics["laws"]],
            **{**TEXTS, missing: "   "},
        )
    assert missing in refusal.value.message_dict
    assert not LibraryDocument.objects.exists()


@pytest.mark.parametrize("column", ["title_en", "title_ru", "summary_en", "summary_ru"])
def test_the_database_refuses_it_too(make: Make, column: str) -> None:
    make("law")
    with pytest.raises(IntegrityError), transaction.atomic():
        LibraryDocument.objects.update(**{column: ""})


def test_a_document_needs_a_topic(editor: User, db: None) -> None:
    with pytest.raises(ValidationError, match="topic"):
        document_create(participant=None, actor=editor, kind="policy", topics=[], **TEXTS)
    assert not LibraryDocument.objects.exists()


def test_every_change_is_in_the_trail(world: Any, topics: Any) -> None:
    owner = world.participants["MDA"]
    actor = content_manager(owner)
    document = document_create(
        participant=owner, actor=actor, kind="policy", topics=[topics["laws"]], languages=["ro"], **TEXTS
    )
    assert document_update(document=document, actor=actor, title_en="Law", year=2010) == ["year"]
    assert document_update(document=document, actor=actor, year=2010) == []
    file = file_add(document=document, read=read(pdf()), language="ru", actor=actor)
    assert [item.code for item in document.text_languages.all()] == ["ro", "ru"]
    file_remove(file=file, actor=actor)
    document_delete(document=document, actor=actor)
    actions = ("create", "update", "file_add", "file_remove", "delete")
    assert trail() == [("mda-content", f"document.{action}", "MDA") for action in actions]


@pytest.mark.parametrize("who", ["other", "user", "editor", "submitter"])
def test_a_participants_documents_are_kept_by_its_own_people_alone(
    world: Any, make: Make, editor: User, who: str
) -> None:
    document = make("law", participant=world.participants["MDA"])
    people = {
        "other": content_manager(world.participants["KAZ"]),
        "user": world.people["MDA"]["user"],
        "editor": editor,
        "submitter": world.people["MDA"]["submitter"],
    }
    before = LibraryDocument.objects.values().get()
    with pytest.raises(NotAllowed):
        document_update(document=document, actor=people[who], title_en="Mine")
    with pytest.raises(NotAllowed):
        file_add(document=document, read=read(pdf()), language="en", actor=people[who])
    with pytest.raises(NotAllowed):
        document_delete(document=document, actor=people[who])
    assert LibraryDocument.objects.values().get() == before
    assert trail() == []


def test_common_documents_are_kept_by_the_secretariat_alone(world: Any, make: Make, editor: User) -> None:
    document = make("law")
    with pytest.raises(NotAllowed):
        document_update(document=document, actor=content_manager(world.participants["MDA"]), year=2011)
    superuser = User.objects.create_superuser("root")
    for year, actor in ((2001, editor), (2002, superuser)):
        assert document_update(document=document, actor=actor, year=year) == ["year"]
    trainer = User.objects.create_user("trainer")
    RoleAssignment.objects.create(user=trainer, role=Role.TRAINER)
    with pytest.raises(NotAllowed):
        document_update(document=document, actor=trainer, year=2011)


def test_a_country_administrator_keeps_its_documents_too(world: Any, make: Make) -> None:
    document = make("law", participant=world.participants["MDA"])
    assert document_update(document=document, actor=world.people["MDA"]["administrator"], year=2011) == [
        "year"
    ]


def test_a_file_that_cannot_be_recorded_is_not_stored(
    make: Make, editor: User, library_folder: Any, monkeypatch: Any
) -> None:
    document = make("law")

    def fail(**values: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cms.services.documents.audit_record", fail)
    with pytest.raises(RuntimeError):
        file_add(document=document, read=read(pdf()), language="en", actor=editor)
    assert not LibraryFile.objects.exists()
    assert stored_files(library_folder) == 0


def test_the_same_file_is_not_taken_twice(make: Make, editor: User) -> None:
    document = make("law")
    file_add(document=document, read=read(pdf()), language="en", actor=editor)
    with pytest.raises(Invalid, match="already"):
        file_add(document=document, read=read(pdf()), language="en", actor=editor)
    assert LibraryFile.objects.count() == 1


def test_a_deleted_document_leaves_no_bytes_behind(
    make: Make,
    editor: User,
    library_folder: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    document = make("law")
    file_add(document=document, read=read(pdf()), language="en", actor=editor)
    assert stored_files(library_folder) == 1
    with django_capture_on_commit_callbacks(execute=True):
        document_delete(document=document, actor=editor)
    assert stored_files(library_folder) == 0


def test_the_check_names_what_is_wrong(
    make: Make, editor: User, library_folder: Any, monkeypatch: Any
) -> None:
    document = make("law", place_en="Journal")
    make("lost")
    make("blank", url="https://example.org/", title_ru="Закон")
    LibraryDocument.objects.filter(code="blank").update(title_ru=" ")
    file = file_add(document=document, read=read(pdf(), "law.pdf"), language="en", actor=editor)
    (library_folder / file.path).unlink()
    (library_folder / "ab").mkdir()
    (library_folder / "ab" / "abandoned").write_bytes(b"x")
    monkeypatch.setattr("cms.services.library_check._GRACE", -_long())
    assert [(problem.document, problem.problem) for problem in library_problems()] == [
        ("blank", "no title in Русский"),
        ("lost", "neither a file, nor an address, nor a word on where it is published"),
        ("law", "the file law.pdf is not in its place"),
        ("ab/abandoned", "this file belongs to no document"),
    ]
    assert orphans_delete() == 1
    assert stored_files(library_folder) == 0


def _long() -> Any:
    from datetime import timedelta

    return timedelta(days=1)


def test_texts_are_read_again(
    make: Make, editor: User, library_folder: Any, django_capture_on_commit_callbacks: Any
) -> None:
    document = make("law")
    stale, _same, lost = (
        file_add(document=document, read=read(pdf(), name), language=language, actor=editor)
        for name, language in (("a.pdf", "en"), ("b.pdf", "ru"), ("c.pdf", "ro"))
    )
    LibraryFile.objects.filter(pk__in=[stale.pk, lost.pk]).update(text="La w", is_cut=True)
    (library_folder / lost.path).unlink()
    assert texts_read_again() == 1
    found = dict(LibraryFile.objects.values_list("language", "text"))
    assert found == {"en": "Law on migration", "ru": "Law on migration", "ro": "La w"}
    assert LibraryFile.objects.get(pk=stale.pk).is_cut is False
