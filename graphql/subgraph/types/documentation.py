from __future__ import annotations

from datetime import date

import strawberry
from django.utils import translation

from registry.languages import Localized, texts
from registry.models import DOCUMENTATION_FIELDS
from registry.models import Documentation as Row
from registry.models import LegalReference as LegalRow
from subgraph.types.enums import LegalKind
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="One answer of a documentation table.")
class DocumentationField:
    name: str = strawberry.field(description="The name of the field, the same in every language.")
    label: str = strawberry.field(description="What the field asks, in the language asked for.")
    text: LocalizedText = strawberry.field(description="The answer.")


@strawberry.type(description="A law, form or policy that figures rest on.")
class LegalReference:
    kind: LegalKind = strawberry.field(description="What it is.")
    title: LocalizedText = strawberry.field(description="The title.")
    number: str | None = strawberry.field(description="The number it is cited by.")
    adopted_on: date | None = strawberry.field(description="When it was adopted.")
    url: str | None = strawberry.field(description="Where the text is published.")


@strawberry.type(description="The data documentation table of a dataset, in its current version.")
class Documentation:
    dataset_code: str = strawberry.field(description="The dataset it documents.")
    version: int = strawberry.field(description="The version, counted from 1.")
    reviewed_on: date | None = strawberry.field(description="When the owner last reviewed it.")
    original_language: str | None = strawberry.field(
        description="The language it was supplied in, if neither of ours."
    )
    fields: list[DocumentationField] = strawberry.field(description="The fields that are answered, in order.")
    legal_references: list[LegalReference] = strawberry.field(
        description="The legal documents it names, those that are open to you."
    )


def documentation(row: Row, locale: Locale) -> Documentation:
    """Needs the dataset and ``visible_references`` at hand."""
    return Documentation(
        dataset_code=row.dataset.code,
        version=row.version,
        reviewed_on=row.reviewed_on,
        original_language=row.original_language or None,
        fields=_fields(row, locale),
        legal_references=[_legal_reference(found, locale) for found in vars(row)["visible_references"]],
    )


def _legal_reference(row: LegalRow, locale: Locale) -> LegalReference:
    return LegalReference(
        kind=LegalKind(row.kind),
        title=localized(texts(row, "title"), locale),
        number=row.number or None,
        adopted_on=row.adopted_on,
        url=row.url or None,
    )


def _fields(row: Row, locale: Locale) -> list[DocumentationField]:
    answered = []
    with translation.override(locale.value):
        for name in DOCUMENTATION_FIELDS:
            field: Localized = getattr(Row, name)
            text = localized_or_none(texts(row, name), locale)
            if text is not None:
                answered.append(DocumentationField(name=name, label=str(field.verbose_name), text=text))
    return answered
