from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import texts
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation
from search.builders.audiences import dataset_tokens
from search.builders.base import Builder, lines, numbers, per_language
from search.documents import SearchDocument

_IN_SUMMARY = ("definition", "coverage")


class DocumentationBuilder(Builder):
    """Data documentation tables, the current version of each. The key is the dataset's primary key."""

    kind = "documentation"
    label = _("Data documentation")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """Two queries."""
        tables = (
            Documentation.objects.current()
            .filter(dataset__indicator__is_active=True)
            .select_related("dataset__indicator", "dataset__owner")
            .order_by("pk")
        )
        if keys is not None:
            tables = tables.filter(dataset__in=numbers(keys))
        found = list(tables)
        tokens = dataset_tokens("dataset_id", [table.dataset_id for table in found])
        for table in found:
            yield _document(table, tokens[table.dataset_id])

    def scope(self, viewer: Viewer) -> frozenset[str]:
        visible = Dataset.objects.visible_to(viewer).order_by()
        return frozenset(map(str, visible.values_list("pk", flat=True)))


def _document(table: Documentation, tokens: frozenset[str]) -> SearchDocument:
    dataset, indicator, owner = table.dataset, table.dataset.indicator, table.dataset.owner
    indicators, owners, sources = texts(indicator, "name"), texts(owner, "name"), texts(dataset, "source")
    answers = {name: texts(table, name) for name in DOCUMENTATION_FIELDS}
    address = per_language(lambda code: reverse("registry:indicator", args=[indicator.code]))
    return SearchDocument(
        kind=DocumentationBuilder.kind,
        key=str(dataset.pk),
        url={code: f"{url}#documentation-{dataset.code}" for code, url in address.items()},
        title=per_language(
            lambda code: f"{indicators[code]} — {owners[code]}" if indicators[code] and owners[code] else ""
        ),
        summary=per_language(lambda code: lines(*(answers[name][code] for name in _IN_SUMMARY))),
        body=per_language(
            lambda code: lines(
                dataset.code,
                sources[code],
                *(answer[code] for name, answer in answers.items() if name not in _IN_SUMMARY),
            )
        ),
        facets={"collection": (indicator.collection,), "participant": (owner.code,)},
        date=table.written_at.date(),
        audiences=tokens,
    )
