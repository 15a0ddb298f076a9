"""Reading JSON-stat 2 datasets: our own and those of other producers.

Other producers put time anywhere, leave out the index of a single category, write values as an object and
periods in their own ways; all that is accepted. Version 1, collections and dimensions are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import orjson

from registry.cube import Cube, Dimension, Member, Role, Row, Texts, Value
from registry.formats.base import Limits, Source
from registry.formats.jsonstat_texts import Labels, parents_of, sources_of
from registry.formats.periods import normal_period, unbroken
from registry.formats.problems import Problems
from registry.formats.statuses import KNOWN_LIST, NO_VALUE, known_status
from registry.formats.text import announced_size, stream_of
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES
from registry.periods import BadPeriod, frequency_of, ordinal

_BLOCK = 256 * 1024
_NUMBERS = frozenset({int, float, type(None)})
#: Names of time dimensions of datasets that do not say which one it is.
_TIME_NAMES = frozenset({"time_period", "time", "year", "period", "date", "tid", "quarter", "month"})
_MAX_DIMENSIONS = 60
_MAX_CONTAINERS = 500_000


def read(source: Source, limits: Limits, *, language: str, dimensions: Collection[str]) -> Cube:
    """The cube in a JSON-stat 2 dataset. ``dimensions`` is not needed: the document names them."""
    problems = Problems(limits.problems)
    document = _loaded(source, limits, problems)
    _check_class(document, problems)
    return _Dataset(document, limits, problems, language).cube()


def _loaded(source: Source, limits: Limits, problems: Problems) -> dict[str, Any]:
    stream = stream_of(source)
    size, limit = 0, limits.document_bytes
    parts: list[bytes] = []
    if announced_size(stream) > limit:
        problems.fatal("too_large", limit=limit // (1024 * 1024))
    while part := stream.read(_BLOCK):
        if not parts and not part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            problems.fatal("not_json", reason=repr(part[:20]))
        size += len(part)
        if size > limit:
            problems.fatal("too_large", limit=limit // (1024 * 1024))
        parts.append(part)
    content = b"".join(parts).removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        problems.fatal("empty")
    # A small file can ask for a lot of memory: every list costs twenty times the two bytes that write it.
    containers = content.count(b"[") + content.count(b"{")
    if containers > _MAX_CONTAINERS or content.count(b",") > 2 * limits.cells + _MAX_CONTAINERS:
        problems.fatal("too_complex")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        problems.fatal("not_json", error.lineno, reason=str(error))
    assert isinstance(document, dict)  # it begins with a brace
    return document


def _check_class(document: dict[str, Any], problems: Problems) -> None:
    found = document.get("class")
    if found == "dataset":
        return
    bundled = (part for part in document.values() if isinstance(part, dict))
    if found is None and any(isinstance(part.get("dimension"), dict) for part in bundled):
        problems.fatal("jsonstat_v1")
    problems.fatal("not_jsonstat", column="class", found=found if isinstance(found, str) else "")


@dataclass(slots=True)
class _Axis:
    """A dimension as the document has it."""

    id: str
    codes: list[str]
    body: dict[str, Any]

    @property
    def path(self) -> str:
        return f"dimension.{self.id}"


class _Dataset:
    """One pass over a document; each step relies on the ones before."""

    def __init__(self, document: dict[str, Any], limits: Limits, problems: Problems, language: str) -> None:
        self.document = document
        self.limits = limits
        self.problems = problems
        extension = document.get("extension")
        self.extension: dict[str, Any] = extension if isinstance(extension, dict) else {}
        own = self.extension.get("language")
        self.language = own if own in LANGUAGE_CODES else language or DEFAULT_LANGUAGE

    def cube(self) -> Cube:
        sizes = self._sizes()
        axes = [self._axis(code, size) for code, size in sizes.items()]
        self.problems.raise_any()
        self.strides = [prod(list(sizes.values())[at + 1 :]) for at in range(len(sizes))]
        self.time, periods = self._time(axes)
        values = self._values(prod(sizes.values()))
        statuses = self._statuses(values)
        self.problems.raise_any()
        labels = Labels(self.document, self.extension, self.language)
        others = [axis for axis in axes if axis is not axes[self.time]]
        rows = tuple(self._rows(axes, values, statuses, labels.cell_notes()))
        decimals, unit = labels.unit([axis.body for axis in others if self._role(axis.id) is Role.METRIC])
        code = self.extension.get("code")
        cube = Cube(
            code=code if isinstance(code, str) else "",
            labels=labels.title(),
            axes=tuple(self._dimension(axis, labels, self._role(axis.id)) for axis in others),
            time=self._dimension(axes[self.time], labels, Role.TIME, periods),
            rows=rows,
            unit=unit,
            decimals=decimals,
            notes=labels.table_notes(),
            sources=sources_of(self.document, self.extension, self.language),
        )
        self.problems.raise_any()
        span = max(map(ordinal, periods)) - min(map(ordinal, periods)) + 1
        if len(rows) * span > self.limits.cells:
            self._too_many(len(rows) * span)
        return unbroken(cube)

    def _too_many(self, cells: int) -> None:
        self.problems.fatal("too_many_cells", cells=cells, limit=self.limits.cells)

    def _sizes(self) -> dict[str, int]:
        ids, sizes = self.document.get("id"), self.document.get("size")
        if not isinstance(ids, list) or not ids or not all(isinstance(code, str) and code for code in ids):
            self.problems.fatal("expected_list", column="id")
        if again := _repeated(ids):
            self.problems.fatal("repeated_code", column="id", found=again)
        if len(ids) > _MAX_DIMENSIONS:
            self.problems.fatal("too_complex", column="id")
        if not isinstance(sizes, list) or len(sizes) != len(ids):
            found = len(sizes) if isinstance(sizes, list) else 0
            self.problems.fatal("expected_size", column="size", expected=len(ids), found=found)
        for code, size in zip(ids, sizes, strict=True):
            if type(size) is not int or size < 1:
                self.problems.fatal("bad_number", column=f"size.{code}", found=str(size))
        if (cells := prod(sizes)) > self.limits.cells:
            self._too_many(cells)
        return dict(zip(ids, sizes, strict=True))

    def _axis(self, code: str, size: int) -> _Axis:
        dimensions = self.document.get("dimension")
        body = dimensions.get(code) if isinstance(dimensions, dict) else None
        if not isinstance(body, dict):
            self.problems.fatal("expected_object", column=f"dimension.{code}")
        category = body.get("category")
        if not isinstance(category, dict):
            self.problems.fatal("expected_object", column=f"dimension.{code}.category")
        path = f"dimension.{code}.category.index"
        codes = self._codes(category, path)
        if len(codes) != size:
            self.problems.add("expected_size", None, path, expected=size, found=len(codes))
        elif again := _repeated(codes):
            self.problems.add("repeated_code", None, path, found=again)
        return _Axis(code, codes, body)

    def _codes(self, category: dict[str, Any], path: str) -> list[str]:
        index, labels = category.get("index"), category.get("label")
        if isinstance(index, list):
            if not all(isinstance(code, str) for code in index):
                self.problems.fatal("expected_text", column=path)
            return index
        if isinstance(index, dict):
            places = list(index.values())
            if any(type(place) is not int for place in places) or sorted(places) != list(range(len(places))):
                self.problems.fatal("expected_positions", column=path, last=len(places) - 1)
            return sorted(index, key=index.__getitem__)
        if isinstance(labels, dict) and len(labels) == 1:
            return list(labels)
        return self.problems.fatal("no_index", column=path)

    def _role(self, code: str) -> Role:
        roles = self.document.get("role")
        for role in (Role.GEO, Role.METRIC):
            listed = roles.get(role.value) if isinstance(roles, dict) else None
            if isinstance(listed, list) and code in listed:
                return role
        return Role.CLASSIFICATION

    def _time(self, axes: Sequence[_Axis]) -> tuple[int, list[str]]:
        """Which dimension is time, and its periods in SDMX notation."""
        roles = self.document.get("role")
        named = roles.get("time") if isinstance(roles, dict) else None
        listed = [axis.id for axis in axes if isinstance(named, list) and axis.id in named]
        if len(listed) > 1:
            self.problems.fatal("several_times", column="role.time", found=", ".join(listed))
        candidates = listed or [axis.id for axis in axes if axis.id.lower() in _TIME_NAMES]
        if not candidates:
            candidates = [axis.id for axis in axes if _periods(axis)]
        if len(candidates) != 1:
            self.problems.fatal("no_time", column="role.time")
        at = next(at for at, axis in enumerate(axes) if axis.id == candidates[0])
        periods = _periods(axes[at]) or self._bad_periods(axes[at])
        self._check_periods(periods, axes[at].path)
        return at, periods

    def _bad_periods(self, axis: _Axis) -> list[str]:
        for code in axis.codes:
            try:
                normal_period(code)
            except BadPeriod:
                self.problems.add("bad_period", None, axis.path, found=code)
        self.problems.raise_any()
        return axis.codes

    def _check_periods(self, periods: list[str], path: str) -> None:
        first = periods[0]
        seen: set[str] = set()
        for period in periods:
            if frequency_of(period) is not frequency_of(first):
                self.problems.fatal("mixed_frequencies", column=path, found=period, first=first)
            if period in seen:
                self.problems.fatal("duplicate_period", column=path, period=period)
            seen.add(period)

    def _values(self, cells: int) -> list[Value]:
        given = self.document.get("value")
        if isinstance(given, dict):
            values: list[Value] = [None] * cells
            for place, value in self._placed(given, cells, "value"):
                values[place] = value
            given = values
        if not isinstance(given, list) or not given:
            self.problems.fatal("no_values", column="value")
        if len(given) != cells:
            self.problems.fatal("expected_size", column="value", expected=cells, found=len(given))
        if not set(map(type, given)) <= _NUMBERS:
            for place, value in enumerate(given):
                if type(value) not in _NUMBERS:
                    self.problems.add("bad_number", None, f"value.{place}", found=str(value)[:200])
        return given

    def _placed(self, given: dict[str, Any], cells: int, path: str) -> Iterator[tuple[int, Any]]:
        """Entries of an object whose names are numbers of cells."""
        for place, entry in given.items():
            if place.isdecimal() and place.isascii() and len(place) < 16 and int(place) < cells:
                yield int(place), entry
            else:
                self.problems.add("bad_position", None, path, found=place)

    def _statuses(self, values: list[Value]) -> dict[int, str]:
        given = self.document.get("status")
        if isinstance(given, list) and len(given) == 1:
            given = given[0]
        if given is None or isinstance(given, str):
            entries: Iterator[tuple[int, Any]] = iter(enumerate([given] * len(values) if given else []))
        elif isinstance(given, list):
            if len(given) != len(values):
                self.problems.fatal("expected_size", column="status", expected=len(values), found=len(given))
            entries = iter(enumerate(given))
        elif isinstance(given, dict):
            entries = self._placed(given, len(values), "status")
        else:
            self.problems.fatal("expected_object", column="status")
        statuses = {}
        for place, entry in entries:
            if entry is not None and (status := self._status(entry, place, values[place])):
                statuses[place] = status
        return statuses

    def _status(self, entry: object, place: int, value: Value) -> str:
        status = known_status(entry) if isinstance(entry, str) else None
        path = f"status.{place}"
        if status is None:
            self.problems.add("unknown_status", None, path, found=str(entry)[:200], known=KNOWN_LIST)
        elif status in NO_VALUE and value is not None:
            self.problems.add("value_with_status", None, path, status=status, found=str(value)[:200])
        return status or ""

    def _rows(
        self, axes: list[_Axis], values: list[Value], statuses: dict[int, str], notes: dict[int, Texts]
    ) -> Iterator[Row]:
        """Rows that have anything, in the order of the members; time may stand at any place."""
        length, step = len(axes[self.time].codes), self.strides[self.time]
        others = [at for at in range(len(axes)) if at != self.time]
        marked = {self._start(place, length, step) for place in (*statuses, *notes) if place < len(values)}
        steps = [[place * self.strides[at] for place in range(len(axes[at].codes))] for at in others]
        codes_of = [axes[at].codes for at in others]
        for codes, places in zip(product(*codes_of), product(*steps), strict=True):
            start = sum(places)
            series = values[start : start + length * step : step]
            if start not in marked:
                if series.count(None) != length:
                    yield Row(codes, series)
                continue
            cells = range(start, start + length * step, step)
            yield Row(
                codes,
                series,
                {at: statuses[cell] for at, cell in enumerate(cells) if cell in statuses},
                {at: notes[cell] for at, cell in enumerate(cells) if cell in notes},
            )

    def _start(self, place: int, length: int, step: int) -> int:
        """The first cell of the series a cell belongs to."""
        return place - (place // step % length) * step

    def _dimension(
        self, axis: _Axis, labels: Labels, role: Role, codes: Sequence[str] | None = None
    ) -> Dimension:
        parents = parents_of(axis.id, axis.codes, axis.body, self.extension, self.problems)
        renamed = codes or axis.codes
        if role is Role.TIME:
            parents = {}
        members = tuple(
            Member(code, labels.member(axis.id, old), parents.get(old), labels.member_notes(axis.id, old))
            for code, old in zip(renamed, axis.codes, strict=True)
        )
        return Dimension(axis.id, labels.dimension(axis.id), role, members, labels.dimension_notes(axis.id))


def _repeated(codes: Sequence[str]) -> str:
    """A code that appears again, if any."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return ""


def _periods(axis: _Axis) -> list[str]:
    """The periods of a dimension, from its codes or else from its labels; empty if they are none."""
    labels = axis.body["category"].get("label")
    named = [labels.get(code) for code in axis.codes] if isinstance(labels, dict) else []
    for texts in (axis.codes, named):
        try:
            periods = [normal_period(text) for text in texts if isinstance(text, str)]
        except BadPeriod:
            continue
        if len(periods) == len(axis.codes):
            return periods
    return []
