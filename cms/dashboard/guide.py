"""The guide for editors in the admin: docs/guide as it stands beside the code, with its pictures."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from registry.languages import LANGUAGE_CODES, current_language

#: By the name in the address: where the text lies, and what its own links are relative to.
PAGES = {
    **{code: f"guide/{code}.md" for code in LANGUAGE_CODES},
    "keep-the-e-library": "how-to/keep-the-e-library.md",
    "keep-both-languages": "how-to/keep-both-languages.md",
}
_NAMES = {path: name for name, path in PAGES.items()}
PICTURES = "images/"


def _docs() -> Path:
    return Path(settings.ROOT) / "docs"


def has_guide() -> bool:
    """An installation without its documentation has none to show."""
    return (_docs() / PAGES[current_language()]).is_file()


@require_safe
def guide(request: HttpRequest, name: str = "") -> HttpResponse:
    """The guide in the language of the admin, or the page of it that is named."""
    path = PAGES.get(name or current_language())
    file = _docs() / path if path else None
    if path is None or file is None or not file.is_file():
        raise Http404
    language = name if name in LANGUAGE_CODES else ""
    context = {
        "title": _("Guide for editors"),
        "text": _rendered(path, file.stat().st_mtime_ns),
        "text_language": language or ("" if not name else LANGUAGE_CODES[0]),
    }
    return render(request, "cms/dashboard/guide.html", context)


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the documentation."""
    folder = (_docs() / PICTURES).resolve()
    file = (folder / f"{name}.png").resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/png")


@lru_cache(maxsize=8)
def _rendered(path: str, changed_at: int) -> SafeString:
    """Markdown without HTML of its own, so that it is safe; relative links lead to addresses of the admin."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    source = (_docs() / path).read_text(encoding="utf-8")
    tokens = parser.parse(source)
    for token in tokens:
        for child in token.children or ():
            for attribute in ("href", "src"):
                given = child.attrGet(attribute)
                if isinstance(given, str):
                    child.attrSet(attribute, _address(path, given))
    html: Any = parser.renderer.render(tokens, parser.options, {})
    safe: SafeString = mark_safe(html)  # noqa: S308 - our own text, and HTML in it is escaped
    return safe


def _address(path: str, link: str) -> str:
    if "://" in link or link.startswith("#"):
        return link
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    if wanted in _NAMES:
        return reverse("guide_page", args=[_NAMES[wanted]])
    if wanted.startswith(PICTURES) and wanted.endswith(".png"):
        return reverse("guide_picture", args=[wanted.removeprefix(PICTURES).removesuffix(".png")])
    return "#"
