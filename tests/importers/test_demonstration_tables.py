"""The tables in importers/demonstration: complete, consistent, equal to the files they come from."""

from __future__ import annotations

import csv
import itertools
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.paths import ROOT, SHARED

FOLDER = ROOT / "importers" / "demonstration"
MIGRATION = SHARED / "data" / "migration"
STATES = ("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB")
PILOTS = ("KAZ", "KGZ", "MDA", "TJK", "UKR")
DSM = ("DSM_1", "DSM_2A", "DSM_2B", "DSM_2C", "DSM_3", "DSM_4", "DSM_5", "DSM_6")
MEASURES = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "OBS_COMMENT_EN", "OBS_COMMENT_RU")
LANGUAGES = ("en", "ru")
TEXT_FIELDS = (
    "source",
    "note",
    "definition",
    "collection_method",
    "coverage",
    "quality",
    "dissemination",
    "legal_basis",
)
UNHCR_GROUPS = ("REF", "ASY", "IDP", "STA", "OOC")
DIMENSIONS = {
    "DSM_0": ("REF_AREA", "SEX"),
    "NET_MIG": ("REF_AREA",),
    **dict.fromkeys(("DSM_1", "DSM_2A", "DSM_2B"), ("REF_AREA", "CITIZENSHIP", "SEX")),
    **dict.fromkeys(("DSM_3", "DSM_4", "DSM_5"), ("REF_AREA", "CITIZENSHIP", "SEX")),
    **dict.fromkeys(("DSM_2C", "DSM_6"), ("REF_AREA", "CITIZENSHIP", "SEX", "DECISION")),
    **dict.fromkeys(("CH_2_2", "CH_5_2", "CH_6_2"), ("REF_AREA", "CITIZENSHIP", "SEX")),
    **dict.fromkeys(("CH_2_1", "CH_5_1", "CH_6_1", "CH_7_1"), ("REF_AREA", "CITIZENSHIP_STATUS", "SEX")),
    "CH_1_1": ("REF_AREA", "BIRTH_STATUS", "SEX"),
    "CH_1_2": ("REF_AREA", "BIRTH_COUNTRY", "SEX"),
    "CH_3": ("REF_AREA", "PREV_RESIDENCE", "SEX"),
    "CH_4": ("REF_AREA", "NEXT_RESIDENCE", "SEX"),
    "CH_7_2": ("REF_AREA", "PREV_CITIZENSHIP", "SEX"),
    **dict.fromkeys((f"UNHCR_{group}" for group in UNHCR_GROUPS), ("REF_AREA", "CITIZENSHIP")),
}
CODES = {
    "SEX": {"M", "F", "_T"},
    "DECISION": {"POS", "NEG", "OTH", "_T"},
    "BIRTH_STATUS": {"NAT", "FOR", "UNK", "_T"},
    "CITIZENSHIP_STATUS": {"NAT", "FOR", "STLS", "UNK", "_T"},
}
UNHCR_MEASURES = {
    "UNHCR_REFUGEES": "refugees",
    "UNHCR_ASYLUM_SEEKERS": "asylum_seekers",
    "UNHCR_IDPS": "idps",
    "UNHCR_STATELESS": "stateless",
    "UNHCR_OTHERS_OF_CONCERN": "ooc",
}


class Cell(NamedTuple):
    value: int | None
    status: str
    comment_en: str
    comment_ru: str


Cells = dict[tuple[str, ...], Cell]
MANIFEST = tomllib.loads((FOLDER / "datasets.toml").read_text(encoding="utf-8"))
DATASETS: list[dict[str, Any]] = [
    {**{field: text for name in entry["texts"] for field, text in MANIFEST["texts"][name].items()}, **entry}
    for entry in MANIFEST["dataset"]
]
every_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda entry: entry["code"])
illustrative_datasets = pytest.mark.parametrize(
    "dataset", [entry for entry in DATASETS if entry["illustrative"]], ids=lambda entry: entry["code"]
)


@cache
def cells(code: str) -> Cells:
    """(codes…, period) -> cell, from a dataset's file."""
    with (FOLDER / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return {
            tuple(row[:-4]): Cell(int(row[-4]) if row[-4] else None, row[-3], row[-2], row[-1])
            for row in reader
        }


def source(path: str) -> Path:
    found = MIGRATION / path
    if not found.exists():
        pytest.skip(f"the source file {path} is not at hand")
    return found


def rows_of(path: str) -> Iterator[dict[str, str]]:
    with source(path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def citizenship(unhcr_code: str) -> str:
    return "XXX" if unhcr_code == "UNK" else unhcr_code


def values(code: str) -> dict[tuple[str, ...], int | None]:
    return {key: cell.value for key, cell in cells(code).items()}


def test_the_manifest_lists_every_file_once() -> None:
    assert sorted(entry["file"] for entry in DATASETS) == sorted(path.name for path in FOLDER.glob("*.csv"))
    assert all(entry["file"] == f"{entry['code']}.csv" for entry in DATASETS)
    assert {name for entry in DATASETS for name in entry["texts"]} == set(MANIFEST["texts"])


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 450_000


@every_dataset
def test_a_dataset_is_described_in_both_languages(dataset: dict[str, Any]) -> None:
    missing = [
        f"{field}_{language}"
        for field, language in itertools.product(TEXT_FIELDS, LANGUAGES)
        if not dataset.get(f"{field}_{language}", "").strip()
    ]
    assert missing == []
    for field in TEXT_FIELDS:
        assert any("а" <= letter <= "я" for letter in dataset[f"{field}_ru"].lower()), field
        assert not any("а" <= letter <= "я" for letter in dataset[f"{field}_en"].lower()), field


@every_dataset
def test_a_dataset_states_owner_licence_date_and_audience(dataset: dict[str, Any]) -> None:
    assert dataset["owner"] in (*STATES, "UNHCR", "UNDESA", "WORLDBANK")
    assert dataset["indicator"] in DIMENSIONS
    assert dataset["frequency"] == "A"
    assert dataset["counting_unit"] in ("person", "case")
    assert dataset["official"] is False
    assert dataset["licence"] or "there is no licence" in dataset["note_en"]
    assert dataset["source_date"][:2] == "20"
    tokens = {"public", "participants", "owner", f"participants+reciprocal:{dataset['indicator']}"}
    assert dataset["audience"] in tokens | {f"participant:{state}" for state in STATES}


@every_dataset
def test_cases_are_announced_in_the_table_note(dataset: dict[str, Any]) -> None:
    """Mission row D057."""
    if dataset["counting_unit"] == "case":
        assert "cases" in dataset["note_en"]
        assert "случаи" in dataset["note_ru"]


@illustrative_datasets
def test_illustrative_figures_say_so(dataset: dict[str, Any]) -> None:
    assert dataset["note_en"].startswith(
        "Illustrative figures, generated for this demonstration; they describe no country."
    )
    assert dataset["note_ru"].startswith(
        "Условные данные, созданные для демонстрации; они не описывают ни одну страну."
    )


def test_real_figures_do_not_claim_to_be_illustrative() -> None:
    real = [entry for entry in DATASETS if not entry["illustrative"]]
    assert len(real) == 10
    assert [entry["code"] for entry in real if "llustrative" in entry["note_en"]] == []


@every_dataset
def test_the_header_is_the_indicators_dimensions(dataset: dict[str, Any]) -> None:
    raw = (FOLDER / dataset["file"]).read_bytes()
    header = raw.decode("utf-8").splitlines()[0]
    assert header == ",".join((*DIMENSIONS[dataset["indicator"]], *MEASURES))
    assert b"\r" not in raw
    assert raw.count(b"\n") == len(cells(dataset["code"])) + 1, "a cell is given twice"


@every_dataset
def test_codes_periods_statuses_and_comments_are_well_formed(dataset: dict[str, Any]) -> None:
    dimensions = DIMENSIONS[dataset["indicator"]]
    owner = dataset["owner"]
    for key, cell in cells(dataset["code"]).items():
        assert len(key) == len(dimensions) + 1
        assert key[-1].isdigit()
        assert len(key[-1]) == 4
        assert key[0] == owner if owner in STATES else key[0] in STATES
        for dimension, code in zip(dimensions, key[:-1], strict=True):
            assert code in CODES[dimension] if dimension in CODES else len(code) == 3 or code == "_T"
        assert (cell.value is None) == (cell.status in ("Q", "O"))
        assert cell.status in ("", "E", "P", "Q", "O")
        assert bool(cell.comment_en) == bool(cell.comment_ru)


@illustrative_datasets
def test_totals_add_up(dataset: dict[str, Any]) -> None:
    """Along every dimension the members sum to _T; where one is withheld they stay below it."""
    checked = 0
    for position in range(1, len(DIMENSIONS[dataset["indicator"]])):
        groups: dict[tuple[str, ...], dict[str, Cell]] = defaultdict(dict)
        for key, cell in cells(dataset["code"]).items():
            groups[key[:position] + key[position + 1 :]][key[position]] = cell
        for rest, members in groups.items():
            total = members.pop("_T")
            if not members or total.value is None:
                continue
            known = sum(cell.value for cell in members.values() if cell.value is not None)
            hidden = [cell for cell in members.values() if cell.value is None]
            assert len(hidden) != 1, "one hidden cell can be found by subtraction"
            assert known < total.value if hidden else known == total.value, rest
            checked += 1
    assert checked > 0


@illustrative_datasets
def test_illustrative_figures_are_round(dataset: dict[str, Any]) -> None:
    assert [value for value in values(dataset["code"]).values() if value is not None and value % 5] == []


def test_no_cell_has_a_real_and_an_illustrative_figure() -> None:
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for entry in DATASETS:
        for key in cells(entry["code"]):
            owners[entry["indicator"], *key].add(entry["code"])
    assert [key for key, codes in owners.items() if len(codes) > 1] == []


def test_every_state_and_every_indicator_has_figures() -> None:
    owned = Counter(entry["owner"] for entry in DATASETS)
    assert {state: owned[state] for state in STATES if owned[state] < 4} == {}
    assert {entry["indicator"] for entry in DATASETS} == set(DIMENSIONS)
    assert {(state, indicator) for state in PILOTS for indicator in DSM} <= {
        (entry["owner"], entry["indicator"]) for entry in DATASETS
    }


def test_the_demonstration_shows_every_status_and_kind_of_audience() -> None:
    statuses = {cell.status for entry in DATASETS for cell in cells(entry["code"]).values()}
    assert statuses == {"", "E", "P", "Q", "O"}
    kinds = Counter(entry["audience"].split(":")[0] for entry in DATASETS)
    assert set(kinds) == {"public", "participants", "participants+reciprocal", "participant", "owner"}
    assert kinds["public"] > len(DATASETS) / 2


@pytest.mark.parametrize(("code", "measure"), UNHCR_MEASURES.items())
def test_unhcr_stocks_equal_the_source(code: str, measure: str) -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    for row in rows_of("unhcr/population.csv"):
        if row["coa_iso"] in STATES and row[measure] != "NA":
            for origin in (citizenship(row["coo_iso"]), "_T"):
                expected[row["coa_iso"], origin, row["year"]] += int(row[measure])
    found = values(code)
    assert {key: value for key, value in expected.items() if value} == {
        key: value for key, value in found.items() if value
    }
    assert {key for key, value in found.items() if value == 0} <= set(expected)
    shown = {key[:2] for key in found}
    assert {key for key in expected if key[:2] in shown} == set(found)
    assert shown == {key[:2] for key, value in expected.items() if value}


def test_unhcr_applications_equal_the_source() -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    temporary: Counter[tuple[str, ...]] = Counter()
    for row in rows_of("unhcr/asylum_applications.csv"):
        if row["coa_iso"] in STATES and row["app_type"] == "N" and row["year"] in map(str, range(2019, 2025)):
            assert row["app_pc"] == "P"
            for origin in (citizenship(row["coo_iso"]), "_T"):
                expected[row["coa_iso"], origin, "_T", row["year"]] += int(row["applied"])
            if row["dec_level"] == "TA":
                temporary[row["coa_iso"], "_T", "_T", row["year"]] += int(row["applied"])
    assert values("UNHCR_DSM_5") == expected
    noted = {key: cell for key, cell in cells("UNHCR_DSM_5").items() if cell.comment_en}
    assert set(noted) == set(temporary)
    for key, cell in noted.items():
        assert str(temporary[key]) in cell.comment_en
        assert str(temporary[key]) in cell.comment_ru


def test_undesa_figures_equal_the_source() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = source("un-desa/undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx")
    areas = dict(zip((51, 31, 112, 268, 398, 417, 498, 643, 762, 795, 804, 860), STATES, strict=True))
    sheets = openpyxl.load_workbook(path, read_only=True, data_only=True)
    expected: dict[str, dict[tuple[str, ...], int]] = {}
    for sheet, factor in (("Table 1", 1), ("Table 2", 1000)):
        block = expected[sheet] = {}
        for row in sheets[sheet].iter_rows(min_row=12, values_only=True):
            if row[3] in areas:
                columns = itertools.product(("_T", "M", "F"), map(str, range(1990, 2021, 5)))
                for value, (sex, year) in zip(row[5:26], columns, strict=True):
                    block[areas[row[3]], sex, year] = round(value * factor)
    migrants, population = expected["Table 1"], expected["Table 2"]
    assert values("UNDESA_DSM_0") == population
    assert values("UNDESA_CH_1_1") == {
        **{(area, "FOR", sex, year): value for (area, sex, year), value in migrants.items()},
        **{(area, "_T", sex, year): value for (area, sex, year), value in population.items()},
    }
    assert len(population) == 12 * 3 * 7


def test_net_migration_equals_the_source() -> None:
    path = source("world-bank/API_SM.POP.NETM_DS2_en_csv_v2_3401672.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    header = next(line for line in lines if line[:2] == ["Country Name", "Country Code"])
    expected = {
        (line[1], year): int(value)
        for line in lines
        if len(line) > 4 and line[1] in STATES
        for year, value in zip(header[4:], line[4:], strict=True)
        if value
    }
    assert values("WORLDBANK_NET_MIG") == expected
    assert {cell.status for cell in cells("WORLDBANK_NET_MIG").values()} == {"E"}
    noted = {key[-1] for key, cell in cells("WORLDBANK_NET_MIG").items() if cell.comment_en}
    assert noted == {"2022", "2023"}


def test_the_figure_of_ukraine_equals_the_source() -> None:
    path = SHARED / "mission" / "figures.csv"
    if not path.exists():
        pytest.skip("the collected figures are not at hand")
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = (
            row
            for row in csv.DictReader(file)
            if (row["country_iso3"], row["indicator_in_words"], row["period"]) == ("UKR", "emigrants", "2003")
        )
    assert values("UKR_CH_4") == {("UKR", "_T", "_T", "2003"): int(row["value"])}
