"""What lists cost in a full house: 200 participants, 2,000 datasets, 20,000 submissions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import (
    AuditEvent,
    Dataset,
    DatasetAudience,
    Indicator,
    Participant,
    Role,
    RoleAssignment,
    Submission,
    User,
)
from tests.conftest import World

pytestmark = pytest.mark.postgresql  # on the engine for this many

Queries = Callable[[int], AbstractContextManager[Any]]

PARTICIPANTS = 200
INDICATORS = 10  # each participant has a dataset of each
PER_DATASET = 10  # submissions
STATES = ("draft", "submitted", "validated", "returned", "released")


def fill(world: World, *, participants: int, indicators: int, per_dataset: int) -> None:
    """More of everything, beside the small world: MDA has its share of it."""
    Indicator.objects.bulk_create(
        Indicator(
            code=f"BIG_{number}",
            collection="dsm",
            name_en=f"Indicator {number}",
            name_ru=f"Показатель {number}",
            nature="flow",
        )
        for number in range(indicators)
    )
    made = list(Indicator.objects.filter(code__startswith="BIG_"))
    Participant.objects.bulk_create(
        Participant(code=f"P{number}", kind="state", name_en=f"State {number}", name_ru=f"Страна {number}")
        for number in range(participants - 1)
    )
    owners = [world.participants["MDA"], *Participant.objects.filter(code__startswith="P")]
    User.objects.bulk_create(User(username=f"person-{owner.code}", participant=owner) for owner in owners)
    people = {user.participant_id: user for user in User.objects.filter(username__startswith="person-")}
    Dataset.objects.bulk_create(
        (
            Dataset(
                code=f"{owner.code}_{indicator.code}", indicator=indicator, owner=owner, timeliness_days=0
            )
            for owner in owners
            for indicator in made
        ),
        batch_size=500,
    )
    datasets = list(Dataset.objects.filter(indicator__in=made).select_related("owner"))
    DatasetAudience.objects.bulk_create(
        (
            DatasetAudience(dataset=dataset, level="data", token=f"participant:{dataset.owner.code}")
            for dataset in datasets
        ),
        batch_size=500,
    )
    later = timezone.now() + timedelta(days=1)
    Submission.objects.bulk_create(
        (
            Submission(
                dataset=dataset,
                state=STATES[number % len(STATES)],
                created_by=people[dataset.owner_id],
                release_at=later if number % 10 == 2 else None,
            )
            for dataset in datasets
            for number in range(per_dataset)
        ),
        batch_size=500,
    )
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                participant=owner.code, actor="someone", action="dataset.create", object_type="dataset"
            )
            for owner in owners
            for _number in range(10)
        ),
        batch_size=500,
    )


@pytest.fixture
def secretary(db: None) -> User:
    secretary = User.objects.create_user("secretary")
    RoleAssignment.objects.create(user=secretary, role=Role.SYSTEM_ADMINISTRATOR)
    return secretary


PAGES = {
    "administrator": [
        "",
        "data/datasets/",
        "data/datasets/MDA_BIG_0/submissions/",
        "data/verification/",
        "data/people/",
        "data/onboarding/MDA/",
        "data/requests/",
        "data/notices/",
        "data/audit/",
    ],
    "submitter": ["", "data/datasets/", "data/datasets/MDA_BIG_0/submissions/"],
    "verifier": ["", "data/verification/"],
    "user": ["", "data/datasets/", "data/contacts/"],
    "secretary": ["", "data/participants/", "data/onboarding/", "data/verification/", "data/audit/"],
}


def test_a_full_house_costs_no_more_queries(
    world: World, secretary: User, django_assert_num_queries: Queries
) -> None:
    clients = {person: Client() for person in PAGES}
    for person, client in clients.items():
        client.force_login(secretary if person == "secretary" else world.people["MDA"][person])
    fill(world, participants=3, indicators=2, per_dataset=10)
    costs = {}
    for person, page in ((person, page) for person, pages in PAGES.items() for page in pages):
        clients[person].get(f"/admin/{page}")  # warm: content types, the site, compiled templates
        with CaptureQueriesContext(connection) as few:
            assert clients[person].get(f"/admin/{page}").status_code == 200, page
        costs[person, page] = len(few)
    Submission.objects.all().delete()
    DatasetAudience.objects.filter(dataset__indicator__code__startswith="BIG_").delete()
    Dataset.objects.filter(indicator__code__startswith="BIG_").delete()
    User.objects.filter(username__startswith="person-").delete()
    Participant.objects.filter(code__startswith="P").delete()
    Indicator.objects.filter(code__startswith="BIG_").delete()

    fill(world, participants=PARTICIPANTS, indicators=INDICATORS, per_dataset=PER_DATASET)

    assert (Dataset.objects.count(), Submission.objects.count()) == (2_000, 20_000)
    for (person, page), cost in costs.items():
        with django_assert_num_queries(cost):
            assert clients[person].get(f"/admin/{page}").status_code == 200, (person, page)
