"""Opening never hides and closing never opens, whoever shares with whom and on which terms."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.models import AccessGrant, AudienceKind, Level
from registry.services.access import grant_create, grant_revoke
from tests.conftest import World
from tests.registry.seen import ALL, opened, rows

pytestmark = pytest.mark.thorough

THEIRS = {"KAZ._T.F": [1], "KAZ._T.M": [2]}
WHO = (None, "MDA", "KAZ", "UKR", "UNHCR")
STEPS = ("KAZ", "UKR", "MDA", "participants", "public")
PAST, FUTURE = datetime(2001, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
SPANS = ((None, None), (PAST, FUTURE), (None, PAST), (FUTURE, None))
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("MDA", "KAZ")),
        st.sampled_from(STEPS),
        st.sampled_from(({}, {"SEX": ["F"]})),
        st.sampled_from(list(Level)),
        st.booleans(),
        st.sampled_from(SPANS),
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture
def both(world: World) -> World:
    """Moldova and Kazakhstan have figures; nobody opened anything."""
    world.release("MDA", ALL)
    world.release("KAZ", THEIRS)
    return world


def seen(world: World) -> dict[str | None, set[str]]:
    return {who: set(rows(world.viewer(who), world.indicator)) for who in WHO}


def give(world: World, act: Any) -> AccessGrant | None:
    owner, step, cut, level, is_reciprocal, (starts_at, ends_at) = act
    if step == owner:
        return None
    named = step in world.participants
    return opened(
        world,
        owner,
        to=step if named else None,
        slice=cut,
        level=level,
        is_reciprocal=is_reciprocal and step != "public",
        starts_at=starts_at,
        ends_at=ends_at,
        **({} if named else {"audience": AudienceKind(step)}),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, order=st.randoms(use_true_random=False))
def test_each_grant_adds_and_each_revocation_takes_away(both: World, acts: list[Any], order: Any) -> None:
    with transaction.atomic():
        before, made = seen(both), []
        for act in acts:
            made += filter(None, [give(both, act)])
            now = seen(both)
            assert all(before[who] <= now[who] for who in WHO), "opening hid something"
            before = now
        order.shuffle(made)
        for grant in made:
            owner = grant.dataset.owner.code
            grant_revoke(grant=grant, actor=both.people[owner]["administrator"])
            now = seen(both)
            assert all(now[who] <= before[who] for who in WHO), "closing opened something"
            before = now
        assert before == {None: set(), "MDA": set(ALL), "KAZ": set(THEIRS), "UKR": set(), "UNHCR": set()}
        transaction.set_rollback(True)


@pytest.mark.parametrize("cut", [{}, {"SEX": ["F"]}], ids=["whole", "slice"])
@pytest.mark.parametrize("is_reciprocal", [False, True])
def test_a_wider_audience_includes_the_narrower(
    both: World, cut: dict[str, list[str]], is_reciprocal: bool
) -> None:
    # Given that Kazakhstan shares its figures
    opened(both, "KAZ", to="UNHCR")
    found = []
    for step in ("KAZ", "participants", "public"):
        grant = give(both, ("MDA", step, cut, Level.DATA, is_reciprocal, (None, None)))
        assert grant is not None
        found.append(seen(both))
        grant_revoke(grant=grant, actor=both.people["MDA"]["administrator"])
    # Then each step of the ladder shows to everybody at least what the narrower one does
    for narrow, wide in pairwise(found):
        assert all(narrow[who] <= wide[who] for who in WHO)
    assert len({frozenset(step["KAZ"]) for step in found}) == 1
    assert found[0]["UKR"] == set()
    assert found[2][None] == {key for key in ALL if not cut or key.endswith("F")}


def test_an_owner_is_not_granted_its_own(both: World, language: str) -> None:
    # A grant to itself would make it one that shares, at no cost
    with pytest.raises(Invalid) as refused:
        grant_create(
            dataset=both.dataset("KAZ"),
            actor=both.people["KAZ"]["administrator"],
            audience=AudienceKind.PARTICIPANT,
            participant=both.participants["KAZ"],
        )
    assert str(refused.value) == gettext("These are your own figures.")
    assert not AccessGrant.objects.exists()
