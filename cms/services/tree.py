"""Is the page tree whole? wagtail-localize#773 and interrupted moves can leave wrong counts and places."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.db import transaction
from wagtail.models import Page
from wagtail_localize.models import Translation

from registry.languages import DEFAULT_LANGUAGE

_REPAIRED = frozenset({"numchild", "depth", "url_path"})


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """``kind`` is what contradicts: numchild, depth, url_path; orphan (the page above is gone); locale (it
    stands under a page of another language); twin (its version in the other language stands elsewhere in the
    tree); slug (its version there has another address).
    """

    page_id: int
    title: str
    kind: str
    stored: str
    expected: str


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    title: str
    path: str
    depth: int
    numchild: int
    slug: str
    url_path: str
    key: uuid.UUID
    language: str

    @property
    def above(self) -> str:
        return self.path[: -Page.steplen]


def tree_problems() -> list[TreeProblem]:
    """All pages whose place contradicts itself or their other language. Two queries; changes nothing."""
    columns = ("pk", "title", "path", "depth", "numchild", "slug", "url_path", "translation_key")
    found = Page.objects.order_by("path").values_list(*columns, "locale__language_code")
    rows = [_Row(*values) for values in found]
    by_path = {row.path: row for row in rows}
    children = Counter(row.above for row in rows)
    problems = [problem for row in rows for problem in _of_place(row, by_path, children)]
    return problems + list(_of_twins(rows, by_path))


def _written_in() -> dict[uuid.UUID, str]:
    """The language from which a page is translated, by its translation key."""
    found = Translation.objects.filter(enabled=True)
    return dict(found.values_list("source__object_id", "source__locale__language_code"))


def _of_place(row: _Row, by_path: Mapping[str, _Row], children: Counter[str]) -> Iterator[TreeProblem]:
    depth = len(row.path) // int(Page.steplen)
    if row.numchild != children[row.path]:
        yield TreeProblem(row.pk, row.title, "numchild", str(row.numchild), str(children[row.path]))
    if row.depth != depth:
        yield TreeProblem(row.pk, row.title, "depth", str(row.depth), str(depth))
    if depth == 1:
        return
    above = by_path.get(row.above)
    if above is None:
        yield TreeProblem(row.pk, row.title, "orphan", row.path, "")
        return
    if depth > 2 and row.language != above.language:
        yield TreeProblem(row.pk, row.title, "locale", row.language, above.language)
    url_path = f"{above.url_path}{row.slug}/"
    if row.url_path != url_path:
        yield TreeProblem(row.pk, row.title, "url_path", row.url_path, url_path)


def _of_twins(rows: Sequence[_Row], by_path: Mapping[str, _Row]) -> Iterator[TreeProblem]:
    """Versions of one page stand under versions of one page, at the same address but for the language."""
    versions: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        if len(row.path) > 2 * int(Page.steplen):  # home pages have addresses of their own
            versions[row.key].append(row)
    written = _written_in()
    for key, found in versions.items():
        language = written.get(key, DEFAULT_LANGUAGE)
        first = min(found, key=attrgetter("pk"))
        first = next((row for row in found if row.language == language), first)
        above = by_path.get(first.above)
        for row in found:
            parent = by_path.get(row.above)
            if above and parent and parent.key != above.key:
                yield TreeProblem(row.pk, row.title, "twin", parent.title, above.title)
            if row.slug != first.slug:
                yield TreeProblem(row.pk, row.title, "slug", row.slug, first.slug)


@transaction.atomic
def tree_repair() -> list[TreeProblem]:
    """Put counts, depths and stored addresses right and return what is still wrong afterwards.

    Orphans, pages under another language or apart from their other version need a person's decision and are
    left as they are.
    """
    for _level in range(Page.objects.count() + 1):
        found = tree_problems()
        mended = [problem for problem in found if problem.kind in _REPAIRED]
        if not mended:
            return found
        for problem in mended:  # an address is right once those above it are: hence the levels
            value = problem.expected if problem.kind == "url_path" else int(problem.expected)
            Page.objects.filter(pk=problem.page_id).update(**{problem.kind: value})
    return tree_problems()
