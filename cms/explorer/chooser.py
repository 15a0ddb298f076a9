"""Choosing pages and documents: first those in the language of the page being edited.

Wagtail's choosers open with the language of the edited page in their address, but those of rich text and what
comes after the first step may be without it. Then the browser says by its ``Referer`` which page is behind
(the portal's Referrer-Policy is ``same-origin``); else the language of the admin takes its place.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from wagtail.admin.views import chooser
from wagtail.models import Locale, Page

from registry.languages import LANGUAGES, current_language

EVERY = "all"
#: What the address of an editor names: the page itself, or the one above a new one.
_OF_EDITORS = ("page_id", "parent_page_id")
_NAMES = {language.code: language.name for language in LANGUAGES}


def edited_language(request: HttpRequest) -> str:
    """The language of the page that is edited behind the chooser. At most one query."""
    asked = request.GET.get("locale", "")
    if asked in _NAMES:
        return asked
    try:
        match = resolve(urlsplit(request.META.get("HTTP_REFERER", "")).path)
    except (Resolver404, ValueError):
        return current_language()
    if "wagtailadmin_pages" not in match.namespaces:
        return current_language()
    key = next((match.kwargs[name] for name in _OF_EDITORS if name in match.kwargs), None)
    rows = Page.objects.filter(pk=key).values_list("locale__language_code", flat=True)
    language: str | None = rows.first()
    return language or current_language()


class PageBrowseView(chooser.BrowseView):
    """Opens at the home page of the language, not at the root; the search keeps to the language shown."""

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponseBase:
        query = request.GET.copy()
        is_plain = query.get("page_type", "") in ("", "wagtailcore.page") and "user_perms" not in query
        if parent_page_id is None and is_plain:
            parent_page_id = self._home(edited_language(request))
        below = Page.objects.filter(pk=parent_page_id, depth__gt=1)
        language = below.values_list("locale__language_code", flat=True).first()
        if language is not None:
            query["locale"] = language
        elif query.get("locale") not in _NAMES:
            query.pop("locale", None)
        request.GET = query  # type: ignore[assignment]
        response: HttpResponseBase = super().get(request, parent_page_id)
        return response

    @staticmethod
    def _home(language: str) -> int | None:
        homes = Page.objects.filter(depth=2, locale__language_code=language).order_by("path")
        found: int | None = homes.values_list("pk", flat=True).first()
        return found


class PageSearchView(chooser.SearchView):
    """Finds pages in one language; links above the results lead to the others and to all."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        language = EVERY if request.GET.get("locale") == EVERY else edited_language(request)
        if language != EVERY:
            request.page_locale = Locale.objects.get(language_code=language)  # type: ignore[attr-defined]
        response = super().get(request)
        choices = [*_NAMES.items(), (EVERY, _("All languages"))]
        response.context_data["languages"] = [
            (name, "" if code == language else _with_language(request, code)) for code, name in choices
        ]
        response.template_name = "cms/explorer/search_results.html"
        found: HttpResponseBase = response
        return found


def in_chosen_language(pages: Any, request: HttpRequest) -> Any:
    """For the hook that Wagtail's choosers narrow their pages by."""
    locale = getattr(request, "page_locale", None)
    return pages.filter(locale=locale) if locale is not None else pages


def _with_language(request: HttpRequest, code: str) -> str:
    query = request.GET.copy()
    query.pop("p", None)
    query["locale"] = code
    return f"{reverse('wagtailadmin_choose_page_search')}?{query.urlencode()}"
