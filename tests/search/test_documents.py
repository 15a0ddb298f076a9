"""Documents of the library are found in both languages, files included, by those who may see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.library.reading import file_read
from cms.models import LibraryDocument, LibraryTopic
from cms.services.documents import document_create, document_delete, document_update, file_add
from registry.models import Participant, Role, RoleAssignment, User
from search.selectors.search import search_documents
from search.services.indexing import index_rebuild
from tests.search.conftest import titles


@pytest.fixture(autouse=True)
def library_folder(settings: Any, tmp_path: Path) -> None:
    options = {**settings.STORAGES["library"]["OPTIONS"], "location": tmp_path / "library"}
    settings.STORAGES = {**settings.STORAGES, "library": {**settings.STORAGES["library"], "OPTIONS": options}}


@pytest.fixture
def librarian(db: None) -> User:
    person = User.objects.create_user("librarian")
    RoleAssignment.objects.create(user=person, role=Role.CONTENT_MANAGER)
    return person


def make(code: str, actor: User, participant: Participant | None = None, **values: Any) -> LibraryDocument:
    topic, _ = LibraryTopic.objects.get_or_create(code="laws", name_en="Laws", name_ru="Законы")
    defaults = {
        "kind": "policy",
        "title_en": f"Rules on refugees {code}",
        "title_ru": f"Правила о беженцах {code}",
        "summary_en": "What is ruled.",
        "summary_ru": "Что установлено.",
        "audience": "public",
        "topics": [topic],
    }
    return document_create(participant=participant, actor=actor, code=code, **{**defaults, **values})


def say(document: LibraryDocument, text: str, language: str, actor: User) -> None:
    upload = SimpleUploadedFile("a.txt", text.encode())
    file_add(document=document, read=file_read(upload, name="a.txt"), language=language, actor=actor)


def test_every_form_of_a_word_finds_a_document_in_both_languages(librarian: User, engine: Any) -> None:
    make("one", librarian)
    index_rebuild()
    assert titles("беженцев", language="ru") == ["Правила о беженцах one"]
    assert titles("refugee", kinds=["document"]) == ["Rules on refugees one"]
    assert titles("беженцы") == ["Rules on refugees one"]


def test_what_a_file_says_is_found(librarian: User, engine: Any) -> None:
    document = make("one", librarian)
    say(document, "Статья 5. Вид на жительство выдаётся на пять лет.", "ru", librarian)
    say(document, "Articolul 5. Permisul de ședere.", "ro", librarian)
    index_rebuild()
    assert titles("видом на жительство", language="ru") == ["Правила о беженцах one"]
    assert titles("permisul") == ["Rules on refugees one"]


def test_a_change_is_found_after_commit(librarian: User, engine: Any, committing: Any) -> None:
    index_rebuild()
    with committing():
        document = make("one", librarian)
        assert titles("refugees", language="ru") == []
    assert titles("refugees") == ["Rules on refugees one"]
    with committing():
        document_update(document=document, actor=librarian, title_en="Propiska abolished")
    assert titles("propiska") == ["Propiska abolished"]
    with committing():
        say(document, "Registers of population", "en", librarian)
    assert titles("registers") == ["Propiska abolished"]
    with committing():
        document_delete(document=document, actor=librarian)
    assert titles("propiska") == []


def test_a_hidden_document_is_found_by_nobody_else(world: Any, librarian: User, engine: Any) -> None:
    owner = world.participants["MDA"]
    keeper = world.people["MDA"]["administrator"]
    make("own", keeper, owner, audience="owner")
    make("shared", keeper, owner, audience="participants")
    make("draft", librarian, audience="owner")
    index_rebuild()
    found = {
        code: {title.rsplit(" ", 1)[-1] for title in titles("rules", world.viewer(code))}
        for code in (None, "KAZ", "MDA")
    }
    assert found == {None: set(), "KAZ": {"shared"}, "MDA": {"own", "shared"}}


def test_withdrawing_counts_before_the_index_knows(world: Any, librarian: User, engine: Any) -> None:
    document = make("one", librarian)
    index_rebuild()
    document_update(document=document, actor=librarian, audience="owner")
    assert "Правила о беженцах one" not in titles("refugees", language="ru")


def test_facets_count_visible_documents(world: Any, librarian: User, engine: Any) -> None:
    owner = world.participants["MDA"]
    make("one", librarian, year=2010)
    make("two", world.people["MDA"]["administrator"], owner, year=2011, kind="form", audience="owner")
    index_rebuild()

    def counts(viewer: Any) -> Any:
        results = search_documents(viewer=viewer, text="rules", language="en", kinds=["document"])
        return {name: dict(values) for name, values in results.facets.items()}

    assert counts(world.viewer(None)) == {"type": {"policy": 1}, "year": {"2010": 1}}
    assert counts(world.viewer("MDA")) == {
        "type": {"policy": 1, "form": 1},
        "year": {"2010": 1, "2011": 1},
        "participant": {"MDA": 1},
    }
