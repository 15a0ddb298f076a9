"""Days, hours and time zones as readers write them: 3–5 July 2002, 10:00–16:00 (Chisinau time)."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registry.languages import current_language

#: Where CLDR writes a city otherwise than the portal does.
_CITIES = {("Europe/Chisinau", "ru"): "Кишинёв"}


def days(first: date, last: date | None = None) -> SafeString:
    """One day or several as HTML, without saying twice what both have in common."""
    if last is None or last == first:
        return _time(first, _whole())
    if (first.year, first.month) == (last.year, last.month):
        return format_html("{}–{}", _time(first, "j"), _time(last, _whole()))
    start = _time(first, "j E" if first.year == last.year else _whole())
    return format_html("{} – {}", start, _time(last, _whole()))


def moments(first: date, begins: time, last: date | None = None, ends: time | None = None) -> SafeString:
    """From the hour it begins at on the first day to that it ends at on the last, if that is known."""
    if last is None or last == first:
        hours = _hours(begins) if ends is None else f"{_hours(begins)}–{_hours(ends)}"
        return format_html("{}, {}", days(first), hours)
    if ends is None:
        return format_html("{}, {}", days(first, last), _("from %(hour)s") % {"hour": _hours(begins)})
    return format_html("{}, {} – {}, {}", days(first), _hours(begins), days(last), _hours(ends))


def zone_name(zone: str) -> str:
    """The time of a place in the active language; of UTC its name."""
    if zone == "UTC":
        return zone
    return _("%(city)s time") % {"city": _city(zone, current_language())}


@lru_cache(maxsize=1_000)
def _city(zone: str, language: str) -> str:
    """From CLDR, which may know the zone by an older name; else as the tz database names it."""
    former = [old for old, new in get_global("zone_aliases").items() if new == zone]
    known = Locale(language).time_zones
    found = next((known[name]["city"] for name in (zone, *former) if "city" in known.get(name, ())), "")
    return _CITIES.get((zone, language)) or found or zone.rpartition("/")[2].replace("_", " ")


def _whole() -> str:
    # Translators: how Django writes a whole date, see its template filter "date".
    return pgettext("date format", "j E Y")


def _time(day: date, pattern: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, pattern))


def _hours(moment: time) -> str:
    return moment.strftime("%H:%M")
