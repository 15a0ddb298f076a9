from __future__ import annotations

import strawberry
from django.urls import reverse
from django.utils import translation
from strawberry import federation

from cms.models import LibraryDocument, LibraryFile, LibraryTopic
from cms.selectors.documents import Chapter
from registry.languages import texts
from subgraph.types.enums import DocumentKind
from subgraph.types.indicator import Indicator, indicator
from subgraph.types.participant import Participant, participant
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="A chapter of the e-library, or a section of one.")
class DocumentTopic:
    code: str = strawberry.field(description="The code.")
    name: LocalizedText = strawberry.field(description="The name.")
    parent_code: str | None = strawberry.field(
        description="The chapter it is a section of; null for a chapter."
    )


@strawberry.type(description="A topic with the number of documents open to you.")
class DocumentChapter:
    topic: DocumentTopic = strawberry.field(description="The topic.")
    description: LocalizedText | None = strawberry.field(description="What belongs there.")
    document_count: int = strawberry.field(
        description="How many documents of it, those of its sections included."
    )


@strawberry.type(description="The text of a document in one language, as a file.")
class DocumentFile:
    name: str = strawberry.field(description="The name it is saved under.")
    language: str = strawberry.field(description="The language of the text (ISO 639-1).")
    media_type: str = strawberry.field(description="The media type, found in the content.")
    size: int = strawberry.field(description="The size in bytes.")
    sha256: str = strawberry.field(description="The checksum (SHA-256, hexadecimal).")
    url: str = strawberry.field(description="Its address on the portal; asks who you are, as this API does.")


@strawberry.type(description="A document that another one points to.")
class DocumentReference:
    code: str = strawberry.field(description="The code.")
    title: LocalizedText = strawberry.field(description="The title.")


@federation.type(
    keys=["code"], description="A document of the e-library. It has a title and a summary in every language."
)
class Document:
    code: str = strawberry.field(description="The code, which is part of its address.")
    kind: DocumentKind = strawberry.field(description="What it is.")
    title: LocalizedText = strawberry.field(description="The title.")
    summary: LocalizedText = strawberry.field(description="What it says, in a sentence or a few.")
    participant: Participant | None = strawberry.field(
        description="Whose document it is; null for a common one."
    )
    year: int | None = strawberry.field(description="When it was adopted or published.")
    publisher: LocalizedText | None = strawberry.field(description="Who published it.")
    topics: list[DocumentTopic] = strawberry.field(description="Where it stands in the library.")
    text_languages: list[str] = strawberry.field(
        description="The languages of its text (ISO 639-1), here or elsewhere; empty where not known."
    )
    url: str = strawberry.field(
        description="The address of its page on the portal, in the language asked for."
    )
    published_url: str | None = strawberry.field(description="Where its text is published on the Internet.")
    place: LocalizedText | None = strawberry.field(description="Where its text is published, in words.")
    files: list[DocumentFile] = strawberry.field(description="Its texts as files.")
    indicators: list[Indicator] = strawberry.field(description="The indicators it has to do with.")
    related: list[DocumentReference] = strawberry.field(description="The documents it points to.")


def document(row: LibraryDocument, locale: Locale) -> Document:
    """Needs what belongs to it at hand (`cms.selectors.documents.with_relations`)."""
    with translation.override(locale.value):
        address = reverse("library:document", args=[row.code])
        files = [_file(file) for file in row.files.all()]
    return Document(
        code=row.code,
        kind=DocumentKind(row.kind),
        title=localized(texts(row, "title"), locale),
        summary=localized(texts(row, "summary"), locale),
        participant=participant(row.participant, locale) if row.participant else None,
        year=row.year,
        publisher=localized_or_none(texts(row, "publisher"), locale),
        topics=[_topic(topic, locale) for topic in row.topics.all()],
        text_languages=[language.code for language in row.text_languages.all()],
        url=address,
        published_url=row.url or None,
        place=localized_or_none(texts(row, "place"), locale),
        files=files,
        indicators=[indicator(found, locale) for found in row.indicators.all()],
        related=[
            DocumentReference(code=other.code, title=localized(texts(other, "title"), locale))
            for other in row.related.all()
        ],
    )


def document_chapters(tree: list[Chapter], locale: Locale) -> list[DocumentChapter]:
    """Each chapter before its sections."""
    return [
        DocumentChapter(
            topic=_topic(item.topic, locale, chapter.topic if item is not chapter else None),
            description=localized_or_none(texts(item.topic, "description"), locale),
            document_count=item.count,
        )
        for chapter in tree
        for item in (chapter, *chapter.sections)
    ]


def _topic(row: LibraryTopic, locale: Locale, parent: LibraryTopic | None = None) -> DocumentTopic:
    above = parent or row.parent if row.parent_id else None
    name = localized(texts(row, "name"), locale)
    return DocumentTopic(code=row.code, name=name, parent_code=above.code if above else None)


def _file(row: LibraryFile) -> DocumentFile:
    return DocumentFile(
        name=row.name,
        language=row.language,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        url=reverse("library:file", args=[row.key]),
    )
