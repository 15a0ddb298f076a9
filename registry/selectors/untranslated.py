"""Facts with a text in one language and not in another, so that nothing is forgotten (D174–D180)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.utils.text import capfirst

from registry.access import Viewer
from registry.languages import LANGUAGE_CODES, Localized
from registry.models import DOCUMENTATION_FIELDS, Documentation, Indicator, Institution, LegalReference, Term


@dataclass(frozen=True, slots=True)
class Kind:
    """Facts of one model: its localized fields, and the columns that tell which object it is."""

    model: type[Model]
    fields: tuple[str, ...]
    told_by: tuple[str, ...]
    owner: str  # the column with the code of the participant, or ""
    narrow: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that one language lacks while another has it."""

    kind: str
    what: str
    owner: str
    field: str
    language: str


KINDS: Sequence[Kind] = (
    Kind(Indicator, ("name", "definition", "unit"), ("code",), "owner__code", {"is_active": True}),
    Kind(
        Documentation,
        tuple(DOCUMENTATION_FIELDS),
        ("dataset__code",),
        "dataset__owner__code",
        {"is_current": True},
    ),
    Kind(LegalReference, ("title", "summary"), ("title_en", "title_ru"), "participant__code", {}),
    Kind(Term, ("name", "definition", "source"), ("code",), "", {}),
    Kind(Institution, ("name", "location", "summary", "source"), ("code",), "participant__code", {}),
)


def gaps(*, viewer: Viewer | None, kinds: Iterable[Kind] = KINDS) -> Iterator[Gap]:
    """The gaps among what the viewer may see; among all for the system itself (None). One query a kind.

    A text that no language has is no gap: it was never asked for, or another check tells of it.
    """
    for kind in kinds:
        yield from _gaps_of(kind, viewer)


def _gaps_of(kind: Kind, viewer: Viewer | None) -> Iterator[Gap]:
    manager: Any = kind.model._default_manager
    rows = manager.all() if viewer is None else manager.visible_to(viewer)
    columns = [f"{name}_{code}" for name in kind.fields for code in LANGUAGE_CODES]
    told = [*kind.told_by, *([kind.owner] if kind.owner else [])]
    found = rows.filter(_partly(kind.fields), **kind.narrow).order_by("pk")
    label = capfirst(str(kind.model._meta.verbose_name))
    for row in found.values(*{*columns, *told}):
        what = next((row[name] for name in kind.told_by if row[name]), "")
        owner = (row[kind.owner] if kind.owner else "") or ""
        for name in kind.fields:
            has = [code for code in LANGUAGE_CODES if row[f"{name}_{code}"]]
            for code in LANGUAGE_CODES if has else ():
                if code not in has:
                    yield Gap(label, what, owner, _label(kind.model, name), code)


def _partly(fields: Iterable[str]) -> Q:
    """Some field is empty in a language and filled in another."""
    condition = Q()
    for name in fields:
        empty = {code: Q(**{f"{name}_{code}": ""}) for code in LANGUAGE_CODES}
        any_empty, all_empty = Q(), Q()
        for each in empty.values():
            any_empty |= each
            all_empty &= each
        condition |= any_empty & ~all_empty
    return condition


def _label(model: type[Model], name: str) -> str:
    field: Localized = getattr(model, name)
    return str(field.verbose_name)
