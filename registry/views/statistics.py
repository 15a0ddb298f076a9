"""The statistics pages: index, data availability, and one indicator with its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.cube import Status
from registry.formats import formats
from registry.formats.statuses import STATUS_LABELS
from registry.languages import ServedText, current_language, served, texts
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, Indicator, Participant
from registry.models.indicator import IndicatorCollection
from registry.presentation.chart import ChartTexts, chart_series, chart_svg, is_line_chart
from registry.selectors.availability import (
    DocumentedDataset,
    OpenDataset,
    datasets_documented,
    documentation_current,
    open_datasets,
)
from registry.selectors.indicator import indicator_list, indicator_with_dimensions
from registry.views.filters import filters_for
from registry.views.http import kept_by_nobody_else, viewer_of
from registry.views.selection import asked_from
from registry.views.table import MOST_CELLS, Table, table_for

#: Widths of the chart in pixels: beside a menu or on paper, and on a telephone.
CHART_WIDTHS = {"wide": 720, "narrow": 272}
_LONGEST_TEXT_FILTER = 200


@dataclass(slots=True)
class IndexRow:
    """An indicator and what of it is open to the viewer; nothing else is counted."""

    indicator: Indicator
    open: list[OpenDataset] = field(default_factory=list)

    @property
    def period(self) -> str:
        starts, ends = zip(*(found.span for found in self.open), strict=True) if self.open else ((), ())
        return _span(min(starts), max(ends)) if starts else ""

    @property
    def participants(self) -> int:
        return len({found.dataset.owner_id for found in self.open})


@dataclass(slots=True)
class IndexGroup:
    label: str
    code: str
    rows: list[IndexRow]

    @property
    def has_numbers(self) -> bool:
        return any(row.indicator.table_number for row in self.rows)


@require_safe
@kept_by_nobody_else
def statistics_index(request: HttpRequest) -> HttpResponse:
    """Indicators by collection, with the figures open to the viewer. Three queries and the page's own."""
    viewer = viewer_of(request)
    rows = _index_rows(indicator_list(viewer=viewer), open_datasets(viewer=viewer))
    participants = _owners(row.open for row in rows)
    problems = []
    chosen = request.GET.get("participant", "")
    if chosen and chosen in {participant.code for participant in participants}:
        rows = [_of_participant(row, chosen) for row in rows]
        rows = [row for row in rows if row.open]
    elif chosen:
        # The same answer for a participant that is unknown and one that opened nothing.
        rows = []
        problems = [_("Nothing is open to you from this participant.")]
    text = request.GET.get("q", "").strip()[:_LONGEST_TEXT_FILTER]
    rows = [row for row in rows if _matches(row.indicator, text)]
    context = {
        "groups": _groups(rows),
        "participants": participants,
        "participant": chosen,
        "text": text,
        "problems": problems,
    }
    return render(request, "registry/index.html", context)


@require_safe
@kept_by_nobody_else
def availability(request: HttpRequest) -> HttpResponse:
    """Which participant's figures of which indicator and years are open to the viewer (D151)."""
    viewer = viewer_of(request)
    rows = _index_rows(indicator_list(viewer=viewer), open_datasets(viewer=viewer))
    rows = [row for row in rows if row.open]
    groups = []
    for group in _groups(rows):
        owners = _owners(row.open for row in group.rows)
        lines = [(row.indicator, [_cell(row, owner) for owner in owners]) for row in group.rows]
        groups.append({"label": group.label, "participants": owners, "rows": lines})
    return render(request, "registry/availability.html", {"groups": groups})


@require_safe
@kept_by_nobody_else
def indicator_page(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: definition, table, chart, downloads, documentation. Status 400 for a bad query string.

    An indicator whose figures are hidden from the viewer looks like one that has none.
    """
    viewer, language = viewer_of(request), current_language()
    indicator = indicator_with_dimensions(viewer=viewer, code=code)
    if indicator is None:
        raise Http404
    asked = asked_from(request.GET, indicator)
    datasets = datasets_documented(viewer=viewer, indicator=indicator)
    with_figures = [found.dataset for found in datasets if found.has_figures]
    table = (
        table_for(viewer=viewer, indicator=indicator, asked=asked, datasets=with_figures, language=language)
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
        "formats": [(known.extension, served(known.labels, language)) for known in formats()],
        "most_cells": MOST_CELLS,
        **_figures(table, indicator, language),
        "notes": _notes(table, with_figures, language),
    }
    return render(request, "registry/indicator.html", context, status=400 if asked.problems else 200)


def _index_rows(indicators: Iterable[Indicator], opened: Iterable[OpenDataset]) -> list[IndexRow]:
    rows = {indicator.pk: IndexRow(indicator) for indicator in indicators}
    for found in opened:
        if found.dataset.indicator_id in rows:
            rows[found.dataset.indicator_id].open.append(found)
    return list(rows.values())


def _of_participant(row: IndexRow, code: str) -> IndexRow:
    return IndexRow(row.indicator, [found for found in row.open if found.dataset.owner.code == code])


def _owners(opened: Iterable[Sequence[OpenDataset]]) -> list[Participant]:
    owners = {found.dataset.owner for several in opened for found in several}
    return sorted(owners, key=lambda owner: (owner.order, owner.code))


def _groups(rows: Sequence[IndexRow]) -> list[IndexGroup]:
    groups = [
        IndexGroup(
            str(IndicatorCollection(value).label),
            value,
            [row for row in rows if row.indicator.collection == value],
        )
        for value in IndicatorCollection.values
    ]
    return [group for group in groups if group.rows]


def _matches(indicator: Indicator, text: str) -> bool:
    """Whether every word stands in the code, the number or the name, in any language."""
    names = " ".join((indicator.code, indicator.table_number, *texts(indicator, "name").values()))
    searched = _folded(names)
    return all(word in searched for word in _folded(text).split())


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _cell(row: IndexRow, owner: Participant) -> str:
    spans = [found.span for found in row.open if found.dataset.owner_id == owner.pk]
    return _span(min(start for start, _end in spans), max(end for _start, end in spans)) if spans else ""


def _span(start: str, end: str) -> str:
    return start if start == end else f"{start}–{end}"


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
    parts = [form, _span(codes[0], codes[-1]), str(served(table.cube.unit)), fixed]
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
