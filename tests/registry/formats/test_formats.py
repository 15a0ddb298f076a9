"""All formats: finding them, and that what they say they carry comes back."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.cube import Cube, Dimension, Member, Role, Row
from registry.formats import (
    UnknownFormat,
    format_for_extension,
    format_for_media_type,
    format_named,
    formats,
    reduced,
    xlsx_child,
    xlsx_process,
)
from registry.languages import LANGUAGE_CODES, in_every_language
from tests.markers import WHOLE
from tests.registry.formats.strategies import cubes


@pytest.fixture(scope="module")
def no_child():
    """Workbooks are taken apart in this process, which is many times faster than a new one for each."""

    def run(file, answer):
        lines = xlsx_child.answer(file.read())
        answer.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx_process, "run_child", run)
        yield


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize("format_", formats(), ids=lambda it: it.name)
@settings(max_examples=80 if WHOLE else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cube=cubes(), language=st.sampled_from(LANGUAGE_CODES))
def test_what_a_format_carries_comes_back(format_, cube, language):
    content = format_.dump(cube, language=language)

    back = format_.read(BytesIO(content), language=language)

    assert back == reduced(cube, format_.carries, language)


@pytest.mark.parametrize("format_", formats(), ids=lambda it: it.name)
def test_a_left_out_year_does_not_move_later_figures(format_):
    area = Dimension("REF_AREA", {}, Role.GEO, (Member("MDA", {}),))
    time = Dimension("TIME_PERIOD", {}, Role.TIME, (Member("1990", {}), Member("1995", {})))
    cube = Cube("X", {}, (area,), time, (Row(("MDA",), [1, 2], {1: "E"}),))

    back = format_.read(format_.dump(cube, language="en"))

    assert back.time.codes == ("1990", "1991", "1992", "1993", "1994", "1995")
    assert back.rows == (Row(("MDA",), [1, None, None, None, None, 2], {5: "E"}),)


@pytest.mark.parametrize("format_", formats(), ids=lambda it: it.name)
def test_formats_are_found_by_each_of_their_names(format_):
    assert format_named(format_.name) is format_
    assert format_for_media_type(f"{format_.media_type.upper()}; charset=utf-8") is format_
    assert format_for_extension(f".{format_.extension}") is format_
    assert format_for_extension(f"Table 1.{format_.extension.upper()}") is format_
    labels = in_every_language(format_.label)
    assert len(set(labels.values())) == len(LANGUAGE_CODES)


@pytest.mark.parametrize("find", [format_named, format_for_media_type, format_for_extension])
def test_unknown_formats_are_an_error(find):
    with pytest.raises(UnknownFormat):
        find("exe")


def test_names_media_types_and_extensions_are_unique():
    for attribute in ("name", "media_type", "extension"):
        found = [getattr(format_, attribute) for format_ in formats()]
        assert len(set(found)) == len(found)
