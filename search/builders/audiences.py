"""The audience tokens of datasets, as the search index keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from registry.models import DatasetAudience


def dataset_tokens(column: str, ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Tokens by the value of ``column`` (``dataset_id``, ``dataset__indicator_id``). One query.

    Both levels: who may see data may read its documentation. Audiences that begin later are included,
    because nothing happens to the index on that day; until then the scope from the database keeps
    them out (search/builders/base.py).
    """
    rows = DatasetAudience.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()), **{f"{column}__in": list(ids)}
    )
    tokens: dict[int, set[str]] = defaultdict(set)
    for value, token in rows.values_list(column, "token"):
        tokens[value].add(token)
    return defaultdict(frozenset, {value: frozenset(held) for value, held in tokens.items()})
