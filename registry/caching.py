"""Who may keep an answer: caching that never outlives a right."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers


def keep_from_others(request: HttpRequest, response: HttpResponseBase) -> None:
    """What a signed-in person sees is stored nowhere, not even by the browser.

    What everybody sees may be stored, but is asked for again each time: the ETag of the content
    (`ConditionalGetMiddleware`) answers with "not modified" while it is the same, and a revocation counts at
    the next request. What comes with a cookie, such as a form with its token, is one visitor's. Headers that
    a view or Wagtail set for visitors stay as they are.
    """
    user = getattr(request, "user", None)
    if (user is not None and user.is_authenticated) or response.cookies:
        patch_cache_control(response, private=True, no_store=True)
    elif not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
