"""Atom feeds of changes of the figures that everybody sees, in either language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.access import ANONYMOUS
from registry.languages import current_language
from registry.models import Indicator, Notice
from registry.presentation.notice import notice_description, notice_title
from registry.selectors.indicator import indicator_with_dimensions
from registry.selectors.notice import notices_public
from registry.views.http import kept_by_nobody_else

_NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """A fixed day for an empty feed, so that it stays the same feed."""
        found: datetime = super().latest_post_date()
        return found if self.items else _NOTHING_YET


class ChangesFeed(Feed[Notice, Indicator | None]):
    """The last public changes, of one indicator if its code is given. One query, and one for the indicator.

    The same for whoever asks: what is open to some only is in the admin and in their e-mails.
    """

    feed_type = _Atom

    def get_object(self, request: HttpRequest, *args: Any, code: str = "", **kwargs: Any) -> Indicator | None:
        if not code:
            return None
        indicator = indicator_with_dimensions(viewer=ANONYMOUS, code=code)
        if indicator is None:
            raise Http404
        return indicator

    def title(self, obj: Indicator | None) -> str:
        if obj is None:
            return _("Changes of public figures")
        return _("Changes of public figures: %(indicator)s") % {"indicator": obj.name}

    def link(self, obj: Indicator | None) -> str:
        return reverse("registry:indicator", args=[obj.code]) if obj else reverse("registry:statistics")

    def items(self, obj: Indicator | None) -> list[Notice]:
        return notices_public(indicator=obj.code if obj else None)

    def item_title(self, item: Notice) -> str:
        return notice_title(item)

    def item_description(self, item: Notice) -> str:
        """Readers take it for HTML."""
        return escape(notice_description(item))

    def item_link(self, item: Notice) -> str:
        """The page of the indicator. The part behind # makes it the address of one release."""
        dataset = item.release.dataset
        page = reverse("registry:indicator", args=[dataset.indicator.code])
        return f"{page}#{dataset.code}-{item.release.number}"

    def item_author_name(self, item: Notice) -> str:
        return str(item.release.dataset.owner.name)

    def item_pubdate(self, item: Notice) -> datetime:
        return item.created_at

    def item_updateddate(self, item: Notice) -> datetime:
        return item.created_at


@require_safe
@kept_by_nobody_else
def changes_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    """A feed with an ETag of its content but no date: a revocation takes entries away and adds none."""
    response = ChangesFeed()(request, code=code)
    del response.headers["Last-Modified"]
    response["Content-Language"] = current_language()
    return response
