"""The pages of the CMS at their addresses: served by Wagtail, found with fewer queries."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from wagtail import views
from wagtail.models import Site

from cms.models.pages import followed
from registry.languages import current_language


def serve(request: HttpRequest, path: str) -> HttpResponse:
    _find(request, path)
    response: HttpResponse = views.serve(request, path)
    return response


def _find(request: HttpRequest, path: str) -> None:
    """Put the page found where `Page.route_for_request` looks first; else Wagtail and HomePage look for it.

    The home pages of a site are in Wagtail's cache, so they need not be read on the way.
    """
    site, components = Site.find_for_request(request), [part for part in path.split("/") if part]
    if site is None or not components:
        return
    for root in Site.get_site_root_paths():
        if root.site_id == site.pk and root.language_code == current_language():
            try:
                found = followed(request, root.root_path, components)
            except Http404:
                return
            if all(page.live for page in getattr(found[0], "above", ())[:1]):
                request._wagtail_route_for_request = found  # type: ignore[attr-defined]
            return
