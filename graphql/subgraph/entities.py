"""Federation: the things other subgraphs may refer to by key, resolved in batches.

A public door like any other: what is hidden and what does not exist are both null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms.selectors.documents import document_list
from cms.selectors.documents import with_relations as with_document_relations
from registry.access import Viewer
from registry.models import Participant as ParticipantRow
from registry.selectors.dataset import dataset_list, with_relations
from registry.selectors.glossary import term_list
from registry.selectors.indicator import indicator_list, with_dimensions
from subgraph.errors import bad_input
from subgraph.types.dataset import dataset
from subgraph.types.document import document
from subgraph.types.indicator import indicator
from subgraph.types.participant import participant
from subgraph.types.term import term
from subgraph.types.text import Locale

MOST_REPRESENTATIONS = 100
Found = Mapping[str, Any]


def _indicators(viewer: Viewer, codes: Iterable[str], locale: Locale) -> Found:
    rows = with_dimensions(indicator_list(viewer=viewer).select_related("owner"))
    return {row.code: indicator(row, locale) for row in rows.filter(code__in=codes)}


def _datasets(viewer: Viewer, codes: Iterable[str], locale: Locale) -> Found:
    rows = with_relations(dataset_list(viewer=viewer), viewer=viewer)
    return {row.code: dataset(row, locale) for row in rows.filter(code__in=codes)}


def _documents(viewer: Viewer, codes: Iterable[str], locale: Locale) -> Found:
    rows = with_document_relations(document_list(viewer=viewer), viewer=viewer)
    return {row.code: document(row, locale) for row in rows.filter(code__in=codes)}


def _participants(viewer: Viewer, codes: Iterable[str], locale: Locale) -> Found:
    rows = ParticipantRow.objects.visible_to(viewer).select_related("area")
    return {row.code: participant(row, locale) for row in rows.filter(code__in=codes)}


def _terms(viewer: Viewer, codes: Iterable[str], locale: Locale) -> Found:
    rows = term_list(viewer=viewer).prefetch_related("related")
    return {row.code: term(row, locale) for row in rows.filter(code__in=codes)}


LOADERS: Mapping[str, Callable[[Viewer, Iterable[str], Locale], Found]] = {
    "Dataset": _datasets,
    "Document": _documents,
    "Indicator": _indicators,
    "Participant": _participants,
    "Term": _terms,
}


def entities(*, viewer: Viewer, representations: list[Any], locale: Locale) -> list[Any]:
    """The objects of ``{"__typename": …, "code": …}``, in the same order. A fixed number of queries per type.

    BAD_USER_INPUT for more than 100, an unknown type, or a key that is not a code.
    """
    if len(representations) > MOST_REPRESENTATIONS:
        raise bad_input(
            _("At most %(most)s representations are resolved at once."), most=MOST_REPRESENTATIONS
        )
    keys = [_key(representation) for representation in representations]
    found = {
        name: load(viewer, sorted({code for typename, code in keys if typename == name}), locale)
        for name, load in LOADERS.items()
        if any(typename == name for typename, _code in keys)
    }
    return [found[typename].get(code) for typename, code in keys]


def _key(representation: Any) -> tuple[str, str]:
    if isinstance(representation, dict):
        typename, code = representation.get("__typename"), representation.get("code")
        if isinstance(typename, str) and typename in LOADERS and isinstance(code, str):
            return typename, code
    raise bad_input(
        _("A representation has __typename, one of %(types)s, and code."), types=", ".join(sorted(LOADERS))
    )
