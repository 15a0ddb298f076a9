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
from cms.country.titles import titles_for
from cms.models.visibility import COUNTRY_PATH, hidden_pages

CHOOSERS = frozenset({"wagtailadmin_choose_page_child", "wagtailadmin_choose_page_chosen_multiple"})
#: The pages acted on are sorted out in cms/country/bulk.py; here it is where to they are moved.
BULK_ACTIONS = "wagtail_bulk_action"
EXPLORERS = frozenset({"wagtailadmin_explore", "wagtailadmin_explore_results"})
#: What Wagtail calls the key of a page in its addresses.
OF_PAGES = frozenset({"page_id", "parent_page_id", "page_to_move_id", "destination_id"})
#: What Wagtail calls it in its forms.
IN_FORMS = frozenset({"chooser", "new_parent_page", "parent_page"})
#: Addresses of translations in place of wagtail-localize's (cms/translation/hooks.py).
TRANSLATIONS = frozenset({"po_download", "po_upload"})
#: Reports that know no permissions. In place of wagtail-localize's the portal has one of its own.
CLOSED = frozenset(
    {
        "page_types_usage",
        "page_types_usage_results",
        "translations_report",
        "translations_report_results",
    }
)


class AdminGuard:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        with titles_for(request):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        match = request.resolver_match
        user: Any = request.user if match and request.path_info.startswith("/admin/") else None
        if match is None or user is None or not user.is_authenticated or user.is_superuser:
            return
        if match.url_name in CLOSED:
            raise Http404
        if match.url_name in CHOOSERS:
            chosen = _keys([kwargs.get("parent_page_id"), *request.GET.getlist("id")])
            if hidden_pages(closed_paths(user)).filter(pk__in=chosen).exists():
                raise Http404
        elif "wagtailadmin_pages" in match.namespaces or match.url_name in EXPLORERS:
            keys = [value for name, value in kwargs.items() if name in OF_PAGES]
            _require(_paths([*keys, *_in_forms(request)]), closed_paths(user))
        elif match.url_name == BULK_ACTIONS:
            _require(_paths(_in_forms(request)), closed_paths(user))
        elif "wagtail_localize" in match.namespaces or match.url_name in TRANSLATIONS:
            _require(_translated(kwargs), closed_paths(user))


def _require(paths: Collection[str], closed: Collection[str]) -> None:
    if any(path[:COUNTRY_PATH] in closed for path in paths):
        raise Http404


def _in_forms(request: HttpRequest) -> list[str]:
    return [key for name in IN_FORMS for given in (request.GET, request.POST) for key in given.getlist(name)]


def _keys(given: Collection[Any]) -> list[int]:
    """The keys among what was given; longer numbers are none, and no database takes them."""
    return [int(key) for key in given if str(key).isdecimal() and len(str(key)) < 19]


def _paths(given: Collection[Any]) -> list[str]:
    keys = _keys(given)
    return list(Page.objects.filter(pk__in=keys).values_list("path", flat=True)) if keys else []


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
