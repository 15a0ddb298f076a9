"""The pages of the e-library, and the one door its files leave by."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.library.filters import LONGEST, Filters
from cms.library.headers import SANDBOX, attachment
from cms.models import LibraryDocument, LibraryFile
from cms.models.documents import library_storage
from cms.selectors.documents import (
    Chapter,
    chapters,
    choices,
    document_files,
    document_get,
    file_get,
    for_list,
    related_documents,
    related_indicators,
)
from registry.access import Viewer
from registry.caching import keep_from_others
from registry.languages import current_language

PAGE_SIZE = 20
TEXT_PAGE = 10_000  # characters

logger = logging.getLogger(__name__)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The chapters with what the viewer may see in each. Two queries and the page's own."""
    tree = chapters(viewer=_viewer(request))
    return render(request, "cms/documents/index.html", {"chapters": tree, "longest": LONGEST})


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """The documents the viewer may see, narrowed and paged by the address. A fixed number of queries.

    What is unknown and what is hidden give the same empty list.
    """
    viewer, filters = _viewer(request), Filters.of(request.GET)
    tree = chapters(viewer=viewer)
    page = Paginator(for_list(filters.rows(viewer)), PAGE_SIZE).get_page(filters.page)
    here = _place(tree, filters.topic)
    context = {
        "filters": filters,
        "options": filters.options(choices(viewer=viewer), tree),
        "page_of_documents": page,
        "rows": [(row, _other_languages(row)) for row in page],
        "previous_url": filters.query(page=page.number - 1) if page.has_previous() else "",
        "next_url": filters.query(page=page.number + 1) if page.has_next() else "",
        "above": here[:-1],
        "topic": here[-1].topic if here else None,
        "sections": here[-1].sections if here else [],
        "longest": LONGEST,
    }
    return render(request, "cms/documents/documents.html", context)


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """One document. Hidden and absent are the same."""
    viewer = _viewer(request)
    found = document_get(viewer=viewer, code=code)
    if found is None:
        raise Http404
    context = {
        "document": found,
        "topics": found.topics.all(),
        "other_languages": _other_languages(found),
        "files": document_files(viewer=viewer, document=found),
        "indicators": related_indicators(viewer=viewer, document=found),
        "related": related_documents(viewer=viewer, document=found),
    }
    return render(request, "cms/documents/document.html", context)


@require_safe
def text(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """What a file says, for reading here: in parts of a length that a telephone takes."""
    found = file_get(viewer=_viewer(request), key=key)
    if found is None or found.document.code != code or not found.text:
        raise Http404
    paginator = Paginator(_parts(found.text), 1)
    page = paginator.get_page(request.GET.get("page"))
    context = {"document": found.document, "file": found, "paragraphs": page[0], "part": page}
    return render(request, "cms/documents/text.html", context)


@require_safe
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """A file, for those who may see its document; hidden, absent and lost are the same."""
    found = file_get(viewer=_viewer(request), key=key)
    if found is None:
        raise Http404
    return handed_out(request, found)


def handed_out(request: HttpRequest, found: LibraryFile) -> HttpResponseBase:
    """The bytes as an attachment that can do nothing, kept by nobody else. The caller has asked who looks."""
    try:
        content = library_storage().open(found.path)
    except FileNotFoundError:
        logger.error("The file %s of the library is not in its place.", found.key)
        raise Http404 from None
    response = FileResponse(content, content_type=found.file_format.served_as)
    response["Content-Disposition"] = attachment(found.name)
    response["Content-Length"] = str(found.size)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = f'"{found.sha256}"'
    keep_from_others(request, response)
    return response


def _other_languages(row: LibraryDocument) -> list[str]:
    """The languages of a text that cannot be read in the active one; none where that is not known."""
    codes = [item.code for item in row.text_languages.all()]
    return row.language_names if codes and current_language() not in codes else []


def _place(tree: Sequence[Chapter], code: str) -> list[Chapter]:
    """The chapter, and the section where it is one, that a code names."""
    for chapter in tree:
        if chapter.topic.code == code:
            return [chapter]
        for section in chapter.sections:
            if section.topic.code == code:
                return [chapter, section]
    return []


def _parts(text: str) -> list[list[str]]:
    """Paragraphs in parts of about TEXT_PAGE characters."""
    parts: list[list[str]] = [[]]
    length = 0
    for paragraph in text.split("\n\n"):
        for start in range(0, len(paragraph), TEXT_PAGE):
            piece = paragraph[start : start + TEXT_PAGE]
            if length + len(piece) > TEXT_PAGE and parts[-1]:
                parts.append([])
                length = 0
            parts[-1].append(piece)
            length += len(piece)
    return parts
