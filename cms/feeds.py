"""News and events as Atom feeds and iCalendar files: what everybody sees, in either language.

The same for whoever asks; what is national is in nobody's feed. Sources: RFC 4287, RFC 5545.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import icalendar
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.models import EventIndexPage, EventPage, NewsIndexPage, NewsPage
from cms.selectors.addresses import home_url
from cms.selectors.country import parts_of
from cms.selectors.fallback import tell
from cms.selectors.news import MOST_IN_CALENDAR, MOST_IN_FEED, event_get, event_list, news_list
from cms.slugs import latin_slug
from registry import converters  # noqa: F401
from registry.access import ANONYMOUS
from registry.languages import current_language
from registry.models import Participant
from registry.views.http import kept_by_nobody_else

_NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """A fixed day for an empty feed, so that it stays the same feed."""
        found: datetime = super().latest_post_date()
        return found if self.items else _NOTHING_YET


class _PagesFeed(Feed):  # type: ignore[type-arg]
    feed_type = _Atom
    index: Any

    def get_object(
        self, request: HttpRequest, *args: Any, code: str = "", **kwargs: Any
    ) -> Participant | None:
        self.request = request
        return _participant(code)

    def link(self, obj: Participant | None) -> str:
        """The list of which this is the feed."""
        lists = self.index.objects.visible_to(ANONYMOUS).filter(locale__language_code=current_language())
        index = lists.first()
        address = (index.get_url(self.request) if index else None) or home_url()
        return f"{address}?participant={obj.code}" if obj else address

    def feed_guid(self, obj: Participant | None) -> str:
        """Each feed is one of its own (RFC 4287, 4.2.6)."""
        return self.request.build_absolute_uri(self.request.path)

    def _named(self, title: str, obj: Participant | None) -> str:
        return f"{title}: {obj.name}" if obj else title

    def _listed(self, pages: Any) -> list[Any]:
        found = tell(pages.defer_streamfields()[:MOST_IN_FEED], self.request)
        self.parts = parts_of([page.path for page in found])
        return found

    def item_title(self, item: Any) -> str:
        language = item.told.language
        return f"{item.told.title} ({language.name})" if language else str(item.told.title)

    def item_description(self, item: Any) -> str:
        """Readers take it for HTML."""
        return escape(item.told.introduction)

    def item_link(self, item: Any) -> str:
        return item.told.url or home_url()

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.translation_key}#{current_language()}"

    def item_author_name(self, item: Any) -> str:
        part = self.parts.get(item.path)
        return str(part.participant.name if part else settings.WAGTAIL_SITE_NAME)

    def item_updateddate(self, item: Any) -> datetime:
        return item.last_published_at or _NOTHING_YET


class NewsFeed(_PagesFeed):
    """The last news, of one participant if its code is given. Five queries at most."""

    index = NewsIndexPage

    def title(self, obj: Participant | None) -> str:
        return self._named(_("News"), obj)

    def items(self, obj: Participant | None) -> list[NewsPage]:
        code = obj.code if obj else None
        return self._listed(news_list(viewer=ANONYMOUS, participant=code))

    def item_pubdate(self, item: NewsPage) -> datetime:
        return datetime.combine(item.published_on, time(), UTC)


class EventsFeed(_PagesFeed):
    """The events most lately announced that are still to come; of one participant if its code is given."""

    index = EventIndexPage

    def title(self, obj: Participant | None) -> str:
        return self._named(_("Upcoming events"), obj)

    def items(self, obj: Participant | None) -> list[EventPage]:
        code = obj.code if obj else None
        pages = event_list(viewer=ANONYMOUS, participant=code, show="upcoming")
        return self._listed(pages)

    def item_pubdate(self, item: EventPage) -> datetime:
        return item.first_published_at or _NOTHING_YET


@require_safe
@kept_by_nobody_else
def news_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    return _undated(NewsFeed()(request, code=code))


@require_safe
@kept_by_nobody_else
def events_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    return _undated(EventsFeed()(request, code=code))


@require_safe
@kept_by_nobody_else
def calendar(request: HttpRequest, code: str = "") -> HttpResponse:
    """Events that are coming or were lately, as a file that calendars subscribe to."""
    participant = _participant(code)
    pages = event_list(viewer=ANONYMOUS, participant=participant.code if participant else None).reverse()
    title = str(settings.WAGTAIL_SITE_NAME) + (f": {participant.name}" if participant else "")
    found = tell(pages.defer_streamfields()[:MOST_IN_CALENDAR], request)
    return _calendar_file(request, title, found, f"events-{code}" if code else "events")


@require_safe
@kept_by_nobody_else
def event_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """One event, to be put into a calendar once."""
    event = event_get(viewer=ANONYMOUS, key=key)
    if event is None:
        raise Http404
    tell([event], request)
    return _calendar_file(request, event.told.title, [event], latin_slug(event.slug) or event.kind)


def _participant(code: str) -> Participant | None:
    if not code:
        return None
    found = Participant.objects.visible_to(ANONYMOUS).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _undated(response: HttpResponse) -> HttpResponse:
    """An ETag of the content but no date: what is closed takes entries away and adds none."""
    del response.headers["Last-Modified"]
    response["Content-Language"] = current_language()
    return response


def _calendar_file(request: HttpRequest, title: str, events: list[EventPage], name: str) -> HttpResponse:
    file = icalendar.Calendar()
    file.add("prodid", "-//Clearinghouse//Events//EN")
    file.add("version", "2.0")
    file.add("x-wr-calname", title)
    for event in events:
        file.add_component(_component(request, event))
    response = HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{current_language()}.ics"'
    response["Content-Language"] = current_language()
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _component(request: HttpRequest, event: EventPage) -> icalendar.Event:
    """In UTC where there are times, so that no definition of time zones is needed; else whole days."""
    component = icalendar.Event()
    component.add("uid", f"{event.translation_key}.{current_language()}@clearinghouse")
    component.add("dtstamp", (event.last_published_at or _NOTHING_YET).astimezone(UTC).replace(microsecond=0))
    if event.has_times:
        component.add("dtstart", event.starts.astimezone(UTC))
        component.add("dtend", event.ends.astimezone(UTC))
    else:
        component.add("dtstart", event.starts_on)
        component.add("dtend", event.ends.date())
    told = event.told
    _add_text(component, "summary", told.title, told.title.language)
    _add_text(component, "description", told.introduction, told.introduction.language)
    if event.place:
        _add_text(component, "location", event.place, event.locale.language_code)
    component.add("url", request.build_absolute_uri(told.url))
    return component


def _add_text(component: icalendar.Event, name: str, text: str, language: str) -> None:
    component.add(name, str(text), parameters={"language": language})


app_name = "feeds"

urlpatterns = [
    path("news.atom", news_feed, name="news"),
    path("news/<identifier:code>.atom", news_feed, name="news"),
    path("events.atom", events_feed, name="events"),
    path("events/<identifier:code>.atom", events_feed, name="events"),
    path("events.ics", calendar, name="calendar"),
    path("events/<uuid:key>.ics", event_file, name="event"),
    path("events/<identifier:code>.ics", calendar, name="calendar"),
]
