from __future__ import annotations

import pytest
from django.utils import timezone

from registry.errors import Invalid
from registry.formats.base import Limits
from registry.rules import validate
from registry.services import merge
from registry.services.merge import merged
from tests.registry.cubes import cube_of, figures
from tests.registry.test_rules import TERMS

NOTE, OTHER = {"en": "note", "ru": "примечание"}, {"en": "other", "ru": "другое"}


def test_cells_given_replace_and_all_others_stay() -> None:
    before = cube_of({"MDA.F": [1, 2, 3], "MDA.M": [4, 5, 6]})
    change = cube_of({"MDA.F": [None, 20, None]})
    assert figures(merged(before, change)) == {"MDA.F": [1, 20, 3], "MDA.M": [4, 5, 6]}


def test_periods_on_either_side_stretch_the_time_axis() -> None:
    before = cube_of({"MDA.F": [1, 2]}, start=2010)
    after = merged(before, cube_of({"MDA.F": [9]}, start=2013))
    assert after.time.codes == ("2010", "2011", "2012", "2013")
    assert figures(after) == {"MDA.F": [1, 2, None, 9]}
    earlier = merged(before, cube_of({"MDA.F": [9]}, start=2008))
    assert earlier.time.codes == ("2008", "2009", "2010", "2011")
    assert figures(earlier) == {"MDA.F": [9, None, 1, 2]}


def test_quarters_stretch_over_the_turn_of_a_year() -> None:
    before = cube_of({"MDA.F": [1]}, start=2010 * 4 + 3, frequency="Q")
    after = merged(before, cube_of({"MDA.F": [2]}, start=2011 * 4 + 1, frequency="Q"))
    assert after.time.codes == ("2010-Q4", "2011-Q1", "2011-Q2")
    assert figures(after) == {"MDA.F": [1, None, 2]}


def test_new_series_and_their_members_are_added() -> None:
    before = cube_of({"MDA.F": [1]})
    after = merged(before, cube_of({"KAZ.M": [2]}))
    assert figures(after) == {"MDA.F": [1], "KAZ.M": [2]}
    assert [axis.codes for axis in after.axes] == [("KAZ", "MDA"), ("M", "F")]


def test_a_cell_is_replaced_with_its_status_and_note() -> None:
    before = cube_of(
        {"MDA.F": [1, 2, 3]}, statuses={"MDA.F": {0: "P", 1: "E"}}, notes={"MDA.F": {0: NOTE, 1: NOTE}}
    )
    change = cube_of({"MDA.F": [10, None, None]}, statuses={"MDA.F": {2: "Q"}}, notes={"MDA.F": {2: OTHER}})
    row = merged(before, change).rows[0]
    # The first lost its provisional status, the second kept all, the third is withheld now
    assert list(row.values) == [10, 2, None]
    assert row.statuses == {1: "E", 2: "Q"}
    assert row.notes == {1: NOTE, 2: OTHER}


def test_a_zero_replaces_and_nothing_does_not() -> None:
    after = merged(cube_of({"MDA.F": [5, 6]}), cube_of({"MDA.F": [0, None]}))
    assert figures(after) == {"MDA.F": [0, 6]}


def test_a_note_alone_is_added_to_the_cell() -> None:
    before = cube_of({"MDA.F": [5]}, statuses={"MDA.F": {0: "P"}})
    row = merged(before, cube_of({"MDA.F": [None]}, notes={"MDA.F": {0: NOTE}})).rows[0]
    assert (list(row.values), row.statuses, row.notes) == ([5], {0: "P"}, {0: NOTE})


def test_statuses_move_with_the_time_axis() -> None:
    before = cube_of({"MDA.F": [1]}, start=2012, statuses={"MDA.F": {0: "P"}}, notes={"MDA.F": {0: NOTE}})
    row = merged(before, cube_of({"MDA.F": [1]}, start=2010)).rows[0]
    assert (list(row.values), row.statuses, row.notes) == ([1, None, 1], {2: "P"}, {2: NOTE})


def test_a_change_without_anything_changes_nothing() -> None:
    before = cube_of({"MDA.F": [1, 2]})
    assert figures(merged(before, cube_of({}))) == {"MDA.F": [1, 2]}


def test_a_series_given_twice_is_still_found_by_validation() -> None:
    before = cube_of({"MDA.F": [1]})
    after = merged(before, cube_of([("MDA.F", [2]), ("MDA.F", [3])]))
    assert [finding.rule for finding in validate(after, before, TERMS)] == ["duplicate_series"]


def test_a_year_far_from_all_others_stretches_nothing() -> None:
    before = cube_of({"MDA.F": [1]}, start=2020 * 12, frequency="M")
    last = timezone.now().year + 50
    for year in (1799, last + 1, 9024):
        with pytest.raises(Invalid) as refused:
            merged(before, cube_of({"MDA.F": [1]}, start=year * 12 + 11, frequency="M"))
        assert str(refused.value) == f"The period {year}-12 lies outside the years 1800 to {last}."
    for year in (1800, last):
        assert merged(before, cube_of({"MDA.F": [1]}, start=year * 12, frequency="M")).rows


def test_a_table_that_would_be_too_large_is_refused_before_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(merge, "LIMITS", Limits(cells=40))
    before = cube_of({"MDA.F": [1], "MDA.M": [1]}, start=2000)
    # Two series over twenty years fit
    assert len(merged(before, cube_of({"MDA.F": [1]}, start=2019)).time) == 20
    monkeypatch.setattr(merge, "_stretched", None)
    for change in (cube_of({"MDA.F": [1]}, start=2020), cube_of({"KAZ.F": [1]}, start=2019)):
        with pytest.raises(Invalid, match=r"The table would have \d+ cells; at most 40 are read\."):
            merged(before, change)
