"""The chapters of the library in the admin: kept by the secretariat, never emptied of their documents."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Locale

from cms.models import LibraryTopic
from cms.selectors.documents import chapters, topics_kept
from cms.selectors.translations import fact_gaps
from cms.services.library_starter import library_load
from cms.services.topics import topic_change, topic_create, topic_delete, topic_move
from registry.access import ANONYMOUS
from registry.errors import Invalid, NotAllowed
from registry.models import AuditEvent, User
from tests.cms.documents.conftest import Make, content_manager
from tests.cms.documents.test_admin import _of_group, client_of

pytestmark = pytest.mark.thorough

INDEX = "/admin/library-topics/"
FORM = {
    "parent": "",
    "code": "",
    "name_en": "Minsk meeting, 2026",
    "name_ru": "Минское совещание, 2026 год",
    "description_en": "",
    "description_ru": "",
}


@pytest.fixture(autouse=True)
def locales(db: None) -> None:
    for code in ("en", "ru"):
        Locale.objects.get_or_create(language_code=code)


def tree() -> list[str]:
    return [
        line
        for chapter in chapters(viewer=ANONYMOUS)
        for line in (
            chapter.topic.code,
            *(f"{chapter.topic.code}/{section.topic.code}" for section in chapter.sections),
        )
    ]


def trail() -> list[tuple[str, str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(action__startswith="topic.").order_by("pk")
    return list(rows.values_list("actor", "action", "data"))


def test_a_section_is_added_and_readers_find_it_at_once(editor: User, topics: Any, client: Client) -> None:
    cache.clear()
    assert "Минское" not in client.get("/ru/library/").text
    response = client_of(editor).post(f"{INDEX}new/", {**FORM, "parent": topics["laws"].pk})
    assert response.status_code == 302, re.findall(r"error-message.*?</div>", response.text, re.S)
    assert tree() == ["laws", "laws/old-laws", "laws/minsk-meeting-2026", "books"]
    assert "Минское совещание, 2026 год" in client.get("/ru/library/").text
    assert trail() == [("librarian", "topic.create", {"topic": "minsk-meeting-2026"})]


def test_a_chapter_is_renamed_described_and_keeps_its_address(
    editor: User, topics: Any, client: Client
) -> None:
    address = f"{INDEX}edit/{topics['books'].pk}/"
    page = client_of(editor).get(address)
    assert "code" not in page.context["form"].fields
    data = {**FORM, "code": "other", "description_en": "All of it.", "description_ru": "Всё."}
    assert client_of(editor).post(address, data).status_code == 302
    topic = LibraryTopic.objects.get(code="books")
    assert (topic.name_ru, topic.description_ru) == ("Минское совещание, 2026 год", "Всё.")
    assert "Всё." in client.get("/ru/library/").text
    (row,) = trail()
    assert row[1:] == (
        "topic.change",
        {"topic": "books", "fields": ["description_en", "description_ru", "name_en", "name_ru"]},
    )


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_ru": " "}, "name_ru"),
        ({"name_en": ""}, "name_en"),
        ({"code": "laws"}, "code"),
        ({"code": "with space"}, "code"),
        ({"parent": "old-laws"}, "parent"),
        ({"parent": "999999"}, "parent"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    editor: User, topics: Any, changes: dict[str, str], field: str, language: str
) -> None:
    client = client_of(editor)
    client.cookies["django_language"] = language
    if changes.get("parent") in topics:
        changes = {"parent": topics[changes["parent"]].pk}
    response = client.post(f"{INDEX}new/", {**FORM, **changes})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert LibraryTopic.objects.count() == 3
    assert trail() == []


def test_a_topic_moves_among_its_neighbours(editor: User, topics: Any) -> None:
    client = client_of(editor)
    topic_create(actor=editor, parent=topics["laws"], name_en="New laws", name_ru="Новые законы")
    new = LibraryTopic.objects.get(code="new-laws")
    assert client.post(f"{INDEX}move/{new.pk}/up/").status_code == 302
    assert client.post(f"{INDEX}move/{topics['laws'].pk}/down/").status_code == 302
    assert tree() == ["books", "laws", "laws/new-laws", "laws/old-laws"]
    before = len(trail())
    client.post(f"{INDEX}move/{new.pk}/up/")  # it is the first already
    assert tree() == ["books", "laws", "laws/new-laws", "laws/old-laws"]
    assert len(trail()) == before
    assert client.get(f"{INDEX}move/{new.pk}/up/").status_code == 405
    assert client.post(f"{INDEX}move/999999/up/").status_code == 404


def test_the_buttons_of_the_list_carry_their_token(editor: User, topics: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    found = re.search(
        r'csrfmiddlewaretoken" value="(\w+)".*?formaction="([^"]+/down/)"', client.get(INDEX).text, re.S
    )
    assert found is not None
    token, action = found.groups()
    assert client.post(action).status_code == 403
    assert client.post(action, {"csrfmiddlewaretoken": token}).status_code == 302
    assert tree()[0] == "books"


def test_a_section_moves_below_another_chapter_and_becomes_one(editor: User, topics: Any) -> None:
    topic_create(actor=editor, parent=topics["books"], name_en="Novels", name_ru="Романы")
    topic_change(topic=topics["old-laws"], actor=editor, parent=topics["books"])
    assert tree() == ["laws", "books", "books/novels", "books/old-laws"]
    topic_change(topic=topics["old-laws"], actor=editor, parent=None)
    assert tree() == ["laws", "books", "books/novels", "old-laws"]
    topic_change(topic=topics["laws"], actor=editor, parent=topics["books"])
    assert tree() == ["books", "books/novels", "books/laws", "old-laws"]


@pytest.mark.parametrize(("what", "where"), [("laws", "books"), ("books", "books"), ("books", "old-laws")])
def test_there_are_chapters_and_sections_and_no_more(
    editor: User, topics: Any, what: str, where: str
) -> None:
    with pytest.raises(Invalid):
        topic_change(topic=topics[what], actor=editor, parent=topics[where])
    assert tree() == ["laws", "laws/old-laws", "books"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_only_an_empty_topic_is_deleted(
    world: Any, editor: User, topics: Any, make: Make, language: str
) -> None:
    make("hidden", participant=world.participants["MDA"], audience="owner")
    client = client_of(editor)
    client.cookies["django_language"] = language
    for code, words in (("laws", ("sections", "раздел")), ("old-laws", ("Documents stand", "документы"))):
        address = f"{INDEX}delete/{topics[code].pk}/"
        asked = client.get(address)
        assert any(word in asked.context["why_kept"] for word in words)
        assert 'method="POST"' not in asked.text
        assert "Law hidden" not in asked.text
        told = client.post(address, follow=True)
        assert [message.level_tag for message in told.context["messages"]] == ["error"]
    assert LibraryTopic.objects.count() == 3
    address = f"{INDEX}delete/{topics['books'].pk}/"
    assert 'method="POST"' in client.get(address).text
    assert client.post(address).status_code == 302
    assert tree() == ["laws", "laws/old-laws"]
    assert trail() == [
        ("librarian", "topic.delete", {"topic": "books", "titles": {"en": "Books", "ru": "Книги"}})
    ]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("secretariat", True),
        ("Editors", True),
        ("superuser", True),
        ("administrator", False),
        ("content", False),
        ("other", False),
        ("user", False),
        ("anonymous", False),
    ],
)
def test_the_secretariat_keeps_the_topics(
    world: Any, editor: User, topics: Any, client: Client, who: str, may: bool
) -> None:
    people = {
        "secretariat": lambda: editor,
        "Editors": lambda: _of_group("Editors"),
        "superuser": lambda: User.objects.create_superuser("root"),
        "administrator": lambda: world.people["MDA"]["administrator"],
        "content": lambda: content_manager(world.participants["MDA"]),
        "other": lambda: content_manager(world.participants["KAZ"]),
        "user": lambda: world.people["MDA"]["user"],
    }
    books = topics["books"]
    if who != "anonymous":
        person = people[who]()
        client.force_login(person)
        menu = client.get("/admin/").text
        assert (f'"{INDEX}"' in menu) == may
    for address in ("", "new/", f"edit/{books.pk}/", f"delete/{books.pk}/"):
        assert (client.get(f"{INDEX}{address}").status_code == 200) == may, address
    if not may:
        before = LibraryTopic.objects.order_by("pk").values_list()
        for address in ("new/", f"edit/{books.pk}/", f"delete/{books.pk}/", f"move/{books.pk}/up/"):
            assert client.post(f"{INDEX}{address}", FORM).status_code in (302, 403), address
        assert list(LibraryTopic.objects.order_by("pk").values_list()) == list(before)
        assert trail() == []
        if who != "anonymous":
            for act in (
                lambda: topic_create(actor=person, name_en="A", name_ru="А"),
                lambda: topic_change(topic=books, actor=person, name_en="A"),
                lambda: topic_move(topic=books, actor=person, up=True),
                lambda: topic_delete(topic=books, actor=person),
            ):
                with pytest.raises(NotAllowed):
                    act()


def test_the_list_shows_the_tree_and_counts_what_one_sees(
    world: Any, editor: User, topics: Any, make: Make
) -> None:
    make("law")
    make("hidden", participant=world.participants["MDA"], audience="owner")
    response = client_of(editor).get(INDEX)
    rows = [
        (row.code, row.document_count, row.has_before, row.has_after)
        for row in response.context["object_list"]
    ]
    assert rows == [("laws", 0, False, True), ("old-laws", 1, False, False), ("books", 0, True, False)]
    assert "Законы" in response.text
    assert response.text.count("/up/") == 1


def test_many_topics_cost_no_more_queries(
    editor: User, topics: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(editor)
    client.get(INDEX)
    with django_assert_max_num_queries(60) as few:
        client.get(INDEX)
    for number in range(20):
        chapter = LibraryTopic.objects.create(code=f"c{number}", name_en="C", name_ru="Г", order=number)
        LibraryTopic.objects.create(code=f"s{number}", name_en="S", name_ru="Р", parent=chapter)
    with django_assert_num_queries(len(few)):
        assert len(client.get(INDEX).context["object_list"]) == 43
    with django_assert_num_queries(1):
        list(topics_kept(viewer=ANONYMOUS))


def test_a_description_in_one_language_is_a_gap(topics: Any) -> None:
    LibraryTopic.objects.filter(code="books").update(description_en="All of them.")
    found = [(gap.what, gap.field, gap.language) for gap in fact_gaps(viewer=None)]
    assert found == [("books", "description", "ru")]


def test_a_new_name_is_searched_for(
    editor: User, topics: Any, make: Make, django_capture_on_commit_callbacks: Any
) -> None:
    from cms.events import documents_changed

    document = make("law")
    told: list[list[int]] = []

    def hear(**given: Any) -> None:
        told.append(given["document_ids"])

    documents_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            topic_change(topic=topics["old-laws"], actor=editor, name_en="Former laws")
        with django_capture_on_commit_callbacks(execute=True):
            topic_change(topic=topics["old-laws"], actor=editor, description_en="No longer in force.")
    finally:
        documents_changed.disconnect(hear)
    assert told == [[document.pk]]


def test_loading_again_leaves_the_topics_to_their_keepers(db: None, editor: User) -> None:
    from registry.services.starter import starter_load

    starter_load()
    library_load()
    count = LibraryTopic.objects.count()
    topic_change(topic=LibraryTopic.objects.get(code="history"), actor=editor, name_en="The past")
    empty = LibraryTopic.objects.filter(documents=None, sections=None).first()
    gone = empty or topic_create(actor=editor, name_en="x", name_ru="х")
    topic_delete(topic=gone, actor=editor)
    topic_move(topic=LibraryTopic.objects.get(code="history"), actor=editor, up=False)
    result = library_load()
    assert (result.topics, result.created) == (0, 0)
    assert LibraryTopic.objects.get(code="history").name_en == "The past"
    assert LibraryTopic.objects.count() == count - (empty is not None)
    assert tree()[0] != "history"
