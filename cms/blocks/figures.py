"""Figures inside texts, always read for whoever looks: nothing of them is stored with the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.blocks.data import indicator_choices
from registry.access import ANONYMOUS, Viewer
from registry.languages import ServedText, current_language, served

if TYPE_CHECKING:
    from registry.cube import Cube
    from registry.models import Dataset, Indicator
    from registry.selectors.vintage import Vintage
    from registry.views.table import Table

_LONGEST_SELECTION = 1_000

#: The most cells of a table in a text; the link below it leads to the rest.
MOST_CELLS_IN_TEXT = 300


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure in words. ``text`` is the number as the active language writes it."""

    indicator: str
    label: ServedText
    text: str
    unit: ServedText
    period: str
    members: tuple[str, ...]
    source: str
    query: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The table of the choice as the page of the indicator has it for the viewer; without a pivot, too much
    was chosen.

    ``vintage`` is set where the figures are those of a release named in the choice.
    """

    indicator: Indicator
    table: Table
    datasets: tuple[Dataset, ...]
    vintage: Vintage | None = None


@dataclass(frozen=True, slots=True)
class ShownChart:
    """The drawings of a chart by width, and what they are drawn from."""

    shown: ShownTable
    charts: tuple[tuple[str, str], ...]


class FigureValue(blocks.StructValue):
    """An indicator and the part of it that is meant."""

    @property
    def query(self) -> QueryDict:
        """The choice as the statistics pages read it: what stands behind the ? of the address given."""
        return QueryDict(str(self["selection"] or "").strip().rpartition("?")[2])

    def _indicator(self, viewer: Viewer) -> Any:
        from registry.selectors.indicator import indicator_with_dimensions

        return indicator_with_dimensions(viewer=viewer, code=self["indicator"])

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the choice, in words."""
        from registry.views.selection import asked_from

        indicator = self._indicator(ANONYMOUS)
        return asked_from(self.query, indicator, viewer=ANONYMOUS).problems if indicator else ()


class KeyFigureValue(FigureValue):
    def figure(self, viewer: Viewer) -> KeyFigure | None:
        """The latest figure of the one series meant; None where the viewer sees none, or several.

        Dimensions not named are at their total. Six queries at most.
        """
        from registry.selectors.cube import cube_get
        from registry.views.selection import asked_from, query_of

        indicator = self._indicator(viewer)
        if indicator is None:
            return None
        asked = asked_from(self.query, indicator, viewer=viewer)
        if asked.problems:
            return None
        totals = {
            dimension.code: (dimension.default_member.code,)
            for dimension in indicator.dimensions.all()
            if dimension.code not in asked.members and dimension.default_member
        }
        chosen = asked.selection()
        filters = {**chosen.filters, **totals}
        cube = cube_get(
            viewer=viewer,
            indicator=indicator,
            selection=type(chosen)(
                filters=filters, start=asked.start, end=asked.end, frequency=asked.frequency
            ),
        )
        if len(cube.rows) != 1 or cube.rows[0].latest is None:
            return None
        return _key_figure(cube, indicator, asked.members, query_of(asked).urlencode())


def _key_figure(cube: Any, indicator: Any, named: Any, query: str) -> KeyFigure:
    from registry.presentation.numbers import number_text

    row, language = cube.rows[0], current_language()
    at = max(number for number, value in enumerate(row.values) if value is not None)
    is_geo = {axis.code for axis in cube.axes if axis.role == "geo"}
    members = tuple(
        str(served(axis.members[0].labels)) for axis in cube.axes if axis.code in named or axis.code in is_geo
    )
    return KeyFigure(
        indicator=indicator.code,
        label=indicator.name,
        text=number_text(row.values[at], language, cube.decimals),
        unit=indicator.unit,
        period=cube.time.codes[at],
        members=members,
        source=_sources(cube),
        query=query,
    )


def _sources(cube: Cube) -> str:
    return "; ".join(str(served(source.labels)) for source in cube.sources)


class TableValue(FigureValue):
    """Read as the page of the indicator reads its figures."""

    def shown(self, viewer: Viewer, *, name: str, most_cells: int | None = None) -> ShownTable | None:
        """The table for this viewer; None without figures. ``name`` begins its ids.

        Seven queries at most: two for the indicator, one for its datasets, one for the members chosen, three
        for the table; three more where a release is named.
        """
        from registry.selectors.availability import datasets_documented
        from registry.selectors.selection import default_frequency
        from registry.selectors.vintage import vintage_of
        from registry.views.selection import asked_from
        from registry.views.table import MOST_CELLS, table_for

        indicator = self._indicator(viewer)
        if indicator is None:
            return None
        documented = datasets_documented(viewer=viewer, indicator=indicator)
        datasets = [found.dataset for found in documented if found.has_figures]
        usual = default_frequency(indicator, [dataset.frequency for dataset in datasets])
        asked = asked_from(self.query, indicator, viewer=viewer, frequency=usual)
        if asked.problems or not datasets:
            return None
        if asked.as_of is not None:
            datasets, usual = [asked.as_of.dataset], asked.as_of.dataset.frequency
        table = table_for(
            viewer=viewer,
            indicator=indicator,
            asked=asked,
            datasets=datasets,
            usual=usual,
            language=current_language(),
            most_cells=most_cells or MOST_CELLS,
            name=name,
        )
        if table.cube is not None and table.pivot is None:
            return None
        vintage = vintage_of(viewer=viewer, release=asked.as_of) if asked.as_of else None
        return ShownTable(indicator, table, tuple(datasets), vintage)


class ChartValue(TableValue):
    def chart(self, viewer: Viewer, name: str = "") -> ShownChart | None:
        """The chart as the page of the indicator would draw it for this viewer; None without figures.

        ``name`` begins the ids in it. Queries as for `TableValue.shown`.
        """
        from registry.views.figures import chart_context

        shown = self.shown(viewer, name=name)
        if shown is None:
            return None
        context: Any = chart_context(shown.table, shown.indicator, current_language(), name)
        charts = tuple(context.get("charts", ()))
        return ShownChart(shown, charts) if charts else None


class SelectionBlock(blocks.CharBlock):
    """A choice of figures. It is the same in every language, so translators are not asked for it."""

    def get_translatable_segments(self, value: str) -> list[Any]:
        return []

    def restore_translated_segments(self, value: str, segments: list[Any]) -> str:
        return value


class _FigureBlock(blocks.StructBlock):
    indicator = blocks.ChoiceBlock(label=_("Indicator"), choices=indicator_choices, search_index=False)
    selection = SelectionBlock(
        label=_("Which part of it"),
        required=False,
        max_length=_LONGEST_SELECTION,
        help_text=_(
            "Choose countries, other members and periods on the page of the indicator, and copy its address "
            "here. Empty: as that page begins."
        ),
        search_index=False,
    )
    caption = blocks.CharBlock(
        label=_("Caption"),
        required=False,
        max_length=200,
        help_text=_("Empty: the name of the indicator."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if problems := cleaned.problems():
            raise StructBlockValidationError(block_errors={"selection": ValidationError(list(problems))})
        return cleaned


class KeyFigureBlock(_FigureBlock):
    """The latest figure of one series, in large type."""

    class Meta:
        label = _("Key figure")
        icon = "order"
        template = "cms/blocks/key_figure.html"
        value_class = KeyFigureValue

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        context["figure"] = value.figure(viewer)
        return context


class _TableBlock(_FigureBlock):
    """What is read as the page of the indicator reads it."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["name"] = _name(value, context)
        context["no_figures"] = gettext("No figures of this indicator are open to you.")
        return context


class ChartBlock(_TableBlock):
    class Meta:
        label = _("Chart")
        icon = "table"
        template = "cms/blocks/chart.html"
        value_class = ChartValue

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        context["chart"] = value.chart(viewer, context["name"])
        return context


class FigureTableBlock(_TableBlock):
    """The table of an indicator, cut where it is too long for a text."""

    class Meta:
        label = _("Table of figures")
        icon = "table"
        template = "cms/blocks/figure_table.html"
        value_class = TableValue
        stylesheet = "registry/css/statistics.css"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        from registry.views.figures import table_context

        context = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        shown = value.shown(viewer, name=context["name"], most_cells=MOST_CELLS_IN_TEXT)
        context |= {"shown": shown, "most_cells": MOST_CELLS_IN_TEXT}
        if shown is not None:
            context |= table_context(shown.table, shown.datasets, current_language())
            context["source"] = _sources(shown.table.cube) if shown.table.cube else ""
        return context


def _name(value: Any, context: Mapping[str, Any]) -> str:
    """What begins the ids of a block: the same at every visit where the template of the body tells which
    block it is."""
    block = context.get("block")
    is_this = getattr(block, "value", None) is value and getattr(block, "id", None)
    return f"f-{block.id[:8]}-" if block and is_this else f"f-{id(value):x}-"
