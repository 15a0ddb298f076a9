"""Slices and time spans of a dataset, each open to its own audience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.access import Viewer
from registry.models import AudienceKind, Dataset, Level
from registry.services.access import grant_revoke
from tests.conftest import World
from tests.registry.seen import ALL, DESCRIPTION, EVERYTHING, NOTHING, now_is, opened, parts, rows, subset

pytestmark = pytest.mark.thorough

KAZ_ONLY = {"CITIZENSHIP": ["KAZ"]}
WOMEN = {"SEX": ["F"]}
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
END = datetime(2031, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def released(world: World) -> World:
    world.release("MDA", ALL)
    return world


def seen(world: World, *participants: str | None) -> list[Any]:
    return [rows(world.viewer(participant), world.indicator) for participant in participants]


def revoke(world: World, grant: Any) -> None:
    grant_revoke(grant=grant, actor=world.people["MDA"]["administrator"])


def test_a_slice_along_one_dimension(released: World) -> None:
    opened(released, to="KAZ", slice=KAZ_ONLY)
    assert seen(released, "KAZ", "UKR", None, "MDA") == [subset("MDA.KAZ.F MDA.KAZ.M"), {}, {}, ALL]
    assert parts(released.viewer("KAZ"), released.dataset("MDA")) == EVERYTHING - {"documentation"}
    assert parts(released.viewer("UKR"), released.dataset("MDA")) == NOTHING


def test_a_slice_along_two_dimensions(released: World) -> None:
    opened(released, audience=AudienceKind.PUBLIC, slice={"CITIZENSHIP": ["KAZ", "UKR"], "SEX": ["F"]})
    women = subset("MDA.KAZ.F MDA.UKR.F")
    assert seen(released, None, "KAZ", "MDA") == [women, women, ALL]


def test_overlapping_slices_for_different_audiences(released: World) -> None:
    # Given one slice for Kazakhstan and another for Ukraine that share a series
    first = opened(released, to="KAZ", slice=KAZ_ONLY)
    second = opened(released, to="UKR", slice=WOMEN)
    women = subset("MDA._T.F MDA.KAZ.F MDA.UKR.F")
    assert seen(released, "KAZ", "UKR", None) == [subset("MDA.KAZ.F MDA.KAZ.M"), women, {}]
    # When one is revoked, the other stays as it was
    revoke(released, first)
    assert seen(released, "KAZ", "UKR", None) == [{}, women, {}]
    revoke(released, second)
    assert seen(released, "KAZ", "UKR", "MDA") == [{}, {}, ALL]


def test_overlapping_slices_for_one_audience_add_up(released: World) -> None:
    first = opened(released, to="KAZ", slice=KAZ_ONLY)
    opened(released, to="KAZ", slice=WOMEN)
    women = subset("MDA._T.F MDA.KAZ.F MDA.UKR.F")
    assert seen(released, "KAZ") == [women | subset("MDA.KAZ.M")]
    revoke(released, first)
    assert seen(released, "KAZ") == [women]


def test_a_slice_beside_the_whole(released: World) -> None:
    whole = opened(released, to="KAZ")
    opened(released, audience=AudienceKind.PUBLIC, slice=WOMEN)
    women = subset("MDA._T.F MDA.KAZ.F MDA.UKR.F")
    assert seen(released, "KAZ", "UKR", None) == [ALL, women, women]
    revoke(released, whole)
    assert seen(released, "KAZ", "UKR", None) == [women, women, women]


def test_a_slice_holds_for_series_that_come_later(released: World) -> None:
    # Given slices for two audiences
    opened(released, to="KAZ", slice=WOMEN)
    opened(released, audience=AudienceKind.PUBLIC, slice={"CITIZENSHIP": ["XXA"]})
    assert seen(released, None) == [{}]
    # When a later release brings series inside and outside of them
    more = {**ALL, "MDA.XXA.F": [1, 1], "MDA.XXA.M": [1, 2], "MDA.MDA.F": [2, 2], "MDA.MDA.M": [1, 1]}
    released.release("MDA", {**more, "MDA._T.F": [13, 24], "MDA._T.M": [13, 24]})
    # Then each is seen by those whose slice it is in
    women = {f"MDA.{code}.F" for code in ("_T", "KAZ", "UKR", "XXA", "MDA")}
    assert set(seen(released, "KAZ")[0]) == women | {"MDA.XXA.M"}
    assert set(seen(released, None)[0]) == {"MDA.XXA.F", "MDA.XXA.M"}
    assert len(seen(released, "MDA")[0]) == 10


def test_a_reciprocal_slice(released: World) -> None:
    opened(released, to="KAZ", slice=KAZ_ONLY, is_reciprocal=True)
    assert seen(released, "KAZ") == [{}]
    released.release("KAZ", {"KAZ._T._T": [1]})
    opened(released, "KAZ", to="UKR", is_reciprocal=True)
    assert seen(released, "KAZ") == [{**subset("MDA.KAZ.F MDA.KAZ.M"), "KAZ._T._T": [1, None]}]


def test_a_slice_of_the_description_opens_no_figures(released: World) -> None:
    opened(released, to="KAZ", slice=KAZ_ONLY, level=Level.DOCUMENTATION)
    assert seen(released, "KAZ") == [{}]
    assert parts(released.viewer("KAZ"), released.dataset("MDA")) == DESCRIPTION - {"documentation"}


@pytest.mark.parametrize("cut", [{}, KAZ_ONLY], ids=["whole", "slice"])
def test_a_time_span_opens_and_closes_by_itself(
    released: World, monkeypatch: pytest.MonkeyPatch, cut: dict[str, list[str]]
) -> None:
    # Given a grant for the year 2030
    opened(released, to="KAZ", slice=cut, starts_at=BEGIN, ends_at=END)
    inside = subset("MDA.KAZ.F MDA.KAZ.M") if cut else ALL
    # When one looks before, from its first moment to its last, and after
    for moment, visible in (
        (BEGIN - SECOND, False),
        (BEGIN, True),
        (BEGIN + timedelta(days=100), True),
        (END - SECOND, True),
        (END, False),
        (END + SECOND, False),
    ):
        now_is(monkeypatch, moment)
        # Then it is open inside, and the owner sees it always
        assert seen(released, "KAZ", "UKR", "MDA") == [inside if visible else {}, {}, ALL]
        expected = EVERYTHING - {"documentation"} if visible else NOTHING
        assert parts(released.viewer("KAZ"), released.dataset("MDA")) == expected


def test_spans_without_one_end(released: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(released, to="KAZ", starts_at=BEGIN)
    opened(released, to="UKR", ends_at=BEGIN)
    now_is(monkeypatch, BEGIN - SECOND)
    assert seen(released, "KAZ", "UKR") == [{}, ALL]
    now_is(monkeypatch, BEGIN)
    assert seen(released, "KAZ", "UKR") == [ALL, {}]


def test_two_spans_for_one_audience_leave_the_gap_closed(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(released, to="KAZ", ends_at=BEGIN)
    opened(released, to="KAZ", starts_at=END)
    found = []
    for moment in (BEGIN - SECOND, BEGIN, END - SECOND, END):
        now_is(monkeypatch, moment)
        found.append(len(seen(released, "KAZ")[0]))
    assert found == [6, 0, 0, 6]


# A model of access, of grants alone, against which the tokens are checked.

CUTS = ({}, KAZ_ONLY, WOMEN, {"CITIZENSHIP": ["KAZ", "UKR"], "SEX": ["F"]}, {"SEX": ["F", "M"]})
LADDER = ("participant KAZ", "participant UKR", "participants", "public")
GRANTS = st.lists(
    st.tuples(st.sampled_from(LADDER), st.sampled_from(CUTS), st.sampled_from(list(Level))), max_size=4
)
WHO = (None, "MDA", "KAZ", "UKR", "UNHCR")
MEMBERS = {"KAZ", "UKR", "MDA", "UNHCR"}


def reaches(step: str, who: str | None) -> bool:
    if step == "public":
        return True
    return who in MEMBERS if step == "participants" else step == f"participant {who}"


def expected(who: str | None, grants: list[Any]) -> dict[str, list[Any]]:
    """The rows a viewer sees: all of its own, else those in the slice of some grant that reaches it."""
    visible = set(ALL) if who == "MDA" else set()
    for step, cut, level in grants:
        for key in ALL if level == Level.DATA and reaches(step, who) else ():
            codes = dict(zip(("REF_AREA", "CITIZENSHIP", "SEX"), key.split("."), strict=True))
            if all(codes[name] in members for name, members in cut.items()):
                visible.add(key)
    return {key: ALL[key] for key in ALL if key in visible}


def make(world: World, step: str, cut: Any, level: Level) -> Any:
    kind, _blank, code = step.partition(" ")
    if code:
        return opened(world, to=code, slice=cut, level=level)
    return opened(world, audience=AudienceKind(kind), slice=cut, level=level)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=GRANTS)
def test_grants_only_ever_add_and_revocation_takes_back_what_they_added(
    released: World, grants: list[Any]
) -> None:
    viewers: dict[str | None, Viewer] = {who: released.viewer(who) for who in WHO}
    with transaction.atomic():
        made = []
        before: dict[str | None, set[str]] = {who: set() for who in WHO}
        for at, grant in enumerate(grants):
            made.append(make(released, *grant))
            for who, viewer in viewers.items():
                found = rows(viewer, released.indicator)
                assert found == expected(who, grants[: at + 1])
                assert before[who] <= set(found), "a wider audience hid a cell"
                before[who] = set(found)
        for at in range(len(made) - 1, -1, -1):
            revoke(released, made[at])
            for who, viewer in viewers.items():
                assert rows(viewer, released.indicator) == expected(who, grants[:at])
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", WHO)
def test_widening_the_ladder_never_hides_a_cell(released: World, who: str | None) -> None:
    """Each step of the ladder alone: whoever sees at a narrow one sees at every wider one."""
    steps: list[set[str]] = []
    for step in (None, "participant KAZ", "participants", "public"):
        grant = make(released, step, {}, Level.DATA) if step else None
        steps.append(set(rows(released.viewer(who), released.indicator)))
        if grant is not None:
            revoke(released, grant)
    assert steps == sorted(steps, key=len)
    assert steps[-1] == set(ALL)
    assert all(narrow <= wide for narrow, wide in pairwise(steps))
    assert Dataset.objects.visible_to(released.viewer("MDA")).count() == 1
