"""Panels on the first page of the admin: each for those it concerns, of what they may change, and no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from cms.authority import may_keep_documents
from cms.country.authority import may_keep_pages, may_open_country
from cms.dashboard.guide import has_guide
from cms.library.lacks import lack_labels
from cms.models import EventPage, NationalPart
from cms.selectors.country import national_part
from cms.selectors.translations import editable_pages
from cms.selectors.work import coming_events, drafts, lacks_counted
from cms.translation.report import may_see_report
from registry.languages import LANGUAGES

#: So many are named; the rest is counted.
MOST = 5
_NAMES = {language.code: language.name for language in LANGUAGES}


class _Panel(Component):
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def user(self) -> Any:
        return self.request.user


class StartPanel(_Panel):
    """The ways on: guide, own country page, new document, translations."""

    name = "start"
    order = 40
    template_name = "cms/dashboard/start.html"

    @cached_property
    def part(self) -> NationalPart | None:
        own = self.user.participant
        return national_part(code=own.code) if own is not None and may_keep_pages(self.user, own) else None

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        links = []
        if self.part is not None:
            links.append((reverse("country_home"), _("Country page")))
            if may_open_country(self.user, self.part.participant):
                links.append((reverse("country_open", args=[self.part.participant.code]), _("Who sees it")))
        if may_keep_documents(self.user, self.user.participant):
            links.append((reverse("library_documents:add"), _("New document")))
        if may_see_report(self.user):
            links.append((reverse("translation:report"), _("Translations")))
        if has_guide():
            links.append((reverse("guide"), _("Guide for editors")))
        return {"links": links, "part": self.part}


class DraftsPanel(_Panel):
    """Pages with a text that nobody reads yet. Not shown where there are none."""

    name = "drafts"
    order = 160
    template_name = "cms/dashboard/drafts.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        found = drafts(user=self.user)
        pages: list[Page] = list(found.select_related("locale", "latest_revision__user")[: MOST + 1])
        rows = [(page, _NAMES.get(page.locale.language_code, "")) for page in pages[:MOST]]
        return {"rows": rows, "count": found.count() if len(pages) > MOST else len(pages)}


class EventsPanel(_Panel):
    """The next events. Not shown where there are none."""

    name = "coming_events"
    order = 170
    template_name = "cms/dashboard/events.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        events: list[EventPage] = coming_events(user=self.user, most=MOST)
        return {"events": events}


class DocumentsPanel(_Panel):
    """What the kept documents lack, counted; each leads to their list. Not shown where nothing does."""

    name = "documents"
    order = 180
    template_name = "cms/dashboard/documents.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        address = reverse("library_documents:index")
        labels = lack_labels()
        lines = [
            (labels[what], count, f"{address}?lacks={what}")
            for what, count in lacks_counted(user=self.user).items()
            if count
        ]
        return {"lines": lines}


class OwnPagesSummary(PagesSummaryItem):
    """Wagtail counts all pages there are; here count those the person may change."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        user: Any = self.request.user
        return {**context, "total_pages": editable_pages(user).filter(depth__gt=1).count()}
