"""Notices of changed figures: to whom, what they tell, and that each is sent once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from registry.access import Viewer
from registry.models import AudienceKind, Delivery, Notice, Participant, Release, Role, RoleAssignment, User
from registry.selectors.notice import notice_list, notices_public, notices_unread
from registry.selectors.viewer import viewer_for
from registry.services.access import grant_revoke
from registry.services.notice import notice_deliver, notices_lost, notices_read
from registry.services.release import dataset_withdraw
from tests.conftest import World
from tests.registry.seen import ALL, opened

WOMEN = {"SEX": ["F"]}
REASON = {"en": "Recount", "ru": "Пересчёт"}
LANGUAGES = {"MDA": "ru", "KAZ": "en", "UKR": "ru", "UNHCR": "en"}


@pytest.fixture
def told(world: World) -> World:
    """The small world with addresses, and a System Administrator; people of KAZ and UNHCR read English."""
    for code, people in world.people.items():
        for name, person in people.items():
            person.email, person.language = f"{code}-{name}@example.org".lower(), LANGUAGES[code]
            person.save()
    secretariat = User.objects.create_user("secretariat", email="secretariat@example.org")
    RoleAssignment.objects.create(user=secretariat, role=Role.SYSTEM_ADMINISTRATOR)
    User.objects.create_user("editor", email="editor@example.org")
    return world


def everybody(*codes: str) -> set[str]:
    return {
        f"{code}-{name}".lower()
        for code in codes
        for name in ("administrator", "submitter", "verifier", "user")
    }


def delivered(release: Release) -> set[str]:
    return set(Delivery.objects.filter(notice__release=release).values_list("user__username", flat=True))


def deliver(release: Release) -> tuple[set[str], set[str]]:
    """Who got the notice, and who an e-mail about it just now."""
    mail.outbox.clear()
    notice_deliver(notice_id=release.notice.pk)
    return delivered(release), {message.to[0].partition("@")[0] for message in mail.outbox}


def test_those_who_see_it_are_told_and_nobody_else(told: World) -> None:
    opened(told, to="KAZ")
    opened(told, to="UNHCR", is_reciprocal=True)
    opened(told, audience=AudienceKind.PARTICIPANTS, level="documentation")
    release = told.release("MDA", ALL)
    people = everybody("MDA", "KAZ") | {"secretariat"}
    assert deliver(release) == (people, people)


def test_everybody_who_takes_part_is_told_of_public_figures(told: World) -> None:
    opened(told, audience=AudienceKind.PUBLIC)
    Participant.objects.filter(code="UNHCR").update(is_active=False)
    User.objects.filter(username="ukr-user").update(is_active=False)
    people = everybody("MDA", "KAZ", "UKR") - {"ukr-user"} | {"secretariat"}
    assert deliver(told.release("MDA", ALL)) == (people, people)


def test_a_change_outside_the_slice_concerns_nobody_in_it(told: World) -> None:
    opened(told, to="KAZ")
    opened(told, to="UKR", slice=WOMEN)
    assert deliver(told.release("MDA", ALL))[0] == everybody("MDA", "KAZ", "UKR") | {"secretariat"}
    # When only figures of men change
    men = told.release("MDA", {**ALL, "MDA.UKR.M": [7, 15], "MDA._T.M": [11, 22]}, reason=REASON)
    assert deliver(men)[0] == everybody("MDA", "KAZ") | {"secretariat"}
    # When one of women disappears
    women = {key: values for key, values in ALL.items() if key != "MDA.UKR.F"}
    assert deliver(told.release("MDA", women, reason=REASON))[0] == everybody("MDA", "KAZ", "UKR") | {
        "secretariat"
    }


def test_a_reciprocal_reader_is_told_while_it_shares(told: World) -> None:
    opened(told, to="KAZ", is_reciprocal=True)
    first = told.release("MDA", ALL)
    assert deliver(first)[0] == everybody("MDA") | {"secretariat"}
    told.release("KAZ", {"KAZ._T._T": [1]})
    opened(told, "KAZ", to="UNHCR")
    second = told.release("MDA", {**ALL, "MDA.UKR.M": [7, 15], "MDA._T.M": [11, 22]}, reason=REASON)
    assert deliver(second)[0] == everybody("MDA", "KAZ") | {"secretariat"}


def test_a_grant_that_begins_later_concerns_nobody_yet(told: World) -> None:
    opened(told, to="KAZ", starts_at=timezone.now() + timedelta(days=1))
    assert deliver(told.release("MDA", ALL))[0] == everybody("MDA") | {"secretariat"}


def test_each_is_written_to_once_however_often_it_is_delivered(told: World) -> None:
    opened(told, to="KAZ")
    release = told.release("MDA", ALL)
    everyone, written = deliver(release)
    assert written == everyone
    assert deliver(release) == (everyone, set())
    # Somebody who joins is written to when it is delivered again
    User.objects.create_user("late", participant=told.participants["KAZ"], email="late@example.org")
    assert deliver(release) == (everyone | {"late"}, {"late"})


def test_what_the_mail_server_refuses_is_sent_the_next_time(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = told.release("MDA", ALL)
    send = EmailMessage.send

    def refusing(message: EmailMessage, *args: Any, **options: Any) -> int:
        if message.to == ["mda-user@example.org"]:
            raise ConnectionResetError
        return send(message, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", refusing)
        with pytest.raises(RuntimeError):
            deliver(release)
    assert len(mail.outbox) == 4
    assert list(Delivery.objects.filter(sent_at=None).values_list("user__username", flat=True)) == [
        "mda-user"
    ]
    assert deliver(release)[1] == {"mda-user"}


def sweep(release: Release, **later: float) -> set[str]:
    """Who is written to by the timer so much later."""
    mail.outbox.clear()
    sent = notices_lost(now=release.released_at + timedelta(**later))
    assert sent == len(mail.outbox)
    return set(messages())


def test_a_notice_whose_task_was_lost_is_sent_by_the_timer_once(told: World) -> None:
    opened(told, to="KAZ")
    release = told.release("MDA", ALL)
    assert sweep(release, minutes=4) == set()  # its task may still come
    assert sweep(release, minutes=6) == everybody("MDA", "KAZ") | {"secretariat"}
    # Then it is done, also for who comes later
    User.objects.create_user("late", participant=told.participants["KAZ"], email="late@example.org")
    assert sweep(release, minutes=7) == set()
    assert sweep(release, days=2) == set()


def test_what_was_delivered_is_not_swept(told: World) -> None:
    release = told.release("MDA", ALL)
    User.objects.filter(username="mda-user").update(wants_mail=False)
    deliver(release)
    User.objects.filter(username="mda-user").update(wants_mail=True)
    assert sweep(release, minutes=6) == set()


def test_what_is_refused_is_tried_again_every_hour_while_it_is_news(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = told.release("MDA", ALL)
    with monkeypatch.context() as patched:
        patched.setattr("registry.services.notice._send", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(release)
        Delivery.objects.update(sent_at=None)
        assert sweep(release, hours=2) == set()
    Delivery.objects.update(sent_at=None)
    assert sweep(release, minutes=30) == set()
    assert sweep(release, days=4) == set()
    assert sweep(release, hours=2) == everybody("MDA") | {"secretariat"}


def test_a_right_lost_meanwhile_sends_nothing(told: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given = opened(told, to="KAZ")
    release = told.release("MDA", ALL)
    with monkeypatch.context() as patched:
        patched.setattr("registry.services.notice._send", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(release)
    Delivery.objects.update(sent_at=None)
    grant_revoke(grant=given, actor=told.people["MDA"]["administrator"])
    assert deliver(release)[1] == everybody("MDA") | {"secretariat"}
    assert not notice_list(viewer=told.viewer("KAZ")).exists()


def test_who_wants_no_e_mail_is_told_in_the_admin_alone(told: World) -> None:
    User.objects.filter(username="mda-user").update(wants_mail=False)
    User.objects.filter(username="mda-verifier").update(email="")
    everyone, written = deliver(told.release("MDA", ALL))
    assert everyone == everybody("MDA") | {"secretariat"}
    assert everyone - written == {"mda-user", "mda-verifier"}
    assert notices_unread(viewer=told.viewer("MDA")).count() == 1


def messages() -> dict[str, EmailMessage]:
    return {message.to[0].partition("@")[0]: message for message in mail.outbox}


def test_the_text_tells_what_changed_and_no_figure(told: World) -> None:
    opened(told, to="KAZ", slice=WOMEN)
    told.release("MDA", {**ALL, "MDA.XXA.M": [98765, 1], "MDA._T.M": [98776, 22]})
    reason = {"en": "Recount in Chisinau", "ru": "Пересчёт в Кишинёве"}
    changed = {**ALL, "MDA.KAZ.F": [4, 4], "MDA._T.F": [10, 19], "MDA.XXA.F": [0, 0]}
    release = told.release("MDA", changed, reason=reason)
    deliver(release)
    english, russian = messages()["kaz-user"], messages()["mda-user"]
    assert english.subject == "Figures corrected: Refugees, Republic of Moldova"
    assert "Dataset: MDA_REFUGEES" in english.body
    assert "Release: No. 2 of " in english.body
    assert "Reason: Recount in Chisinau" in english.body
    assert "Of the series open to you: new 1, changed 2, removed 0." in english.body
    assert "/en/statistics/REFUGEES/" in english.body
    # Each in its language, and with the changes that it sees
    assert "Беженцы" in russian.subject
    assert "Пересчёт в Кишинёве" in russian.body
    assert "/ru/statistics/REFUGEES/" in russian.body
    with_numbers = [line for line in russian.body.splitlines() if "1" in line and "3" in line]
    assert with_numbers, "new 1, changed 3, removed 1"
    for message in mail.outbox:
        for text in (message.subject, message.body):
            assert "98765" not in text
            assert "98776" not in text


def test_the_system_administrator_learns_which_dataset_and_no_more(told: World) -> None:
    release = told.release("MDA", ALL, reason={"en": "Secret cause", "ru": "Тайная причина"})
    deliver(release)
    message = messages()["secretariat"]
    assert message.subject == "Dataset released: MDA_REFUGEES"
    assert "Owner: Republic of Moldova" in message.body
    assert "Release: No. 1 of " in message.body
    assert "Secret cause" not in message.body
    assert "Refugees" not in message.body


def test_a_withdrawal_says_why(told: World) -> None:
    opened(told, to="KAZ")
    told.release("MDA", ALL)
    gone = dataset_withdraw(
        dataset=told.dataset("MDA"),
        actor=told.people["MDA"]["verifier"],
        reason={"en": "Wrong register", "ru": "Не тот регистр"},
    )
    assert deliver(gone)[0] == everybody("MDA", "KAZ") | {"secretariat"}
    message = messages()["kaz-user"]
    assert message.subject == "Figures withdrawn: Refugees, Republic of Moldova"
    assert "Reason: Wrong register" in message.body
    assert "The figures are no longer shown anywhere." in message.body


def test_a_release_is_announced_after_commit(
    told: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        release = told.release("MDA", ALL)
        assert mail.outbox == []
    assert delivered(release) == everybody("MDA") | {"secretariat"}
    assert len(mail.outbox) == 5


def test_the_list_shows_what_one_still_may_see(told: World) -> None:
    given = opened(told, to="KAZ")
    release = told.release("MDA", ALL)
    deliver(release)
    administrator = viewer_for(User.objects.get(username="secretariat"))

    def shown(viewer: Viewer) -> list[Notice]:
        return [it.notice for it in notice_list(viewer=viewer)]

    assert shown(told.viewer("KAZ")) == shown(told.viewer("MDA")) == shown(administrator) == [release.notice]
    assert shown(told.viewer("UKR")) == []
    grant_revoke(grant=given, actor=told.people["MDA"]["administrator"])
    assert shown(told.viewer("KAZ")) == []
    assert shown(administrator) == [release.notice]


def test_one_marks_ones_own_notices_as_read(told: World) -> None:
    first, second = told.release("MDA", ALL), told.release("MDA", {"MDA._T.F": [1]}, reason=REASON)
    for release in (first, second):
        deliver(release)
    me, other = told.people["MDA"]["user"], told.people["MDA"]["verifier"]
    assert notices_read(actor=me, notices=[first.notice.pk]) == 1
    assert [it.notice for it in notices_unread(viewer=viewer_for(me))] == [second.notice]
    assert notices_unread(viewer=viewer_for(other)).count() == 2
    assert notices_read(actor=me) == 1
    assert notices_read(actor=me) == 0


def test_the_public_changes_are_those_everybody_sees(told: World) -> None:
    opened(told, audience=AudienceKind.PUBLIC, slice=WOMEN)
    first = told.release("MDA", ALL)
    told.release("MDA", {**ALL, "MDA.UKR.M": [7, 15], "MDA._T.M": [11, 22]}, reason=REASON)
    assert [notice.release for notice in notices_public()] == [first]
    assert notices_public(indicator="OTHER") == []


def queries(release: Release) -> int:
    with CaptureQueriesContext(connection) as found:
        notice_deliver(notice_id=release.notice.pk)
    return len(found)


def test_the_number_of_queries_does_not_grow_with_people(told: World) -> None:
    opened(told, audience=AudienceKind.PARTICIPANTS)
    told.release("MDA", ALL)
    few = told.release("MDA", {**ALL, "MDA._T.F": [11, 22], "MDA.XXA.F": [1, 1]}, reason=REASON)
    assert (count := queries(few)) <= 18
    for at in range(200):
        User.objects.create_user(
            f"p{at}",
            participant=told.participants[("MDA", "KAZ", "UKR", "UNHCR")[at % 4]],
            email=f"p{at}@example.org",
        )
    for at in range(20):
        Participant.objects.create(code=f"Z{at}", kind="state", name_en=f"Z{at}", name_ru=f"Z{at}")
    many = told.release("MDA", ALL, reason=REASON)
    assert queries(many) == count
    assert Delivery.objects.filter(notice=many.notice).count() == 217
