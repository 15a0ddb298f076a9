"""The chart drawn from a cube."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from registry.cube import Cube, Member, Row
from registry.presentation.chart import ChartTexts, chart_series, chart_svg
from registry.selectors.cube import time_dimension
from tests.registry.views.test_pivot import AREA, Role, dimension

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>&\x00\x0b"


def a_cube(series: dict[str, list[float | None]], label: str | None = None) -> Cube:
    length = max(map(len, series.values()), default=0)
    axis = dimension(AREA, dict.fromkeys(series), Role.GEO)
    if label:
        axis = dimension(AREA, {}, Role.GEO)
        axis = type(axis)(AREA, axis.labels, axis.role, tuple(Member(code, {"en": label}) for code in series))
    rows = tuple(Row((code,), values) for code, values in series.items())
    return Cube(
        "X", {"en": "Refugees", "ru": "Беженцы"}, (axis,), time_dimension("A", 2010, 2009 + length), rows
    )


def drawn(cube: Cube, **options: object) -> ET.Element:
    texts = ChartTexts("Title <b>", "What is shown & how")
    return ET.fromstring(chart_svg(cube, language="en", texts=texts, **options))  # type: ignore[arg-type]


def test_more_than_three_periods_are_lines_broken_where_figures_are_missing() -> None:
    svg = drawn(a_cube({"MDA": [1, 2, None, 4, 5], "KAZ": [1, 1, 1, 1, 1]}))
    assert len(svg.findall(f".//{SVG}polyline")) == 3
    assert svg.findall(f".//{SVG}rect") == []


def test_few_periods_are_bars_with_their_figures_and_a_legend() -> None:
    svg = drawn(a_cube({"MDA": [10, 20], "KAZ": [None, 1000]}))
    bars = svg.findall(f".//{SVG}rect")
    assert len(bars) == 3 + 2
    words = [text.text for text in svg.iter(f"{SVG}text")]
    assert {"MDA", "KAZ", "10", "20", "1,000", "2010", "2011"} <= set(words)


def test_title_and_description_name_the_picture() -> None:
    svg = drawn(a_cube({"MDA": [1, 2, 3, 4]}), name="c")
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "c-title c-desc")
    assert [svg.find(f"{SVG}{name}").text for name in ("title", "desc")] == [
        "Title <b>",
        "What is shown & how",
    ]


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [5]])
def test_hostile_labels_are_only_text(values: list[float]) -> None:
    cube = a_cube({"MDA": values, "KAZ": values}, label=HOSTILE)
    svg = chart_svg(cube, language="en", texts=ChartTexts(HOSTILE, HOSTILE), width=2000)
    assert "<script" not in svg
    assert "</text><script>alert(1)</script>&" in [
        text.text for text in ET.fromstring(svg).iter(f"{SVG}text")
    ]


def test_at_most_eight_series_are_drawn_the_largest_ones() -> None:
    series = chart_series(a_cube({f"A{at}": [at, None] for at in range(12)}), "en")
    assert [one.label for one in series] == [f"A{at}" for at in range(11, 3, -1)]


@pytest.mark.parametrize("values", [[0, 0, 0, 0], [-5, 3, None, 2], [1e12, 0.1, 3, 4], [0], [-7, 2]])
@pytest.mark.parametrize("width", [328, 720])
def test_every_kind_of_figure_stays_inside_the_picture(values: list[float | None], width: int) -> None:
    svg = drawn(a_cube({"MDA": values, "KAZ": values}), width=width)
    _x, _y, wide, high = map(float, svg.get("viewBox", "").split())
    for name in ("circle", "rect"):
        for shape in svg.iter(f"{SVG}{name}"):
            x, y = (float(shape.get(a) or shape.get(b, "")) for a, b in (("cx", "x"), ("cy", "y")))
            assert 0 <= x <= wide
            assert 0 <= y <= high


def test_nothing_to_draw_is_no_picture() -> None:
    assert chart_svg(a_cube({"MDA": [None]}), language="en", texts=ChartTexts("", "")) == ""
