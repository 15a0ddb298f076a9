"""The onboarding checklist: steps from facts, and the action plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from registry.access import Viewer
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import (
    Agency,
    AuditEvent,
    Contact,
    Documentation,
    LegalReference,
    Participant,
    PlanTask,
    Role,
    RoleAssignment,
    User,
)
from registry.selectors.documentation import ASKED_FIELDS
from registry.selectors.onboarding import onboarding_list, onboarding_open, onboarding_participants
from registry.selectors.viewer import viewer_for
from registry.services.onboarding import task_change, task_create, task_delete, task_done, task_reopen
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

TASK = {"title_en": "Name the agencies", "title_ru": "Назвать ведомства", "due_on": "2030-01-31"}


@pytest.fixture
def secretary(world: World) -> User:
    person = User.objects.create_user("secretary")
    RoleAssignment.objects.create(user=person, role=Role.SYSTEM_ADMINISTRATOR)
    return person


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def steps(viewer: Viewer, code: str = "MDA") -> dict[str, bool]:
    (found,) = onboarding_list(viewer=viewer, participants=Participant.objects.filter(code=code))
    return {step.name: step.is_done for step in found.steps}


def test_each_step_follows_from_its_fact(world: World, secretary: User) -> None:
    administrator = world.people["MDA"]["administrator"]
    viewers = (viewer_for(administrator), viewer_for(secretary))
    expected = {
        "documentation": False,
        "focal_point": False,
        "administrator": True,
        "plan": False,
        "legal": False,
    }

    def check(**changed: bool) -> None:
        expected.update(changed)
        for viewer in viewers:
            assert steps(viewer) == expected

    check()
    answers = {f"{name}_en": "text" for name in ASKED_FIELDS[1:]}
    table = Documentation.objects.create(dataset=world.dataset("MDA"), version=1, **answers)
    check()
    table.original = {ASKED_FIELDS[0]: "text în limba română"}
    table.save()
    check(documentation=True)

    agency = Agency.objects.create(participant=world.participants["MDA"], name_en="A", name_ru="А")
    contact = Contact.objects.create(
        agency=agency, position_en="Head", position_ru="Глава", is_focal_point=True
    )
    check()  # vacant
    contact.person = "Ana Rusu"
    contact.save()
    check(focal_point=True)

    LegalReference.objects.create(
        participant=world.participants["MDA"], kind="law", title_en="Law", title_ru="Закон"
    )
    check(legal=True)

    task = PlanTask.objects.create(
        participant=world.participants["MDA"], title_en="T", title_ru="З", due_on=timezone.localdate()
    )
    check(plan=True)
    PlanTask.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    check(plan=False)
    PlanTask.objects.filter(pk=task.pk).update(done_on=timezone.localdate())
    check(plan=True)

    assert onboarding_open(viewer=viewers[0]) == []
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert steps(viewers[1])["administrator"] is False


def test_two_tables_are_counted_by_their_answers(world: World, language: str) -> None:
    viewer = viewer_for(world.people["MDA"]["administrator"])
    half = ASKED_FIELDS[: len(ASKED_FIELDS) // 2]
    Documentation.objects.create(
        dataset=world.dataset("MDA"), version=1, **{f"{name}_ru": "текст" for name in half}
    )
    (found,) = onboarding_list(viewer=viewer, participants=onboarding_participants(viewer=viewer))
    share = str(len(half) * 100 // len(ASKED_FIELDS))
    assert share in found.steps[0].detail
    assert (found.done, found.needed) == (1, 5)


def test_an_observer_needs_no_documentation(world: World) -> None:
    Participant.objects.filter(code="MDA").update(is_observer=True)
    viewer = viewer_for(world.people["MDA"]["administrator"])
    (found,) = onboarding_list(viewer=viewer, participants=onboarding_participants(viewer=viewer))
    assert (found.steps[0].is_needed, found.needed) == (False, 4)


def test_whose_checklist_one_reads(world: World, secretary: User, signed_in: SignedIn) -> None:
    path = "/admin/data/onboarding/"
    own = signed_in("MDA", "administrator")
    assert own.get(path)["Location"] == f"{path}MDA/"
    assert own.get(f"{path}MDA/").status_code == 200
    assert own.get(f"{path}KAZ/").status_code == 404
    for person in ("user", "submitter", "verifier"):
        assert signed_in("MDA", person).get(path).status_code == 404
        assert signed_in("MDA", person).get(f"{path}MDA/").status_code == 404
    everybody = client_of(secretary)
    text = everybody.get(path).text
    assert all(str(participant.name_en) in text for participant in world.participants.values())
    assert everybody.get(f"{path}KAZ/").status_code == 200


def test_the_secretariat_reads_no_dataset_in_it(world: World, secretary: User) -> None:
    world.dataset("MDA", source_en="Secret register", source_ru="Тайный регистр")
    text = client_of(secretary).get("/admin/data/onboarding/MDA/").text
    assert "MDA_REFUGEES" not in text
    assert "Secret register" not in text


def test_the_plan_is_kept_by_the_administrator(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "administrator")
    path = "/admin/data/onboarding/MDA/tasks/"
    assert (
        client.post(f"{path}add/", {**TASK, "participant": "2", "done_on": "2020-01-01"}).status_code == 302
    )
    task = PlanTask.objects.get()
    assert (task.participant, task.due_on, task.done_on) == (
        world.participants["MDA"],
        date(2030, 1, 31),
        None,
    )
    broken = client.post(f"{path}{task.pk}/", {**TASK, "title_en": "Other", "due_on": "soon"})
    assert broken.status_code == 200
    assert 'value="Other"' in broken.text
    client.post(f"{path}{task.pk}/", {**TASK, "title_en": "Other"})
    client.post(f"{path}{task.pk}/done/")
    task.refresh_from_db()
    assert (task.title_en, task.done_on) == ("Other", timezone.localdate())
    client.post(f"{path}{task.pk}/reopen/")
    client.post(f"{path}{task.pk}/delete/")
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["task.create", "task.change", "task.done", "task.reopen", "task.delete"]


def test_another_ones_plan_is_out_of_reach(world: World, secretary: User, signed_in: SignedIn) -> None:
    task = task_create(
        participant=world.participants["KAZ"],
        actor=world.people["KAZ"]["administrator"],
        **{**TASK, "due_on": date(2030, 1, 31)},
    )
    client = signed_in("MDA", "administrator")
    for code in ("KAZ", "MDA"):
        for act in ("", "done/", "reopen/", "delete/"):
            path = f"/admin/data/onboarding/{code}/tasks/{task.pk}/{act}"
            assert client.post(path, TASK).status_code == 404
    # The secretariat reads it and changes nothing
    for act in ("", "done/", "delete/"):
        client_of(secretary).post(
            f"/admin/data/onboarding/KAZ/tasks/{task.pk}/{act}", {**TASK, "title_en": "X"}
        )
    task.refresh_from_db()
    assert (task.title_en, task.done_on) == ("Name the agencies", None)


def test_services_of_the_plan_ask_who_acts(world: World, secretary: User) -> None:
    administrator = world.people["MDA"]["administrator"]
    given: dict[str, Any] = {**TASK, "due_on": date(2030, 1, 31)}
    task = task_create(participant=world.participants["MDA"], actor=administrator, **given)
    for actor in (
        world.people["MDA"]["user"],
        world.people["MDA"]["verifier"],
        world.people["KAZ"]["administrator"],
        secretary,
    ):
        with pytest.raises(NotAllowed):
            task_create(participant=world.participants["MDA"], actor=actor, **given)
        with pytest.raises(NotAllowed):
            task_change(task=task, actor=actor, **given)
        with pytest.raises(NotAllowed):
            task_done(task=task, actor=actor, today=date(2026, 1, 1))
        with pytest.raises(NotAllowed):
            task_reopen(task=task, actor=actor)
        with pytest.raises(NotAllowed):
            task_delete(task=task, actor=actor)
    task_done(task=task, actor=administrator, today=date(2026, 1, 1))
    with pytest.raises(Conflict):
        task_done(task=task, actor=administrator, today=date(2026, 1, 1))
    agency = Agency.objects.create(participant=world.participants["KAZ"], name_en="A", name_ru="А")
    foreign = Contact.objects.create(agency=agency, position_en="Head", position_ru="Глава")
    with pytest.raises(Invalid):
        task_change(task=task, actor=administrator, **given, contact=foreign)


def test_checklists_take_six_queries_however_many_there_are(
    world: World, secretary: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer = viewer_for(secretary)
    for number in range(20):
        participant = Participant.objects.create(
            code=f"P{number}", kind="organisation", name_en=f"P{number}", name_ru=f"П{number}"
        )
        LegalReference.objects.create(participant=participant, kind="law", title_en="L", title_ru="З")
        if number in (1, 19):
            with django_assert_num_queries(7):  # with that of the participants
                onboarding_list(viewer=viewer, participants=onboarding_participants(viewer=viewer))


def test_the_list_takes_as_many_queries_for_twenty_participants_as_for_two(
    world: World, secretary: User
) -> None:
    client = client_of(secretary)
    counts = []
    for total in (2, 20):
        for number in range(total):
            Participant.objects.get_or_create(
                code=f"P{number}", kind="organisation", name_en=f"P{number}", name_ru=f"П{number}"
            )
        client.get("/admin/data/onboarding/")
        with CaptureQueriesContext(connection) as queries:
            assert f"P{total - 1}" in client.get("/admin/data/onboarding/").text
        counts.append(len(queries))
    assert counts[0] == counts[1]
