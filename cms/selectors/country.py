"""What a country page shows, and to whom; everything starts at what the viewer may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models import CountryPage, EventPage, LibraryDocument, NationalPart, NewsPage
from cms.models.visibility import COUNTRY_DEPTH, COUNTRY_PATH
from cms.selectors.documents import document_list
from cms.selectors.fallback import in_language, tell
from cms.selectors.navigation import MenuItem, menu_rows, nested
from registry.access import Viewer
from registry.models import Agency, Dataset, LegalReference, Participant
from registry.row_security import for_viewer
from registry.selectors.contact import agency_list
from registry.selectors.legal import legal_list
from registry.selectors.selection import has_visible_figures

MOST_IN_BOX = 8
IN_BRIEF = 3


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator of which figures of the participant are open."""

    code: str
    name: Any


@dataclass(frozen=True, slots=True)
class Overview:
    """The boxes the portal makes itself. ``agencies`` is empty for who does not take part (D029)."""

    participant: Participant
    facts: list[tuple[str, str]]
    indicators: list[IndicatorLine]
    agencies: list[Agency]
    legal: list[LegalReference]
    more_legal: list[LegalReference]
    documents: list[LibraryDocument]
    news: list[NewsPage]
    events: list[EventPage]
    has_more_documents: bool


def country_pages(*, viewer: Viewer) -> list[CountryPage]:
    """The country pages that the viewer may see, told of, in the order of the participants."""
    pages = CountryPage.objects.visible_to(viewer).filter(in_language())
    ordered = pages.order_by("part__participant__order", "part__participant__code")
    return tell(ordered.select_related("part__participant", "locale").defer_streamfields())


def country_overview(*, viewer: Viewer, page: CountryPage) -> Overview:
    """Four queries for a visitor, two more for who takes part, whatever there is to show."""
    participant = page.participant
    code = participant.code
    indicators = _indicators(viewer=viewer, code=code)
    legal = list(legal_list(viewer=viewer, participant=code))
    documents = list(document_list(viewer=viewer, participant=code)[: MOST_IN_BOX + 1])
    news, events = _lately(viewer=viewer, page=page)
    return Overview(
        participant=participant,
        facts=_facts(participant, indicators),
        indicators=indicators,
        agencies=_with_focal_points(viewer, code),
        legal=legal[:MOST_IN_BOX],
        more_legal=legal[MOST_IN_BOX:],
        documents=documents[:MOST_IN_BOX],
        news=news,
        events=events,
        has_more_documents=len(documents) > MOST_IN_BOX,
    )


def _lately(*, viewer: Viewer, page: CountryPage) -> tuple[list[NewsPage], list[EventPage]]:
    """The last news and the next events of a country, three of each, told of.

    One query, two where something has no version in the active language.
    """
    below = Q(country_path__in=_versions(page).values("path")) & in_language()
    news = (
        NewsPage.objects.visible_to(viewer).told().filter(below).order_by("-published_on", "-path")[:IN_BRIEF]
    )
    events = EventPage.objects.visible_to(viewer).filter(below).upcoming()[:IN_BRIEF]
    chosen = Q(pk__in=news.values("pk")) | Q(pk__in=events.values("pk"))
    pages = Page.objects.filter(chosen).select_related("newspage", "eventpage", "locale")
    pages = pages.defer("newspage__body", "eventpage__body")
    found_news, found_events = [], []
    for found in pages:
        if hasattr(found, "newspage"):
            found.newspage.locale = found.locale
            found_news.append(found.newspage)
        else:
            found.eventpage.locale = found.locale
            found_events.append(found.eventpage)
    tell([*found_news, *found_events])
    return (
        sorted(found_news, key=lambda one: (one.published_on, one.path), reverse=True),
        sorted(found_events, key=lambda one: (one.starts_on, one.starts_at or time(), one.path)),
    )


@for_viewer
def _indicators(*, viewer: Viewer, code: str) -> list[IndicatorLine]:
    opened = Dataset.objects.visible_to(viewer, level="data").filter(
        has_visible_figures(viewer), owner__code=code, current_release__isnull=False
    )
    rows = opened.select_related("indicator").order_by("indicator__order", "indicator__code")
    found = {row.indicator.code: IndicatorLine(row.indicator.code, row.indicator.name) for row in rows}
    return list(found.values())


def _facts(participant: Participant, indicators: Collection[IndicatorLine]) -> list[tuple[str, str]]:
    role = _("Observer") if participant.is_observer else _("Full participant")
    facts = [(_("Taking part as"), role), (_("Code"), participant.code)]
    if indicators:
        facts.append((_("Indicators open to you"), str(len(indicators))))
    return facts


def _with_focal_points(viewer: Viewer, code: str) -> list[Agency]:
    agencies = []
    for agency in agency_list(viewer=viewer, participant=code):
        points = [contact for contact in agency.contacts.all() if contact.is_focal_point]
        if points:
            agency.focal_points = points  # type: ignore[attr-defined]
            agencies.append(agency)
    return agencies


def country_menu(*, page: Page, request: HttpRequest) -> list[MenuItem]:
    """The country's own menu: its page, then those below it that its keepers put there.

    One query, which reads the main menu too; two more where something has no version in the active language.
    """
    inside = Q(country_path__in=_versions(page).values("path"), depth__lte=COUNTRY_DEPTH + 2)
    own = inside & (Q(depth=COUNTRY_DEPTH) | Q(show_in_menus=True))
    rows = [row for row in menu_rows(request=request, also=own) if row.is_also]
    return nested(rows, request=request, top=COUNTRY_DEPTH + 1)


def _versions(page: Page) -> Any:
    """The country page in which a page is, in all languages."""
    return CountryPage.objects.filter(part__pages__path=page.path[:COUNTRY_PATH])


def parts_of(paths: Collection[str]) -> dict[str, NationalPart]:
    """The national parts in which these pages are, by path; the others are left out. One query."""
    roots = {path: path[:COUNTRY_PATH] for path in paths if len(path) >= COUNTRY_PATH}
    if not roots:
        return {}
    pages = CountryPage.objects.filter(path__in=set(roots.values())).select_related("part__participant")
    parts = {page.path: page.part for page in pages.defer_streamfields()}
    return {path: parts[root] for path, root in roots.items() if root in parts}


def national_part(*, code: str) -> NationalPart | None:
    """The part of a participant; for its keepers."""
    return NationalPart.objects.select_related("participant").filter(participant__code=code).first()
