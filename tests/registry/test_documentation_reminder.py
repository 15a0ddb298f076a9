"""The yearly reminder: to whom, of what, how often, in which language."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from registry.models import AuditEvent, Dataset, User
from registry.services.documentation import documentation_write
from registry.services.documentation_reminder import Reminded, documentation_remind
from tests.conftest import World, make_indicator
from tests.registry.test_documentation import focal_point

REVIEWED = datetime.date(2025, 1, 10)
DUE = REVIEWED + datetime.timedelta(days=365)


@pytest.fixture
def due_world(world: World) -> World:
    """A table of Moldova reviewed on `REVIEWED`; its administrator has an address."""
    documentation_write(dataset=world.dataset("MDA"), actor=None, definition_en="One", reviewed_on=REVIEWED)
    _address(world.people["MDA"]["administrator"])
    return world


def _address(user: User, language: str = "en") -> User:
    user.email, user.language = f"{user.username}@example.org", language
    user.save()
    return user


def _receivers() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def test_the_administrator_is_reminded_when_there_is_no_focal_point(due_world: World) -> None:
    assert documentation_remind(today=DUE - datetime.timedelta(days=1)) == Reminded()
    assert mail.outbox == []

    assert documentation_remind(today=DUE) == Reminded(mails=1, tables=1)

    (message,) = mail.outbox
    assert message.to == ["mda-administrator@example.org"]
    assert message.subject == "1 documentation table to be reviewed"
    assert "Refugees (MDA_REFUGEES)\nReviewed on Jan. 10, 2025\n" in message.body
    assert "/admin/data/datasets/MDA_REFUGEES/documentation/" in message.body
    event = AuditEvent.objects.get(action="documentation.remind")
    assert (event.actor, event.participant) == ("", "MDA")
    assert event.data == {"dataset": "MDA_REFUGEES", "people": ["mda-administrator"]}


def test_it_is_repeated_after_thirty_days_only(due_world: World) -> None:
    documentation_remind(today=DUE)
    for days in (0, 1, 29):
        assert documentation_remind(today=DUE + datetime.timedelta(days=days)) == Reminded()
    assert documentation_remind(today=DUE + datetime.timedelta(days=30)) == Reminded(mails=1, tables=1)
    assert len(mail.outbox) == 2


def test_a_review_ends_it(due_world: World) -> None:
    documentation_remind(today=DUE)
    documentation_write(dataset=due_world.dataset("MDA"), actor=None, reviewed_on=DUE)
    assert documentation_remind(today=DUE + datetime.timedelta(days=40)) == Reminded()
    # A year later the next round begins, whenever the last reminder was.
    assert documentation_remind(today=DUE + datetime.timedelta(days=365)).mails == 1


def test_focal_points_of_the_indicator_come_before_the_administrator(due_world: World) -> None:
    user = _address(focal_point(due_world), "ru")
    user.contacts.get().indicators.set([make_indicator("OTHER", ("Other", "Другой"), {})])
    documentation_remind(today=DUE)
    assert _receivers() == ["mda-administrator@example.org"]

    user.contacts.get().indicators.add(due_world.indicator)
    documentation_remind(today=DUE + datetime.timedelta(days=30))
    assert _receivers() == ["mda-administrator@example.org", "mda-focal@example.org"]
    assert "Беженцы (MDA_REFUGEES)" in mail.outbox[-1].body


def test_one_letter_names_all_tables_of_a_person(due_world: World, codelists: Any) -> None:
    other = make_indicator("OTHER", ("Other", "Другой"), {"REF_AREA": codelists["REF_AREA"]})
    documentation_write(dataset=due_world.dataset("MDA", other), actor=None, definition_en="Two")
    user = _address(focal_point(due_world))
    user.contacts.get().indicators.set([due_world.indicator, other])

    assert documentation_remind(today=DUE) == Reminded(mails=1, tables=2)

    (message,) = mail.outbox
    assert message.subject == "2 documentation tables to be reviewed"
    assert "MDA_OTHER" in message.body
    assert "MDA_REFUGEES" in message.body
    assert "Never reviewed" in message.body


def test_nobody_of_another_participant_or_inactive_is_told(due_world: World) -> None:
    _address(due_world.people["KAZ"]["administrator"])
    User.objects.filter(username="mda-administrator").update(is_active=False)

    assert documentation_remind(today=DUE) == Reminded(unreached=1)

    assert mail.outbox == []
    assert Dataset.objects.get(code="MDA_REFUGEES").documentation_reminded_on is None


def test_a_mail_server_out_of_order_keeps_the_reminder_due(
    due_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> bool:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("registry.services.documentation_reminder.mail_send", refuse)
        assert documentation_remind(today=DUE) == Reminded(failed=1)
    assert not AuditEvent.objects.filter(action="documentation.remind").exists()
    assert documentation_remind(today=DUE) == Reminded(mails=1, tables=1)


def test_the_command_tells_what_it_did(due_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = [io.StringIO(), io.StringIO()]
    for out in printed:
        call_command("remind", language="en", stdout=out)
    assert printed[0].getvalue() == "E-mails sent: 1; documentation tables named in them: 1\n"
    assert printed[1].getvalue() == "E-mails sent: 0; documentation tables named in them: 0\n"

    monkeypatch.setattr(
        "registry.management.commands.remind.documentation_remind", lambda **_: Reminded(failed=2)
    )
    with pytest.raises(CommandError, match="could not be sent: 2"):
        call_command("remind", language="en", stdout=io.StringIO())


def test_the_number_of_queries_does_not_grow_with_the_tables(
    due_world: World, codelists: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        documentation_remind(today=DUE)
    for at in range(5):
        other = make_indicator(f"I{at}", ("Other", "Другой"), {"REF_AREA": codelists["REF_AREA"]})
        documentation_write(dataset=due_world.dataset("MDA", other), actor=None, definition_en="Two")
    with django_assert_max_num_queries(12 + 4):  # one row of the audit trail each
        assert documentation_remind(today=DUE).tables == 5
