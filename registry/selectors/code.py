"""Codes of code lists with their labels: the one read behind axes, filter forms and single figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Q, QuerySet

from registry.access import Viewer
from registry.cube import Texts
from registry.languages import LANGUAGE_CODES, columns, current_language
from registry.models import Code, IndicatorDimension

#: The code list of reference areas.
AREAS = "CL_AREA"
#: From so many codes on, the whole list is read: looking each of them up takes longer.
_MANY = 30


class CodeRow(NamedTuple):
    """One code as plain values: objects cost more, and axes have thousands.

    ``parent`` is a code, None where it is not among those asked for.
    """

    code: str
    labels: Texts
    parent: str | None
    is_total: bool


def codes_by_list(
    *, viewer: Viewer, codelists: Collection[int], codes: Mapping[int, Collection[str]] | None = None
) -> dict[int, list[CodeRow]]:
    """The codes of some code lists by id of the list, in its order; of each only ``codes`` if they are given.

    One query, none where nothing is asked for. Lists without any such code are left out.
    """
    found: dict[int, list[CodeRow]] = {}
    wanted = None if codes is None else {pk: frozenset(codes.get(pk, ())) for pk in set(codelists)}
    condition = _condition(codelists, wanted)
    if not condition:
        return found
    rows = Code.objects.visible_to(viewer).filter(condition).order_by("order", "code")
    listed = rows.values_list("pk", "codelist_id", "code", "parent_id", "is_total", *columns("name"))
    kept = [row for row in listed if wanted is None or row[2] in wanted[row[1]]]
    code_of = {row[0]: row[2] for row in kept}
    for _pk, codelist_id, code, parent, is_total, *names in kept:
        labels = dict(zip(LANGUAGE_CODES, names, strict=True))
        found.setdefault(codelist_id, []).append(CodeRow(code, labels, code_of.get(parent), is_total))
    return found


def _condition(codelists: Collection[int], wanted: Mapping[int, Collection[str]] | None) -> Q:
    if wanted is None:
        return Q(codelist__in=set(codelists)) if codelists else Q()
    whole = [pk for pk, codes in wanted.items() if len(codes) >= _MANY]
    condition = Q(codelist__in=whole) if whole else Q()
    for pk, codes in wanted.items():
        if 0 < len(codes) < _MANY:
            condition |= Q(codelist=pk, code__in=codes)
    return condition


def by_list(dimensions: Iterable[IndicatorDimension], used: Iterable[Collection[str]]) -> dict[int, set[str]]:
    """The codes used in each dimension, gathered by code list: two dimensions may share one."""
    gathered: dict[int, set[str]] = {}
    for dimension, codes in zip(dimensions, used, strict=True):
        gathered.setdefault(dimension.codelist_id, set()).update(codes)
    return gathered


def countries(*, viewer: Viewer) -> QuerySet[Code]:
    """The reference areas that are countries (ISO 3166 alpha-3), by name in the active language."""
    rows = Code.objects.visible_to(viewer).filter(codelist__code=AREAS, code__regex="^[A-Z]{3}$")
    return rows.order_by(f"name_{current_language()}", "code")
