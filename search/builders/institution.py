from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import ANONYMOUS, Viewer
from registry.languages import texts
from registry.models import Institution
from registry.selectors.institution import institution_listed
from search.builders.base import Builder, lines, numbers, per_language
from search.documents import SearchDocument


class InstitutionBuilder(Builder):
    """Listed entries of the inventory, which are everybody's. The key is the primary key."""

    kind = "institution"
    label = _("Institutions")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """One query."""
        rows = institution_listed(viewer=ANONYMOUS).select_related("area", "participant").order_by("pk")
        if keys is not None:
            rows = rows.filter(pk__in=numbers(keys))
        for row in rows.iterator():
            yield _document(row)

    def confirm(self, keys: Collection[str], viewer: Viewer) -> set[str]:
        found = institution_listed(viewer=viewer).filter(pk__in=numbers(keys)).order_by()
        return set(map(str, found.values_list("pk", flat=True)))


def _document(row: Institution) -> SearchDocument:
    names, acronyms, places = texts(row, "name"), texts(row, "acronym"), texts(row, "location")
    areas = texts(row.area, "name") if row.area else {}
    owner = row.participant
    return SearchDocument(
        kind=InstitutionBuilder.kind,
        key=str(row.pk),
        url=per_language(lambda code: reverse("institutions:detail", args=[row.code])),
        title={
            code: f"{name} ({acronyms[code]})" if name and acronyms[code] else name
            for code, name in names.items()
        },
        summary=texts(row, "summary"),
        body=per_language(
            lambda code: lines(
                *acronyms.values(), places[code], areas.get(code, ""), row.get_category_display()
            )
        ),
        facets={
            "type": (row.category,),
            "participant": (owner.code,) if owner else (),
        },
    )
