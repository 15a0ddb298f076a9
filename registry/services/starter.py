"""Store the starter content: code lists, shared indicators, participants, terms, institutions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

from django.db import models, transaction

from registry.database import TransactionMark
from registry.languages import by_column, columns
from registry.models import (
    AuditEvent,
    Code,
    Codelist,
    Indicator,
    IndicatorDimension,
    Institution,
    Participant,
    Term,
)
from registry.models.institution import folded_institution
from registry.starter import StarterContent, starter_content
from registry.starter.content import StarterIndicator

AREAS = "CL_AREA"
_STEP = 10  # leaves room to put something between two entries by hand

KeyT = TypeVar("KeyT", bound=Hashable)
ModelT = TypeVar("ModelT", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one kind."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class StarterSummary:
    codelists: Counts
    codes: Counts
    indicators: Counts
    dimensions: Counts
    participants: Counts
    terms: Counts = Counts()
    institutions: Counts = Counts()

    @property
    def has_changes(self) -> bool:
        kinds = (getattr(self, field.name) for field in fields(self))
        return any(counts.created or counts.changed for counts in kinds)


@transaction.atomic
def starter_load(*, content: StarterContent | None = None) -> StarterSummary:
    """Store what is missing of the starter content and bring its labels and order up to date.

    Of what is there already, texts and order follow the content, for codes also parent and total mark.
    Everything else (frequencies, dimensions, release authority, what is active, rows added by hand)
    stays as people set it. Running it twice changes nothing the second time.
    """
    content = content or starter_content()
    codelists, codelist_counts = _store_codelists(content)
    codes, code_counts = _store_codes(content, codelists)
    stored = {indicator.code: indicator for indicator in Indicator.objects.all()}
    added = [indicator for indicator in content.indicators if indicator.code not in stored]
    indicators, indicator_counts = _store_indicators(content, stored)
    participants, participant_counts = _store_participants(content, codelists, codes)
    summary = StarterSummary(
        codelists=codelist_counts,
        codes=code_counts,
        indicators=indicator_counts,
        dimensions=_store_dimensions(content, indicators, added, codelists, codes),
        participants=participant_counts,
        terms=_store_terms(content),
        institutions=_store_institutions(content, codelists, codes, participants),
    )
    if summary.has_changes:
        # Nobody signed in does this: it belongs to setting the system up.
        AuditEvent.objects.create(
            action="starter.load",
            object_type="starter",
            data=asdict(summary),
            transaction=TransactionMark(),
        )
    return summary


def _upsert(
    model: type[ModelT], stored: dict[KeyT, ModelT], wanted: Mapping[KeyT, ModelT], updatable: Sequence[str]
) -> Counts:
    """Create the wanted rows that are not stored, and update the columns ``updatable`` where they differ.

    ``stored`` receives what is created.
    """
    created = {key: row for key, row in wanted.items() if key not in stored}
    changed: list[ModelT] = []
    for key, row in wanted.items():
        if key in created:
            continue
        differing = [name for name in updatable if getattr(stored[key], name) != getattr(row, name)]
        for name in differing:
            setattr(stored[key], name, getattr(row, name))
        if differing:
            changed.append(stored[key])
    model._default_manager.bulk_create(created.values())
    if changed:
        model._default_manager.bulk_update(changed, list(updatable))
    stored.update(created)
    return Counts(len(created), len(changed), len(wanted) - len(created) - len(changed))


def _store_codelists(content: StarterContent) -> tuple[dict[str, Codelist], Counts]:
    stored = {row.code: row for row in Codelist.objects.all()}
    wanted = {
        entry.code: Codelist(
            code=entry.code,
            **by_column("name", entry.name),
            **by_column("description", entry.description),
        )
        for entry in content.codelists
    }
    counts = _upsert(Codelist, stored, wanted, [*columns("name"), *columns("description")])
    return stored, counts


def _store_codes(
    content: StarterContent, codelists: Mapping[str, Codelist]
) -> tuple[dict[tuple[int, str], Code], Counts]:
    """Level by level, so that parents have their keys before their children are stored."""
    rows = Code.objects.filter(codelist__code__in=[entry.code for entry in content.codelists])
    stored = {(row.codelist_id, row.code): row for row in rows}
    levels: dict[int, dict[tuple[int, str], tuple[Code, str | None]]] = {}
    for entry in content.codelists:
        codelist = codelists[entry.code]
        parents = {code.code: code.parent for code in entry.codes}
        for position, code in enumerate(entry.codes):
            row = Code(
                codelist=codelist,
                code=code.code,
                order=position * _STEP,
                is_total=code.is_total,
                **by_column("name", code.name),
            )
            level = levels.setdefault(_depth(code.code, parents), {})
            level[codelist.pk, code.code] = row, code.parent
    updatable = [*columns("name"), "order", "is_total", "parent_id"]
    counts = Counts()
    for depth in sorted(levels):
        for (codelist_id, _), (row, parent) in levels[depth].items():
            row.parent_id = stored[codelist_id, parent].pk if parent else None
        done = _upsert(Code, stored, {key: row for key, (row, _) in levels[depth].items()}, updatable)
        counts = Counts(
            counts.created + done.created, counts.changed + done.changed, counts.unchanged + done.unchanged
        )
    return stored, counts


def _depth(code: str, parents: Mapping[str, str | None]) -> int:
    parent = parents[code]
    return 0 if parent is None else 1 + _depth(parent, parents)


def _store_indicators(
    content: StarterContent, stored: dict[str, Indicator]
) -> tuple[dict[str, Indicator], Counts]:
    wanted = {
        entry.code: Indicator(
            code=entry.code,
            table_number=entry.table_number,
            collection=entry.collection,
            nature=entry.nature,
            counting_unit=entry.counting_unit,
            decimals=entry.decimals,
            can_be_negative=entry.can_be_negative,
            frequencies=list(entry.frequencies),
            order=position * _STEP,
            **by_column("name", entry.name),
            **by_column("definition", entry.definition),
            **by_column("unit", entry.unit),
        )
        for position, entry in enumerate(content.indicators, start=1)
    }
    updatable = [*columns("name"), *columns("definition"), *columns("unit"), "order"]
    return stored, _upsert(Indicator, stored, wanted, updatable)


def _store_dimensions(
    content: StarterContent,
    indicators: Mapping[str, Indicator],
    added: Sequence[StarterIndicator],
    codelists: Mapping[str, Codelist],
    codes: Mapping[tuple[int, str], Code],
) -> Counts:
    """Dimensions of the ``added`` indicators; of the others only the names, for figures hang on the rest."""
    ours = {indicators[entry.code].pk: entry for entry in content.indicators}
    stored = {
        (row.indicator_id, row.code): row for row in IndicatorDimension.objects.filter(indicator__in=ours)
    }
    is_new = {indicators[entry.code].pk for entry in added}
    wanted: dict[tuple[int, str], IndicatorDimension] = {}
    for indicator_id, entry in ours.items():
        for position, dimension in enumerate(entry.dimensions):
            if indicator_id not in is_new and (indicator_id, dimension.code) not in stored:
                continue
            codelist = codelists[dimension.codelist]
            member = dimension.default_member
            wanted[indicator_id, dimension.code] = IndicatorDimension(
                indicator_id=indicator_id,
                position=position,
                code=dimension.code,
                role=dimension.role,
                codelist=codelist,
                default_member=codes[codelist.pk, member] if member else None,
                **by_column("name", dimension.name),
            )
    return _upsert(IndicatorDimension, stored, wanted, list(columns("name")))


def _store_participants(
    content: StarterContent, codelists: Mapping[str, Codelist], codes: Mapping[tuple[int, str], Code]
) -> tuple[dict[str, Participant], Counts]:
    stored = {row.code: row for row in Participant.objects.all()}
    areas = codelists[AREAS].pk
    wanted = {
        entry.code: Participant(
            code=entry.code,
            kind=entry.kind,
            area=codes[areas, entry.area] if entry.area else None,
            order=position * _STEP,
            **by_column("name", entry.name),
        )
        for position, entry in enumerate(content.participants, start=1)
    }
    return stored, _upsert(Participant, stored, wanted, [*columns("name"), "order"])


def _store_terms(content: StarterContent) -> Counts:
    """Terms that are missing, in all languages. Those that are there are the secretariat's: they stay."""
    stored = {row.code: row for row in Term.objects.all()}
    wanted = {
        entry.code: Term(
            code=entry.code,
            topic=entry.topic,
            is_marked=entry.is_marked,
            **by_column("name", entry.name),
            **by_column("other_forms", entry.other_forms),
            **by_column("definition", entry.definition),
            **by_column("source", entry.source),
        )
        for entry in content.terms
    }
    added = wanted.keys() - stored.keys()
    counts = _upsert(Term, stored, wanted, [])
    pairs = {(entry.code, code) for entry in content.terms if entry.code in added for code in entry.related}
    link = Term.related.through
    link._default_manager.bulk_create(
        (
            link(from_term_id=stored[one].pk, to_term_id=stored[other].pk)
            for one, other in sorted(pairs | {(other, one) for one, other in pairs})
        ),
        ignore_conflicts=True,
    )
    return counts


def _store_institutions(
    content: StarterContent,
    codelists: Mapping[str, Codelist],
    codes: Mapping[tuple[int, str], Code],
    participants: Mapping[str, Participant],
) -> Counts:
    """Entries that are missing, wholes before their parts. Those that are there are kept by people and stay,
    also where people made one of the same body under another code.
    """
    stored = {row.code: row for row in Institution.objects.all()}
    known = {_identity(row, name): row for row in stored.values() for name in columns("name")}
    areas = codelists[AREAS].pk
    parents = {entry.code: entry.parent for entry in content.institutions}
    levels: dict[int, dict[str, Institution]] = {}
    for entry in content.institutions:
        row = Institution(
            code=entry.code,
            kind=entry.kind,
            category=entry.category,
            area=codes[areas, entry.area] if entry.area else None,
            participant=participants[entry.participant] if entry.participant else None,
            url=entry.url,
            **by_column("name", entry.name),
            **by_column("acronym", entry.acronym),
            **by_column("location", entry.location),
            **by_column("summary", entry.summary),
            **by_column("source", entry.source),
        )
        row.folded = folded_institution(row)
        levels.setdefault(_depth(entry.code, parents), {})[entry.code] = row
    counts = Counts()
    for depth in sorted(levels):
        for code, row in levels[depth].items():
            parent = parents[code]
            row.parent_id = stored[parent].pk if parent else None
            same = next(filter(None, (known.get(_identity(row, name)) for name in columns("name"))), None)
            if code not in stored and same is not None:
                stored[code] = same
        done = _upsert(Institution, stored, levels[depth], [])
        counts = Counts(counts.created + done.created, counts.changed, counts.unchanged + done.unchanged)
    return counts


def _identity(row: Institution, name: str) -> tuple[str, str, int | None, int | None]:
    """What no two entries share."""
    return name, getattr(row, name), row.area_id, row.parent_id
