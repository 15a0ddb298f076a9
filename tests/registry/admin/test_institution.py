"""The pages of the inventory of institutions in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AuditEvent, Code, Institution, Role, RoleAssignment, User
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

AT = "/admin/data/institutions/"
TYPED: dict[str, Any] = {
    "code": "border-police",
    "kind": "institution",
    "category": "government",
    "name_en": "Border police",
    "name_ru": "Пограничная полиция",
    "acronym_en": "BP",
    "acronym_ru": "ПП",
    "url": "border.example.org",
    "checked_on": "2026-11-01",
    "is_listed": "on",
}


@pytest.fixture
def keeper(world: World, client: Client) -> Client:
    person = User.objects.create_user("keeper")
    RoleAssignment.objects.create(user=person, participant=None, role=Role.SYSTEM_ADMINISTRATOR)
    client.force_login(person)
    return client


def entry(code: str, **fields: Any) -> Institution:
    texts = {"category": "other", "name_en": code.title(), "name_ru": code, "folded": code}
    return Institution.objects.create(code=code, **{**texts, **fields})


def test_a_keeper_adds_changes_and_deletes_an_entry(world: World, keeper: Client) -> None:
    area = Code.objects.get(codelist__code="CL_AREA", code="MDA")
    ministry = entry("ministry", is_listed=False)
    typed = {**TYPED, "area": area.pk, "parent": "ministry", "participant": world.participants["MDA"].pk}
    assert keeper.post(f"{AT}add/", typed).status_code == 302
    added = Institution.objects.get(code="border-police")
    assert (added.area, added.parent, added.participant) == (area, ministry, world.participants["MDA"])
    assert (added.url, str(added.checked_on)) == ("https://border.example.org", "2026-11-01")
    assert "Border police" in keeper.get(AT).content.decode()
    page = keeper.get(f"{AT}{added.pk}/").content.decode()
    assert 'value="ministry"' in page
    assert 'name="code"' not in page
    changed = {**typed, "code": "other", "name_en": "Border guard", "participant": "", "is_listed": ""}
    assert keeper.post(f"{AT}{added.pk}/", changed).status_code == 302
    added.refresh_from_db()
    assert (added.code, added.name_en) == ("border-police", "Border guard")  # type: ignore[attr-defined]
    assert (added.participant, added.is_listed, added.parent) == (None, False, ministry)
    assert keeper.get(f"{AT}{added.pk}/delete/").status_code == 200
    assert keeper.post(f"{AT}{added.pk}/delete/").status_code == 302
    assert list(Institution.objects.all()) == [ministry]
    acts = AuditEvent.objects.filter(action__startswith="institution.").order_by("pk")
    assert [(event.action, event.participant) for event in acts] == [
        ("institution.create", "MDA"),
        ("institution.change", None),
        ("institution.delete", None),
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name_ru": ""}, ["name_ru"]),
        ({"email": "x"}, ["email"]),
        ({"parent": "nowhere"}, ["parent"]),
        ({"category": "x"}, ["category"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(keeper: Client, wrong: dict[str, str], told: list[str]) -> None:
    response = keeper.post(f"{AT}add/", {**TYPED, **wrong})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == told
    assert not Institution.objects.exists()


def test_a_second_entry_of_the_same_name_is_refused_in_the_form(keeper: Client) -> None:
    keeper.post(f"{AT}add/", TYPED)
    response = keeper.post(f"{AT}add/", {**TYPED, "code": "again"})
    assert "There is an entry of this name already." in response.text
    assert Institution.objects.count() == 1


def test_an_entry_with_parts_stays(keeper: Client) -> None:
    whole = entry("whole")
    entry("part", parent=whole)
    assert keeper.post(f"{AT}{whole.pk}/delete/").status_code == 302
    assert Institution.objects.filter(pk=whole.pk).exists()


def test_a_participants_people_see_and_keep_their_own_bodies(world: World, signed_in: SignedIn) -> None:
    own = entry("own", participant=world.participants["MDA"])
    other, common = entry("other", participant=world.participants["KAZ"]), entry("common")
    client = signed_in("MDA", "administrator")
    listed = client.get(AT).text
    assert f"{AT}{own.pk}/" in listed
    assert f"{AT}{other.pk}/" not in listed
    assert f"{AT}{common.pk}/" not in listed
    assert 'name="participant"' not in client.get(f"{AT}{own.pk}/").text
    sent = {**TYPED, "participant": world.participants["KAZ"].pk}
    assert client.post(f"{AT}add/", sent).status_code == 302
    assert Institution.objects.get(code="border-police").participant == world.participants["MDA"]
    for row in (other, common):
        for address in (f"{AT}{row.pk}/", f"{AT}{row.pk}/delete/"):
            assert client.get(address).status_code == 404
            assert client.post(address, TYPED).status_code == 404
    assert set(Institution.objects.values_list("name_en", flat=True)) >= {"Other", "Common"}


def test_nobody_else_reaches_the_pages(world: World, signed_in: SignedIn) -> None:
    own = entry("own", participant=world.participants["MDA"])
    client = signed_in("MDA", "submitter")
    for address in (AT, f"{AT}results/", f"{AT}add/", f"{AT}{own.pk}/", f"{AT}{own.pk}/delete/"):
        assert client.get(address).status_code != 200, address
        client.post(address, TYPED)
    assert list(Institution.objects.all()) == [own]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=ПОЛИЦИИ", {"полиция"}),
        ("category=academic", {"university"}),
        ("area=MDA", {"полиция"}),
        ("area=none", {"university", "fund"}),
        ("is_listed=false", {"fund"}),
    ],
)
def test_the_list_is_narrowed(world: World, keeper: Client, query: str, codes: set[str]) -> None:
    area = Code.objects.get(codelist__code="CL_AREA", code="MDA")
    rows = (
        Institution.objects.create(
            code="police", category="other", name_en="Police", name_ru="полиция", folded="полиция", area=area
        ),
        entry("university", category="academic"),
        entry("fund", is_listed=False),
    )
    listed = keeper.get(f"{AT}?{query}").text
    found = {row.name_ru for row in rows if f"{AT}{row.pk}/" in listed}  # type: ignore[attr-defined]
    assert found == codes


def test_the_list_reads_the_inventory_in_three_queries(world: World, keeper: Client) -> None:
    area = Code.objects.get(codelist__code="CL_AREA", code="MDA")
    Institution.objects.bulk_create(
        Institution(
            code=f"i{number}", category="other", name_en=f"I{number}", name_ru=f"И{number}", area=area
        )
        for number in range(120)
    )
    with CaptureQueriesContext(connection) as queries:
        html = keeper.get(f"{AT}?p=2").text
    assert html.count(AT) >= 50
    about = [query["sql"] for query in queries if "registry_institution" in query["sql"]]
    assert len(about) == 3  # what can be chosen, how many, and the page of them
    assert sum("registry_code" in query["sql"] for query in queries) == 2
