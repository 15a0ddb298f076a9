"""Reference periods in SDMX notation: 2010, 2010-S1, 2010-Q1, 2010-01.

Periods of one frequency are counted by whole numbers, so that a series is a start and a list.
Source: SDMX standard time periods; mission rows D036, D053, D099.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum


class Frequency(StrEnum):
    """SDMX CL_FREQ, as far as migration statistics use it."""

    ANNUAL = "A"
    HALF_YEARLY = "S"
    QUARTERLY = "Q"
    MONTHLY = "M"


_PER_YEAR = {Frequency.ANNUAL: 1, Frequency.HALF_YEARLY: 2, Frequency.QUARTERLY: 4, Frequency.MONTHLY: 12}
_FORMS = (
    (Frequency.ANNUAL, re.compile(r"(?P<year>[0-9]{4})(?P<part>)")),
    (Frequency.HALF_YEARLY, re.compile(r"(?P<year>[0-9]{4})-S(?P<part>[12])")),
    (Frequency.QUARTERLY, re.compile(r"(?P<year>[0-9]{4})-Q(?P<part>[1-4])")),
    (Frequency.MONTHLY, re.compile(r"(?P<year>[0-9]{4})-(?P<part>0[1-9]|1[0-2])")),
)


class BadPeriod(ValueError):
    """Not a period in SDMX notation."""


def frequency_of(period: str) -> Frequency:
    """The frequency a period is written in. BadPeriod if it is none."""
    return _parse(period)[0]


def ordinal(period: str) -> int:
    """The number of a period, counted in its own frequency: 2010 -> 2010, 2010-Q2 -> 8041."""
    frequency, year, part = _parse(period)
    return year * _PER_YEAR[frequency] + part - 1


def period_at(frequency: str, number: int) -> str:
    """The inverse of `ordinal` for a frequency."""
    known = Frequency(frequency)
    year, part = divmod(number, _PER_YEAR[known])
    if known is Frequency.ANNUAL:
        return f"{year:04d}"
    return (
        f"{year:04d}-{part + 1:02d}" if known is Frequency.MONTHLY else f"{year:04d}-{known.value}{part + 1}"
    )


def period_of(frequency: str, day: date) -> str:
    """The period of a frequency in which a day lies."""
    per_year = _PER_YEAR[Frequency(frequency)]
    return period_at(frequency, day.year * per_year + (day.month - 1) * per_year // 12)


def last_day(period: str) -> date:
    """The day a period ends on: 2010-Q2 -> 30 June 2010."""
    frequency, year, part = _parse(period)
    month = part * 12 // _PER_YEAR[frequency]
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return following - timedelta(days=1)


def period_range(first: str, last: str) -> tuple[str, ...]:
    """All periods from ``first`` to ``last``, both included; both in one frequency."""
    frequency = frequency_of(first)
    if frequency_of(last) is not frequency:
        raise BadPeriod(f"{first} and {last} are of different frequencies")
    return tuple(period_at(frequency, number) for number in range(ordinal(first), ordinal(last) + 1))


def _parse(period: str) -> tuple[Frequency, int, int]:
    for frequency, form in _FORMS:
        if match := form.fullmatch(period):
            return frequency, int(match["year"]), int(match["part"] or 1)
    raise BadPeriod(period)
