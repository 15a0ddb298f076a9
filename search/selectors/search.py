from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from registry.access import Viewer
from registry.languages import ServedText
from search.builders import BUILDERS
from search.documents import document_id
from search.engines import get_engine
from search.engines.base import Query, Results

SearchResults = Results


def search_documents(
    *,
    viewer: Viewer,
    text: str,
    language: str,
    kinds: Sequence[str] | None = None,
    facets: Mapping[str, Sequence[str]] | None = None,
    first: int = 20,
    offset: int = 0,
) -> SearchResults:
    """What the viewer may find: one page of hits, the total and the counts by kind and facet.

    Two walls: the engine compares audience tokens, and the database says what the viewer may see at this
    moment, so that a revoked or expired grant counts at once, in totals and facets too. One query for each
    kind with audiences, two to confirm the pages among the hits. At most 100 hits, the first 1,000 being
    within reach. Raises `SearchError` if there is no usable index.
    """
    query = Query(
        text=text,
        language=language,
        tokens=viewer.tokens,
        scopes=_scopes(viewer),
        kinds=tuple(kinds or ()),
        facets={name: tuple(values) for name, values in (facets or {}).items()},
        first=first,
        offset=offset,
    )
    return _confirmed(get_engine().search(query), viewer)


def suggest_titles(*, viewer: Viewer, text: str, language: str, first: int = 8) -> tuple[ServedText, ...]:
    """Titles the viewer may see whose words begin like the last word typed; same walls as the search."""
    query = Query(text=text, language=language, tokens=viewer.tokens, scopes=_scopes(viewer), first=first)
    return get_engine().suggest(query)


def _scopes(viewer: Viewer) -> dict[str, frozenset[str]]:
    scopes = {kind: builder.scope(viewer) for kind, builder in BUILDERS.items()}
    return {kind: keys for kind, keys in scopes.items() if keys is not None}


def _confirmed(results: Results, viewer: Viewer) -> Results:
    """Without the hits that no longer stand; the counts of their kind go down with them."""
    keys = defaultdict(set)
    for hit in results.hits:
        keys[hit.kind].add(hit.key)
    standing = {
        document_id(kind, key)
        for kind, found in keys.items()
        if kind in BUILDERS
        for key in BUILDERS[kind].confirm(found, viewer)
    }
    fallen = [hit for hit in results.hits if hit.id not in standing]
    if not fallen:
        return results
    return replace(
        results,
        hits=tuple(hit for hit in results.hits if hit.id in standing),
        total=results.total - len(fallen),
        kinds=dict(+(Counter(results.kinds) - Counter(hit.kind for hit in fallen))),
    )
