"""The list of laws, forms and policies: who keeps it, who reads of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from registry.authority import may_keep_legal
from registry.errors import Conflict, NotAllowed
from registry.models import AuditEvent, LegalReference, Role, RoleAssignment
from registry.selectors.legal import legal_list
from registry.services.documentation import documentation_write
from registry.services.legal import legal_change, legal_create, legal_delete
from tests.conftest import World, make_indicator

FIELDS: dict[str, Any] = {"kind": "law", "title_en": "Aliens Act", "title_ru": "Закон об иностранцах"}


def create(world: World, **fields: Any) -> LegalReference:
    return legal_create(
        participant=world.participants["MDA"],
        actor=world.people["MDA"]["administrator"],
        **{**FIELDS, **fields},
    )


@pytest.mark.parametrize(
    ("owner", "person", "may"),
    [
        ("MDA", "administrator", True),
        ("MDA", "submitter", True),
        ("MDA", "verifier", False),
        ("MDA", "user", False),
        ("KAZ", "administrator", False),
    ],
)
def test_who_keeps_the_list(world: World, owner: str, person: str, may: bool) -> None:
    actor, participant = world.people[owner][person], world.participants["MDA"]
    reference = create(world)
    assert may_keep_legal(actor, participant) is may
    if may:
        legal_create(participant=participant, actor=actor, **FIELDS)
        legal_change(reference=reference, actor=actor, number="123")
        legal_delete(reference=reference, actor=actor)
    else:
        with pytest.raises(NotAllowed):
            legal_create(participant=participant, actor=actor, **FIELDS)
        with pytest.raises(NotAllowed):
            legal_change(reference=reference, actor=actor, number="123")
        with pytest.raises(NotAllowed):
            legal_delete(reference=reference, actor=actor)
    assert LegalReference.objects.count() == 1
    assert LegalReference.objects.get().number == ""


def test_a_content_manager_and_a_submitter_of_one_indicator_keep_it_too(world: World) -> None:
    user, participant = world.people["MDA"]["user"], world.participants["MDA"]
    roles = RoleAssignment.objects.filter(user=user)
    roles.update(role=Role.CONTENT_MANAGER)
    assert may_keep_legal(user, participant)
    roles.update(role=Role.DATA_SUBMITTER, indicator=make_indicator("OTHER", ("Other", "Другой"), {}))
    assert may_keep_legal(user, participant)
    participant.is_active = False
    assert not may_keep_legal(user, participant)


@pytest.mark.parametrize(
    ("audience", "readers"),
    [("owner", ["MDA"]), ("participants", ["KAZ", "MDA"]), ("public", ["KAZ", "MDA", "nobody"])],
)
def test_who_reads_of_it(world: World, audience: str, readers: list[str]) -> None:
    create(world, audience=audience)
    viewers = {"KAZ": world.viewer("KAZ"), "MDA": world.viewer("MDA"), "nobody": world.viewer(None)}
    assert [name for name, viewer in viewers.items() if legal_list(viewer=viewer).exists()] == readers


def test_writing_is_audited_and_changing_nothing_writes_nothing(world: World) -> None:
    reference = create(world, audience="public")
    actor = world.people["MDA"]["submitter"]
    legal_change(reference=reference, actor=actor, number="", audience="public")
    legal_change(reference=reference, actor=actor, number="12", adopted_on=datetime.date(2020, 1, 2))
    legal_delete(reference=reference, actor=actor)

    events = AuditEvent.objects.filter(action__startswith="legal.").order_by("pk")
    assert [(event.action, event.data.get("fields")) for event in events] == [
        ("legal.create", None),
        ("legal.change", ["adopted_on", "number"]),
        ("legal.delete", None),
    ]
    assert {event.participant for event in events} == {"MDA"}
    assert events[0].data["audience"] == "public"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title_ru": ""}, "title_ru"),
        ({"kind": "song"}, "kind"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"audience": "mars"}, "audience"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    world: World, fields: dict[str, str], wrong: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        create(world, **fields)
    assert list(refused.value.message_dict) == [wrong]
    assert not LegalReference.objects.exists()


def test_what_a_current_table_names_is_not_deleted(world: World) -> None:
    reference = create(world)
    actor, dataset = world.people["MDA"]["administrator"], world.dataset("MDA")
    documentation_write(dataset=dataset, actor=actor, legal_references=[reference])
    with pytest.raises(Conflict):
        legal_delete(reference=reference, actor=actor)

    documentation_write(dataset=dataset, actor=actor, legal_references=[])
    legal_delete(reference=reference, actor=actor)
    assert not LegalReference.objects.exists()
