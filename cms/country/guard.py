"""Addresses of the admin that ask for no permission on the page they name.

Wagtail's explorer and page chooser tell the title of any page, and wagtail-localize translates and previews
any page for who may translate at all. For the parts of other countries all of them answer here as if there
were no such page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import Page
from wagtail_localize.models import Translation, TranslationSource

from cms.country.permissions import closed_paths
from cms.models import CountryPage
from cms.models.visibility import COUNTRY_PATH

CHOOSERS = frozenset({"wagtailadmin_choose_page_child", "wagtailadmin_choose_page_chosen_multiple"})
EXPLORERS = frozenset({"wagtailadmin_explore", "wagtailadmin_explore_results"})
#: What Wagtail calls the key of a page in its addresses.
OF_PAGES = frozenset({"page_id", "parent_page_id", "page_to_move_id", "destination_id"})
#: Lists of wagtail-localize that know no permissions; the portal has a report of its own.
CLOSED = frozenset({"translations_report", "translations_report_results"})


class AdminGuard:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        match = request.resolver_match
        user: Any = request.user if match and request.path_info.startswith("/admin/") else None
        if match is None or user is None or not user.is_authenticated or user.is_superuser:
            return
        if match.url_name in CHOOSERS:
            open_ones = CountryPage.objects.filter(part__is_open=True).values_list("path", flat=True)
            _require(_chosen(request, kwargs), closed_paths(user) - set(open_ones))
        elif "wagtailadmin_pages" in match.namespaces or match.url_name in EXPLORERS:
            keys = [value for name, value in kwargs.items() if name in OF_PAGES]
            _require(_paths(keys), closed_paths(user))
        elif "wagtail_localize" in match.namespaces:
            if match.url_name in CLOSED:
                raise Http404
            _require(_translated(kwargs), closed_paths(user))


def _require(paths: Collection[str], closed: Collection[str]) -> None:
    if any(path[:COUNTRY_PATH] in closed for path in paths):
        raise Http404


def _chosen(request: HttpRequest, kwargs: dict[str, Any]) -> list[str]:
    return _paths([kwargs.get("parent_page_id"), *request.GET.getlist("id")])


def _paths(given: Collection[Any]) -> list[str]:
    keys = [int(key) for key in given if str(key).isdecimal()]
    return list(Page.objects.filter(pk__in=keys).values_list("path", flat=True))


def _translated(kwargs: dict[str, Any]) -> list[str]:
    """The paths of the pages, in all languages, that the address of a translation is about."""
    pages = Page.objects.none()
    if "page_id" in kwargs:
        pages = Page.objects.filter(pk=kwargs["page_id"])
    elif "translation_id" in kwargs:
        sources = Translation.objects.filter(pk=kwargs["translation_id"]).values("source__object")
        pages = Page.objects.filter(translation_key__in=sources)
    elif "translation_source_id" in kwargs:
        found = TranslationSource.objects.filter(pk=kwargs["translation_source_id"]).values("object")
        pages = Page.objects.filter(translation_key__in=found)
    return list(pages.values_list("path", flat=True))
