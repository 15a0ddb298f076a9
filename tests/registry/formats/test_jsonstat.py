"""JSON-stat 2: what clients rely on, files of other producers, and what is refused."""

from __future__ import annotations

import copy
from dataclasses import replace

import orjson
import pytest

from registry.cube import Cube, CubeTooLarge, Dimension, Member, Role, Row
from registry.formats import BadFile, Limits, format_named
from registry.languages import LANGUAGE_CODES
from tests.paths import SHARED

JSONSTAT = format_named("jsonstat")
SAMPLES = SHARED / "data" / "json-stat"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the reference files are not beside the project"
)

SMALL = {
    "version": "2.0",
    "class": "dataset",
    "label": "Persons",
    "id": ["time", "area"],
    "size": [2, 2],
    "role": {"time": ["time"], "geo": ["area"]},
    "dimension": {
        "time": {"label": "Year", "category": {"index": ["2020", "2021"]}},
        "area": {"label": "Area", "category": {"index": {"UKR": 1, "MDA": 0}, "label": {"MDA": "Moldova"}}},
    },
    "value": [1, 2, 3.5, None],
}


def dumped(changes):
    """The small dataset with parts changed: path -> new value, or ... to leave the part out."""
    document = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *parents, name = path.split(".")
        body = document
        for parent in parents:
            body = body[parent]
        if value is ...:
            del body[name]
        else:
            body[name] = value
    return orjson.dumps(document)


@pytest.mark.parametrize(
    ("language", "title", "area", "note", "withheld"),
    [
        ("en", "Refugees", "Moldova", "Illustrative figures", "Withheld for confidentiality"),
        ("ru", "Беженцы", "Молдова", "Условные данные", None),
    ],
)
def test_the_standard_members_are_in_the_language_asked_for(cube, language, title, area, note, withheld):
    document = orjson.loads(JSONSTAT.dump(cube, language=language))

    assert document["version"] == "2.0"
    assert document["class"] == "dataset"
    assert document["label"] == title
    assert document["note"] == [note]
    assert document["updated"] == "2026-06-08T06:00:00Z"
    assert document["id"] == ["REF_AREA", "SEX", "TIME_PERIOD"]
    assert document["size"] == [2, 2, 3]
    assert document["role"] == {"time": ["TIME_PERIOD"], "geo": ["REF_AREA"]}
    assert document["dimension"]["REF_AREA"]["category"]["label"]["MDA"] == area
    assert document["dimension"]["SEX"]["category"]["child"] == {"_T": ["F"]}
    assert document["value"] == [-5, 0, 12.5, None, None, None, None, None, None, None, None, 7]
    assert document["status"] == {"2": "P", "10": "Q"}
    if withheld:
        assert document["extension"]["status"]["label"]["Q"] == withheld
    assert set(document["extension"]["labels"]) == set(LANGUAGE_CODES)


def test_index_and_labels_are_written_for_a_single_category():
    time = Dimension("TIME_PERIOD", {}, Role.TIME, (Member("2020", {}),))
    cube = Cube("X", {}, (), time, (Row((), [1]),))

    document = orjson.loads(JSONSTAT.dump(cube, language="en"))

    assert document["dimension"]["TIME_PERIOD"] == {
        "label": "TIME_PERIOD",
        "category": {"index": ["2020"], "label": {"2020": "2020"}},
    }
    assert document["label"] == "X"


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_labels_of_dimensions_are_unique_and_come_back_as_they_were(cube, language):
    same = {"en": "Country", "ru": "Страна"}
    twice = replace(cube, axes=tuple(replace(axis, labels=same) for axis in cube.axes))

    content = JSONSTAT.dump(twice, language=language)

    written = [body["label"] for body in orjson.loads(content)["dimension"].values()]
    assert written[:2] == [same[language], f"{same[language]} (SEX)"]
    assert [axis.labels for axis in JSONSTAT.read(content).axes] == [same, same]


def test_a_measure_axis_carries_the_unit(cube):
    metric = replace(cube.axes[1], role=Role.METRIC)

    document = orjson.loads(JSONSTAT.dump(replace(cube, axes=(cube.axes[0], metric)), language="ru"))

    unit = {"label": "Человек", "decimals": 1}
    assert document["dimension"]["SEX"]["category"]["unit"] == {"_T": unit, "F": unit}


def test_a_cube_too_large_for_a_dense_list_is_not_written(cube):
    members = tuple(Member(f"C{number}", {}) for number in range(3000))
    axes = tuple(Dimension(code, {}, Role.GEO, members) for code in ("REF_AREA", "CITIZENSHIP"))

    with pytest.raises(CubeTooLarge):
        JSONSTAT.dump(replace(cube, axes=axes, rows=()), language="en")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"version": ...},
        {"role": {"geo": ["area"]}},
        {"value": {"0": 1, "1": 2, "2": 3.5}},
        {"value": {"0": 1, "1": 2, "2": 3.5, "3": None}},
        {"status": "a"},
        {"status": ["A"]},
        {"status": ["a", None, "", "a"]},
        {"status": {}},
        {"dimension.time.category": {"index": ["x", "y"], "label": {"x": "2020", "y": "2021"}}},
    ],
)
def test_the_ways_of_other_producers_mean_the_same(changes):
    cube = JSONSTAT.read(dumped(changes))

    assert cube.time.codes == ("2020", "2021")
    assert [(axis.code, axis.role, axis.codes) for axis in cube.axes] == [("area", Role.GEO, ("MDA", "UKR"))]
    assert cube.rows == (Row(("MDA",), [1, 3.5]), Row(("UKR",), [2, None]))
    assert cube.labels == {"en": "Persons"}
    assert cube.axes[0].members[0].labels == {"en": "Moldova"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("e", [{0: "E", 1: "E"}, {0: "E", 1: "E"}]),
        ({"3": "q", "0": "P"}, [{0: "P"}, {1: "Q"}]),
        ([None, "e", "", "Q"], [{}, {0: "E", 1: "Q"}]),
    ],
)
def test_statuses_are_read_in_each_form(status, expected):
    cube = JSONSTAT.read(dumped({"status": status}))

    assert [row.statuses for row in cube.rows] == expected


@pytest.mark.parametrize(
    ("written", "periods"),
    [
        (["2003M12", "2004M01"], ("2003-12", "2004-01")),
        (["2003K4", "2004K1"], ("2003-Q4", "2004-Q1")),
        (["2003Q4", "2004Q1"], ("2003-Q4", "2004-Q1")),
        (["2003-S2", "2004H1"], ("2003-S2", "2004-S1")),
        (["2004", "2003"], ("2003", "2004")),
    ],
)
def test_periods_are_brought_to_sdmx_notation_and_order(written, periods):
    cube = JSONSTAT.read(dumped({"dimension.time.category": {"index": written}}))

    assert cube.time.codes == periods
    assert cube.rows[0].values == ([3.5, 1] if written[0] == "2004" else [1, 3.5])


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"class": "collection"}, "class", "not_jsonstat"),
        ({"class": ...}, "class", "not_jsonstat"),
        ({"id": ["time", "time"]}, "id", "repeated_code"),
        ({"id": "time"}, "id", "expected_list"),
        ({"size": [2]}, "size", "expected_size"),
        ({"size": [2, -2]}, "size.area", "bad_number"),
        ({"size": [2, True]}, "size.area", "bad_number"),
        ({"size": [10**9, 10**9]}, "", "too_many_cells"),
        ({"size": [2, 3]}, "dimension.area.category.index", "expected_size"),
        ({"dimension": []}, "dimension.time", "expected_object"),
        ({"dimension.area": ...}, "dimension.area", "expected_object"),
        ({"dimension.area.category": ...}, "dimension.area.category", "expected_object"),
        (
            {"dimension.area.category": {"label": {"A": "a", "B": "b"}}},
            "dimension.area.category.index",
            "no_index",
        ),
        (
            {"dimension.area.category.index": {"A": 0, "B": 2}},
            "dimension.area.category.index",
            "expected_positions",
        ),
        ({"dimension.area.category.index": ["A", "A"]}, "dimension.area.category.index", "repeated_code"),
        ({"dimension.area.category.index": [1, 2]}, "dimension.area.category.index", "expected_text"),
        ({"dimension.area.category.child": {"X": ["MDA"]}}, "dimension.area.category.child", "unknown_code"),
        (
            {"dimension.area.category.child": {"UKR": ["MDA"], "MDA": ["UKR"]}},
            "dimension.area.category.child",
            "circular_parents",
        ),
        ({"role": {"time": ["time", "area"]}}, "role.time", "several_times"),
        ({"role": {"time": ["area"]}}, "dimension.area", "bad_period"),
        ({"dimension.time.category.index": ["2020", "2021-Q1"]}, "dimension.time", "mixed_frequencies"),
        ({"dimension.time.category.index": ["2020Q1", "2020-Q1"]}, "dimension.time", "duplicate_period"),
        ({"dimension.time.category.index": ["0001", "9999"]}, "", "too_many_cells"),
        ({"value": ...}, "value", "no_values"),
        ({"value": []}, "value", "no_values"),
        ({"value": [1]}, "value", "expected_size"),
        ({"value": [1, "2", 3, 4]}, "value.1", "bad_number"),
        ({"value": [1, True, 3, 4]}, "value.1", "bad_number"),
        ({"value": [1, [], 3, 4]}, "value.1", "bad_number"),
        ({"value": {"4": 1}}, "value", "bad_position"),
        ({"value": {"-1": 1}}, "value", "bad_position"),
        ({"status": 5}, "status", "expected_object"),
        ({"status": ["e", "e"]}, "status", "expected_size"),
        ({"status": {"0": ".."}}, "status.0", "unknown_status"),
        ({"status": {"0": {}}}, "status.0", "unknown_status"),
        ({"status": {"1": "Q"}}, "status.1", "value_with_status"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(refused, changes, column, code):
    error = refused(JSONSTAT, dumped(changes), Limits(cells=1000))

    assert (error.problems[0].column, error.problems[0].code) == (column, code)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "not_json"),
        (b"[]", "not_json"),
        (b"{", "not_json"),
        (b'{"class": "dataset", "class"', "not_json"),
        (b'{"a": "\xff"}', "not_json"),
        (b'{"a":' * 5000, "not_json"),
        (b'{"a":[' + b"[],[]," * 600_000, "too_complex"),
        (b'{"a":[' + b"0," * 11_000_000, "too_complex"),
    ],
    ids=lambda it: it if isinstance(it, str) else len(it),
)
def test_broken_and_hostile_documents_are_refused(refused, content, code):
    assert [problem.code for problem in refused(JSONSTAT, content).problems] == [code]


@pytest.mark.parametrize(("block", "head", "most"), [(b"\0", b"", 1), (b"0", b"", 1), (b" ", b'{"a":', 9)])
def test_ten_gigabytes_are_refused_after_little(announced, block, head, most):
    stream = announced(block, head=head)

    with pytest.raises(BadFile) as caught:
        JSONSTAT.read(stream, Limits(document_bytes=8 * 1024 * 1024))

    assert [problem.code for problem in caught.value.problems] in (["not_json"], ["too_large"])
    assert stream.taken <= most * 1024 * 1024


@needs_samples
def test_the_official_samples_are_read():
    states = JSONSTAT.read((SAMPLES / "us-gsp.json").read_bytes())
    canada = JSONSTAT.read((SAMPLES / "canada.json").read_bytes())
    oecd = JSONSTAT.read((SAMPLES / "oecd.json").read_bytes())

    assert states.time.codes == ("2013",)
    assert [(axis.code, axis.role, len(axis)) for axis in states.axes] == [
        ("state", Role.GEO, 51), ("concept", Role.METRIC, 4),
    ]  # fmt: skip
    assert states.rows[2] == Row(("01", "pop"), [4.8])
    assert states.decimals == 2
    assert states.sources[0].labels == {"en": "Wikipedia (usgovernmentrevenue.com)"}

    assert canada.axes[0].codes == ("CA",)
    assert canada.axes[0].members[0].labels == {"en": "Canada"}
    assert len(canada.rows) == 120
    assert canada.rows[-1] == Row(("CA", "older", "PERCENT", "F"), [1.0])

    assert oecd.time.codes == tuple(str(year) for year in range(2003, 2015))
    assert oecd.rows[0].values[0] == 5.943826289
    assert any(row.statuses for row in oecd.rows)
    assert len(oecd.notes) == 1


@needs_samples
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("v1-QS104EW.json", {"jsonstat_v1"}),
        ("v1-statswe.json", {"jsonstat_v1"}),
        ("age5.json", {"not_jsonstat"}),
        ("collection.json", {"not_jsonstat"}),
        ("order.json", {"no_time"}),
    ],
)
def test_samples_that_are_no_dataset_with_periods_are_refused(refused, name, codes):
    error = refused(JSONSTAT, (SAMPLES / name).read_bytes())

    assert {problem.code for problem in error.problems} == codes


@needs_samples
def test_metadata_without_values_is_refused_as_such(refused):
    error = refused(JSONSTAT, (SAMPLES / "pxapi-metadata-example.json").read_bytes())

    assert error.problems[-1].code in ("no_values", "expected_size", "expected_list")
