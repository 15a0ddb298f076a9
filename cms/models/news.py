"""News, meetings and other events (D153), of the portal or of a participant: those below its country page."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock
from cms.models.base import BODY_HELP, BasePage
from cms.models.visibility import PortalPageManager, PortalPageQuerySet, may_see
from registry.access import ANONYMOUS
from registry.models.base import WebAddressField


def today() -> date:
    """In UTC, as everywhere in the portal."""
    return datetime.now(zoneinfo.ZoneInfo("UTC")).date()


class _IndexPage(BasePage):
    """A list of pages of one kind, those of the country pages included."""

    parent_page_types = ["cms.HomePage", "cms.SectionPage"]

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors.news import asked_list

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        viewer = getattr(request, "viewer", ANONYMOUS)
        context["listing"] = asked_list(kind=self.kind, viewer=viewer, asked=request.GET)
        return context


class NewsIndexPage(_IndexPage):
    kind = "news_index"
    subpage_types = ["cms.NewsPage"]
    template = "cms/news_index_page.html"

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")


class EventIndexPage(_IndexPage):
    """What is coming, what was, and the whole calendar."""

    kind = "event_index"
    subpage_types = ["cms.EventPage"]
    template = "cms/event_index_page.html"

    class Meta:
        verbose_name = _("list of events")
        verbose_name_plural = _("lists of events")


class NewsQuerySet(PortalPageQuerySet):
    def told(self) -> NewsQuerySet:
        """Without those dated later than today: they are in the lists from that day on."""
        found: NewsQuerySet = self.filter(published_on__lte=today())
        return found


class NewsPage(BasePage):
    kind = "news"
    published_on = models.DateField(
        _("date"), default=today, help_text=_("Shown with the news. It is in the lists from this day on.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True, help_text=BODY_HELP)

    content_panels = [*BasePage.content_panels, FieldPanel("published_on"), FieldPanel("body")]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("published_on"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("published_on", overridable=False),
    ]
    parent_page_types = ["cms.NewsIndexPage", "cms.CountryPage"]
    subpage_types: list[str] = []
    template = "cms/news_page.html"

    objects = PortalPageManager.from_queryset(NewsQuerySet)()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")


class EventQuerySet(PortalPageQuerySet):
    """The last day of an event decides whether it is over."""

    def _ending(self) -> EventQuerySet:
        found: EventQuerySet = self.alias(ending=Coalesce("ends_on", "starts_on"))
        return found

    def upcoming(self) -> EventQuerySet:
        found: EventQuerySet = self._ending().filter(ending__gte=today())
        ordered: EventQuerySet = found.order_by("starts_on", "starts_at", "path")
        return ordered

    def past(self) -> EventQuerySet:
        found: EventQuerySet = self._ending().filter(ending__lt=today())
        ordered: EventQuerySet = found.order_by("-starts_on", "-starts_at", "path")
        return ordered


def time_zones() -> list[tuple[str, str]]:
    """The names of the tz database by which people know where they are: without its abbreviations."""
    names = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(names))]


class EventPage(BasePage):
    """A meeting, workshop or other event. Without times it takes whole days."""

    kind = "event"
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: one day."))
    starts_at = models.TimeField(
        _("begins at"), null=True, blank=True, help_text=_("Empty: the event takes whole days.")
    )
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="UTC",
        choices=time_zones,
        help_text=_("In which the times are given: that of the place."),
    )
    place = models.CharField(
        _("place"), max_length=250, blank=True, help_text=_("Town and building, or that it is held online.")
    )
    organiser = models.CharField(
        _("organiser"), max_length=250, blank=True, help_text=_("The institution that invites.")
    )
    registration_url = WebAddressField(
        _("address to register at"), max_length=500, blank=True, help_text=_("Shown until the event begins.")
    )
    registration_until = models.DateField(
        _("register until"), null=True, blank=True, help_text=_("Empty: until the event begins.")
    )
    body = StreamField(
        BodyBlock(),
        verbose_name=_("body"),
        blank=True,
        help_text=_("Programme, participants, documents of the library."),
    )

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("time_zone")]),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel([FieldPanel("place"), FieldPanel("organiser")], heading=_("Where")),
        MultiFieldPanel(
            [FieldPanel("registration_url"), FieldPanel("registration_until")], heading=_("Registration")
        ),
        FieldPanel("body"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("place"),
        index.SearchField("organiser"),
        index.SearchField("body"),
        index.FilterField("starts_on"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *(
            SynchronizedField(name, overridable=False)
            for name in ("starts_on", "ends_on", "starts_at", "ends_at", "time_zone", "registration_until")
        ),
        SynchronizedField("registration_url"),
    ]
    parent_page_types = ["cms.EventIndexPage", "cms.CountryPage"]
    subpage_types: list[str] = []
    template = "cms/event_page.html"

    objects = PortalPageManager.from_queryset(EventQuerySet)()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["is_public"] = may_see(ANONYMOUS, self)
        return context

    def clean(self) -> None:
        super().clean()
        if self.starts_on is None:  # the form has told it already
            return
        if self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is before the first one.")})
        if self.ends_at and not self.starts_at:
            raise ValidationError({"starts_at": _("There is a time it ends at, but none it begins at.")})
        if self.starts_at and self.ends_at and self.ends <= self.starts:
            raise ValidationError({"ends_at": _("It ends before it begins.")})
        if self.registration_until and self.registration_until > self.last_day:
            raise ValidationError({"registration_until": _("This is after the event.")})

    @property
    def last_day(self) -> date:
        return self.ends_on or self.starts_on

    @property
    def has_times(self) -> bool:
        return self.starts_at is not None

    @property
    def starts(self) -> datetime:
        """The moment it begins; of whole days, the beginning of the first one in its time zone."""
        return datetime.combine(self.starts_on, self.starts_at or time(), self._zone)

    @property
    def ends(self) -> datetime:
        """The moment it ends. Without a time it is an hour after it began, or the end of the last day."""
        if self.ends_at:
            return datetime.combine(self.last_day, self.ends_at, self._zone)
        if self.starts_at and self.last_day == self.starts_on:
            return self.starts + timedelta(hours=1)
        return datetime.combine(self.last_day + timedelta(days=1), time(), self._zone)

    @property
    def is_past(self) -> bool:
        return self.last_day < today()

    @property
    def takes_registrations(self) -> bool:
        last = self.registration_until or self.starts_on
        return bool(self.registration_url) and today() <= last

    @property
    def _zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
