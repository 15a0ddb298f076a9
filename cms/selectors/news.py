"""News and events: those of the portal and of every country page that the viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.db.models.functions import Left

from cms.models import CountryPage, EventPage, NewsPage
from cms.models.news import today
from cms.models.visibility import COUNTRY_PATH
from cms.selectors.country import parts_of
from cms.selectors.fallback import in_language, tell
from registry.access import Viewer
from registry.models import Participant

ON_A_PAGE = 20
MOST_IN_FEED = 50
MOST_IN_CALENDAR = 500
#: What of the events is listed, the first without being asked.
SHOWS = ("upcoming", "past", "calendar")


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``items`` are pages with the participant they belong to, if any.

    A calendar is of one ``year`` out of the ``years`` that have events; other lists have none.
    """

    items: Sequence[tuple[Any, Participant | None]]
    page: ListPage[Any]
    participant: Participant | None
    participants: Collection[Participant]
    show: str
    years: Sequence[int] = ()
    year: int | None = None

    def query(self, **changed: Any) -> str:
        """The query string of the same list, with something changed."""
        from django.http import QueryDict

        query = QueryDict(mutable=True)
        values = {
            "show": self.show if self.show != SHOWS[0] else "",
            "participant": self.participant.code if self.participant else "",
            "year": self.year or "",
            **changed,
        }
        for name, value in values.items():
            if value:
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else "?"

    @property
    def next_query(self) -> str:
        return self.query(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def previous_query(self) -> str:
        return self.query(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def shows(self) -> list[tuple[str, str]]:
        """Every way of listing with its query string."""
        return [(show, self.query(show="" if show == SHOWS[0] else show, year="")) for show in SHOWS]

    @property
    def year_queries(self) -> list[tuple[int, str]]:
        """Every year with its query string."""
        return [(year, self.query(year=year)) for year in self.years]


def news_list(*, viewer: Viewer, participant: str | None = None) -> Any:
    """The newest first; of one participant if its code is given.

    What the active language lacks is there in another.
    """
    pages = NewsPage.objects.visible_to(viewer).told().filter(in_language()).select_related("locale")
    return _of(pages.order_by("-published_on", "-path"), participant)


def event_list(*, viewer: Viewer, participant: str | None = None, show: str = "calendar") -> Any:
    """Upcoming, past, or all events by day; of one participant if its code is given.

    What the active language lacks is there in another.
    """
    pages = EventPage.objects.visible_to(viewer).filter(in_language()).select_related("locale")
    if show == "upcoming":
        pages = pages.upcoming()
    elif show == "past":
        pages = pages.past()
    else:
        pages = pages.order_by("starts_on", "starts_at", "path")
    return _of(pages, participant)


def event_get(*, viewer: Viewer, key: UUID) -> EventPage | None:
    pages = EventPage.objects.visible_to(viewer).filter(in_language(), translation_key=key)
    found: EventPage | None = pages.select_related("locale").first()
    return found


def asked_list(*, kind: str, viewer: Viewer, asked: Mapping[str, str]) -> Listing:
    """The list a query string asks for; what cannot be read in it counts as not given.

    The pages are told of (cms/selectors/fallback.py). Four queries, one more for a calendar, and one more
    where something has no version in the active language.
    """
    participants = _owners(viewer, NewsPage if kind == "news_index" else EventPage)
    participant = next((one for one in participants if one.code == asked.get("participant")), None)
    show = asked.get("show", SHOWS[0])
    show = show if show in SHOWS else SHOWS[0]
    code = participant.code if participant else None
    if kind == "news_index":
        pages = news_list(viewer=viewer, participant=code)
    else:
        pages = event_list(viewer=viewer, participant=code, show=show)
    years: list[int] = []
    year = None
    if kind == "event_index" and show == "calendar":
        years = sorted(set(pages.order_by().values_list("starts_on__year", flat=True).distinct()))
        year = _year(years, asked.get("year", ""))
        pages = pages.filter(starts_on__year=year) if year else pages
    page = Paginator(pages.defer_streamfields(), ON_A_PAGE).get_page(asked.get("page", "1"))
    found = tell(page.object_list)
    parts = parts_of([one.path for one in found])
    items = [(one, parts[one.path].participant if one.path in parts else None) for one in found]
    return Listing(items, page, participant, participants, show, years, year)


def _year(years: Sequence[int], asked: str) -> int | None:
    """The year asked for; else that of today, the next one with events, or the last one."""
    wanted = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    if wanted in years:
        return wanted
    return next((year for year in years if year >= today().year), years[-1] if years else None)


def _owners(viewer: Viewer, model: Any) -> list[Participant]:
    """The participants that have any, so that nothing is offered that leads to an empty list. One query."""
    roots = model.objects.visible_to(viewer).order_by().values(root=Left("path", COUNTRY_PATH))
    countries = CountryPage.objects.filter(path__in=roots)
    rows = Participant.objects.visible_to(viewer)
    return list(rows.filter(national_part__pages__in=countries.values("pk")).order_by("order", "code"))


def _of(pages: Any, participant: str | None) -> Any:
    if participant is None:
        return pages
    root = Left(OuterRef("path"), COUNTRY_PATH)
    own = CountryPage.objects.filter(part__participant__code=participant, path=root)
    return pages.filter(Exists(own))
