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
        **_figures(table, indicator, language),
        "notes": _notes(table, datasets, language),
    }


def _figures(table: Table | None, indicator: Indicator, language: str) -> Mapping[str, object]:
    """The parts made from the cube: chart, legend of statuses."""
    if table is None or table.cube is None or table.pivot is None:
        return {}
    cube, pivot = table.cube, table.pivot
    title = str(indicator.name)
    fixed = "; ".join(f"{label}: {member}" for label, member in pivot.fixed)
    shown = chart_series(cube, language)
    chart_texts = ChartTexts(title, _chart_description(table, len(shown), fixed))
    charts = [
        (name, chart_svg(cube, language=language, texts=chart_texts, width=width, name=f"chart-{name}"))
        for name, width in CHART_WIDTHS.items()
    ]
    return {
        "statuses": [(status, STATUS_LABELS[Status(status)]) for status in pivot.statuses],
        "charts": [chart for chart in charts if chart[1]],
        "charted": len(shown),
        "series_count": len(cube.rows),
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
