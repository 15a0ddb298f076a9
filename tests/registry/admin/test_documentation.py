"""The tab "Documentation": reading, editing, conflicts, history."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, LegalReference, User
from registry.services.documentation import documentation_write
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn
from tests.registry.test_documentation import focal_point

AT = "/admin/data/datasets/MDA_REFUGEES/documentation/"
PAGES = ("", "edit/", "history/", "comparison/?from=1&to=2", "1/")


@pytest.fixture
def documented(world: World) -> World:
    """Two versions of Moldova's table."""
    write(world, definition_en="Persons with a permit", definition_ru="Лица с разрешением")
    write(world, definition_en="Persons with a valid permit", gaps_ru="Нет")
    return world


def write(world: World, **answers: Any) -> Documentation:
    actor = world.people["MDA"]["administrator"]
    return documentation_write(dataset=world.dataset("MDA"), actor=actor, **answers)


def typed(client: Client, **changes: Any) -> dict[str, Any]:
    """What a browser sends that opened the form just now and changed some fields."""
    form = client.get(f"{AT}edit/").context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def current() -> Documentation:
    return Documentation.objects.current().get()


# ---- who


@pytest.mark.parametrize(
    ("person", "writes"), [("administrator", True), ("submitter", True), ("verifier", False), ("user", False)]
)
def test_who_reads_and_who_writes(documented: World, signed_in: SignedIn, person: str, writes: bool) -> None:
    client = signed_in("MDA", person)
    page = client.get(AT)
    assert page.status_code == 200
    assert ((f"{AT}edit/" in page.text), (f"{AT}review/" in page.text)) == (writes, writes)
    assert client.get(f"{AT}history/").status_code == 200
    assert (f"{AT}1/restore/" in client.get(f"{AT}1/").text) is writes

    assert client.get(f"{AT}edit/").status_code == (200 if writes else 302)
    for path, data in (("review/", {"version": "2"}), ("1/restore/", {}), ("edit/", {"version": "2"})):
        if not writes:
            assert client.post(AT + path, data).status_code == 302
    assert Documentation.objects.count() == 2


def test_a_focal_point_writes(documented: World) -> None:
    client = Client()
    client.force_login(focal_point(documented))
    assert client.post(f"{AT}edit/", typed(client, gaps_en="None")).status_code == 302
    assert (current().version, current().gaps_en) == (3, "None")


def test_another_participants_pages_are_absent(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("KAZ", "administrator")
    for page in PAGES:
        assert client.get(AT + page).status_code == 404
    for path in ("edit/", "review/", "1/restore/"):
        assert client.post(AT + path, {"version": "2"}).status_code == 404
    assert Documentation.objects.count() == 2


def test_pages_of_what_is_not_there_are_absent(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    for path in ("9/", "comparison/", "comparison/?from=1&to=9", "comparison/?from=x&to=2", "history/?p=9"):
        assert client.get(AT + path).status_code == 404
    assert client.get(f"{AT}review/").status_code == 405


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_speaks_the_users_language(documented: World, signed_in: SignedIn, language: str) -> None:
    client = signed_in("MDA", "submitter")
    words = {"en": "National definition", "ru": "Национальное определение"}
    for page in ("", "edit/", "comparison/?from=1&to=2", "1/"):
        text = client.get(AT + page, HTTP_ACCEPT_LANGUAGE=language).text
        assert words[language] in text
        assert 'style="' not in text.split('id="main"')[-1].split("</main>")[0]


# ---- editing


def test_the_form_has_every_field_in_every_language(documented: World, signed_in: SignedIn) -> None:
    text = signed_in("MDA", "submitter").get(f"{AT}edit/").text
    for name in DOCUMENTATION_FIELDS:
        for column in (f"{name}_en", f"{name}_ru", f"original_{name}"):
            assert f'name="{column}"' in text
    for name in ("original_language", "reviewed_on"):
        assert f'name="{name}"' in text
    assert 'name="version" value="2"' in text
    assert '<option value="ro">Romanian</option>' in text


def test_saving_makes_a_version(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    law = LegalReference.objects.create(
        participant=documented.participants["MDA"], kind="law", title_en="Act", title_ru="Закон"
    )
    sent = typed(
        client,
        definition_en="",
        quality_ru="Возможны ошибки",
        original_quality="Erori",
        original_language="ro",
        reviewed_on="2026-01-05",
        legal_references=[str(law.pk)],
    )

    response = client.post(f"{AT}edit/", sent, follow=True)

    assert response.redirect_chain == [(AT, 302)]
    assert "Saved as version 3." in response.text
    table = current()
    assert (table.version, table.definition_en, table.definition_ru) == (3, "", "Лица с разрешением")
    assert (table.original, table.original_language) == ({"quality": "Erori"}, "ro")
    assert (table.reviewed_on, table.written_by) == (
        datetime.date(2026, 1, 5),
        documented.people["MDA"]["submitter"],
    )
    assert list(table.legal_references.all()) == [law]


def test_saving_without_a_change_says_so(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    response = client.post(f"{AT}edit/", typed(client), follow=True)
    assert "Nothing was changed, so there is no new version." in response.text
    assert Documentation.objects.count() == 2


def test_the_first_version_counts_as_reviewed_today(world: World, signed_in: SignedIn) -> None:
    world.dataset("MDA")
    client = signed_in("MDA", "submitter")
    assert "Nothing is written yet" in client.get(AT).text
    client.post(f"{AT}edit/", typed(client, definition_en="One"))
    assert (current().version, current().reviewed_on) == (1, timezone.localdate())


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"original_gaps": "Nu"}, "original_language", "Name the language of the original text."),
        ({"reviewed_on": "2999-01-01"}, "reviewed_on", "This day is still to come."),
        ({"reviewed_on": "yesterday"}, "reviewed_on", "Enter a valid date."),
        ({"gaps_en": "x" * 20_001}, "gaps_en", "Ensure this value has at most 20000 characters"),
        ({"original_language": "klingon"}, "original_language", "Select a valid choice."),
        ({"version": "many"}, "version", "Enter a whole number."),
        ({"legal_references": ["99"]}, "legal_references", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    documented: World, signed_in: SignedIn, changes: dict[str, Any], field: str, words: str
) -> None:
    client = signed_in("MDA", "submitter")
    response = client.post(f"{AT}edit/", typed(client, footnotes_en="Typed at length", **changes))
    assert response.status_code == 200
    assert [text.startswith(words) for text in response.context["form"].errors[field]] == [True]
    assert words in response.text
    assert "Typed at length" in response.text
    assert Documentation.objects.count() == 2


def test_a_legal_document_of_another_participant_cannot_be_named(
    documented: World, signed_in: SignedIn
) -> None:
    foreign = LegalReference.objects.create(
        participant=documented.participants["KAZ"],
        kind="law",
        title_en="Act",
        title_ru="Закон",
        audience="public",
    )
    client = signed_in("MDA", "submitter")
    response = client.post(f"{AT}edit/", typed(client, legal_references=[str(foreign.pk)]))
    assert "legal_references" in response.context["form"].errors


# ---- somebody else was faster


def test_a_conflict_is_told_and_the_typed_text_kept(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    mine = typed(client, definition_en="Persons with a residence permit", footnotes_en="Mine")
    write(documented, definition_en="Persons with a temporary permit", coverage_en="The whole country")

    response = client.post(f"{AT}edit/", mine)

    assert response.status_code == 409
    assert (current().version, Documentation.objects.count()) == (3, 3), "nothing was saved"
    form, conflict = response.context["form"], response.context["conflict"]
    # Mine is kept, what I had not touched is theirs, and saving now starts from theirs.
    assert form["definition_en"].value() == "Persons with a residence permit"
    assert form["footnotes_en"].value() == "Mine"
    assert form["coverage_en"].value() == "The whole country"
    assert form["version"].value() == "3"
    assert [(change.name, both) for change, both in conflict["changes"]] == [
        ("definition", True),
        ("coverage", False),
    ]
    assert [change.name for change in conflict["yours"]] == ["definition", "footnotes"]
    assert "<del>temporary</del><ins>residence</ins>" in response.text

    again = {**mine, **{name: form[name].value() for name in ("version", "coverage_en")}}
    assert client.post(f"{AT}edit/", again).status_code == 302
    assert (current().version, current().definition_en, current().coverage_en) == (
        4,
        "Persons with a residence permit",
        "The whole country",
    )


def test_a_conflict_over_the_first_version(world: World, signed_in: SignedIn) -> None:
    world.dataset("MDA")
    client = signed_in("MDA", "submitter")
    mine = typed(client, definition_en="Mine")
    write(world, gaps_en="Theirs")

    response = client.post(f"{AT}edit/", mine)

    assert response.status_code == 409
    assert response.context["form"]["gaps_en"].value() == "Theirs"
    assert response.context["form"]["definition_en"].value() == "Mine"


def test_legal_documents_untouched_are_taken_over(documented: World, signed_in: SignedIn) -> None:
    law = LegalReference.objects.create(
        participant=documented.participants["MDA"], kind="law", title_en="Act", title_ru="Закон"
    )
    client = signed_in("MDA", "submitter")
    mine = typed(client, footnotes_en="Mine")
    write(documented, legal_references=[law])
    form = client.post(f"{AT}edit/", mine).context["form"]
    assert form["legal_references"].value() == [str(law.pk)]


# ---- review, history, restoring


def test_reviewed_today_is_one_button(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    response = client.post(f"{AT}review/", {"version": "2"}, follow=True)
    assert "Recorded: reviewed today by you." in response.text
    assert (current().version, current().reviewed_on) == (3, timezone.localdate())
    assert current().written_by == documented.people["MDA"]["submitter"]
    assert "Reviewed, nothing changed" in client.get(f"{AT}history/").text


@pytest.mark.parametrize("version", ["1", "", "x", "99999999999999999999"])
def test_a_review_of_another_version_is_refused(documented: World, signed_in: SignedIn, version: str) -> None:
    response = signed_in("MDA", "submitter").post(f"{AT}review/", {"version": version}, follow=True)
    assert response.status_code == 200
    assert Documentation.objects.count() == 2


def test_the_history_tells_who_when_and_how_much(documented: World, signed_in: SignedIn) -> None:
    User.objects.filter(username="mda-administrator").update(first_name="Ana", last_name="Rusu")
    response = signed_in("MDA", "user").get(f"{AT}history/")
    rows = response.context["rows"]
    assert [(row["version"].version, row["changed"]) for row in rows] == [
        (2, ["National definition", "Gaps"]),
        (1, ["National definition"]),
    ]
    assert response.text.count("Ana Rusu") >= 2


def test_versions_are_compared_word_by_word(documented: World, signed_in: SignedIn) -> None:
    text = signed_in("MDA", "user").get(f"{AT}comparison/?from=1&to=2").text
    assert "Persons with a <ins>valid </ins>permit" in text
    assert "<ins>Нет</ins>" in text
    assert "There is no difference." in signed_in("MDA", "user").get(f"{AT}comparison/?from=2&to=2").text


def test_an_old_version_is_read_and_restored(documented: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    assert "Persons with a permit" in client.get(f"{AT}1/").text
    response = client.post(f"{AT}1/restore/", follow=True)
    assert "The text of version 1 is current again." in response.text
    assert (current().version, current().definition_en, current().gaps_ru) == (3, "Persons with a permit", "")


def test_the_number_of_queries_is_fixed(
    documented: World, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("MDA", "submitter")
    pages = ("", "edit/", "history/")
    few = [_queries(client, page) for page in pages]
    for number in range(60):
        write(documented, gaps_en=f"Gap {number}")
        LegalReference.objects.create(
            participant=documented.participants["MDA"], kind="law", title_en="Act", title_ru="Закон"
        )
    write(documented, legal_references=list(LegalReference.objects.all()))
    many = [_queries(client, page) for page in pages]
    # One more for the documents of the version that the second page of the history begins with.
    assert [after - before for before, after in zip(few, many, strict=True)] == [0, 0, 1]
    assert max(many) < 40
    assert len(client.get(f"{AT}history/").context["rows"]) == 50
    assert Dataset.objects.count() == 1


def _queries(client: Client, page: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(AT + page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(AT + page).status_code == 200
    return len(queries)


def test_hostile_texts_are_shown_as_text(documented: World, signed_in: SignedIn) -> None:
    write(
        documented, definition_en="<script>alert(1)</script>", gaps_en="</textarea><script>alert(2)</script>"
    )
    client = signed_in("MDA", "submitter")
    for page in ("", "edit/", "comparison/?from=2&to=3", "3/"):
        assert not re.search(r"<script>alert", client.get(AT + page).text)


def test_times_are_in_utc_whatever_the_zone_of_the_reader(documented: World, signed_in: SignedIn) -> None:
    written = datetime.datetime(2024, 1, 31, 20, 30, tzinfo=datetime.UTC)
    Documentation.objects.update(written_at=written)
    person = documented.people["MDA"]["submitter"]
    UserProfile.objects.update_or_create(user=person, defaults={"current_time_zone": "Asia/Almaty"})
    client = signed_in("MDA", "submitter")
    for page in ("history/", "1/"):
        assert re.search(r"Jan\. 31, 2024, 8:30 p\.m\.\s+UTC", client.get(f"{AT}{page}").text), page
    for page in ("", "comparison/?from=1&to=2"):
        assert "Jan. 31, 2024" in client.get(f"{AT}{page}").text, page
