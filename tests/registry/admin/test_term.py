"""The pages of the glossary in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from registry.models import AuditEvent, Role, RoleAssignment, Term, User
from tests.registry.admin.conftest import SignedIn

AT = "/admin/data/glossary/"
TYPED: dict[str, Any] = {
    "code": "flow",
    "topic": "measure",
    "name_en": "Flow",
    "name_ru": "Поток",
    "definition_en": "In a period.",
    "definition_ru": "За период.",
    "other_forms_en": "",
    "other_forms_ru": "миграционный поток",
    "source_en": "",
    "source_ru": "",
    "is_marked": "on",
}


@pytest.fixture
def keeper(db: None, client: Client) -> Client:
    person = User.objects.create_user("keeper", language="ru")
    RoleAssignment.objects.create(user=person, participant=None, role=Role.CONTENT_MANAGER)
    client.force_login(person)
    return client


def test_a_keeper_adds_changes_and_deletes_a_term(keeper: Client) -> None:
    assert keeper.post(f"{AT}add/", TYPED).status_code == 302
    term = Term.objects.get()
    assert term.forms("ru") == ["Поток", "миграционный поток"]
    assert "Поток" in keeper.get(AT).content.decode()
    assert keeper.get(f"{AT}{term.pk}/").status_code == 200
    assert keeper.post(f"{AT}{term.pk}/", {**TYPED, "code": "other", "name_en": "Flows"}).status_code == 302
    term.refresh_from_db()
    assert (term.code, term.name_en) == ("flow", "Flows")
    assert keeper.get(f"{AT}{term.pk}/delete/").status_code == 200
    assert keeper.post(f"{AT}{term.pk}/delete/").status_code == 302
    assert not Term.objects.exists()
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [name for name in actions if name.startswith("term.")] == [
        "term.create",
        "term.change",
        "term.delete",
    ]


def test_what_is_missing_is_told_at_its_field(keeper: Client) -> None:
    response = keeper.post(f"{AT}add/", {**TYPED, "name_ru": ""})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["name_ru"]
    assert not Term.objects.exists()


def test_nobody_else_reaches_the_pages(signed_in: SignedIn) -> None:
    term = Term.objects.create(code="flow", topic="measure", name_en="Flow", name_ru="Поток")
    for person in ("administrator", "user"):
        client = signed_in("MDA", person)
        for address in (AT, f"{AT}add/", f"{AT}{term.pk}/", f"{AT}{term.pk}/delete/"):
            assert client.get(address).status_code != 200, address
            client.post(address, TYPED)
    assert Term.objects.get().name_en == "Flow"


def test_the_list_is_read_in_a_fixed_number_of_queries(
    keeper: Client, django_assert_max_num_queries: Any
) -> None:
    Term.objects.bulk_create(
        Term(code=f"t{number}", topic="data", name_en=f"T{number}", name_ru=f"Т{number}")
        for number in range(120)
    )
    with django_assert_max_num_queries(20):
        html = keeper.get(f"{AT}?p=2").content.decode()
    assert html.count("/admin/data/glossary/") >= 50
