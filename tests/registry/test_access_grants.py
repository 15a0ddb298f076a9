"""Giving and taking back access: who may, what is refused, what the audit trail keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from registry.authority import NotAllowed
from registry.errors import Conflict, Invalid, RegistryError
from registry.models import AccessGrant, AudienceKind, AuditEvent, Dataset, DatasetAudience, User
from registry.selectors.viewer import viewer_for
from registry.services.access import grant_create, grant_ensure, grant_revoke
from tests.conftest import World
from tests.registry.seen import ALL, opened, rows

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def dataset(world: World) -> Dataset:
    world.release("MDA", ALL)
    return Dataset.objects.select_related("owner", "indicator").get(code="MDA_REFUGEES")


def kept() -> list[list[dict[str, Any]]]:
    return [
        list(model.objects.order_by("pk").values()) for model in (AccessGrant, AuditEvent, DatasetAudience)
    ]


def refused(error: type[RegistryError], message: str, call: Any, **arguments: object) -> None:
    """Refused with that text, in the active language, and without a trace."""
    before = [
        list(model.objects.order_by("pk").values()) for model in (AccessGrant, AuditEvent, DatasetAudience)
    ]
    with pytest.raises(error) as caught, transaction.atomic():
        call()
    assert str(caught.value) == gettext(message) % arguments
    after = [
        list(model.objects.order_by("pk").values()) for model in (AccessGrant, AuditEvent, DatasetAudience)
    ]
    assert after == before


@pytest.mark.parametrize(
    "who", ["mda-user", "mda-submitter", "mda-verifier", "kaz-administrator", "secretariat", "gone"]
)
def test_only_the_owners_administrator_opens_and_closes(
    world: World, dataset: Dataset, language: str, who: str
) -> None:
    User.objects.create_user("secretariat", is_superuser=True)
    User.objects.create_user("gone", participant=world.participants["MDA"], is_active=False)
    actor = User.objects.get(username=who)
    message = "Only the administrator of the owner may do this."
    given = opened(world, to="UKR")
    refused(
        NotAllowed,
        message,
        lambda: grant_create(dataset=dataset, actor=actor, audience=AudienceKind.PUBLIC),
    )
    refused(NotAllowed, message, lambda: grant_revoke(grant=given, actor=actor))
    refused(NotAllowed, message, lambda: grant_ensure(dataset=dataset, actor=actor, token="public"))


WRONG: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "unknown dimension": (
        {"slice": {"AGE": ["Y15"]}},
        "There is no dimension “%(dimension)s”; expected one of %(expected)s.",
        {"dimension": "AGE", "expected": "REF_AREA, CITIZENSHIP, SEX"},
    ),
    "unknown codes": (
        {"slice": {"SEX": ["F", "X", "N"]}},
        "%(dimension)s has no code %(code)s.",
        {"dimension": "SEX", "code": "N, X"},
    ),
    "no codes": (
        {"slice": {"SEX": []}},
        "%(dimension)s has no code %(code)s.",
        {"dimension": "SEX", "code": "—"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_slice_is_refused(world: World, dataset: Dataset, language: str, name: str) -> None:
    options, message, arguments = WRONG[name]
    refused(Invalid, message, lambda: opened(world, to="KAZ", **options), **arguments)


CONSTRAINED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody named": (
        {"audience": AudienceKind.PARTICIPANT},
        "Name the participant for this audience, and only for this one.",
    ),
    "somebody named for all": (
        {"to": "KAZ", "audience": AudienceKind.PUBLIC},
        "Name the participant for this audience, and only for this one.",
    ),
    "the public reciprocates": (
        {"audience": AudienceKind.PUBLIC, "is_reciprocal": True},
        "The public cannot reciprocate: open it without reciprocity.",
    ),
    "ends when it begins": (
        {"to": "KAZ", "starts_at": BEGIN, "ends_at": BEGIN},
        "The end must be later than the beginning.",
    ),
}


@pytest.mark.parametrize("name", CONSTRAINED)
def test_a_grant_that_cannot_be_is_refused(world: World, dataset: Dataset, language: str, name: str) -> None:
    options, message = CONSTRAINED[name]
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        opened(world, **options)
    assert caught.value.messages == [gettext(message)]
    assert not AccessGrant.objects.exists()


def test_a_grant_is_revoked_once(world: World, dataset: Dataset, language: str) -> None:
    given, administrator = opened(world, to="KAZ"), world.people["MDA"]["administrator"]
    grant_revoke(grant=given, actor=administrator)
    refused(
        Conflict, "The grant was revoked already.", lambda: grant_revoke(grant=given, actor=administrator)
    )


def test_reciprocity_is_the_default_except_for_the_public(world: World, dataset: Dataset) -> None:
    for audience, participant in (("participant", "KAZ"), ("participants", None), ("public", None)):
        grant_create(
            dataset=dataset,
            actor=world.people["MDA"]["administrator"],
            audience=AudienceKind(audience),
            participant=world.participants[participant] if participant else None,
        )
    tokens = DatasetAudience.objects.order_by("token").values_list("token", flat=True)
    assert list(tokens) == [
        "participant:KAZ+reciprocal:REFUGEES",
        "participant:MDA",
        "participants+reciprocal:REFUGEES",
        "public",
    ]


def test_each_act_is_in_the_audit_trail_without_figures(world: World, dataset: Dataset) -> None:
    given = opened(world, to="KAZ", slice={"SEX": ["M", "F", "M"]})
    grant_revoke(grant=given, actor=world.people["MDA"]["administrator"])
    events = AuditEvent.objects.filter(action__startswith="grant.").order_by("pk")
    data = {
        "dataset": "MDA_REFUGEES",
        "audience": "participant",
        "grantee": "KAZ",
        "level": "data",
        "slice": {"SEX": ["F", "M"]},
        "is_reciprocal": False,
    }
    assert [(event.action, event.actor, event.participant, event.data) for event in events] == [
        ("grant.create", "mda-administrator", "MDA", data),
        ("grant.revoke", "mda-administrator", "MDA", data),
    ]


@pytest.mark.parametrize(
    "token",
    [
        "public",
        "participants",
        "participants+reciprocal:REFUGEES",
        "participant:KAZ",
        "participant:KAZ+reciprocal:REFUGEES",
    ],
)
def test_a_token_is_ensured_once(world: World, dataset: Dataset, token: str) -> None:
    administrator = world.people["MDA"]["administrator"]
    first = grant_ensure(dataset=dataset, actor=administrator, token=token)
    assert grant_ensure(dataset=dataset, actor=administrator, token=token) == first
    assert DatasetAudience.objects.filter(token=token).count() == 1
    # And given anew after it was revoked
    grant_revoke(grant=first, actor=administrator)
    assert grant_ensure(dataset=dataset, actor=administrator, token=token) != first


def test_a_narrower_grant_is_no_reason_to_leave_out_the_whole(world: World, dataset: Dataset) -> None:
    opened(world, audience=AudienceKind.PUBLIC, slice={"SEX": ["F"]})
    grant_ensure(dataset=dataset, actor=world.people["MDA"]["administrator"], token="public")
    assert rows(viewer_for(world.people["UKR"]["user"]), world.indicator) == ALL


def test_grants_are_seen_by_their_owner_alone(world: World, dataset: Dataset) -> None:
    opened(world, to="KAZ")
    found = {who: AccessGrant.objects.visible_to(world.viewer(who)).count() for who in (None, "MDA", "KAZ")}
    assert found == {None: 0, "MDA": 1, "KAZ": 0}


@pytest.mark.postgresql
def test_a_change_of_access_waits_for_a_release_under_way(world: World, dataset: Dataset) -> None:
    """Both lock the dataset first, so that series released meanwhile never keep a token just revoked."""
    with CaptureQueriesContext(connection) as queries:
        opened(world, to="KAZ")
    said = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    lock = next(at for at, sql in enumerate(said) if "FOR UPDATE" in sql and "registry_dataset" in sql)
    grants = next(at for at, sql in enumerate(said) if 'FROM "registry_accessgrant"' in sql)
    assert lock < grants
