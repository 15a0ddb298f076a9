"""From a query string to what is asked for: the one place for pages and downloads alike.

``?REF_AREA=MDA&REF_AREA=KAZ&SEX=*&from=2010&to=2020&cols=TIME_PERIOD`` – dimension codes with member
codes (``*`` is all of them, unless some are named beside it), periods, and for the table ``rows`` and
``cols``, ``freq``, ``by_source``. ``dataset`` with ``as_of``, the number of a release, asks for the figures
of one source as they stood with that release.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from registry.access import Viewer
from registry.models import Indicator, Release
from registry.periods import BadPeriod, Frequency, frequency_of, ordinal
from registry.selectors.code import codes_by_list
from registry.selectors.cube import SOURCE, TIME_PERIOD
from registry.selectors.selection import Selection
from registry.selectors.vintage import vintage_release

ALL = "*"
START, END, ROWS, COLUMNS, FREQUENCY, BY_SOURCE = "from", "to", "rows", "cols", "freq", "by_source"
DATASET, AS_OF = "dataset", "as_of"
_LOOKS_LIKE_DIMENSION = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_@$\-]{1,40}", re.ASCII)
_IDENTIFIER_OF_DATASET = re.compile(r"[A-Za-z0-9_@$\-]{1,60}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NAMED_AT_MOST = 10
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query string asks for, without its mistakes; these are in ``problems``, in words.

    ``members`` holds only the dimensions named; ``(ALL,)`` stands for every member. ``rows`` and
    ``columns`` are dimension codes in the order given. ``as_of`` is the release whose vintage is read.
    ``datasets`` narrows to some sources; no query string asks for that.
    """

    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    frequency: str | None = None
    by_source: bool = False
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    as_of: Release | None = None
    datasets: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()

    def selection(self, frequency: str | None = None) -> Selection:
        """Everything asked for, at this frequency if it is given; a dimension not named is not filtered."""
        return Selection(
            filters={code: members for code, members in self.members.items() if ALL not in members},
            start=self.start,
            end=self.end,
            frequency=frequency or self.frequency,
            by_source=self.by_source,
            as_of=self.as_of,
            datasets=self.datasets,
        )


def asked_from(
    query: QueryDict, indicator: Indicator, *, viewer: Viewer, frequency: str | None = None
) -> Asked:
    """Read a query string. Needs the indicator's dimensions at hand; one query if it names members, and one
    if it names a release.

    ``frequency`` is what is read where none is asked for; without it, periods of any pass here, and the
    selector refuses those that do not fit.
    """
    problems: list[str] = []
    asked = _frequency(query, indicator, problems)
    as_of = _release(query, indicator, viewer, problems)
    if as_of is not None:
        frequency = as_of.dataset.frequency
    by_source = query.get(BY_SOURCE) == "1"
    start, end = _periods(query, asked or frequency, problems)
    rows, columns = _layout(query, indicator, by_source, problems)
    return Asked(
        members=_members(query, indicator, viewer, problems),
        start=start,
        end=end,
        frequency=asked,
        by_source=by_source,
        rows=rows,
        columns=columns,
        as_of=as_of,
        problems=tuple(problems),
    )


def query_of(asked: Asked) -> QueryDict:
    """The query string that asks for the same."""
    query = QueryDict(mutable=True)
    for code, members in asked.members.items():
        query.setlist(code, list(members))
    singles = {START: asked.start, END: asked.end, FREQUENCY: asked.frequency}
    for name, value in singles.items():
        if value:
            query[name] = value
    if asked.by_source:
        query[BY_SOURCE] = "1"
    if asked.as_of:
        query[DATASET], query[AS_OF] = asked.as_of.dataset.code, str(asked.as_of.number)
    for name, codes in ((ROWS, asked.rows), (COLUMNS, asked.columns)):
        if codes:
            query.setlist(name, list(codes))
    return query


def _release(query: QueryDict, indicator: Indicator, viewer: Viewer, problems: list[str]) -> Release | None:
    dataset, number = query.get(DATASET, ""), query.get(AS_OF, "")
    if not number:
        return None
    found = None
    if _IDENTIFIER_OF_DATASET.fullmatch(dataset) and _NUMBER.fullmatch(number):
        found = vintage_release(viewer=viewer, indicator=indicator, dataset=dataset, number=int(number))
    if found is None:
        problems.append(
            _("There is no release “%(number)s” of the dataset “%(dataset)s” that you could read.")
            % {"number": _shown(number), "dataset": _shown(dataset)}
        )
    return found


def _frequency(query: QueryDict, indicator: Indicator, problems: list[str]) -> str | None:
    given = query.get(FREQUENCY)
    if not given:
        return None
    if given in list(Frequency):
        return given
    problems.append(
        _("“%(frequency)s” is not a frequency; expected A, S, Q or M.") % {"frequency": _shown(given)}
    )
    return None


def _periods(query: QueryDict, frequency: str | None, problems: list[str]) -> tuple[str | None, str | None]:
    start, end = (_period(query.get(name), frequency, problems) for name in (START, END))
    if start and end and _year_or_number(start, end) > _year_or_number(end, start):
        problems.append(
            _("The first period, %(start)s, is after the last one, %(end)s.") % {"start": start, "end": end}
        )
        return None, None
    return start, end


def _period(given: str | None, frequency: str | None, problems: list[str]) -> str | None:
    if not given:
        return None
    try:
        found = frequency_of(given)
        if frequency is None or found in {frequency, Frequency.ANNUAL}:
            return given
    except BadPeriod:
        pass
    problems.append(
        _("“%(period)s” is not a period of frequency %(frequency)s; expected for example 2010 or 2010-Q1.")
        % {"period": _shown(given), "frequency": frequency or Frequency.ANNUAL}
    )
    return None


def _year_or_number(period: str, other: str) -> int:
    """A period as a number comparable with the other: by years when they are of different frequencies."""
    return ordinal(period) if frequency_of(period) is frequency_of(other) else ordinal(period[:4])


def _members(
    query: QueryDict, indicator: Indicator, viewer: Viewer, problems: list[str]
) -> dict[str, tuple[str, ...]]:
    dimensions = {dimension.code: dimension for dimension in indicator.dimensions.all()}
    named: dict[str, tuple[str, ...]] = {}
    for name in query:
        given = tuple(dict.fromkeys(filter(None, query.getlist(name))))
        if name in dimensions and given:
            named[name] = tuple(code for code in given if code != ALL) or (ALL,)
        elif name not in dimensions and _LOOKS_LIKE_DIMENSION.fullmatch(name):
            problems.append(_unknown_dimension(name, dimensions))
    wanted = {member for members in named.values() for member in members if _IDENTIFIER.fullmatch(member)}
    if not any(members != (ALL,) for members in named.values()):
        return named
    codelists = {dimensions[name].codelist_id for name in named}
    found = codes_by_list(viewer=viewer, codelists=codelists, codes=dict.fromkeys(codelists, wanted))
    known = {(codelist, row.code) for codelist, rows in found.items() for row in rows}
    for name, members in list(named.items()):
        if members == (ALL,):
            continue
        codelist = dimensions[name].codelist_id
        unknown = [member for member in members if (codelist, member) not in known]
        if unknown:
            problems.append(
                _("%(dimension)s has no code %(code)s.")
                % {"dimension": dimensions[name].name, "code": _list(unknown)}
            )
            named[name] = tuple(member for member in members if member not in unknown)
    return {name: members for name, members in named.items() if members}


def _layout(
    query: QueryDict, indicator: Indicator, by_source: bool, problems: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = [*(dimension.code for dimension in indicator.dimensions.all()), TIME_PERIOD]
    if by_source:
        known.insert(0, SOURCE)
    given = {name: tuple(dict.fromkeys(filter(None, query.getlist(name)))) for name in (ROWS, COLUMNS)}
    for name, codes in given.items():
        for code in codes:
            if code not in [*known, SOURCE]:
                problems.append(_unknown_dimension(code, known))
        given[name] = tuple(code for code in codes if code in known)
    both = [code for code in given[ROWS] if code in given[COLUMNS]]
    if both:
        problems.append(
            _("%(dimension)s cannot stand in rows and in columns at once.") % {"dimension": _list(both)}
        )
    return tuple(code for code in given[ROWS] if code not in both), given[COLUMNS]


def _unknown_dimension(code: str, known: Collection[str]) -> str:
    return _("There is no dimension “%(dimension)s”; expected one of %(expected)s.") % {
        "dimension": _shown(code),
        "expected": ", ".join(known),
    }


def _list(codes: Collection[str]) -> str:
    shown = [_shown(code) for code in list(codes)[:_NAMED_AT_MOST]]
    return ", ".join(shown) + (" …" if len(codes) > _NAMED_AT_MOST else "")


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
