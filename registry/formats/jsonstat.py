"""JSON-stat 2.0 datasets.

Values are a dense list; dimensions always have their index and labels, also with a single category, and
labels of dimensions are unique, because clients rely on it. The standard members are in the language asked
for; all languages, and what JSON-stat has no place for, are under ``extension``, so nothing is lost:

extension
    code, language, frequency, decimals, unit
    status.label    what the status codes used mean
    sources         dataset, owner, labels, official, licence, released
    parents         parents that are not categories themselves: {dimension: {code: parent}}
    labels          per language: label, unit, note, cellNote {cell: text} and
                    dimension {code: {label, note, category: {label, note}}}

Source: https://json-stat.org/full/ (JSON-stat 2.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from registry.cube import Cube, Dimension, Role, Source, Status, Texts
from registry.formats.base import LIMITS, Carries, Format, source_line
from registry.formats.jsonstat_reader import read
from registry.formats.statuses import STATUS_LABELS
from registry.languages import LANGUAGE_CODES, served

_ROLES = (Role.TIME, Role.GEO, Role.METRIC)


def write(cube: Cube, *, language: str) -> Iterator[bytes]:
    """The dataset as one part. CubeTooLarge if the dense form has more cells than files may have."""
    yield orjson.dumps(document(cube, language=language))


def document(cube: Cube, *, language: str) -> dict[str, Any]:
    """The dataset as plain Python objects, for answers that add members of their own."""
    cube.check(LIMITS.cells)
    statuses = cube.dense_statuses()
    released = [source.released_at for source in cube.sources if source.released_at]
    names = _unique_labels(cube.dimensions, language)
    whole: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": str(served(cube.labels, language)) or cube.code,
        "source": source_line(cube, language),
        "updated": _moment(max(released)) if released else "",
        "note": _notes(cube.notes, language),
        "id": [dimension.code for dimension in cube.dimensions],
        "size": list(cube.sizes),
        "role": _roles(cube),
        "dimension": {
            dimension.code: _dimension(dimension, name, cube, language)
            for dimension, name in zip(cube.dimensions, names, strict=True)
        },
        "extension": _extension(cube, language, set(statuses.values())),
        "value": cube.dense(),
        "status": {str(at): status for at, status in sorted(statuses.items())},
    }
    return {
        name: part
        for name, part in whole.items()
        if part or name not in ("source", "updated", "note", "status")
    }


def _roles(cube: Cube) -> dict[str, list[str]]:
    roles = {
        role.value: [dimension.code for dimension in cube.dimensions if dimension.role is role]
        for role in _ROLES
    }
    return {role: codes for role, codes in roles.items() if codes}


def _unique_labels(dimensions: Iterable[Dimension], language: str) -> list[str]:
    """Labels of dimensions, the code added where one appears again: clients use them as keys."""
    labels: list[str] = []
    for dimension in dimensions:
        label = str(served(dimension.labels, language)) or dimension.code
        while label in labels:
            label = f"{label} ({dimension.code})"
        labels.append(label)
    return labels


def _dimension(dimension: Dimension, label: str, cube: Cube, language: str) -> dict[str, Any]:
    codes = set(dimension.codes)
    children: dict[str, list[str]] = {}
    for member in dimension.members:
        if member.parent in codes:
            children.setdefault(member.parent, []).append(member.code)
    category: dict[str, Any] = {
        "index": list(dimension.codes),
        "label": {
            member.code: str(served(member.labels, language)) or member.code for member in dimension.members
        },
        "child": children,
        "note": {
            member.code: found for member in dimension.members if (found := _notes(member.notes, language))
        },
    }
    if dimension.role is Role.METRIC:
        unit = {"label": str(served(cube.unit, language)), "decimals": cube.decimals}
        category["unit"] = dict.fromkeys(dimension.codes, unit)
    category = {name: part for name, part in category.items() if part or name in ("index", "label")}
    notes = _notes(dimension.notes, language)
    return {"label": label, **({"note": notes} if notes else {}), "category": category}


def _notes(notes: Iterable[Texts], language: str) -> list[str]:
    return [text for text in (str(served(note, language)) for note in notes) if text]


def _extension(cube: Cube, language: str, statuses: set[str]) -> dict[str, Any]:
    parents = {
        dimension.code: outside for dimension in cube.dimensions if (outside := _outside_parents(dimension))
    }
    with override(language):
        labels = {status: str(STATUS_LABELS[Status(status)]) for status in sorted(statuses)}
    whole = {
        "code": cube.code,
        "language": language,
        "frequency": cube.frequency,
        "decimals": cube.decimals,
        "unit": str(served(cube.unit, language)),
        "status": {"label": labels} if labels else {},
        "sources": [_source(source) for source in cube.sources],
        "parents": parents,
        "labels": {code: texts for code in LANGUAGE_CODES if (texts := _texts(cube, code))},
    }
    return {name: part for name, part in whole.items() if part not in ("", {}, []) or name == "labels"}


def _outside_parents(dimension: Dimension) -> dict[str, str]:
    codes = set(dimension.codes)
    return {
        member.code: member.parent
        for member in dimension.members
        if member.parent is not None and member.parent not in codes
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "dataset": source.dataset,
        "owner": source.owner,
        "labels": {code: source.labels[code] for code in LANGUAGE_CODES if source.labels.get(code)},
        "official": source.is_official,
        "licence": source.licence,
        "released": _moment(source.released_at) if source.released_at else None,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _texts(cube: Cube, language: str) -> dict[str, Any]:
    """Everything the cube says in one language and no other, in the shape of the dataset itself."""
    dimensions = {dimension.code: _dimension_texts(dimension, language) for dimension in cube.dimensions}
    cells = {str(at): note[language] for at, note in sorted(cube.dense_notes().items()) if note.get(language)}
    return _without_empty(
        {
            "label": cube.labels.get(language),
            "unit": cube.unit.get(language),
            "note": _gapped(cube.notes, language),
            "dimension": _without_empty(dimensions),
            "cellNote": cells,
        }
    )


def _dimension_texts(dimension: Dimension, language: str) -> dict[str, Any]:
    members = dimension.members
    labels = {member.code: member.labels.get(language) for member in members}
    notes = {member.code: _gapped(member.notes, language) for member in members}
    category = _without_empty({"label": _without_empty(labels), "note": _without_empty(notes)})
    return _without_empty(
        {
            "label": dimension.labels.get(language),
            "note": _gapped(dimension.notes, language),
            "category": category,
        }
    )


def _gapped(notes: tuple[Texts, ...], language: str) -> list[str | None]:
    """Notes in one language, None for those that lack it, so that places agree between languages."""
    texts = [note.get(language) or None for note in notes]
    return texts if any(texts) else []


def _without_empty(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}


FORMAT = Format(
    name="jsonstat",
    media_type="application/json",
    extension="json",
    label=_("JSON-stat 2 (programs and web pages)"),
    carries=Carries(
        code=True,
        labels=True,
        languages=True,
        roles=True,
        parents=True,
        table_notes=True,
        dimension_notes=True,
        member_notes=True,
        cell_notes=True,
        statuses=True,
        sources=True,
        unit=True,
        decimals=True,
        unused_members=True,
    ),
    reader=read,
    writer=write,
    is_dense=True,
)
