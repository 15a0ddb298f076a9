"""From the TOML files of this folder to the starter content."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from registry.languages import LANGUAGE_CODES
from registry.starter.areas import area_codes, area_name, country_list
from registry.starter.content import (
    StarterCode,
    StarterCodelist,
    StarterContent,
    StarterDimension,
    StarterIndicator,
    StarterInstitution,
    StarterParticipant,
    StarterTerm,
    Texts,
)

TOTAL = "_T"
Table = Mapping[str, Any]


@cache
def starter_content() -> StarterContent:
    """The whole starter content. A pure function of the files and of the packages that name countries."""
    areas = _read("areas")
    return StarterContent(
        codelists=tuple(_codelists(_read("codelists"), areas)),
        indicators=tuple(_indicators(_read("indicators"))),
        participants=tuple(_participants(_read("participants"), areas)),
        terms=tuple(_terms(_read("glossary"))),
        institutions=tuple(_institutions(_read("institutions"))),
    )


def _read(name: str) -> Table:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def _texts(entry: Table) -> Texts:
    """The languages of an entry that may hold other things too. KeyError names a missing language."""
    return {language: entry[language] for language in LANGUAGE_CODES}


def _codelists(table: Table, areas: Table) -> Iterator[StarterCodelist]:
    sources: Mapping[str, tuple[StarterCode, ...]] = {
        "": (),
        "areas": area_codes(areas),
        "countries": country_list(areas, TOTAL),
    }
    for code, entry in table["lists"].items():
        yield StarterCodelist(
            code=code,
            name=_texts(entry["name"]),
            description=_texts(entry["description"]),
            codes=(
                *_codes(entry.get("before", ()), table["columns"]),
                *sources[entry.get("source", "")],
                *_codes(entry.get("after", ()), table["columns"]),
            ),
        )


def _codes(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> Iterator[StarterCode]:
    for row in rows:
        entry = dict(zip(columns, row, strict=True))
        code = entry["code"]
        yield StarterCode(code, _texts(entry), entry["parent"] or None, is_total=code == TOTAL)


def _indicators(table: Table) -> Iterator[StarterIndicator]:
    for entry in table["indicators"]:
        whole = {**table["defaults"], **entry}
        labels = whole.get("labels", {})
        yield StarterIndicator(
            code=whole["code"],
            table_number=whole.get("table_number", ""),
            collection=whole["collection"],
            name=_texts(whole["name"]),
            definition=_texts(whole["definition"]),
            unit=_texts(whole["unit"]),
            nature=whole["nature"],
            counting_unit=whole["counting_unit"],
            decimals=whole["decimals"],
            can_be_negative=whole.get("can_be_negative", False),
            frequencies=tuple(table["frequencies"][whole["collection"]]),
            dimensions=tuple(
                _dimension(code, table["dimensions"][code], labels.get(code)) for code in whole["dimensions"]
            ),
        )


def _dimension(code: str, entry: Table, label: Table | None) -> StarterDimension:
    role = entry.get("role", "classification")
    return StarterDimension(
        code=code,
        name=_texts(label or entry),
        role=role,
        codelist=entry["codelist"],
        default_member=TOTAL if role == "classification" else None,
    )


def _participants(table: Table, areas: Table) -> Iterator[StarterParticipant]:
    for code in table["states"]:
        yield StarterParticipant(code, "state", area_name(code, areas), area=code)
    for code, name in table["organisations"].items():
        yield StarterParticipant(code, "organisation", _texts(name))


def _terms(table: Table) -> Iterator[StarterTerm]:
    for entry in table["terms"]:
        also = _texts(entry["also"])
        yield StarterTerm(
            code=entry["code"],
            topic=entry["topic"],
            name=_texts(entry["name"]),
            other_forms={language: "\n".join(forms) for language, forms in also.items()},
            definition=_texts(entry["definition"]),
            source=_texts(table["sources"][entry["of"]]),
            related=tuple(entry["related"]),
            is_marked=entry.get("marked", True),
        )


def _institutions(table: Table) -> Iterator[StarterInstitution]:
    """A participant keeps the entries of its country, and those that name it."""
    for entry in table["institutions"]:
        area = entry.get("area")
        keeper = area if area in table["participants"] else None
        yield StarterInstitution(
            code=entry["code"],
            kind=entry.get("kind", "institution"),
            category=entry["category"],
            name=_texts(entry["name"]),
            acronym=_texts(entry["acronym"]) if "acronym" in entry else {},
            summary=_texts(entry["summary"]),
            source=_texts(table["sources"][entry["of"]]),
            location=_texts(entry["location"]) if "location" in entry else {},
            area=area,
            parent=entry.get("parent"),
            participant=entry.get("participant", keeper),
            url=entry.get("url", ""),
        )
