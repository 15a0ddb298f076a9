"""A chart of a cube as SVG: lines over time, or bars for a few periods.

Colours come from the stylesheet by class (``series-1`` … ``series-8``), so that light and dark both
work; series differ by dash and mark too. The table beside it holds the same figures and is its text
alternative.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from registry.cube import Cube, Value
from registry.languages import served
from registry.presentation.numbers import number_text

MOST_SERIES = 8
MOST_BAR_PERIODS = 3
FONT_SIZE = 12
_LETTER = 7.4  # the width of a letter at that size, the wide ones of Cyrillic included
_LINE_HEIGHT = 18
_TICKS = 5
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "", "7 3", "2 3", "9 3 2 3")
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 forbids


@dataclass(frozen=True, slots=True)
class ChartTexts:
    """The title, and what a reader who does not see the chart is told of it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    values: Sequence[Value]


def chart_series(cube: Cube, language: str) -> list[Series]:
    """What a chart of the cube shows: at most eight series, those with the largest latest figures first.

    A series is named by the members of the dimensions that have more than one.
    """
    with_figures = [row for row in cube.rows if any(value is not None for value in row.values)]
    largest = sorted(with_figures, key=lambda row: -abs(row.latest or 0))[:MOST_SERIES]
    labels = [
        {member.code: served(member.labels, language) or member.code for member in axis.members}
        for axis in cube.axes
    ]
    varying = [at for at, axis in enumerate(cube.axes) if len(axis) > 1]
    whole = str(served(cube.labels, language))
    return [
        Series(" · ".join(str(labels[at][row.codes[at]]) for at in varying) or whole, row.values)
        for row in largest
    ]


def is_line_chart(cube: Cube) -> bool:
    return len(cube.time) > MOST_BAR_PERIODS


def chart_svg(cube: Cube, *, language: str, texts: ChartTexts, width: int = 720, name: str = "chart") -> str:
    """The chart, ``width`` pixels wide at its natural size; empty when there is nothing to draw.

    ``name`` begins the ids inside it.
    """
    series = chart_series(cube, language)
    if not series:
        return ""
    drawing = _Drawing(cube.time.codes, series, width, language, cube.decimals)
    if is_line_chart(cube):
        drawing.lines()
    else:
        drawing.bars()
    return drawing.svg(texts, name)


class _Drawing:
    def __init__(
        self, periods: Sequence[str], series: Sequence[Series], width: int, language: str, decimals: int
    ) -> None:
        self.periods = periods
        self.series = series
        self.width = width
        self.language = language
        self.decimals = decimals
        self.height = 0.0
        self.body = ET.Element("g")
        figures = [value for one in series for value in one.values if value is not None]
        self.ticks = _ticks(min(0, *figures), max(0, *figures), _TICKS)

    def svg(self, texts: ChartTexts, name: str) -> str:
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {self.width} {_number(self.height)}",
                "width": str(self.width),
                "height": _number(self.height),
                "class": "chart__drawing",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-desc",
                "font-size": str(FONT_SIZE),
            },
        )
        for tag, text in (("title", texts.title), ("desc", texts.description)):
            ET.SubElement(root, tag, {"id": f"{name}-{tag}"}).text = _clean(text)
        root.append(self.body)
        return ET.tostring(root, encoding="unicode")

    # ---- lines

    def lines(self) -> None:
        labels = [self._tick_text(tick) for tick in self.ticks]
        left = max(map(len, labels)) * _LETTER + 10
        right, top, plot_height = self.width - 16.0, 10.0, min(300.0, self.width * 0.6)
        step = (right - left) / max(1, len(self.periods) - 1)
        bottom = top + plot_height

        def across(at: int) -> float:
            return left + at * step

        for tick, label in zip(self.ticks, labels, strict=True):
            y = self._scaled(tick, bottom, top)
            self._line("grid" if tick else "axis", left, y, right, y)
            self._text(label, left - 6, y + 4, anchor="end")
        self._period_labels(across, bottom + 18, step)
        for number, one in enumerate(self.series):
            group = ET.SubElement(self.body, "g", {"class": f"series series-{number + 1}"})
            points = [
                None if value is None else (across(at), self._scaled(value, bottom, top))
                for at, value in enumerate(one.values)
            ]
            for run in _runs(points):
                path = " ".join(f"{_number(x)},{_number(y)}" for x, y in run)
                if len(run) > 1:
                    attributes = {"points": path, "class": "line", "fill": "none", "stroke": "currentColor"}
                    if _DASHES[number]:
                        attributes["stroke-dasharray"] = _DASHES[number]
                    ET.SubElement(group, "polyline", attributes)
            for point in points:
                if point:
                    _mark(group, number, *point)
        self._legend([one.label for one in self.series], bottom + 44, with_lines=True)

    def _period_labels(self, across: Callable[[int], float], y: float, step: float) -> None:
        """As many periods as there is room for, the last one always; it ends at the edge."""
        longest = max(len(period) for period in self.periods) * _LETTER + 12
        every = max(1, math.ceil(longest / max(step, 1)))
        last = len(self.periods) - 1
        for at in range(last, -1, -every):
            x, anchor = (self.width - 2.0, "end") if at == last else (across(at), "middle")
            self._text(self.periods[at], x, y, anchor=anchor)

    # ---- bars

    def bars(self) -> None:
        """Horizontal bars, a group per series, a bar per period; every bar carries its figure."""
        is_grouped = len(self.periods) > 1
        bar, gap, top = 18.0, 10.0, 4.0
        figures = [self._tick_text(v) for one in self.series for v in one.values if v is not None]
        room = max(map(len, figures)) * _LETTER + 12
        low, high = self.ticks[0], self.ticks[-1]
        left, right = (room if low < 0 else 0.0), self.width - room
        scale = (right - left) / ((high - low) or 1)
        zero = left - low * scale
        y = top
        for one in self.series:
            self._text(_shortened(one.label, self.width), 0, y + 12)
            y += _LINE_HEIGHT
            for number, value in enumerate(one.values):
                if value is not None:
                    length = abs(value) * scale
                    start = zero if value >= 0 else zero - length
                    ET.SubElement(
                        self.body,
                        "rect",
                        {
                            "class": f"bar series series-{number + 1}",
                            "x": _number(start),
                            "y": _number(y),
                            "width": _number(max(length, 1)),
                            "height": _number(bar - 2),
                        },
                    )
                    text = self._tick_text(value)
                    if value >= 0:
                        self._text(text, start + length + 6, y + 12)
                    else:
                        self._text(text, start - 6, y + 12, anchor="end")
                    y += bar
            y += gap
        self._line("axis", zero, top, zero, y - gap)
        self.height = y
        if is_grouped:
            self._legend(list(self.periods), y + 12, with_lines=False)

    # ---- parts

    def _legend(self, labels: Sequence[str], top: float, *, with_lines: bool) -> None:
        columns = 2 if self.width >= 600 and len(labels) > 1 else 1
        room = self.width / columns
        per_column = math.ceil(len(labels) / columns)
        for number, label in enumerate(labels):
            x = number // per_column * room + 2
            y = top + number % per_column * _LINE_HEIGHT
            group = ET.SubElement(self.body, "g", {"class": f"series series-{number + 1}"})
            if with_lines:
                attributes = {
                    "x1": _number(x),
                    "x2": _number(x + 28),
                    "y1": _number(y),
                    "y2": _number(y),
                    "class": "line",
                    "stroke": "currentColor",
                }
                if _DASHES[number]:
                    attributes["stroke-dasharray"] = _DASHES[number]
                ET.SubElement(group, "line", attributes)
                _mark(group, number, x + 14, y)
            else:
                square = {
                    "class": f"bar series series-{number + 1}",
                    "x": _number(x),
                    "y": _number(y - 6),
                    "width": "12",
                    "height": "12",
                }
                ET.SubElement(group, "rect", square)
            self._text(_shortened(label, room - 40), x + (36 if with_lines else 18), y + 4)
        self.height = top + per_column * _LINE_HEIGHT

    def _scaled(self, value: float, bottom: float, top: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return bottom - (value - low) / ((high - low) or 1) * (bottom - top)

    def _tick_text(self, value: float) -> str:
        return number_text(value, self.language, 0 if float(value).is_integer() else max(1, self.decimals))

    def _text(self, text: str, x: float, y: float, *, anchor: str = "start") -> None:
        attributes = {"x": _number(x), "y": _number(y), "text-anchor": anchor, "fill": "currentColor"}
        ET.SubElement(self.body, "text", attributes).text = _clean(text)

    def _line(self, name: str, x1: float, y1: float, x2: float, y2: float) -> None:
        places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        attributes = {key: _number(value) for key, value in places.items()}
        ET.SubElement(self.body, "line", {"class": name, "stroke": "currentColor", **attributes})


def _mark(group: ET.Element, number: int, x: float, y: float) -> None:
    """A mark of its own shape for each series: dot, square, diamond or triangle, full or hollow."""
    name = {"class": "point" if number < 4 else "point hollow"}
    shapes = (
        None,
        ((-3, -3), (3, -3), (3, 3), (-3, 3)),
        ((0, -4.2), (4.2, 0), (0, 4.2), (-4.2, 0)),
        ((0, -4), (4, 3), (-4, 3)),
    )
    corners = shapes[number % 4]
    if corners is None:
        ET.SubElement(group, "circle", {**name, "cx": _number(x), "cy": _number(y), "r": "3.2"})
    else:
        points = " ".join(f"{_number(x + dx)},{_number(y + dy)}" for dx, dy in corners)
        ET.SubElement(group, "polygon", {**name, "points": points})


def _ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``, about ``count`` of them."""
    rough = (high - low) / count or 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Unbroken runs of points: where a figure is missing, the line is broken."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _shortened(label: str, room: float) -> str:
    most = max(8, int(room / _LETTER))
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
