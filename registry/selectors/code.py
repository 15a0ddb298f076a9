"""Codes of code lists with their labels: the one read behind axes, filter forms and single figures."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from registry.access import Viewer
from registry.cube import Texts
from registry.languages import LANGUAGE_CODES, columns
from registry.models import Code


class CodeRow(NamedTuple):
    """One code as plain values: objects cost more, and axes have thousands. ``parent`` is a code."""

    code: str
    labels: Texts
    parent: str | None
    is_total: bool


def codes_by_list(
    *, viewer: Viewer, codelists: Collection[int], codes: Collection[str] | None = None
) -> dict[int, list[CodeRow]]:
    """The codes of some code lists by id of the list, in its order; only ``codes`` if they are given.

    One query, none where nothing is asked for. Lists without any such code are left out.
    """
    found: dict[int, list[CodeRow]] = {}
    if not codelists or (codes is not None and not codes):
        return found
    rows = Code.objects.visible_to(viewer).filter(codelist__in=set(codelists))
    if codes is not None:
        rows = rows.filter(code__in=set(codes))
    listed = rows.order_by("order", "code").values_list(
        "codelist_id", "code", "parent__code", "is_total", *columns("name")
    )
    for codelist_id, code, parent, is_total, *names in listed:
        labels = dict(zip(LANGUAGE_CODES, names, strict=True))
        found.setdefault(codelist_id, []).append(CodeRow(code, labels, parent, is_total))
    return found
