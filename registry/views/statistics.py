"""The statistics pages: index, data availability, and one indicator with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.cube import Status
from registry.formats import formats
from registry.formats.statuses import STATUS_LABELS
from registry.languages import ServedText, current_language, served
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, Indicator
from registry.presentation.chart import ChartTexts, chart_series, chart_svg, is_line_chart
from registry.selectors.availability import (
    DocumentedDataset,
    datasets_documented,
    documentation_current,
)
from registry.selectors.indicator import indicator_with_dimensions
from registry.selectors.selection import default_frequency
from registry.selectors.statistics import (
    by_collection,
    of_participant,
    of_words,
    open_indicators,
    owners_of,
    span_text,
)
from registry.views.filters import filters_for
from registry.views.http import viewer_of
from registry.views.selection import asked_from
from registry.views.table import MOST_CELLS, Table, table_for

#: Widths of the chart in pixels: beside a menu or on paper, and on a telephone.
CHART_WIDTHS = {"wide": 720, "narrow": 272}
_LONGEST_TEXT_FILTER = 200


@require_safe
def statistics_index(request: HttpRequest) -> HttpResponse:
    """Indicators by collection, with the figures open to the viewer. Three queries and the page's own."""
    rows = open_indicators(viewer=viewer_of(request))
    participants = owners_of(rows)
    problems = []
    chosen = request.GET.get("participant", "")
    if chosen and chosen in {participant.code for participant in participants}:
        rows = of_participant(rows, chosen)
    elif chosen:
        # The same answer for a participant that is unknown and one that opened nothing.
        rows = []
        problems = [_("Nothing is open to you from this participant.")]
    text = request.GET.get("q", "").strip()[:_LONGEST_TEXT_FILTER]
    context = {
        "groups": [
            {
                "code": group.code,
                "label": group.label,
                "rows": group.items,
                "has_numbers": any(row.indicator.table_number for row in group.items),
            }
            for group in by_collection(of_words(rows, text), attrgetter("indicator"))
        ],
        "participants": participants,
        "participant": chosen,
        "text": text,
        "problems": problems,
    }
    return render(request, "registry/index.html", context)


@require_safe
def availability(request: HttpRequest) -> HttpResponse:
    """Which participant's figures of which indicator and years are open to the viewer (D151)."""
    rows = [row for row in open_indicators(viewer=viewer_of(request)) if row.open]
    groups = []
    for group in by_collection(rows, attrgetter("indicator")):
        owners = owners_of(group.items)
        lines = [(row.indicator, [row.period_of(owner) for owner in owners]) for row in group.items]
        groups.append({"label": group.label, "participants": owners, "rows": lines})
    return render(request, "registry/availability.html", {"groups": groups})


@require_safe
def indicator_page(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: definition, table, chart, downloads, documentation. Status 400 for a bad query string.

    An indicator whose figures are hidden from the viewer looks like one that has none.
    """
    viewer, language = viewer_of(request), current_language()
    indicator = indicator_with_dimensions(viewer=viewer, code=code)
    if indicator is None:
        raise Http404
    datasets = datasets_documented(viewer=viewer, indicator=indicator)
    with_figures = [found.dataset for found in datasets if found.has_figures]
    usual = default_frequency(indicator, [dataset.frequency for dataset in with_figures])
    asked = asked_from(request.GET, indicator, viewer=viewer, frequency=usual)
    table = (
        table_for(
            viewer=viewer,
            indicator=indicator,
            asked=asked,
            datasets=with_figures,
            usual=usual,
            language=language,
        )
        if with_figures
        else None
    )
    documentation = documentation_current(viewer=viewer, datasets=[found.dataset for found in datasets])
    context = {
        "indicator": indicator,
        "problems": asked.problems,
        "table": table,
        "filters": filters_for(table, with_figures, language) if table else None,
        "documented": [_documented(found, documentation.get(found.dataset.pk)) for found in datasets],
        "formats": [(known.extension, known.label) for known in formats()],
        "most_cells": MOST_CELLS,
        **_figures(table, indicator, language),
        "notes": _notes(table, with_figures, language),
    }
    return render(request, "registry/indicator.html", context, status=400 if asked.problems else 200)


def _figures(table: Table | None, indicator: Indicator, language: str) -> Mapping[str, object]:
    """The parts of the page made from the cube: notes, chart, legend of statuses."""
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


def _documented(found: DocumentedDataset, documentation: Documentation | None) -> Mapping[str, object]:
    """A dataset with the answered fields of its documentation table."""
    answers = []
    if documentation is not None:
        for name in DOCUMENTATION_FIELDS:
            answer = getattr(documentation, name)
            if answer:
                label = getattr(Documentation, name).verbose_name
                answers.append((label, answer, documentation.original.get(name, "")))
    return {
        "dataset": found.dataset,
        "answers": answers,
        "documentation": documentation,
        "release": found.dataset.current_release if found.has_figures else None,
    }
