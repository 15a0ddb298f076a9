"""A profile of one's own: quarters, fixed and translated codes, decimal commas, statuses, notes."""

from __future__ import annotations

import pytest

from registry.models import Codelist, Indicator, SeriesRevision
from registry.selectors.cube import cube_get
from registry.selectors.selection import Selection
from tests.conftest import World, make_indicator
from tests.importers.conftest import Importer, text_of

RATES = """
name = "rates"
owner = "KAZ"
delimiter = ";"
missing = ["", ":"]
status = "flag"
title = { en = "Rates", ru = "Коэффициенты" }
source = { name = { en = "Statistics office", ru = "Статистическое ведомство" } }
notes = { en = "note", ru = "примечание" }
dimensions.REF_AREA.code = "KAZ"
dimensions.CITIZENSHIP.code = "_T"
[time]
column = "quarter"
frequency = "Q"
[dimensions.SEX]
column = "sex"
translate = { "женщины" = "F", "мужчины" = "M" }
[[measures]]
column = "rate"
indicator = "RATE"
dataset = "KAZ_RATE"
official = true
note = { en = "Per thousand.", ru = "На тысячу." }
[[measures]]
column = "count"
indicator = "REFUGEES"
dataset = "KAZ_COUNT"
"""
RATE_HEADER = "quarter;sex;rate;count;flag;note;примечание"
RATE_LINES = (
    "2020-Q1; женщины ;1,25;10;P;revised later;будет уточнено",
    "2020-Q2;женщины;2;:;E;estimate;",
    "2020-Q4;женщины;:;12;;;",
    "2020-Q1;мужчины;:;:;Q;withheld;скрыто",
    "2020-Q2;мужчины;0;0;;;",
)


@pytest.fixture
def rates(importer: Importer, codelists: dict[str, Codelist]) -> Indicator:
    """Rates with two decimals, and a file with statuses, notes, decimal commas and fixed codes."""
    importer.profile = importer.write_profile(RATES)
    importer.options = tuple(it.replace("mda-", "kaz-") for it in importer.options)
    importer.write(text_of(*RATE_LINES, header=RATE_HEADER))
    return make_indicator("RATE", ("Rate", "Коэффициент"), codelists, decimals=2)


def test_a_profile_of_ones_own_is_read_with_statuses_and_notes(
    importer: Importer, world: World, rates: Indicator
) -> None:
    # When such a file is released
    importer.run()
    # Then each measure has its figures, and the statuses and notes that can be true of them
    viewer = world.viewer("KAZ")
    by_quarter = Selection(frequency="Q")
    cube = cube_get(viewer=viewer, indicator=rates, selection=by_quarter)
    count = cube_get(viewer=viewer, indicator=world.indicator, selection=by_quarter)
    revised = {"en": "revised later", "ru": "будет уточнено"}
    withheld = {"en": "withheld", "ru": "скрыто"}
    assert cube.time.codes == ("2020-Q1", "2020-Q2")
    assert {row.key: (list(row.values), row.statuses, row.notes) for row in cube.rows} == {
        "KAZ._T.F": ([1.25, 2.0], {0: "P", 1: "E"}, {0: revised, 1: {"en": "estimate"}}),
        "KAZ._T.M": ([None, 0], {0: "Q"}, {0: withheld}),
    }
    assert {row.key: (list(row.values), row.statuses, row.notes) for row in count.rows} == {
        "KAZ._T.F": ([10, None, None, 12], {0: "P"}, {0: revised}),
        "KAZ._T.M": ([None, 0, None, None], {0: "Q"}, {0: withheld}),
    }
    assert cube.notes == ({"en": "Per thousand.", "ru": "На тысячу."},)
    assert [source.is_official for source in cube.sources] == [True]
    assert count.notes == ()


@pytest.mark.parametrize(
    ("line", "rule"),
    [("2020-Q1;женщины;1;2;O;;", "value_with_status"), ("2020-Q1;женщины;:;:;E;;", "status_without_value")],
    ids=["O with values", "E without"],
)
def test_a_status_that_can_be_true_of_no_measure_is_refused(
    importer: Importer, rates: Indicator, line: str, rule: str
) -> None:
    importer.write(text_of(line, "2020-Q2;женщины;1;1;;;", header=RATE_HEADER))
    expected = {
        "value_with_status": "There is a value although the status O says there is none.",
        "status_without_value": "The status E needs a value, and there is none.",
    }
    assert importer.refused() == (
        f"Nothing was stored. The figures of KAZ_RATE have errors.\nRow 2: KAZ._T.F 2020-Q1: {expected[rule]}"
    )


def test_a_point_is_a_decimal_sign_beside_semicolons_too(importer: Importer, rates: Indicator) -> None:
    importer.write(text_of("2020-Q1;женщины;1.5;2;;;", header=RATE_HEADER))
    importer.run()
    assert SeriesRevision.objects.get(series__dataset__code="KAZ_RATE").values_json == "[1.5]"
