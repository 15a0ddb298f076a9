"""Each rule alone, and all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from django.utils.translation import gettext

from registry.cube import Cube, Status
from registry.models import StagedSeries
from registry.rules import MOST_FINDINGS, RULES, Finding, Terms, message, validate
from registry.rules.base import Rule
from registry.rules.figures import (
    bad_value,
    duplicate_series,
    early_period,
    foreign_area,
    future_period,
    jump,
    missing_series,
    nothing,
    small_count,
    status_without_value,
    unknown_code,
)
from registry.rules.messages import MESSAGES
from registry.rules.totals import totals_add_up
from tests.conftest import World
from tests.registry.cubes import cube_of

AREAS = {"MDA": None, "KAZ": None, "UKR": None, "EUR": None, "EST": "EUR", "BLR": "EST"}
TERMS = Terms(parents=(AREAS, {"_T": None, "F": None, "M": None}), totals=(None, "_T"), last_period="2020")
Told = tuple[str, str, str, str, dict[str, Any]]


def told(rule: Rule, cube: Cube, previous: Cube | None = None, terms: Terms = TERMS) -> list[Told]:
    """What a rule finds: rule, severity, key, period, arguments. Each has a text in either language."""
    found = list(rule(cube, previous, terms))
    for finding in found:
        assert message(finding.rule, finding.arguments) == gettext(str(MESSAGES[finding.rule])) % dict(
            finding.arguments
        )
    return [(it.rule, it.severity, it.key, it.period, dict(it.arguments)) for it in found]


def test_good_figures_give_no_findings() -> None:
    cube = cube_of({"MDA._T": [10, 0], "MDA.F": [4, 0], "MDA.M": [6, None]})
    assert validate(cube, None, TERMS) == []
    assert validate(cube, cube, TERMS) == []


@pytest.mark.parametrize("cube", [cube_of({}), cube_of({"MDA.F": [None, None]})], ids=["no rows", "no cells"])
def test_a_submission_without_figures(cube: Cube) -> None:
    assert told(nothing, cube) == [("nothing", "error", "", "", {})]
    assert told(nothing, cube_of({"MDA.F": [None]}, statuses={"MDA.F": {0: "Q"}})) == []


def test_codes_that_are_not_listed() -> None:
    cube = cube_of({"MDA.F": [1], "XYZ.F": [1], "XYZ.Z": [1]})
    assert told(unknown_code, cube) == [
        ("unknown_code", "error", "XYZ.F", "", {"dimension": "REF_AREA", "code": "XYZ"}),
        ("unknown_code", "error", "XYZ.Z", "", {"dimension": "REF_AREA", "code": "XYZ"}),
        ("unknown_code", "error", "XYZ.Z", "", {"dimension": "SEX", "code": "Z"}),
    ]


def test_series_given_more_than_once() -> None:
    cube = cube_of([("MDA.F", [1]), ("MDA.M", [1]), ("MDA.F", [1]), ("MDA.F", [2])])
    assert told(duplicate_series, cube) == [("duplicate_series", "error", "MDA.F", "", {})] * 2


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_values_that_are_no_numbers(value: float) -> None:
    assert told(bad_value, cube_of({"MDA.F": [1, value]})) == [("not_a_number", "error", "MDA.F", "2011", {})]


def test_a_draft_with_a_value_that_is_no_number_keeps_what_was_found(world: World) -> None:
    submission = world.staged("MDA", {"MDA._T._T": [1, nan, 3], "MDA.KAZ._T": [1, inf, 3]})
    assert sorted(submission.problems.values_list("rule", "key", "period")) == [
        ("not_a_number", "MDA.KAZ._T", "2011"),
        ("not_a_number", "MDA._T._T", "2011"),
    ]
    # And the rest is kept, to be shown beside it
    assert dict(StagedSeries.objects.values_list("key", "values_json")) == {
        "MDA._T._T": "[1,null,3]",
        "MDA.KAZ._T": "[1,null,3]",
    }


def test_negative_values_except_in_a_balance() -> None:
    cube = cube_of({"MDA.F": [1, -2], "MDA.M": [0, -0.0]})
    assert told(bad_value, cube) == [("negative", "error", "MDA.F", "2011", {"value": -2})]
    assert told(bad_value, cube, terms=replace(TERMS, can_be_negative=True)) == []


def test_values_with_more_decimals_than_are_kept() -> None:
    cube = cube_of({"MDA.F": [1.5, 2.0, 2.25]})
    assert told(bad_value, cube) == [
        ("decimals", "error", "MDA.F", "2010", {"value": 1.5, "decimals": 0}),
        ("decimals", "error", "MDA.F", "2012", {"value": 2.25, "decimals": 0}),
    ]
    assert told(bad_value, cube, terms=replace(TERMS, decimals=1)) == [
        ("decimals", "error", "MDA.F", "2012", {"value": 2.25, "decimals": 1})
    ]
    assert told(bad_value, cube, terms=replace(TERMS, decimals=2)) == []


def test_statuses_that_are_not_of_the_list() -> None:
    cube = cube_of({"MDA.F": [1, 2]}, statuses={"MDA.F": {0: "A", 1: "z"}})
    assert told(status_without_value, cube) == [
        ("unknown_status", "error", "MDA.F", "2010", {"status": "A"}),
        ("unknown_status", "error", "MDA.F", "2011", {"status": "z"}),
    ]


@pytest.mark.parametrize("status", Status)
def test_each_status_goes_with_a_value_or_without(status: Status) -> None:
    with_value = cube_of({"MDA.F": [1]}, statuses={"MDA.F": {0: status.value}})
    without = cube_of({"MDA.F": [None]}, statuses={"MDA.F": {0: status.value}})
    arguments = {"status": status.value}
    if status in "LMOQ":
        assert told(status_without_value, without) == []
        expected = ("value_with_status", "error", "MDA.F", "2010", arguments)
        assert told(status_without_value, with_value) == [expected]
    else:
        assert told(status_without_value, with_value) == []
        expected = ("status_without_value", "error", "MDA.F", "2010", arguments)
        assert told(status_without_value, without) == [expected]


def test_periods_that_have_not_begun() -> None:
    cube = cube_of(
        {"MDA.F": [1, 2, None], "MDA.M": [1, 2, 3]}, start=2020, statuses={"MDA.M": {1: "F", 2: "P"}}
    )
    assert told(future_period, cube) == [
        ("future_period", "error", "MDA.F", "2021", {}),
        ("future_period", "error", "MDA.M", "2022", {}),
    ]


def test_periods_long_gone_are_slips_of_the_keyboard() -> None:
    cube = cube_of(
        {"MDA.F": [1, None, 3], "MDA.M": [None, None, 3]}, start=1798, statuses={"MDA.M": {1: "Q"}}
    )
    assert told(early_period, cube) == [
        ("early_period", "error", "MDA.F", "1798", {"year": 1800}),
        ("early_period", "error", "MDA.M", "1799", {"year": 1800}),
    ]


def test_a_state_reports_of_itself() -> None:
    cube = cube_of({"MDA.F": [1], "KAZ.F": [2]})
    assert told(foreign_area, cube) == []
    assert told(foreign_area, cube, terms=replace(TERMS, own_area=(0, "MDA"))) == [
        ("foreign_area", "error", "KAZ.F", "", {"code": "KAZ", "area": "MDA"})
    ]


def test_counts_that_may_tell_of_persons() -> None:
    cube = cube_of({"MDA.F": [0, 1, 4, 5, None]})
    assert told(small_count, cube) == []
    assert told(small_count, cube, terms=replace(TERMS, smallest_count=5)) == [
        ("small_count", "warning", "MDA.F", "2011", {"value": 1, "threshold": 5}),
        ("small_count", "warning", "MDA.F", "2012", {"value": 4, "threshold": 5}),
    ]


@pytest.mark.parametrize(
    ("before", "value", "is_jump"),
    [
        (100, 1001, True),
        (100, 1000, False),
        (1001, 100, True),
        (1000, 100, False),
        (9, 99, False),
        (0, 99, False),
        (0, 100, True),
        (500, 0, True),
        (500, 500, False),
        (None, 5000, False),
        (5000, None, False),
        (-10, 500, True),
    ],
)
def test_cells_that_changed_very_much(before: int | None, value: int | None, is_jump: bool) -> None:
    found = told(jump, cube_of({"MDA.F": [7, value]}), cube_of({"MDA.F": [7, before]}))
    expected = ("jump", "warning", "MDA.F", "2011", {"before": before, "value": value})
    assert found == ([expected] if is_jump else [])


def test_a_jump_is_measured_in_its_period() -> None:
    # Given the same list of figures, one year later
    found = told(
        jump, cube_of({"MDA.F": [100, 5000]}, start=2011), cube_of({"MDA.F": [100, 5000]}, start=2010)
    )
    # Then the year that both have is compared
    assert found == [("jump", "warning", "MDA.F", "2011", {"before": 5000, "value": 100})]
    assert told(jump, cube_of({"MDA.M": [5000]}), cube_of({"MDA.F": [1]})) == []
    assert told(jump, cube_of({"MDA.F": [5000]})) == []


def test_series_that_are_no_longer_there() -> None:
    before = cube_of({"MDA.F": [1], "MDA.M": [2], "KAZ.F": [None]})
    assert told(missing_series, cube_of({"MDA.F": [1]}), before) == [
        ("missing_series", "warning", "MDA.M", "", {})
    ]
    assert told(missing_series, cube_of({"MDA.F": [1]})) == []


def sums(rule: str, severity: str, key: str, value: float, total: float, dimension: str = "SEX") -> Told:
    return rule, severity, key, "2010", {"dimension": dimension, "value": value, "sum": total}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"MDA._T": [10], "MDA.F": [4], "MDA.M": [6]}, []),
        (
            {"MDA._T": [10], "MDA.F": [5], "MDA.M": [6]},
            [sums("parts_exceed_total", "error", "MDA._T", 10, 11)],
        ),
        (
            {"MDA._T": [10], "MDA.F": [4], "MDA.M": [5]},
            [sums("parts_below_total", "warning", "MDA._T", 10, 9)],
        ),
        ({"MDA._T": [10], "MDA.F": [4], "MDA.M": [None]}, []),
        (
            {"MDA._T": [10], "MDA.F": [14], "MDA.M": [None]},
            [sums("parts_exceed_total", "error", "MDA._T", 10, 14)],
        ),
        ({"MDA._T": [None], "MDA.F": [4], "MDA.M": [5]}, []),
        ({"MDA._T": [10]}, []),
        ({"MDA.F": [4], "MDA.M": [5]}, []),
        ({"MDA._T": [10], "KAZ.F": [400], "KAZ.M": [5]}, []),
    ],
    ids=[
        "equal",
        "more",
        "less",
        "one withheld",
        "one alone more",
        "no total",
        "total alone",
        "parts",
        "elsewhere",
    ],
)
def test_parts_and_their_total(figures: dict[str, list[Any]], expected: list[Told]) -> None:
    assert told(totals_add_up, cube_of(figures)) == expected


def test_parts_of_a_balance_are_not_added_up() -> None:
    cube = cube_of({"MDA._T": [10], "MDA.F": [40], "MDA.M": [-30]})
    assert told(totals_add_up, cube, terms=replace(TERMS, can_be_negative=True)) == []


def test_rounded_parts_may_differ_by_their_rounding() -> None:
    terms = replace(TERMS, decimals=1)
    assert (
        told(
            totals_add_up,
            cube_of({"MDA._T": [10.0], "MDA.F": [5.0], "MDA.M": [5.1]}, decimals=1),
            terms=terms,
        )
        == []
    )
    far = cube_of({"MDA._T": [10.0], "MDA.F": [5.0], "MDA.M": [5.3]}, decimals=1)
    assert [finding[0] for finding in told(totals_add_up, far, terms=terms)] == ["parts_exceed_total"]


BY_AREA = replace(TERMS, parents=({"W": None, **AREAS}, TERMS.parents[1]), totals=("W", None))


@pytest.mark.parametrize(
    "areas",
    [
        {"W.F": [10], "EUR.F": [7], "EST.F": [5], "BLR.F": [2], "KAZ.F": [3]},
        {"W.F": [10], "EUR.F": [7], "BLR.F": [2], "KAZ.F": [3]},
        {"W.F": [10], "BLR.F": [7], "KAZ.F": [3]},
    ],
    ids=["every level", "a level left out", "the lowest level alone"],
)
def test_members_inside_other_members_are_counted_once(areas: dict[str, list[Any]]) -> None:
    assert told(totals_add_up, cube_of(areas), terms=BY_AREA) == []


def test_levels_are_told_apart_series_by_series() -> None:
    # Given women by region and men by country, one of which lies in that region
    cube = cube_of({"W.F": [10], "EUR.F": [7], "KAZ.F": [3], "W.M": [10], "BLR.M": [8], "KAZ.M": [2]})
    # Then the men's country counts, though the region is given for women
    assert told(totals_add_up, cube, terms=BY_AREA) == []


def test_parents_in_a_circle_do_no_harm() -> None:
    circle = replace(
        BY_AREA, parents=({"W": None, "KAZ": "UKR", "UKR": "KAZ", "MDA": "MDA"}, TERMS.parents[1])
    )
    cube = cube_of({"W.F": [10], "KAZ.F": [1], "MDA.F": [99]})
    assert told(totals_add_up, cube, terms=circle) == [
        sums("parts_exceed_total", "error", "W.F", 10, 100, "REF_AREA")
    ]


def test_every_rule_is_run() -> None:
    cube = cube_of(
        [
            ("MDA._T", [5, None]),
            ("MDA.F", [9, None]),
            ("MDA.M", [-1, 3]),
            ("MDA.M", [1, 1]),
            ("XYZ.F", [5000, 1]),
        ],
        start=2020,
        statuses={"MDA.F": {1: "E"}},
    )
    previous = cube_of({"XYZ.F": [1], "KAZ.F": [1]}, start=2020)
    found = validate(cube, previous, replace(TERMS, smallest_count=2))
    assert {finding.rule for finding in found} == {
        "unknown_code",
        "duplicate_series",
        "negative",
        "status_without_value",
        "future_period",
        "small_count",
        "jump",
        "missing_series",
        "parts_exceed_total",
    }
    # All but those about no figures at all, times long gone and areas of others: see above
    assert len(RULES) == 13


def many(count: int) -> Sequence[Finding]:
    cube = cube_of({"MDA.F": [-1] * count}, start=1900 * 12, length=count, frequency="M")
    return validate(cube, None, replace(TERMS, last_period="2020-12"))


def test_the_rest_of_very_many_findings_is_counted(language: str) -> None:
    assert [finding.rule for finding in many(MOST_FINDINGS)] == ["negative"] * MOST_FINDINGS
    found = many(MOST_FINDINGS + 3)
    assert len(found) == MOST_FINDINGS + 1
    assert found[-1] == Finding("more", "error", arguments={"count": 3})
    text = message("more", {"count": 3})
    assert text == gettext("There are %(count)s more findings.") % {"count": 3}
    if language == "en":
        assert text == "There are 3 more findings."


def test_no_error_is_lost_behind_warnings() -> None:
    # Given more small counts and parts that are left out than warnings are told, and one wrong total
    length = MOST_FINDINGS + 5
    cube = cube_of(
        {"MDA._T": [1] * length, "MDA.F": [0] * (length - 1) + [9]}, start=1900 * 12, frequency="M"
    )
    # When all rules look at it
    found = validate(cube, None, replace(TERMS, last_period="2020-12", smallest_count=2))
    # Then the error stands first, and the rest of the warnings is counted
    assert [(it.rule, it.severity) for it in found] == [
        ("parts_exceed_total", "error"),
        *[("small_count", "warning")] * MOST_FINDINGS,
        ("more", "warning"),
    ]
    assert found[-1].arguments == {"count": 5 + length - 1}


def test_what_a_file_told_already_counts_with_the_rest() -> None:
    given = [Finding("bad_cell", "error", "MDA.F")] * MOST_FINDINGS + [
        Finding("more", "error", arguments={"count": 7})
    ]
    found = validate(cube_of({"MDA.F": [-1, -1]}), None, TERMS, given=given)
    assert found == [*given[:-1], Finding("more", "error", arguments={"count": 9})]
