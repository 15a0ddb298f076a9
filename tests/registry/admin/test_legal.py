"""The pages of the list of laws, forms and policies."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from registry.admin.legal import LegalListView
from registry.models import Agency, Dataset, LegalReference, Role, RoleAssignment
from registry.services.documentation import documentation_write
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

AT = "/admin/data/legal/"
TYPED: dict[str, Any] = {
    "kind": "law",
    "title_en": "Aliens Act",
    "title_ru": "Закон об иностранцах",
    "number": "200",
    "adopted_on": "2010-07-16",
    "url": "https://example.org/200",
    "summary_en": "",
    "summary_ru": "",
    "audience": "participants",
}


def reference(world: World, owner: str = "MDA", **fields: Any) -> LegalReference:
    names = {"title_en": f"Act of {owner}", "title_ru": f"Закон {owner}", "kind": "law"}
    return LegalReference.objects.create(participant=world.participants[owner], **{**names, **fields})


def test_the_list_holds_ones_own_only(world: World, signed_in: SignedIn) -> None:
    reference(world)
    reference(world, "KAZ", audience="public")
    text = signed_in("MDA", "user").get(AT).text
    assert "Act of MDA" in text
    assert "Act of KAZ" not in text
    assert f"{AT}add/" not in text
    assert f"{AT}add/" in signed_in("MDA", "submitter").get(AT).text


@pytest.mark.parametrize(("language", "word"), [("en", "Legal documents"), ("ru", "Правовые документы")])
def test_the_list_speaks_the_users_language(
    world: World, signed_in: SignedIn, language: str, word: str
) -> None:
    text = signed_in("MDA", "user").get(AT, HTTP_ACCEPT_LANGUAGE=language).text
    assert word in text


def test_adding_changing_deleting(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    assert client.get(f"{AT}add/").status_code == 200
    assert client.post(f"{AT}add/", TYPED).url == AT
    row = LegalReference.objects.get()
    assert (row.participant.code, row.title_ru, row.audience) == ("MDA", TYPED["title_ru"], "participants")

    assert 'value="Aliens Act"' in client.get(f"{AT}{row.pk}/").text
    assert client.post(f"{AT}{row.pk}/", {**TYPED, "number": "201"}).url == AT
    assert LegalReference.objects.get().number == "201"

    assert "Aliens Act" in client.get(f"{AT}{row.pk}/delete/").text
    assert LegalReference.objects.exists(), "asking deletes nothing"
    assert client.post(f"{AT}{row.pk}/delete/").url == AT
    assert not LegalReference.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title_ru": ""}, "title_ru"), ({"url": "javascript:alert(1)"}, "url"), ({"kind": ""}, "kind")],
)
def test_what_is_wrong_is_told_at_its_field(
    world: World, signed_in: SignedIn, change: dict[str, str], field: str
) -> None:
    client, row = signed_in("MDA", "administrator"), reference(world)
    for path in (f"{AT}add/", f"{AT}{row.pk}/"):
        response = client.post(path, {**TYPED, "summary_en": "Typed at length", **change})
        assert list(response.context["form"].errors) == [field]
        assert "Typed at length" in response.text
    assert [stored.title_en for stored in LegalReference.objects.all()] == ["Act of MDA"]


@pytest.mark.parametrize("person", ["user", "verifier"])
def test_others_of_the_participant_read_only(world: World, signed_in: SignedIn, person: str) -> None:
    client, row = signed_in("MDA", person), reference(world)
    page = client.get(f"{AT}{row.pk}/")
    assert "Act of MDA" in page.text
    assert "<textarea" not in page.text
    for path in (f"{AT}add/", f"{AT}{row.pk}/", f"{AT}{row.pk}/delete/"):
        assert client.post(path, TYPED).status_code == 302
    assert client.get(f"{AT}add/").status_code == client.get(f"{AT}{row.pk}/delete/").status_code == 302
    assert LegalReference.objects.get().title_en == "Act of MDA"


def test_a_content_manager_keeps_the_list(world: World, signed_in: SignedIn) -> None:
    RoleAssignment.objects.filter(user=world.people["MDA"]["user"]).update(role=Role.CONTENT_MANAGER)
    assert signed_in("MDA", "user").post(f"{AT}add/", TYPED).url == AT


def test_another_participants_documents_are_absent(world: World, signed_in: SignedIn) -> None:
    row = reference(world, audience="public")
    client = signed_in("KAZ", "administrator")
    for path in (f"{AT}{row.pk}/", f"{AT}{row.pk}/delete/", f"{AT}9999/"):
        assert client.get(path).status_code == 404
        assert client.post(path, TYPED).status_code == 404
    assert LegalReference.objects.get().title_en == "Act of MDA"


def test_what_a_table_names_stays(world: World, signed_in: SignedIn) -> None:
    row = reference(world)
    documentation_write(dataset=world.dataset("MDA"), actor=None, legal_references=[row])
    response = signed_in("MDA", "submitter").post(f"{AT}{row.pk}/delete/", follow=True)
    assert "take it out of them first" in response.text
    assert LegalReference.objects.exists()


def test_the_number_of_queries_is_fixed(
    world: World, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("MDA", "submitter")
    counts = []
    for more in (1, 30):
        for _at in range(more):
            reference(world)
        client.get(AT)
        with CaptureQueriesContext(connection) as queries:
            client.get(AT)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_documents_without_a_date_come_last_in_every_database(world: World) -> None:
    """PostgreSQL puts NULL first where nothing else is said."""
    view = LegalListView()
    view.setup(RequestFactory().get("/"))
    assert "DESC NULLS LAST" in str(view.order_queryset(LegalReference.objects.all()).query)


@pytest.mark.parametrize("field", [LegalReference.url, Agency.url, Dataset.source_url])
def test_an_address_without_a_scheme_is_taken_for_https(field: Any) -> None:
    assert field.field.formfield().clean("example.org/law") == "https://example.org/law"
