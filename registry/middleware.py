from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from registry.caching import keep_from_others
from registry.languages import DEFAULT_LANGUAGE
from registry.row_security import acting, viewing
from registry.selectors.viewer import viewer_for

#: U+FFFD, the sign for one that cannot be read: equals no code or title.
IN_PLACE_OF_NUL = "\ufffd"


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


def nul_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """PostgreSQL refuses to compare with a NUL: an address that holds one is nowhere, a value equals nothing.

    After what the page of a missing address needs: the language and the viewer.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\0" in query:
            request.META["QUERY_STRING"] = query.replace("\0", "%00").replace("%00", quote(IN_PLACE_OF_NUL))
            vars(request).pop("GET", None)  # read anew
        return get_response(request)

    return middleware


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


class ContentSecurityMiddleware(CSPMiddleware):
    """The Content-Security-Policy of an address: the admin needs wider ones than the portal.

    An answer that names its own, such as a file of the e-library, keeps it.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for start, policy in settings.CONTENT_SECURITY_POLICIES.items():
            if request.path_info.startswith(start) and not report_only:
                parts.config = parts.config or policy
                break
        return parts


class CompressionMiddleware(GZipMiddleware):
    """Django's, which hides the length of what is secret (BREACH), but for what is streamed: files.

    Those of the e-library are compressed by their formats, and keep their length and their ETag.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


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
