"""UNHCR's yearly population file, released as it is: every figure of it, and no other."""

from __future__ import annotations

import csv
from collections import defaultdict
from io import StringIO

import pytest
from django.core.management import call_command

from registry.models import AuditEvent, Dataset, Participant, Release, Role, RoleAssignment, Series, User
from registry.selectors.cube import cube_get
from registry.selectors.viewer import viewer_for
from registry.services.starter import starter_load
from tests.paths import SHARED

Cells = dict[tuple[str, str], int]
FILE = SHARED / "data" / "migration" / "unhcr" / "population.csv"
MEASURES = {
    "UNHCR_POP_REFUGEES": ("UNHCR_REF", "refugees"),
    "UNHCR_POP_ASYLUM_SEEKERS": ("UNHCR_ASY", "asylum_seekers"),
    "UNHCR_POP_IDPS": ("UNHCR_IDP", "idps"),
    "UNHCR_POP_STATELESS": ("UNHCR_STA", "stateless"),
    "UNHCR_POP_OTHERS_OF_CONCERN": ("UNHCR_OOC", "ooc"),
}
SERIES = 7_710
ROWS = 64_809
#: Read in the file by eye: asylum.origin and year.
SPOTS: dict[str, Cells] = {
    "UNHCR_POP_REFUGEES": {
        ("AFG.IRN", "2010"): 30,
        ("TUR.SYR", "2022"): 3_535_898,
        ("POL.UKR", "2022"): 958_147,
        ("AUT.KAZ", "2010"): 34,
        ("LVA.XXX", "2022"): 13,
    },
    "UNHCR_POP_ASYLUM_SEEKERS": {
        ("AFG.IRN", "2010"): 21,
        ("RUS.UKR", "2015"): 1_097,
        ("TJK.AFG", "2022"): 1_113,
    },
    "UNHCR_POP_IDPS": {
        ("AFG.AFG", "2010"): 351_907,
        ("UKR.UKR", "2014"): 823_000,
        ("UKR.UKR", "2022"): 5_914_000,
    },
    "UNHCR_POP_STATELESS": {("LVA.XXA", "2022"): 187_564, ("BGD.XXA", "2019"): 854_704},
    "UNHCR_POP_OTHERS_OF_CONCERN": {("AFG.AFG", "2010"): 838_250, ("COL.VEN", "2022"): 0},
}

pytestmark = pytest.mark.shared


def own_reading() -> tuple[dict[str, Cells], dict[str, dict[str, int]], int]:
    """The file read with nothing of the project: per dataset its cells, and its sums by year; the rows."""
    cells: dict[str, Cells] = defaultdict(dict)
    totals: dict[str, dict[str, int]] = {dataset: defaultdict(int) for dataset in MEASURES}
    count = 0
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            count += 1
            key = ".".join("XXX" if row[name] == "UNK" else row[name] for name in ("coa_iso", "coo_iso"))
            for dataset, (_indicator, column) in MEASURES.items():
                if row[column] not in ("NA", ""):
                    cells[dataset][key, row["year"]] = int(row[column])
                    totals[dataset][row["year"]] += int(row[column])
    return cells, totals, count


@pytest.fixture
def unhcr(db: None) -> Participant:
    """The starter content, and two people of UNHCR."""
    starter_load()
    participant = Participant.objects.get(code="UNHCR")
    for name, role in (("enters", Role.DATA_SUBMITTER), ("checks", Role.DATA_VERIFIER)):
        person = User.objects.create_user(name, participant=participant)
        RoleAssignment.objects.create(user=person, participant=participant, role=role)
    return participant


def imported() -> list[str]:
    out = StringIO()
    people = ("--as", "enters", "--verified-by", "checks", "--release")
    call_command("import_data", str(FILE), "--profile", "unhcr-population", *people, stdout=out, stderr=out)
    return out.getvalue().splitlines()


def released(dataset: str) -> Cells:
    indicator = Dataset.objects.select_related("indicator").get(code=dataset).indicator
    cube = cube_get(viewer=viewer_for(User.objects.get(username="checks")), indicator=indicator)
    periods = cube.time.codes
    assert [source.dataset for source in cube.sources] == [dataset]
    assert len(cube.rows) == SERIES
    return {
        (row.key, period): value
        for row in cube.rows
        for period, value in zip(periods, row.values, strict=True)
        if value is not None
    }


def sums(cells: Cells) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (_key, year), value in cells.items():
        found[year] += value
    return dict(found)


def test_the_whole_file_is_released_and_again_nothing_changes(unhcr: Participant) -> None:
    # Given the file, read in the plainest way
    expected, totals, rows = own_reading()
    assert rows == ROWS
    # When it is released
    lines = imported()
    # Then each measure is a release of as many series as there are pairs of countries
    assert lines[0].startswith(f"Rows read: {ROWS}; refused: 0.")
    assert [line for line in lines[1:6] if not line.endswith("Release 1.")] == []
    assert dict(Release.objects.values_list("dataset__code", "new_count")) == dict.fromkeys(MEASURES, SERIES)
    assert dict(Dataset.objects.values_list("code", "indicator__code")) == {
        code: indicator for code, (indicator, _column) in MEASURES.items()
    }
    assert Series.objects.count() == len(MEASURES) * SERIES
    # And every sum of a year, and every single figure, is the file's
    for dataset in MEASURES:
        cells = released(dataset)
        assert sums(cells) == totals[dataset]
        assert cells == expected[dataset]
        assert {spot: cells[spot] for spot in SPOTS[dataset]} == SPOTS[dataset]
    # When the same file comes again
    audited = AuditEvent.objects.count()
    again = imported()
    # Then nothing is released, and it says so
    assert again[6] == "Nothing changed: the file equals what is released already."
    assert Release.objects.count() == len(MEASURES)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)[audited:]) == (
        ["submission.stage", "submission.discard"] * len(MEASURES)
    )
