from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from registry.caching import keep_from_others
from registry.languages import DEFAULT_LANGUAGE
from registry.row_security import acting, viewing
from registry.selectors.viewer import viewer_for


def viewer_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Put the viewer on the request, made only when something asks for it, and before the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        viewer = SimpleLazyObject(lambda: viewer_for(request.user))
        request.viewer = viewer  # type: ignore[attr-defined]
        with viewing(viewer), acting(lambda: _known_name(request)):  # type: ignore[arg-type]
            return get_response(request)

    return middleware


def _known_name(request: HttpRequest) -> str:
    """The name of the signed-in person if it was read already; asked in the middle of other queries."""
    user = getattr(request, "_cached_user", None)
    return user.get_username() if user is not None else ""


def caching_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Say of every page, those of errors included, who may keep it: its header names who is signed in."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            keep_from_others(request, response)
        return response

    return middleware


class LanguageMiddleware(LocaleMiddleware):
    """Django's, except that what is missing under an address without language is missing there and then.

    Django would send the reader on to /en/admin/…, an address that cannot exist.
    """

    WITHOUT_LANGUAGE = ("/admin/", "/documents/", "/graphql/", "/media/")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and request.path_info.startswith(self.WITHOUT_LANGUAGE):
            response.headers.setdefault("Content-Language", get_language() or DEFAULT_LANGUAGE)
            return response
        return super().process_response(request, response)
