from __future__ import annotations

import strawberry
from django.urls import reverse
from django.utils import translation
from strawberry import federation

from registry.languages import texts
from registry.models import Term as Row
from subgraph.types.enums import TermTopic
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="A term that another one points to.")
class TermReference:
    code: str = strawberry.field(description="The code.")
    name: LocalizedText = strawberry.field(description="The term.")


@federation.type(
    keys=["code"], description="A term of the glossary with its meaning, the same for all participants."
)
class Term:
    code: str = strawberry.field(description="The code, which is the end of its address.")
    topic: TermTopic = strawberry.field(description="What it speaks of.")
    name: LocalizedText = strawberry.field(description="The term.")
    definition: LocalizedText = strawberry.field(description="What it means.")
    other_forms: list[str] = strawberry.field(
        description="Synonyms and other forms, in the language asked for."
    )
    source: LocalizedText | None = strawberry.field(description="Where this meaning comes from.")
    related: list[TermReference] = strawberry.field(description="Terms to read beside it, by code.")
    url: str = strawberry.field(description="Its address on the portal, in the language asked for.")


def term(row: Row, locale: Locale) -> Term:
    """Needs the related terms at hand."""
    with translation.override(locale.value):
        address = reverse("glossary:index")
    return Term(
        code=row.code,
        topic=TermTopic(row.topic),
        name=localized(texts(row, "name"), locale),
        definition=localized(texts(row, "definition"), locale),
        other_forms=row.forms(locale.value)[1:],
        source=localized_or_none(texts(row, "source"), locale),
        related=[
            TermReference(code=other.code, name=localized(texts(other, "name"), locale))
            for other in row.related.all()
        ],
        url=f"{address}#{row.anchor}",
    )
