"""Reads of documentation tables: current, past, how far answered, and due for their yearly review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from registry.access import Viewer
from registry.languages import LANGUAGE_CODES, columns, texts
from registry.models import Dataset, Documentation
from registry.selectors.dataset import dataset_list
from registry.selectors.legal import legal_of_tables

#: How long a table holds without being looked through again (D081).
REVIEWED_EVERY = timedelta(days=365)

#: The answers without which a figure cannot be understood (D036, D053, D056, D059–D062, D074–D078).
#: The others are asked of those whom they concern.
ASKED_FIELDS = (
    "definition",
    "event",
    "reference",
    "counting_unit",
    "categories",
    "coverage",
    "inclusions",
    "stateless",
    "double_citizenship",
    "source",
    "provider",
    "collection_method",
    "attributes",
    "dissemination",
    "periodicity",
    "timeliness",
    "legal_basis",
    "quality",
    "gaps",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """How far a documentation table answers what is asked of every dataset.

    An answer in any language counts, the original one too (D083). ``languages`` counts those that each
    language of the portal has. ``missing`` names fields of `Documentation`.
    """

    answered: int
    asked: int
    missing: tuple[str, ...]
    languages: Mapping[str, int]

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class DueDocumentation:
    """A table to be looked through again; ``reviewed_on`` is None if that was never done."""

    dataset: Dataset
    reviewed_on: date | None


def documentation_list(
    *, viewer: Viewer, indicator: str | None = None, dataset: str | None = None
) -> QuerySet[Documentation]:
    """The current documentation tables open to the viewer; of one indicator or dataset if named."""
    tables = Documentation.objects.visible_to(viewer).current()
    if indicator is not None:
        tables = tables.filter(dataset__indicator__code=indicator)
    if dataset is not None:
        tables = tables.filter(dataset__code=dataset)
    return tables


def documentation_current(*, viewer: Viewer, datasets: Iterable[Dataset]) -> dict[int, Documentation]:
    """The current tables of some datasets by dataset id, with the documents they name. Two queries."""
    found = Documentation.objects.visible_to(viewer).current().filter(dataset__in=list(datasets))
    found = found.prefetch_related(legal_of_tables(viewer=viewer))
    return {documentation.dataset_id: documentation for documentation in found}


def documentation_versions(*, viewer: Viewer, dataset: Dataset) -> QuerySet[Documentation]:
    """All versions of a dataset's table, the newest first, with who wrote them and their documents."""
    return (
        Documentation.objects.visible_to(viewer)
        .filter(dataset=dataset)
        .select_related("written_by")
        .prefetch_related(legal_of_tables(viewer=viewer))
        .order_by("-version")
    )


def documentation_version(*, viewer: Viewer, dataset: Dataset, version: int) -> Documentation | None:
    return documentation_versions(viewer=viewer, dataset=dataset).filter(version=version).first()


def documentation_filled(*, datasets: Iterable[Dataset]) -> dict[int, Filled]:
    """How far the tables of datasets that the viewer may see are answered, by dataset id. One query."""
    pks = [dataset.pk for dataset in datasets]
    names = [column for name in ASKED_FIELDS for column in columns(name)]
    rows = Documentation.objects.current().filter(dataset__in=pks).only("dataset_id", "original", *names)
    tables = {row.dataset_id: row for row in rows}
    return {pk: _filled(tables.get(pk)) for pk in pks}


def _filled(table: Documentation | None) -> Filled:
    languages = dict.fromkeys(LANGUAGE_CODES, 0)
    missing = []
    for name in ASKED_FIELDS:
        answers = texts(table, name) if table else {}
        for code in LANGUAGE_CODES:
            languages[code] += bool(answers.get(code))
        if table is None or not (any(answers.values()) or table.original.get(name)):
            missing.append(name)
    return Filled(len(ASKED_FIELDS) - len(missing), len(ASKED_FIELDS), tuple(missing), languages)


def documentation_due(*, viewer: Viewer, today: date) -> list[DueDocumentation]:
    """Tables of the viewer's own participant due for review, those never reviewed first. One query."""
    own = dataset_list(viewer=viewer, owner=viewer.participant or "")
    found = due_for_review(own, today=today).select_related("indicator")
    return [DueDocumentation(dataset, vars(dataset)["reviewed_on"]) for dataset in found]


def due_for_review(datasets: QuerySet[Dataset], *, today: date) -> QuerySet[Dataset]:
    """Those of some datasets whose table was never reviewed, or not for a year; ``reviewed_on`` says when.

    A dataset that has neither a release nor a table has nothing to document yet.
    """
    current = Documentation.objects.current().filter(dataset=OuterRef("pk"))
    return (
        datasets.filter(indicator__is_active=True)
        .annotate(reviewed_on=Subquery(current.values("reviewed_on")), has_table=Exists(current))
        .filter(Q(has_table=True) | Q(current_release__isnull=False))
        .filter(Q(reviewed_on__isnull=True) | Q(reviewed_on__lte=today - REVIEWED_EVERY))
        .order_by(F("reviewed_on").asc(nulls_first=True), "code")
    )
