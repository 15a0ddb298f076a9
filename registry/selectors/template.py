"""What stands in the template of a dataset: the agreed breakdown, the periods that are due, and the codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod

from django.utils import timezone

from registry.access import ANONYMOUS
from registry.cube import Cube, Dimension, Member, Role, Row
from registry.languages import texts
from registry.models import Dataset
from registry.models.participant import ParticipantKind
from registry.periods import Frequency, ordinal, period_of
from registry.rules.provisional import without_provisional
from registry.selectors.code import CodeRow, codes_by_list
from registry.selectors.cube import released_cube, time_dimension

#: How many periods an empty template has, up to the running one.
_PERIODS = {Frequency.ANNUAL: 5, Frequency.HALF_YEARLY: 6, Frequency.QUARTERLY: 8, Frequency.MONTHLY: 12}
#: A breakdown of so many series is written out; of a larger one the rows are left to be chosen.
MOST_SERIES = 150
BLANK_ROWS = 200


@dataclass(frozen=True, slots=True)
class Template:
    """``cube`` has the rows that are written out, with figures or without; its axes offer every code allowed.

    ``blank_rows`` more are prepared for series that are chosen by the person.
    """

    dataset: Dataset
    cube: Cube
    blank_rows: int = BLANK_ROWS


def template_of(dataset: Dataset, *, prefill: bool) -> Template:
    """The template of a dataset. ``prefill``: with the figures of the last release, as its owner sees them.

    Status P that the last release got by itself is left out, so that new figures do not inherit it (D055).
    """
    dimensions = list(dataset.indicator.dimensions.all())
    found = codes_by_list(viewer=ANONYMOUS, codelists={dimension.codelist_id for dimension in dimensions})
    codes = tuple(tuple(found.get(dimension.codelist_id, ())) for dimension in dimensions)
    area = _own_area(dataset)
    axes = tuple(
        Dimension(
            dimension.code,
            texts(dimension, "name"),
            Role(dimension.role),
            tuple(
                Member(row.code, row.labels, row.parent)
                for row in rows
                if not _is_foreign(dimension.role, row, area)
            ),
        )
        for dimension, rows in zip(dimensions, codes, strict=True)
    )
    released = released_cube(dataset)
    first, last = _span(dataset, released)
    time = time_dimension(dataset.frequency, first, last)
    cube = Cube(
        code=dataset.indicator.code,
        labels=texts(dataset.indicator, "name"),
        axes=axes,
        time=time,
        rows=_rows(axes, time, released, prefill=prefill),
        frequency=dataset.frequency,
        unit=texts(dataset.indicator, "unit"),
        decimals=dataset.indicator.decimals,
        notes=dataset.notes(),
    )
    if prefill and released is not None and dataset.current_release is not None:
        cube = without_provisional(cube, dataset.current_release.released_at.year)
    return Template(dataset, cube)


def _placed(row: Row, shift: int, length: int) -> Row:
    values = [row.values[at - shift] if 0 <= at - shift < len(row.values) else None for at in range(length)]
    return replace(
        row,
        values=values,
        statuses={at + shift: it for at, it in row.statuses.items() if 0 <= at + shift < length},
        notes={at + shift: it for at, it in row.notes.items() if 0 <= at + shift < length},
    )


def _span(dataset: Dataset, released: Cube | None) -> tuple[int, int]:
    """From the first released period, or some periods ago, to the running one."""
    now = ordinal(period_of(dataset.frequency, timezone.now().date()))
    if released is None or not len(released.time):
        return now - _PERIODS[Frequency(dataset.frequency)] + 1, now
    return ordinal(released.time.codes[0]), max(now, ordinal(released.time.codes[-1]))


def _rows(
    axes: tuple[Dimension, ...], time: Dimension, released: Cube | None, *, prefill: bool
) -> tuple[Row, ...]:
    empty = [None] * len(time)
    if released is not None and released.rows:
        if not prefill:
            return tuple(Row(row.codes, empty) for row in released.rows)
        shift = ordinal(released.time.codes[0]) - ordinal(time.codes[0])
        return tuple(_placed(row, shift, len(time)) for row in released.rows)
    if prod(len(axis) for axis in axes) > MOST_SERIES:
        return ()
    return tuple(Row(codes, empty) for codes in product(*(axis.codes for axis in axes)))


def _own_area(dataset: Dataset) -> str:
    is_state = dataset.owner.kind == ParticipantKind.STATE and dataset.owner.area is not None
    return dataset.owner.area.code if is_state and dataset.owner.area else ""


def _is_foreign(role: str, row: CodeRow, area: str) -> bool:
    """A State reports of itself, so that no other area is offered."""
    return bool(area) and role == Role.GEO and row.code != area
