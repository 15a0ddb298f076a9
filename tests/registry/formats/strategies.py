"""Hypothesis strategies for cubes, hostile ones included."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from registry.cube import WITHOUT_VALUE, Cube, Dimension, Member, Role, Row, Source, Status
from registry.languages import LANGUAGE_CODES
from registry.periods import Frequency, ordinal, period_at

HOSTILE = (
    '=HYPERLINK("http://example.org")',
    "+7 495",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''-",
    "a,b;c\td",
    'say "no"',
    "two\r\nlines",
    "DATA=",
    "<script>alert(1)</script>",
    "Беженцы — всего; «из них»",
    "OBS_VALUE",
    "SEX",
    "Sex",
    " ",
    "\u2028",
    "\ufeff",
)

FIRST = {
    Frequency.ANNUAL: "2000",
    Frequency.HALF_YEARLY: "2000-S2",
    Frequency.QUARTERLY: "2000-Q3",
    Frequency.MONTHLY: "2000-08",
}

texts = st.sampled_from(HOSTILE) | st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12
)
localized = st.dictionaries(st.sampled_from(LANGUAGE_CODES), texts, max_size=2)
note_lists = st.lists(localized, max_size=2).map(tuple)
codes = st.from_regex(r"[A-Z_][A-Z0-9_]{0,3}", fullmatch=True)
axis_codes = st.sampled_from(("REF_AREA", "CITIZENSHIP", "SEX", "AGE", "SOURCE_TYPE", "X"))
values = (
    st.integers(-(10**12), 10**12)
    | st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: round(value, 3))
    | st.floats(-1e12, 1e12, allow_nan=False)
)
sources = st.builds(
    Source,
    dataset=codes,
    owner=codes,
    labels=localized,
    is_official=st.booleans(),
    licence=st.sampled_from(("", "CC BY 4.0")),
    released_at=st.none() | st.just(datetime(2026, 11, 20, 12, 30, tzinfo=UTC)),
)


@st.composite
def dimensions(draw: st.DrawFn, code: str) -> Dimension:
    names = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    members = tuple(
        # A parent comes before its children, so that no hierarchy is circular; "OUT" is outside the axis.
        Member(
            name,
            draw(localized),
            draw(st.none() | st.sampled_from([*names[:at], "OUTSIDE"])),
            draw(note_lists),
        )
        for at, name in enumerate(names)
    )
    role = draw(st.sampled_from((Role.GEO, Role.METRIC, Role.CLASSIFICATION)))
    return Dimension(code, draw(localized), role, members, draw(note_lists))


@st.composite
def times(draw: st.DrawFn, frequency: Frequency) -> Dimension:
    first = ordinal(FIRST[frequency])
    steps = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True))
    members = tuple(
        Member(period_at(frequency.value, first + step), draw(localized)) for step in sorted(steps)
    )
    return Dimension("TIME_PERIOD", draw(localized), Role.TIME, members, draw(note_lists))


@st.composite
def rows(draw: st.DrawFn, key: tuple[str, ...], length: int) -> Row:
    cells: list[float | int | None] = []
    statuses: dict[int, str] = {}
    for at in range(length):
        cells.append(draw(st.none() | values))
        status = draw(st.none() | st.sampled_from(Status))
        if status and (cells[at] is None or status not in WITHOUT_VALUE):
            statuses[at] = status.value
    notes = draw(st.dictionaries(st.integers(0, length - 1), localized, max_size=2))
    return Row(key, tuple(cells), statuses, notes)


@st.composite
def cubes(draw: st.DrawFn) -> Cube:
    frequency = draw(st.sampled_from(Frequency))
    axes = tuple(draw(dimensions(code)) for code in draw(st.lists(axis_codes, max_size=3, unique=True)))
    time = draw(times(frequency))
    keys = draw(st.lists(st.tuples(*(st.sampled_from(axis.codes) for axis in axes)), max_size=6, unique=True))
    return Cube(
        code=draw(codes),
        labels=draw(localized),
        axes=axes,
        time=time,
        rows=tuple(draw(rows(key, len(time))) for key in keys),
        frequency=frequency.value,
        unit=draw(localized),
        decimals=draw(st.integers(0, 6)),
        notes=draw(note_lists),
        sources=tuple(draw(st.lists(sources, max_size=2))),
    )
