"""Codes of code lists with their labels: the one read behind axes, filter forms and single figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Q

from registry.access import Viewer
from registry.cube import Texts
from registry.languages import LANGUAGE_CODES, columns
from registry.models import Code, IndicatorDimension


class CodeRow(NamedTuple):
    """One code as plain values: objects cost more, and axes have thousands. ``parent`` is a code."""

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
    wanted = Q()
    for codelist_id in set(codelists):
        some = {} if codes is None else {"code__in": set(codes.get(codelist_id, ()))}
        if codes is None or some["code__in"]:
            wanted |= Q(codelist=codelist_id, **some)
    if not wanted:
        return found
    rows = Code.objects.visible_to(viewer).filter(wanted)
    listed = rows.order_by("order", "code").values_list(
        "codelist_id", "code", "parent__code", "is_total", *columns("name")
    )
    for codelist_id, code, parent, is_total, *names in listed:
        labels = dict(zip(LANGUAGE_CODES, names, strict=True))
        found.setdefault(codelist_id, []).append(CodeRow(code, labels, parent, is_total))
    return found


def by_list(dimensions: Iterable[IndicatorDimension], used: Iterable[Collection[str]]) -> dict[int, set[str]]:
    """The codes used in each dimension, gathered by code list: two dimensions may share one."""
    gathered: dict[int, set[str]] = {}
    for dimension, codes in zip(dimensions, used, strict=True):
        gathered.setdefault(dimension.codelist_id, set()).update(codes)
    return gathered
