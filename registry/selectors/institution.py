"""Reads of the inventory of institutions and other information sources (M1–M11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.access import Viewer
from registry.languages import current_language
from registry.models import Institution
from registry.words import stems

#: In place of an area: of no single country.
NO_AREA = "none"


def institution_list(
    *,
    viewer: Viewer,
    kind: str = "",
    category: str = "",
    area: str = "",
    words: str = "",
    codes: Collection[str] | None = None,
) -> QuerySet[Institution]:
    """The entries the viewer may see, narrowed by what is given; ``area`` is a code, or `NO_AREA`.

    ``words`` are looked for in names, acronyms, places and summaries of every language, whatever their
    ending.
    """
    rows = Institution.objects.visible_to(viewer)
    if kind:
        rows = rows.filter(kind=kind)
    if category:
        rows = rows.filter(category=category)
    if area:
        rows = rows.filter(area__isnull=True) if area == NO_AREA else rows.filter(area__code=area)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    for stem in stems(words):
        rows = rows.filter(folded__contains=stem)
    return rows


def institution_listed(*, viewer: Viewer, words: str = "") -> QuerySet[Institution]:
    """What everybody sees, whoever looks: what pages may show, by name in the active language."""
    return by_name(institution_list(viewer=viewer, words=words).filter(is_listed=True))


def institution_kept(*, viewer: Viewer) -> QuerySet[Institution]:
    """The entries the viewer keeps: all in the secretariat, else those of the own participant."""
    rows = Institution.objects.visible_to(viewer)
    if not viewer.keeps_institutions:
        return rows.none()
    return rows if viewer.participant is None else rows.filter(participant__code=viewer.participant)


def institution_get(*, viewer: Viewer, code: str) -> Institution | None:
    """One entry with its area; None where it is absent or hidden."""
    return with_area(institution_list(viewer=viewer, codes=[code])).first()


@dataclass(frozen=True, slots=True)
class Around:
    """What an entry is a part of, and its own parts, as far as the viewer may see them."""

    whole: Institution | None
    parts: list[Institution]


def institution_around(*, viewer: Viewer, institution: Institution) -> Around:
    """One query; the parts by name."""
    near = Q(parent=institution) | Q(pk=institution.parent_id)
    found = list(by_name(institution_list(viewer=viewer).filter(near)))
    return Around(
        whole=next((row for row in found if row.pk == institution.parent_id), None),
        parts=[row for row in found if row.parent_id == institution.pk],
    )


def with_area(rows: QuerySet[Institution]) -> QuerySet[Institution]:
    """With what a card or a line of a list shows beside the entry's own columns."""
    return rows.select_related("area")


def by_name(rows: QuerySet[Institution]) -> QuerySet[Institution]:
    return rows.order_by(f"name_{current_language()}", "code")


@dataclass(frozen=True, slots=True)
class InstitutionChoices:
    """What the entries that the viewer may see can be narrowed by."""

    kinds: Collection[str]
    categories: Collection[str]
    areas: Mapping[str, str]  # names by code, in the order of the active language
    has_no_area: bool


def institution_choices(*, viewer: Viewer) -> InstitutionChoices:
    """One query; nothing that only hidden entries have is offered."""
    language = current_language()
    rows = institution_list(viewer=viewer).order_by()
    found = set(rows.values_list("kind", "category", "area__code", f"area__name_{language}").distinct())
    areas = sorted({(name, code) for _kind, _category, code, name in found if code})
    return InstitutionChoices(
        kinds={kind for kind, _category, _code, _name in found},
        categories={category for _kind, category, _code, _name in found},
        areas={code: name for name, code in areas},
        has_no_area=any(code is None for _kind, _category, code, _name in found),
    )
