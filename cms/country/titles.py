"""What the admin calls a page before somebody who does not keep it.

Wagtail shows the title of the newest draft wherever it names a page: in choosers, breadcrumbs, columns of
parents and the fields of forms. A draft is its keepers' alone, and so is the title of a national page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.country.permissions import is_closed, may_know

_asked_by: ContextVar[HttpRequest | None] = ContextVar("page_titles_asked_by", default=None)
_wagtails = Page.get_admin_display_title


@contextmanager
def titles_for(request: HttpRequest) -> Iterator[None]:
    """While it lasts, titles are told to whoever sent the request."""
    token = _asked_by.set(request)
    try:
        yield
    finally:
        _asked_by.reset(token)


def asking_user() -> Any:
    """Who is at work in the admin; None elsewhere."""
    return getattr(_asked_by.get(), "user", None)


def admin_title(page: Page) -> str:
    """No query for pages outside the countries; two in all for those of other countries."""
    if page.depth == 1:  # Wagtail stores its name in English
        return _("All pages")
    user = asking_user()
    if user is None or not user.is_authenticated or not is_closed(user, page):
        return str(_wagtails(page))
    return str(page.title) if may_know(user, page) else _("Page of another participant")


def install() -> None:
    """On Wagtail's own page, because pages above others are read as no more than that."""
    Page.get_admin_display_title = admin_title
