"""Asking another participant for its figures, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from pytest_django import DjangoCaptureOnCommitCallbacks

from registry.errors import Conflict, Invalid, NotAllowed, RegistryError
from registry.models import (
    AccessGrant,
    AccessRequest,
    AccessRequestState,
    AuditEvent,
    Level,
    Participant,
    Role,
    RoleAssignment,
    User,
)
from registry.selectors.request import requests_made, requests_open, requests_received
from registry.services.request import MOST_OPEN, request_create, request_decline, request_grant
from tests.conftest import World, make_indicator
from tests.registry.seen import ALL, opened, rows

OPEN, GRANTED, DECLINED = AccessRequestState.OPEN, AccessRequestState.GRANTED, AccessRequestState.DECLINED


def ask(world: World, who: str = "KAZ", owner: str = "MDA", **options: Any) -> AccessRequest:
    options = {
        "person": "administrator",
        "message": "For our yearbook",
        "indicator": world.indicator,
        **options,
    }
    person = options.pop("person")
    return request_create(owner=world.participants[owner], actor=world.people[who][person], **options)


def grant(world: World, request: AccessRequest, person: str = "administrator", **options: Any) -> Any:
    options = {"datasets": [world.dataset("MDA")], "is_reciprocal": False, **options}
    return request_grant(request=request, actor=world.people["MDA"][person], **options)


def decline(world: World, request: AccessRequest, answer: str = "Not this year") -> None:
    request_decline(request=request, actor=world.people["MDA"]["administrator"], answer=answer)


def everything() -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in (AccessRequest, AccessGrant, AuditEvent)]


def refused(error: type[RegistryError], message: str, call: Callable[[], Any], **arguments: object) -> None:
    before = everything()
    with pytest.raises(error) as caught, transaction.atomic():
        call()
    assert str(caught.value) == gettext(message) % arguments
    assert everything() == before


def test_a_request_is_seen_by_both_sides_and_nobody_else(world: World) -> None:
    request = ask(world)
    found = {
        who: (
            list(requests_received(viewer=world.viewer(who))),
            list(requests_open(viewer=world.viewer(who))),
            list(requests_made(viewer=world.viewer(who))),
        )
        for who in ("MDA", "KAZ", "UKR", "UNHCR", None)
    }
    nothing: tuple[list[Any], ...] = ([], [], [])
    assert found == {
        "MDA": ([request], [request], []),
        "KAZ": ([], [], [request]),
        "UKR": nothing,
        "UNHCR": nothing,
        None: nothing,
    }


def test_who_grants_opens_on_the_terms_chosen(world: World) -> None:
    world.release("MDA", ALL)
    request = ask(world)
    made = grant(world, request, level=Level.DATA, answer="Here you are")
    request.refresh_from_db()
    assert (request.state, request.answer) == (GRANTED, "Here you are")
    assert [(it.participant, it.level, it.is_reciprocal) for it in made] == [
        (world.participants["KAZ"], "data", False)
    ]
    assert rows(world.viewer("KAZ"), world.indicator) == ALL
    assert rows(world.viewer("UKR"), world.indicator) == {}
    trail = AuditEvent.objects.order_by("pk").filter(action__startswith="request.")
    assert [(event.action, event.actor, event.participant, event.data) for event in trail] == [
        ("request.create", "kaz-administrator", "KAZ", WHAT),
        ("request.granted", "mda-administrator", "MDA", WHAT),
    ]


WHAT = {"indicator": "REFUGEES", "owner": "MDA", "asked_by": "KAZ"}


def test_reciprocity_is_the_default_of_an_answer(world: World) -> None:
    world.release("MDA", ALL)
    [made] = request_grant(
        request=ask(world), actor=world.people["MDA"]["administrator"], datasets=[world.dataset("MDA")]
    )
    assert made.is_reciprocal
    assert rows(world.viewer("KAZ"), world.indicator) == {}


@pytest.mark.parametrize("person", ["user", "submitter", "verifier"])
def test_only_administrators_ask_and_answer(world: World, language: str, person: str) -> None:
    world.release("MDA", ALL)
    refused(
        NotAllowed,
        "Only the administrator of a participant may ask for access in its name.",
        lambda: ask(world, person=person),
    )
    request = ask(world)
    message = "Only the administrator of the owner may do this."
    refused(NotAllowed, message, lambda: grant(world, request, person))
    for actor in (world.people["MDA"][person], world.people["KAZ"]["administrator"]):
        refused(NotAllowed, message, lambda a=actor: request_decline(request=request, actor=a, answer="No"))


def test_the_secretariat_neither_asks_nor_answers(world: World) -> None:
    secretariat = User.objects.create_user("secretariat", is_superuser=True)
    RoleAssignment.objects.create(user=secretariat, role=Role.SYSTEM_ADMINISTRATOR)
    refused(
        NotAllowed,
        "Only the administrator of a participant may ask for access in its name.",
        lambda: request_create(
            indicator=world.indicator, owner=world.participants["MDA"], actor=secretariat, message="x"
        ),
    )
    request = ask(world)
    refused(
        NotAllowed,
        "Only the administrator of the owner may do this.",
        lambda: request_decline(request=request, actor=secretariat, answer="No"),
    )


def test_what_cannot_be_asked(world: World, language: str, codelists: dict[str, Any]) -> None:
    refused(Invalid, "These are your own figures.", lambda: ask(world, owner="KAZ"))
    refused(Invalid, "Say what you ask for, and why.", lambda: ask(world, message=" \n "))
    own = make_indicator("CENSUS", ("Census", "Перепись"), codelists, owner=world.participants["MDA"])
    message = "There is no indicator “%(code)s”."
    refused(Invalid, message, lambda: ask(world, indicator=own), code="CENSUS")
    Participant.objects.filter(code="UKR").update(is_active=False)
    world.participants["UKR"].refresh_from_db()
    refused(Invalid, "“%(code)s” takes no part any more.", lambda: ask(world, owner="UKR"), code="UKR")


def test_one_request_waits_at_a_time(world: World, language: str) -> None:
    ask(world)
    refused(Conflict, "You have asked already; the answer is awaited.", lambda: ask(world))
    # Others, and for others, may be asked meanwhile
    ask(world, owner="UKR")
    ask(world, "UNHCR")
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.create(
            indicator=world.indicator,
            owner=world.participants["MDA"],
            participant=world.participants["KAZ"],
            message="again",
            created_by=world.people["KAZ"]["user"],
        )


def test_after_a_refusal_one_waits_a_day(world: World, language: str) -> None:
    request = ask(world)
    decline(world, request)
    refused(Conflict, "This was declined less than a day ago; ask again later.", lambda: ask(world))
    AccessRequest.objects.update(answered_at=timezone.now() - timedelta(days=1, seconds=1))
    assert ask(world).state == OPEN


def test_not_too_many_wait_at_once(world: World, language: str, codelists: dict[str, Any]) -> None:
    for at in range(MOST_OPEN):
        ask(world, indicator=make_indicator(f"I{at}", ("One", "Один"), codelists))
    refused(
        Conflict,
        "%(number)s of your requests wait for an answer; more cannot be made.",
        lambda: ask(world),
        number=MOST_OPEN,
    )


def test_an_answer_is_given_once(world: World, language: str) -> None:
    world.release("MDA", ALL)
    request = ask(world)
    decline(world, request)
    message = "The request was answered already."
    refused(Conflict, message, lambda: decline(world, request))
    refused(Conflict, message, lambda: grant(world, request))
    assert rows(world.viewer("KAZ"), world.indicator) == {}


def test_what_is_no_answer(world: World, language: str, codelists: dict[str, Any]) -> None:
    world.release("MDA", ALL)
    request = ask(world)
    refused(Invalid, "Say why the request is declined.", lambda: decline(world, request, "  "))
    refused(Invalid, "Choose at least one dataset to open.", lambda: grant(world, request, datasets=[]))
    message = "“%(code)s” is not a dataset of this indicator of yours."
    theirs = world.dataset("UKR")
    refused(Invalid, message, lambda: grant(world, request, datasets=[theirs]), code="UKR_REFUGEES")
    other = make_indicator("ASYLUM", ("Asylum", "Убежище"), codelists)
    mine = world.dataset("MDA", other)
    refused(Invalid, message, lambda: grant(world, request, datasets=[mine]), code="MDA_ASYLUM")


@pytest.fixture
def addresses(world: World) -> None:
    for code, language in (("MDA", "ru"), ("KAZ", "en")):
        for name, person in world.people[code].items():
            person.email, person.language = f"{code}-{name}@example.org".lower(), language
            person.save()


@pytest.mark.usefixtures("addresses")
def test_each_side_is_told_by_e_mail(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request = ask(world, message="For our yearbook, <b>please</b>")
    [received] = mail.outbox
    assert received.to == ["mda-administrator@example.org"]
    assert "Казахстан" in received.subject
    assert "Беженцы" in received.subject
    assert "For our yearbook, <b>please</b>" in received.body
    assert f"/admin/data/requests/{request.pk}/" in received.body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        decline(world, request, "Not this year")
    [answered] = mail.outbox
    assert answered.to == ["kaz-administrator@example.org"]
    assert answered.subject == "Access declined: Republic of Moldova, Refugees"
    assert "Not this year" in answered.body


@pytest.mark.usefixtures("addresses")
def test_who_switched_e_mails_off_is_not_written_to(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    User.objects.filter(username="mda-administrator").update(wants_mail=False)
    with django_capture_on_commit_callbacks(execute=True):
        ask(world)
    assert mail.outbox == []


@pytest.mark.usefixtures("addresses")
def test_a_refusal_looks_the_same_with_and_without_figures(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    texts = []
    for owner in ("MDA", "UKR"):
        if owner == "MDA":
            world.release("MDA", ALL)
            opened(world, to="UNHCR")
        with django_capture_on_commit_callbacks(execute=True):
            request = ask(world, owner=owner)
            request_decline(request=request, actor=world.people[owner]["administrator"], answer="No")
        name = str(world.participants[owner].name)
        body = mail.outbox[-1].body.replace(name, "X").replace(f"/{request.pk}/", "/0/")
        texts.append((mail.outbox[-1].subject.replace(name, "X"), body))
    assert texts[0] == texts[1]
