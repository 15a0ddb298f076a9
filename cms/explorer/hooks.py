"""What finding pages adds to the Wagtail admin. Loaded when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from cms.explorer.chooser import in_chosen_language
from cms.explorer.listing import PortalPageViewSet, page_viewset


@hooks.register("register_admin_viewset", order=100)
def lists_of_pages() -> PortalPageViewSet:
    """In place of Wagtail's, which is registered before."""
    return page_viewset


@hooks.register("construct_page_chooser_queryset")
def pages_of_the_language(pages: Any, request: HttpRequest) -> Any:
    return in_chosen_language(pages, request)
