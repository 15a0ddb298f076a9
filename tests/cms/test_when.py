"""Days, hours and time zones of events, as readers of both languages write them."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from django.utils import translation

from cms.when import days, moments, zone_name


def shown(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("first", "last", "english", "russian"),
    [
        (date(2002, 7, 3), None, "3 July 2002", "3 июля 2002 г."),
        (date(2002, 7, 3), date(2002, 7, 3), "3 July 2002", "3 июля 2002 г."),
        (date(2002, 7, 3), date(2002, 7, 5), "3–5 July 2002", "3–5 июля 2002 г."),
        (date(2002, 6, 30), date(2002, 7, 2), "30 June – 2 July 2002", "30 июня – 2 июля 2002 г."),
        (
            date(2002, 12, 30),
            date(2003, 1, 2),
            "30 December 2002 – 2 January 2003",
            "30 декабря 2002 г. – 2 января 2003 г.",
        ),
    ],
)
def test_several_days_say_nothing_twice(first: date, last: date | None, english: str, russian: str) -> None:
    for language, wanted in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert shown(days(first, last)) == wanted


def test_machines_read_whole_dates() -> None:
    with translation.override("ru"):
        html = days(date(2002, 7, 3), date(2002, 7, 5))
    assert html == ('<time datetime="2002-07-03">3</time>–<time datetime="2002-07-05">5 июля 2002 г.</time>')


@pytest.mark.parametrize(
    ("last", "ends", "english", "russian"),
    [
        (None, None, "3 July 2002, 10:00", "3 июля 2002 г., 10:00"),
        (None, time(16, 30), "3 July 2002, 10:00–16:30", "3 июля 2002 г., 10:00–16:30"),
        (date(2002, 7, 5), None, "3–5 July 2002, from 10:00", "3–5 июля 2002 г., с 10:00"),
        (
            date(2002, 7, 5),
            time(16, 30),
            "3 July 2002, 10:00 – 5 July 2002, 16:30",
            "3 июля 2002 г., 10:00 – 5 июля 2002 г., 16:30",
        ),
    ],
)
def test_hours_stand_with_their_days(
    last: date | None, ends: time | None, english: str, russian: str
) -> None:
    for language, wanted in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert shown(moments(date(2002, 7, 3), time(10), last, ends)) == wanted


@pytest.mark.parametrize(
    ("zone", "english", "russian"),
    [
        ("Europe/Chisinau", "Chisinau time", "время: Кишинёв"),
        ("Europe/Vienna", "Vienna time", "время: Вена"),
        ("Europe/Kyiv", "Kyiv time", "время: Киев"),
        ("Asia/Almaty", "Almaty time", "время: Алматы"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time", "время: Буэнос-Айрес"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_a_time_zone_is_that_of_its_city(zone: str, english: str, russian: str) -> None:
    for language, wanted in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert zone_name(zone) == wanted
