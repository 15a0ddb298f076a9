"""Figures as a page shows them: filters, chart, table, notes. The same before and after release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from registry.cube import Status
from registry.formats.statuses import STATUS_LABELS
from registry.languages import ServedText, served
from registry.models import Dataset, Indicator
from registry.presentation.chart import ChartTexts, chart_series, chart_svg, is_line_chart
from registry.selectors.statistics import span_text
from registry.views.filters import filters_for
from registry.views.table import MOST_CELLS, Table

#: Widths of the chart in pixels: beside a menu or on paper, and on a telephone.
CHART_WIDTHS = {"wide": 720, "narrow": 272}


def figures_context(
    table: Table | None, datasets: Sequence[Dataset], indicator: Indicator, language: str
) -> dict[str, object]:
    """What registry/includes/figures.html asks for, and the notes to the table."""
    return {
        "table": table,
        "filters": filters_for(table, datasets, language) if table else None,
        "most_cells": MOST_CELLS,
        **chart_context(table, indicator, language),
        **table_context(table, datasets, language),
    }


def chart_context(
    table: Table | None, indicator: Indicator, language: str, name: str = ""
) -> Mapping[str, object]:
    """The chart in each width, and how many of the series it shows; nothing without figures.

    ``name`` begins the ids in the drawings.
    """
    if table is None or table.cube is None or table.pivot is None:
        return {}
    cube = table.cube
    title = str(indicator.name)
    fixed = "; ".join(f"{label}: {member}" for label, member in table.pivot.fixed)
    shown = chart_series(cube, language)
    texts = ChartTexts(title, _chart_description(table, len(shown), fixed))
    charts = [
        (size, chart_svg(cube, language=language, texts=texts, width=width, name=f"{name}chart-{size}"))
        for size, width in CHART_WIDTHS.items()
    ]
    return {
        "charts": [chart for chart in charts if chart[1]],
        "charted": len(shown),
        "series_count": len(cube.rows),
    }


def table_context(table: Table | None, datasets: Sequence[Dataset], language: str) -> Mapping[str, object]:
    """What is said of the figures beside the table itself: the legend of its signs, notes to all of it."""
    statuses = table.pivot.statuses if table and table.pivot else ()
    return {
        "statuses": [(status, STATUS_LABELS[Status(status)]) for status in statuses],
        "notes": _notes(table, datasets, language),
    }


def _notes(table: Table | None, datasets: Sequence[Dataset], language: str) -> list[tuple[str, ServedText]]:
    """The notes to the table; where they do not hold for every source, with the owners they come from."""
    if table is None or table.cube is None:
        return []
    used = {source.dataset for source in table.cube.sources}
    shown = [dataset for dataset in datasets if dataset.code in used]
    owners: dict[ServedText, list[str]] = {}
    for dataset in shown:
        for note in dataset.notes():
            owners.setdefault(served(note, language), []).append(str(dataset.owner.name))
    return [(", ".join(names) if len(names) < len(shown) else "", note) for note, names in owners.items()]


def _chart_description(table: Table, shown: int, fixed: str) -> str:
    assert table.cube is not None
    codes = table.cube.time.codes
    form = _("Line chart") if is_line_chart(table.cube) else _("Bar chart")
    parts = [form, span_text(codes[0], codes[-1]), str(served(table.cube.unit)), fixed]
    parts.append(_("series shown: %(shown)s of %(all)s") % {"shown": shown, "all": len(table.cube.rows)})
    parts.append(_("all figures are in the table on this page"))
    return "; ".join(part for part in parts if part) + "."
