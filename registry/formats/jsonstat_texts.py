"""Texts of a JSON-stat dataset: in all languages if it is one of ours, else in its only one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

from registry.cube import Source, Texts
from registry.formats.problems import Problems
from registry.languages import LANGUAGE_CODES

_MAX_DECIMALS = 15


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    """Notes: a list of texts, or a single one."""
    if isinstance(value, str):
        return [value]
    return [_text(item) for item in value] if isinstance(value, list) else []


class Labels:
    """Looks up texts by place. Anything that is not a text counts as absent."""

    def __init__(self, document: dict[str, Any], extension: dict[str, Any], language: str) -> None:
        own = extension.get("labels")
        self._is_own = isinstance(own, dict)
        self._bodies: dict[str, dict[str, Any]] = {
            code: body for code in LANGUAGE_CODES if isinstance(body := _object(own).get(code), dict)
        }
        self._extension = extension
        if not self._is_own:
            self._bodies = {language: document}

    def _each(self, find: Callable[[dict[str, Any]], object]) -> Texts:
        found = {code: _text(find(body)) for code, body in self._bodies.items()}
        return {code: text for code, text in found.items() if text}

    def _each_note(self, find: Callable[[dict[str, Any]], object]) -> tuple[Texts, ...]:
        lists = [_texts(find(body)) for body in self._bodies.values()]
        notes = (
            {code: text for code, text in zip(self._bodies, texts, strict=True) if text}
            for texts in zip_longest(*lists, fillvalue="")
        )
        return tuple(note for note in notes if note)

    def title(self) -> Texts:
        return self._each(lambda body: body.get("label"))

    def table_notes(self) -> tuple[Texts, ...]:
        return self._each_note(lambda body: body.get("note"))

    def dimension(self, code: str) -> Texts:
        return self._each(lambda body: _dimension(body, code).get("label"))

    def dimension_notes(self, code: str) -> tuple[Texts, ...]:
        return self._each_note(lambda body: _dimension(body, code).get("note"))

    def member(self, dimension: str, code: str) -> Texts:
        return self._each(lambda body: _object(_category(body, dimension).get("label")).get(code))

    def member_notes(self, dimension: str, code: str) -> tuple[Texts, ...]:
        return self._each_note(lambda body: _object(_category(body, dimension).get("note")).get(code))

    def cell_notes(self) -> dict[int, Texts]:
        """Notes by place in the dense form."""
        notes: dict[int, dict[str, str]] = {}
        for language, body in self._bodies.items():
            for place, text in _object(body.get("cellNote")).items():
                if place.isdecimal() and place.isascii() and len(place) < 16 and _text(text):
                    notes.setdefault(int(place), {})[language] = text
        return {**notes}

    def unit(self, metrics: Iterable[dict[str, Any]]) -> tuple[int, Texts]:
        """Decimals and unit: as our extension says, else the most decimals of any metric and its unit."""
        units = [
            _object(unit)
            for metric in metrics
            for unit in _object(_object(metric.get("category")).get("unit")).values()
        ]
        stated = [self._extension.get("decimals"), *(unit.get("decimals") for unit in units)]
        decimals = [it for it in stated if type(it) is int and 0 <= it <= _MAX_DECIMALS]
        if self._is_own:
            return max(decimals[:1], default=0), self._each(lambda body: body.get("unit"))
        names = {_text(unit.get("label")) or _text(unit.get("base")) for unit in units}
        name = names.pop() if len(names) == 1 else ""
        return max(decimals, default=0), {language: name for language in self._bodies if name}


def _dimension(body: dict[str, Any], code: str) -> dict[str, Any]:
    return _object(_object(body.get("dimension")).get(code))


def _category(body: dict[str, Any], code: str) -> dict[str, Any]:
    return _object(_dimension(body, code).get("category"))


def parents_of(
    dimension: str, codes: list[str], body: dict[str, Any], extension: dict[str, Any], problems: Problems
) -> dict[str, str]:
    """The parent of each category that has one; the first if there are several."""
    known = set(codes)
    path = f"dimension.{dimension}.category.child"
    outside = _object(_object(extension.get("parents")).get(dimension))
    parents = {code: parent for code, parent in outside.items() if code in known and _text(parent)}
    for parent, children in _object(_object(body.get("category")).get("child")).items():
        if parent not in known:
            problems.add("unknown_code", None, path, found=parent)
        for child in _texts(children):
            if child in known:
                parents.setdefault(child, parent)
            else:
                problems.add("unknown_code", None, path, found=child)
    if circle := _in_circle(parents):
        problems.add("circular_parents", None, path, found=circle)
    return parents


def _in_circle(parents: Mapping[str, str]) -> str:
    """A code that is its own ancestor, if any."""
    cleared: set[str] = set()
    for code in parents:
        path: dict[str, None] = {}
        at: str | None = code
        while at is not None and at not in cleared:
            if at in path:
                return at
            path[at] = None
            at = parents.get(at)
        cleared.update(path)
    return ""


def sources_of(document: dict[str, Any], extension: dict[str, Any], language: str) -> tuple[Source, ...]:
    """Our own list of sources, else the one text that JSON-stat has for it."""
    listed = extension.get("sources")
    if isinstance(listed, list):
        return tuple(_source(item) for item in listed if isinstance(item, dict))
    text = _text(document.get("source"))
    return (Source(dataset="", owner="", labels={language: text}),) if text else ()


def _source(item: dict[str, Any]) -> Source:
    labels = _object(item.get("labels"))
    try:
        released = datetime.fromisoformat(_text(item.get("released")))
    except ValueError:
        released = None
    return Source(
        dataset=_text(item.get("dataset")),
        owner=_text(item.get("owner")),
        labels={code: text for code in LANGUAGE_CODES if (text := _text(labels.get(code)))},
        is_official=item.get("official") is True,
        licence=_text(item.get("licence")),
        released_at=released,
    )
