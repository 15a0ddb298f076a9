"""The documentation table of a dataset by itself: a page to read and print, and a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.access import Viewer
from registry.languages import current_language
from registry.models import Dataset, Documentation, Indicator
from registry.presentation.documentation import Answer, answers_of, documentation_csv
from registry.selectors.availability import DocumentedDataset, SeenRelease, datasets_documented
from registry.selectors.documentation import documentation_current
from registry.selectors.indicator import indicator_list
from registry.views.http import kept_by_nobody_else, viewer_of


@dataclass(frozen=True, slots=True)
class Documented:
    """A dataset and its documentation table as they are shown; the release only where figures are open."""

    dataset: Dataset
    documentation: Documentation | None
    answers: list[Answer]
    release: SeenRelease | None


def documented(found: DocumentedDataset, tables: Mapping[int, Documentation]) -> Documented:
    table = tables.get(found.dataset.pk)
    return Documented(found.dataset, table, answers_of(table), found.release)


@require_safe
def documentation_page(request: HttpRequest, code: str, dataset: str) -> HttpResponse:
    """The table alone. 404 unless its documentation, at least, is open to the viewer."""
    indicator, found = _asked(viewer_of(request), code, dataset)
    context = {"indicator": indicator, "documented": found}
    return render(request, "registry/documentation.html", context)


@require_safe
@kept_by_nobody_else
def documentation_file(request: HttpRequest, code: str, dataset: str) -> HttpResponse:
    """The same as CSV (D082)."""
    _indicator, found = _asked(viewer_of(request), code, dataset)
    language = current_language()
    text = documentation_csv(
        dataset=found.dataset,
        table=found.documentation,
        documents=getattr(found.documentation, "visible_references", ()),
        release=found.release,
        language=language,
    )
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{found.dataset.code}_documentation_{language}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Language"] = language
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _asked(viewer: Viewer, code: str, dataset: str) -> tuple[Indicator, Documented]:
    indicator = indicator_list(viewer=viewer).filter(code=code).first()
    if indicator is None:
        raise Http404
    for found in datasets_documented(viewer=viewer, indicator=indicator):
        if found.dataset.code == dataset:
            found.dataset.indicator = indicator
            return indicator, documented(
                found, documentation_current(viewer=viewer, datasets=[found.dataset])
            )
    raise Http404
