"""The contact chart: read by all who take part, kept by each participant for itself."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.errors import Invalid, NotAllowed
from registry.models import Agency, AuditEvent, Contact, Role, RoleAssignment, User
from registry.services.contact import agency_create, contact_change, contact_create, contact_reach_change
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

AGENCY = {"name_en": "Border service", "name_ru": "Пограничная служба", "url": "", "order": "0"}
CONTACT = {
    "position_en": "Head of statistics",
    "position_ru": "Начальник отдела статистики",
    "person": "Ana Rusu",
    "email": "ana@example.org",
    "phone": "+373 22 000000",
    "is_focal_point": "on",
    "order": "0",
}
FACTS: dict[str, Any] = {**CONTACT, "is_focal_point": True, "order": 0}


@pytest.fixture
def chart(world: World) -> dict[str, Contact]:
    """One agency with a focal point for Moldova and Kazakhstan."""
    found = {}
    for code in ("MDA", "KAZ"):
        actor = world.people[code]["administrator"]
        agency = agency_create(
            participant=world.participants[code],
            actor=actor,
            **{**AGENCY, "order": 0, "name_en": f"Service of {code}", "name_ru": f"Служба {code}"},
        )
        found[code] = contact_create(agency=agency, actor=actor, indicators=[world.indicator], **FACTS)
    return found


@pytest.mark.parametrize(
    ("code", "service", "mark"),
    [("en", "Service of KAZ", "focal point"), ("ru", "Служба KAZ", "координатор")],
)
def test_who_takes_part_reads_the_whole_chart(
    world: World, chart: dict[str, Contact], signed_in: SignedIn, code: str, service: str, mark: str
) -> None:
    client = signed_in("MDA", "user")
    text = client.get("/admin/data/contacts/", HTTP_ACCEPT_LANGUAGE=code).text
    assert service in text
    assert mark in text
    assert f"/admin/data/contacts/{chart['MDA'].pk}/" not in text
    one = client.get("/admin/data/contacts/?participant=MDA", HTTP_ACCEPT_LANGUAGE=code).text
    assert service not in one


def test_an_account_that_takes_no_part_reads_nothing(world: World, chart: dict[str, Contact]) -> None:
    trainer = User.objects.create_user("trainer")
    RoleAssignment.objects.create(user=trainer, role=Role.TRAINER)
    client = Client()
    client.force_login(trainer)
    for path in ("", "chart.csv", f"{chart['MDA'].pk}/"):
        assert client.get(f"/admin/data/contacts/{path}").status_code == 404
    assert Client().get("/admin/data/contacts/chart.csv").status_code == 302


def test_another_ones_rows_cannot_be_edited(
    world: World, chart: dict[str, Contact], signed_in: SignedIn
) -> None:
    client = signed_in("MDA", "administrator")
    contact, agency = chart["KAZ"], chart["KAZ"].agency
    for path in (
        f"contacts/{contact.pk}/",
        f"contacts/{contact.pk}/delete/",
        f"agencies/{agency.pk}/",
        f"agencies/{agency.pk}/delete/",
        f"agencies/{agency.pk}/contacts/add/",
    ):
        assert client.post(f"/admin/data/{path}", {**AGENCY, **CONTACT}).status_code == 404
    contact.refresh_from_db()
    assert contact.agency.name_en == "Service of KAZ"


@pytest.mark.parametrize("person", ["user", "submitter", "verifier"])
def test_only_the_administrator_keeps_the_chart(
    world: World, chart: dict[str, Contact], signed_in: SignedIn, person: str
) -> None:
    client = signed_in("MDA", person)
    contact, agency = chart["MDA"], chart["MDA"].agency
    events = AuditEvent.objects.count()
    for path in (
        f"contacts/{contact.pk}/",
        f"contacts/{contact.pk}/delete/",
        f"agencies/{agency.pk}/",
        f"agencies/{agency.pk}/delete/",
        f"agencies/{agency.pk}/contacts/add/",
        "agencies/add/",
    ):
        assert client.post(f"/admin/data/{path}", {**AGENCY, **CONTACT, "person": "Other"}).status_code == 302
    assert (Agency.objects.count(), Contact.objects.count()) == (2, 2)
    assert AuditEvent.objects.count() == events


def test_the_administrator_adds_changes_and_deletes(
    world: World, chart: dict[str, Contact], signed_in: SignedIn
) -> None:
    client = signed_in("MDA", "administrator")
    assert client.post("/admin/data/agencies/add/", {**AGENCY, "participant": "2"}).status_code == 302
    agency = Agency.objects.get(name_en="Border service")
    assert agency.participant == world.participants["MDA"]

    form = {**CONTACT, "user": world.people["MDA"]["user"].pk, "indicators": [world.indicator.pk]}
    assert client.post(f"/admin/data/agencies/{agency.pk}/contacts/add/", form).status_code == 302
    contact = Contact.objects.get(agency=agency)
    assert (contact.user, list(contact.indicators.all())) == (world.people["MDA"]["user"], [world.indicator])
    # Somebody else holds the position from now on
    assert client.post(f"/admin/data/contacts/{contact.pk}/", {**CONTACT, "person": "Ion"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.person, contact.user, contact.position_en) == ("Ion", None, "Head of statistics")
    assert AuditEvent.objects.latest("pk").data["fields"] == ["person", "user", "indicators"]

    broken = client.post(f"/admin/data/contacts/{contact.pk}/", {**CONTACT, "email": "no", "person": "Eva"})
    assert broken.status_code == 200
    assert 'value="Eva"' in broken.text
    client.post(f"/admin/data/agencies/{agency.pk}/delete/")
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert AuditEvent.objects.latest("pk").action == "agency.delete"


def test_an_account_of_another_participant_holds_no_position(
    world: World, chart: dict[str, Contact], signed_in: SignedIn
) -> None:
    foreign = world.people["KAZ"]["user"]
    with pytest.raises(Invalid):
        contact_change(
            contact=chart["MDA"], actor=world.people["MDA"]["administrator"], **{**FACTS, "user": foreign}
        )
    path = f"/admin/data/contacts/{chart['MDA'].pk}/"
    assert signed_in("MDA", "administrator").post(path, {**CONTACT, "user": foreign.pk}).status_code == 200
    assert Contact.objects.get(pk=chart["MDA"].pk).user is None


def test_who_holds_a_position_changes_how_to_be_reached_and_nothing_else(
    world: World, chart: dict[str, Contact], signed_in: SignedIn
) -> None:
    contact, holder = chart["MDA"], world.people["MDA"]["user"]
    Contact.objects.filter(pk=contact.pk).update(user=holder)
    path = f"/admin/data/contacts/{contact.pk}/"
    form = {**CONTACT, "email": "new@example.org", "phone": "1", "person": "Other", "is_focal_point": ""}
    assert signed_in("MDA", "user").post(path, form).status_code == 302
    contact.refresh_from_db()
    assert (contact.email, contact.phone) == ("new@example.org", "1")
    assert (contact.person, contact.is_focal_point) == ("Ana Rusu", True)
    with pytest.raises(NotAllowed):
        contact_reach_change(contact=contact, actor=world.people["MDA"]["verifier"], email="", phone="")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_the_table_is_safe_to_open(
    world: World, chart: dict[str, Contact], signed_in: SignedIn, text: str
) -> None:
    Contact.objects.filter(pk=chart["MDA"].pk).update(person=text, phone="+373 22 000000")
    response = signed_in("KAZ", "user").get("/admin/data/contacts/chart.csv?participant=MDA")

    assert response["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    header, row = csv.reader(io.StringIO(response.text.removeprefix("\ufeff"), newline=""))
    assert header[:2] == ["Participant", "Agency"]
    assert (row[4], row[7]) == ("'" + text, "'+373 22 000000")


def test_the_chart_takes_as_many_queries_for_twenty_agencies_as_for_two(
    world: World, chart: dict[str, Contact], signed_in: SignedIn
) -> None:
    client = signed_in("MDA", "user")
    counts = []
    for total in (2, 20):
        for number in range(total):
            agency = Agency.objects.create(
                participant=world.participants["UKR"], name_en=f"Service {number}", name_ru=f"Служба {number}"
            )
            contact = Contact.objects.create(agency=agency, position_en="Head", position_ru="Глава")
            contact.indicators.add(world.indicator)
        client.get("/admin/data/contacts/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/data/contacts/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
