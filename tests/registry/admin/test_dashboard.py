"""The admin's home, per role."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from registry.admin.dashboard import MOST, DashboardPanel
from registry.models import (
    AccessRequest,
    Indicator,
    Participant,
    Role,
    RoleAssignment,
    Submission,
    User,
)
from registry.selectors.viewer import viewer_for
from registry.services.submission import submission_return, submission_submit, submission_validate
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

FIGURES = {"MDA.UKR._T": [1]}
Queries = Callable[[int], AbstractContextManager[Any]]


def panel(actor: User) -> DashboardPanel:
    request = RequestFactory().get("/admin/")
    request.user = actor
    request.viewer = viewer_for(actor)  # type: ignore[attr-defined]
    return DashboardPanel(request)


def shown(actor: User) -> dict[str, list[tuple[str, str]]]:
    """The sections with title and note of each item."""
    return {
        section.name: [(item.title, item.note) for item in section.items]
        for section in panel(actor).sections()
    }


def names(actor: User) -> set[str]:
    return set(shown(actor)) - {"onboarding", "documentation"}


def test_each_role_is_shown_what_waits_for_it(world: World) -> None:
    people = world.people["MDA"]
    submission = world.staged("MDA", FIGURES)
    assert {role: names(person) for role, person in people.items()} == {
        "administrator": set(),
        "submitter": {"begun"},
        "verifier": set(),
        "user": set(),
    }

    submission_submit(submission=submission, actor=people["submitter"])
    assert {role: names(person) for role, person in people.items()} == {
        "administrator": set(),
        "submitter": set(),
        "verifier": {"verify"},
        "user": set(),
    }

    submission_validate(submission=submission, actor=people["verifier"])
    assert {role: names(person) for role, person in people.items()} == {
        "administrator": {"release"},
        "submitter": set(),
        "verifier": {"release"},
        "user": set(),
    }


def test_returned_figures_are_urgent(world: World) -> None:
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submission_return(submission=submission, actor=world.people["MDA"]["verifier"], comment="Look again.")

    [section] = [s for s in panel(world.people["MDA"]["submitter"]).sections() if s.name == "returned"]
    assert [(item.title, item.url, item.is_urgent) for item in section.items] == [
        ("Refugees · Republic of Moldova", f"/admin/data/submissions/{submission.pk}/", True)
    ]


def test_due_and_overdue_figures_are_told(world: World) -> None:
    world.dataset("MDA", timeliness_days=0)

    [(title, note)] = shown(world.people["MDA"]["user"])["due"]
    year = timezone.localdate().year - 1
    assert title == f"Refugees · {year}"
    assert note == f"overdue since Dec. 31, {year}"
    with translation.override("ru"):
        [(title, note)] = shown(world.people["MDA"]["user"])["due"]
        assert title == f"Беженцы · {year}"
        assert re.fullmatch(rf"просрочено с 31 декабря {year}.*", note)
    assert "due" not in shown(world.people["KAZ"]["user"])


def test_requests_are_shown_to_the_administrator_who_answers_them(world: World) -> None:
    AccessRequest.objects.create(
        indicator=world.indicator,
        owner=world.participants["MDA"],
        participant=world.participants["KAZ"],
        message="Please.",
        created_by=world.people["KAZ"]["administrator"],
    )

    [(title, _note)] = shown(world.people["MDA"]["administrator"])["requests"]
    assert title == "Kazakhstan · Refugees"
    for participant, person in (("MDA", "submitter"), ("MDA", "user"), ("KAZ", "administrator")):
        assert "requests" not in shown(world.people[participant][person])


def test_the_secretariat_sees_no_figures_and_what_it_releases(world: World) -> None:
    secretary = User.objects.create_user("secretary")
    RoleAssignment.objects.create(user=secretary, role=Role.SYSTEM_ADMINISTRATOR)
    Participant.objects.filter(code="MDA").update(release_authority="secretariat")
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submission_validate(submission=submission, actor=world.people["MDA"]["verifier"])

    assert set(shown(secretary)) == {"release"}


@pytest.mark.parametrize(
    ("code", "heading", "nothing"),
    [("en", "Your drafts", "Nothing waits for you."), ("ru", "Ваши черновики", "Для вас пока ничего нет.")],
)
def test_the_home_page_is_in_the_readers_language(
    world: World, signed_in: SignedIn, code: str, heading: str, nothing: str
) -> None:
    world.staged("MDA", FIGURES)

    def home(person: str) -> str:
        User.objects.filter(pk=world.people["MDA"][person].pk).update(language=code)
        return signed_in("MDA", person).get("/admin/", HTTP_ACCEPT_LANGUAGE=code).text

    assert heading in home("submitter")
    assert nothing in home("user")


def test_an_editor_without_a_part_in_figures_has_no_panel(world: World, client: Client) -> None:
    editor = User.objects.create_user("editor")
    RoleAssignment.objects.create(user=editor, role=Role.CONTENT_MANAGER)
    client.force_login(editor)

    page = client.get("/admin/").text

    assert "data-dashboard" not in page
    assert "Nothing waits for you." not in page


def fill(world: World, count: int, *, first: int = 0) -> None:
    """So many indicators with a dataset and a submission in each state a dashboard tells of."""
    for number in range(first, first + count):
        indicator = Indicator.objects.create(
            code=f"I{number}", collection="dsm", name_en=f"I {number}", name_ru=f"П {number}", nature="flow"
        )
        dataset = world.dataset("MDA", indicator, timeliness_days=0)
        submitter = world.people["MDA"]["submitter"]
        for state in ("draft", "submitted", "validated", "returned"):
            Submission.objects.create(dataset=dataset, state=state, created_by=submitter)
        at = timezone.now() + timedelta(days=1)
        Submission.objects.create(dataset=dataset, state="validated", created_by=submitter, release_at=at)


@pytest.mark.parametrize("person", ["administrator", "submitter", "verifier", "user"])
def test_it_costs_the_same_however_much_waits(
    world: World, person: str, django_assert_num_queries: Queries
) -> None:
    costs = {"administrator": 18, "submitter": 10, "verifier": 10, "user": 4}
    actor = world.people["MDA"][person]
    fill(world, 2)
    with django_assert_num_queries(costs[person]):
        few = list(panel(actor).sections())
    fill(world, MOST + 3, first=2)
    with django_assert_num_queries(costs[person]):
        many = list(panel(actor).sections())

    assert [section.name for section in few] == [section.name for section in many]
    assert all(len(section.items) <= MOST for section in many if section.name != "onboarding")
