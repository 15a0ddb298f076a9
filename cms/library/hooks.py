"""What the e-library adds to the Wagtail admin, and what it closes there. Loaded when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import re_path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.viewsets.model import ModelViewSetGroup

from cms.library.admin import library_viewset
from cms.library.chooser import LibraryChooserViewSet, library_chooser
from cms.library.topic_admin import topic_viewset

_WAGTAIL_DOCUMENTS = "documents"


class LibraryGroup(ModelViewSetGroup):
    """The menu "E-library"."""

    menu_label = _("E-library")
    menu_name = "e-library"
    menu_icon = "doc-full-inverse"
    menu_order = 150
    items = (library_viewset, topic_viewset)


@hooks.register("register_admin_viewset")
def library() -> LibraryGroup:
    return LibraryGroup()


@hooks.register("register_admin_viewset")
def chooser() -> LibraryChooserViewSet:
    return library_chooser


# Wagtail's own documents know neither audiences nor checks of content, so nothing may be put there:
# before its addresses stands one that answers for all of them.
@hooks.register("register_admin_urls", order=-100)
def closed_documents() -> list[Any]:
    return [re_path(rf"^{_WAGTAIL_DOCUMENTS}/", _closed)]


def _closed(request: HttpRequest) -> HttpResponse:
    raise Http404


@hooks.register("construct_main_menu", order=100)
def without_documents(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name != _WAGTAIL_DOCUMENTS]


@hooks.register("construct_homepage_summary_items", order=100)
def summary_without_documents(request: HttpRequest, items: list[SummaryItem]) -> None:
    items[:] = [item for item in items if not type(item).__module__.startswith("wagtail.documents")]


@hooks.register("construct_search", order=100)
def search_without_documents(request: HttpRequest, areas: list[SearchArea]) -> None:
    areas[:] = [area for area in areas if area.name != _WAGTAIL_DOCUMENTS]
