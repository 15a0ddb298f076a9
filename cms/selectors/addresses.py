"""Addresses of pages in a language."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from registry.languages import current_language


def home_url(language: str | None = None) -> str:
    """The address of the portal's first page in a language (default: the active one)."""
    with translation.override(language or current_language()):
        return reverse("wagtail_serve", args=[""])


def address_in(page: Page, language: str, request: HttpRequest | None = None) -> str:
    """The address a page has in a language, or would have: there it is shown in its own (D176)."""
    own, url = home_url(page.locale.language_code), page.get_url(request) or ""
    return home_url(language) + url.removeprefix(own) if url.startswith(own) else home_url(language)
