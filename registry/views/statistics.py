"""The statistics pages: index, data availability, and one indicator with its table."""

from __future__ import annotations

from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.formats import formats
from registry.languages import current_language
from registry.models import AccessRequestState
from registry.selectors.access import OpenOwner, open_to_viewer
from registry.selectors.availability import datasets_documented
from registry.selectors.documentation import documentation_current
from registry.selectors.indicator import indicator_with_dimensions
from registry.selectors.selection import default_frequency
from registry.selectors.statistics import (
    by_collection,
    of_participant,
    of_words,
    open_indicators,
    owners_of,
)
from registry.selectors.vintage import histories, vintage_of
from registry.views.documentation import documented
from registry.views.figures import figures_context
from registry.views.http import viewer_of
from registry.views.selection import asked_from
from registry.views.table import table_for

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


def _may_do(row: OpenOwner, asks: bool) -> bool:
    """Whether there is anything to do about the access to an owner's figures: to ask, or to look it up."""
    is_asked = row.request is not None and row.request.state == AccessRequestState.OPEN
    return is_asked or (asks and row.can_be_asked)


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
    open_to = open_to_viewer(viewer=viewer, indicator=indicator, documented=datasets)
    with_figures = [found.dataset for found in datasets if found.has_figures]
    usual = default_frequency(indicator, [dataset.frequency for dataset in with_figures])
    asked = asked_from(request.GET, indicator, viewer=viewer, frequency=usual)
    if asked.as_of is not None:
        with_figures, usual = [asked.as_of.dataset], asked.as_of.dataset.frequency
        datasets = [found for found in datasets if found.dataset.pk == asked.as_of.dataset_id]
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
    tables = documentation_current(viewer=viewer, datasets=[found.dataset for found in datasets])
    asks = open_to is not None and viewer.asks_others
    context = {
        "indicator": indicator,
        "problems": asked.problems,
        "vintage": vintage_of(viewer=viewer, release=asked.as_of) if asked.as_of else None,
        "documented": [documented(found, tables) for found in datasets],
        "formats": [(known.extension, known.label) for known in formats()],
        "open_to": open_to,
        "may_ask": asks,
        "may_do": open_to is not None and any(_may_do(row, asks) for row in open_to.owners),
        **figures_context(table, with_figures, indicator, language),
    }
    return render(request, "registry/indicator.html", context, status=400 if asked.problems else 200)


@require_safe
def indicator_history(request: HttpRequest, code: str) -> HttpResponse:
    """The releases of an indicator's datasets that the viewer may know of, with links to read each."""
    viewer = viewer_of(request)
    indicator = indicator_with_dimensions(viewer=viewer, code=code)
    if indicator is None:
        raise Http404
    found = histories(viewer=viewer, indicator=indicator)
    return render(request, "registry/history.html", {"indicator": indicator, "histories": found})
