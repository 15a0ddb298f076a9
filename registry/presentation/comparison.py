"""New figures beside those of the last release: what is new, changed and gone, and by how much.

Shown by the template ``registry/admin/_comparison.html``, given as ``comparison``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.cube import Cube, Row, Value
from registry.periods import ordinal
from registry.presentation.grid import cell_of, cell_text, change_between, member_labels
from registry.presentation.numbers import MINUS, number_text

#: So many changes are told one by one, the largest first.
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One cell. ``kind`` is new, changed or removed; the texts are empty where there is nothing to say."""

    key: str
    series: str
    period: str
    kind: str
    before: str
    after: str
    difference: str = ""
    percent: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counted in series and in cells; ``changes`` are the largest, ``more`` how many are left out."""

    series: Counts
    cells: Counts
    changes: tuple[Change, ...]
    more: int = 0


def comparison_of(
    cube: Cube, previous: Cube | None, *, language: str, most: int = MOST_CHANGES
) -> Comparison:
    """Compare figures with the last release. Without one everything is new and no cell is listed."""
    cells = {"new": 0, "changed": 0, "removed": 0, "": 0}
    series = dict(cells)
    found: list[tuple[float, str, _Cell]] = []
    for codes, new, old in _pairs(cube, previous):
        kinds = set()
        for cell in _cells(codes, new, old, cube, previous):
            kind = change_between(cell.before, cell.now)
            cells[kind] += 1
            kinds.add(kind)
            if kind:
                found.append((cell.size, kind, cell))
        kind = "new" if old is None else "removed" if new is None else "changed" if kinds - {""} else ""
        series[kind] += 1
    if previous is None:
        found = []
    found.sort(key=lambda item: -item[0])
    labels = _labels(cube, previous, language)
    changes = tuple(cell.told(kind, labels, language, cube.decimals) for _size, kind, cell in found[:most])
    return Comparison(_counts(series), _counts(cells), changes, len(found) - len(changes))


def _counts(found: dict[str, int]) -> Counts:
    return Counts(found["new"], found["changed"], found["removed"], found[""])


@dataclass(frozen=True, slots=True)
class _Cell:
    codes: tuple[str, ...]
    period: str
    before: tuple[Value, str]
    now: tuple[Value, str]

    @property
    def size(self) -> float:
        """How far the figure moved; a figure that comes or goes moved by all of it."""
        return abs((self.now[0] or 0) - (self.before[0] or 0))

    def told(self, kind: str, labels: list[dict[str, str]], language: str, decimals: int) -> Change:
        names = [label.get(code, code) for label, code in zip(labels, self.codes, strict=True) if label]
        before, now = self.before[0], self.now[0]
        difference = percent = ""
        if before is not None and now is not None and before != now:
            difference = _signed(now - before, language, decimals)
            percent = _signed((now - before) / abs(before) * 100, language, 1) if before else ""
        return Change(
            key=".".join(self.codes),
            series=" · ".join(names),
            period=self.period,
            kind=kind,
            before=cell_text(*self.before, language, decimals),
            after=cell_text(*self.now, language, decimals),
            difference=difference,
            percent=percent,
        )


def _pairs(cube: Cube, previous: Cube | None) -> Iterator[tuple[tuple[str, ...], Row | None, Row | None]]:
    released = {row.codes: row for row in previous.rows} if previous else {}
    for row in cube.rows:
        yield row.codes, row, released.pop(row.codes, None)
    for codes, row in released.items():
        yield codes, None, row


def _cells(
    codes: tuple[str, ...], new: Row | None, old: Row | None, cube: Cube, previous: Cube | None
) -> Iterator[_Cell]:
    """Every cell that there is before or now."""
    here = cube.time.positions()
    there = previous.time.positions() if previous else {}
    periods = here if here.keys() >= there.keys() else sorted({**here, **there}, key=ordinal)
    for period in periods:
        before, now = cell_of(old, there.get(period)), cell_of(new, here.get(period))
        if before != (None, "") or now != (None, ""):
            yield _Cell(codes, period, before, now)


def _labels(cube: Cube, previous: Cube | None, language: str) -> list[dict[str, str]]:
    """The labels of the members by axis; empty for an axis with one member, which tells nothing."""
    labels = []
    for at, axis in enumerate(cube.axes):
        found = member_labels(axis, language)
        if previous is not None:
            found = {**member_labels(previous.axes[at], language), **found}
        labels.append(found if len(found) > 1 else {})
    return labels


def _signed(value: float, language: str, decimals: int) -> str:
    text = number_text(value, language, decimals)
    return text if text.startswith(MINUS) else f"+{text}"
