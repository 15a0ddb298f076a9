from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import ANONYMOUS, Viewer
from registry.languages import texts
from registry.models import Term
from registry.selectors.glossary import term_list
from search.builders.base import Builder, lines, numbers, per_language
from search.documents import SearchDocument


class TermBuilder(Builder):
    """Terms of the glossary, which are everybody's. The key is the primary key."""

    kind = "term"
    label = _("Glossary")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """One query."""
        terms = term_list(viewer=ANONYMOUS).order_by("pk")
        if keys is not None:
            terms = terms.filter(pk__in=numbers(keys))
        for term in terms:
            yield _document(term)

    def confirm(self, keys: Collection[str], viewer: Viewer) -> set[str]:
        found = term_list(viewer=viewer).filter(pk__in=numbers(keys)).order_by()
        return set(map(str, found.values_list("pk", flat=True)))


def _document(term: Term) -> SearchDocument:
    others = texts(term, "other_forms")
    address = per_language(lambda code: reverse("glossary:index"))
    return SearchDocument(
        kind=TermBuilder.kind,
        key=str(term.pk),
        url={code: f"{url}#{term.anchor}" for code, url in address.items()},
        title=texts(term, "name"),
        summary=texts(term, "definition"),
        body=per_language(lambda code: lines(others[code], term.get_topic_display())),
    )
