"""The list of notices in the admin, its number in the menu, and the choice of e-mails in the account."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AuditEvent, Release, Role, RoleAssignment, User
from registry.services.access import grant_revoke
from registry.services.notice import notice_deliver
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn
from tests.registry.seen import ALL, opened

PAGE = "/admin/data/notices/"
REASON = {"en": "A recount of 98765", "ru": "Пересчёт"}
TITLE = "Figures released: Refugees, Republic of Moldova"


def released(world: World, **options: object) -> Release:
    release = world.release("MDA", ALL, **options)
    notice_deliver(notice_id=release.notice.pk)
    return release


def test_each_reads_what_concerns_it(world: World, signed_in: SignedIn) -> None:
    given = opened(world, to="KAZ")
    released(world, reason=REASON)
    assert TITLE in signed_in("MDA", "user").get(PAGE).text
    assert "A recount of 98765" in signed_in("KAZ", "user").get(PAGE).text
    assert TITLE not in signed_in("UKR", "administrator").get(PAGE).text
    grant_revoke(grant=given, actor=world.people["MDA"]["administrator"])
    assert TITLE not in signed_in("KAZ", "user").get(PAGE).text


def test_the_system_administrator_reads_which_dataset_and_no_reason(world: World) -> None:
    person = User.objects.create_user("secretariat")
    RoleAssignment.objects.create(user=person, role=Role.SYSTEM_ADMINISTRATOR)
    released(world, reason=REASON)
    client = Client()
    client.force_login(person)
    page = client.get(PAGE).text
    assert "MDA_REFUGEES" in page
    assert "98765" not in page


def test_unread_ones_are_counted_in_the_menu_until_read(world: World, signed_in: SignedIn) -> None:
    notice = released(world).notice
    client = signed_in("MDA", "user")
    assert "Notices (1)" in client.get("/admin/").text
    assert client.post(PAGE, {"notice": str(notice.pk)})["Location"] == PAGE
    assert "Notices (" not in client.get("/admin/").text
    assert "Notices (1)" in signed_in("MDA", "verifier").get("/admin/").text
    signed_in("MDA", "verifier").post(PAGE)
    assert "Notices (" not in signed_in("MDA", "verifier").get("/admin/").text


@pytest.mark.parametrize("given", ["x", "-1", "9" * 30, "²"])
def test_a_strange_notice_is_none(world: World, signed_in: SignedIn, given: str) -> None:
    released(world)
    client = signed_in("MDA", "user")
    assert client.post(PAGE, {"notice": given}).status_code == 302
    assert "Notices (1)" in client.get("/admin/").text


def test_nobody_reads_for_another(world: World, signed_in: SignedIn) -> None:
    notice = released(world).notice
    signed_in("KAZ", "user").post(PAGE, {"notice": str(notice.pk)})
    assert "Notices (1)" in signed_in("MDA", "user").get("/admin/").text
    assert Client().post(PAGE).status_code == 302


def test_e_mails_are_switched_off_in_the_account(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "user")
    page = client.get("/admin/account/").text
    assert 'name="notices-wants_mail"' in page
    person = world.people["MDA"]["user"]
    fields = {
        "name_email-first_name": "Ana",
        "name_email-last_name": "Popa",
        "name_email-email": "ana@example.org",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    client.post("/admin/account/", fields)
    person.refresh_from_db()
    assert (person.wants_mail, person.first_name) == (False, "Ana")
    # The name goes through the service, which leaves a row in the trail
    (event,) = AuditEvent.objects.filter(action="person.change")
    assert (event.actor, event.data["fields"]) == ("mda-user", ["first_name", "last_name"])
    client.post("/admin/account/", {**fields, "notices-wants_mail": "on"})
    person.refresh_from_db()
    assert person.wants_mail is True


def test_the_number_of_queries_is_fixed(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "user")
    counts = []
    for at in range(3):
        release = world.release("MDA", {**ALL, "MDA.UKR.F": [at, 1]}, reason=REASON)
        notice_deliver(notice_id=release.notice.pk)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2]
