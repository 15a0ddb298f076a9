"""The meeting calendar goes by years: that of today first, the others one link away."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.models import EventPage, news
from cms.selectors import news as selectors
from registry.access import ANONYMOUS
from tests.cms.country.conftest import Countries, published

pytestmark = pytest.mark.thorough


def calendar(language: str, query: str = "") -> str:
    """That of Moldova, because the portal has events of its own."""
    address = f"/{language}/news-and-events/events/?show=calendar&participant=MDA{query}"
    return Client().get(address).content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r"Meeting \d+", html.partition('class="calendar"')[2])


@pytest.fixture
def meetings(countries: Countries, monkeypatch: pytest.MonkeyPatch, language: str) -> Countries:
    """Meetings of five years in Moldova, and today in one of the years between."""
    for year in (2002, 2004, 2010, 2010, 2012):
        number = EventPage.objects.count()
        event = EventPage(
            title=f"Meeting {year}",
            slug=f"meeting-{number}",
            starts_on=date(year, 6, 5),
            introduction="Once.",
        )
        published(countries.page("MDA", language), event)
    for module in (news, selectors):
        monkeypatch.setattr(module, "today", lambda: date(2010, 1, 20))
    return countries


def test_it_opens_with_the_year_of_today(meetings: Countries, language: str) -> None:
    html = calendar(language)
    assert titles(html) == ["Meeting 2010", "Meeting 2010"]
    years = re.findall(
        r'<a href="\?show=calendar&amp;participant=MDA&amp;year=(\d+)"( aria-current="true")?>\1</a>', html
    )
    assert years == [
        ("2002", ""), ("2004", ""), ("2010", ' aria-current="true"'), ("2012", ""), ("2999", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&year=2002", ["Meeting 2002"]),
        ("&year=2012&page=7", ["Meeting 2012"]),
        ("&year=1999", ["Meeting 2010"] * 2),
        ("&year=%D9%A2&page=x", ["Meeting 2010"] * 2),
        ("&year=20100000000000", ["Meeting 2010"] * 2),
    ],
)
def test_another_year_is_one_link_away(
    meetings: Countries, language: str, query: str, found: list[str]
) -> None:
    assert titles(calendar(language, query)) == found


@pytest.mark.parametrize(("day", "year"), [(date(2011, 3, 1), "2012"), (date(2003, 1, 1), "2004")])
def test_in_a_year_without_meetings_it_opens_with_the_next_one(
    meetings: Countries, language: str, monkeypatch: pytest.MonkeyPatch, day: date, year: str
) -> None:
    monkeypatch.setattr(selectors, "today", lambda: day)
    assert titles(calendar(language))[0] == f"Meeting {year}"


def test_after_the_last_meeting_it_opens_with_its_year(
    meetings: Countries, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "today", lambda: date(3001, 1, 1))
    assert (
        '<a href="?show=calendar&amp;participant=MDA&amp;year=2999" aria-current="true">2999</a>'
        in calendar(language)
    )


def test_years_of_hidden_meetings_are_not_told(meetings: Countries, language: str) -> None:
    """Kazakhstan keeps its part national."""
    secret = EventPage(title="Meeting 1", slug="secret", starts_on=date(1995, 1, 1), introduction="Not told.")
    published(meetings.page("KAZ", language), secret)
    assert "1995" not in Client().get(f"/{language}/news-and-events/events/?show=calendar").content.decode()
    keeper = meetings.signed_in(meetings.keepers["KAZ"])
    address = f"/{language}/news-and-events/events/?show=calendar"
    assert "year=1995" in keeper.get(address).content.decode()


def test_it_takes_one_query_more_than_other_lists(meetings: Countries, language: str) -> None:
    counts = {}
    with translation.override(language):
        for show in ("past", "past", "calendar"):  # the first one fills Wagtail's cache of site roots
            with CaptureQueriesContext(connection) as taken:
                selectors.asked_list(kind="event_index", viewer=ANONYMOUS, asked={"show": show})
            counts[show] = len(taken)
    assert counts == {"past": 4, "calendar": 5}
