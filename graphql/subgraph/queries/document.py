from __future__ import annotations

from typing import Annotated

import strawberry

from cms.selectors.documents import chapters, document_list, with_relations
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.document import Document, DocumentChapter, document, document_chapters
from subgraph.types.enums import DocumentKind
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class DocumentQuery:
    @strawberry.field(description="The documents of the e-library that are open to you, by code.")
    def documents(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        kind: Annotated[DocumentKind | None, strawberry.argument(description="Only these.")] = None,
        topic: Annotated[
            str | None,
            strawberry.argument(description="Only those of the topic with this code, its sections included."),
        ] = None,
        participant: Annotated[
            str | None, strawberry.argument(description="Only those of the participant with this code.")
        ] = None,
        year: Annotated[int | None, strawberry.argument(description="Only those of this year.")] = None,
        language: Annotated[
            str | None,
            strawberry.argument(description="Only those whose text is in this language (ISO 639-1)."),
        ] = None,
        has_file: Annotated[
            bool | None, strawberry.argument(description="Only those with a file here, or without one.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Document]:
        viewer = info.context.viewer
        wanted = {
            "kind": kind.value if kind else None,
            "topic": topic,
            "participant": participant,
            "year": year,
            "language": language,
            "has_file": has_file,
        }
        return connection(
            document_list(viewer=viewer, **wanted),  # type: ignore[arg-type]
            order=("code",),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("documents", *wanted.values()),
            load=lambda rows: with_relations(rows, viewer=viewer),
            make=lambda row: document(row, locale),
        )

    @strawberry.field(
        description="One document; null where there is none with this code, or none that is open to you."
    )
    def document(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="The code of the document.")],
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> Document | None:
        viewer = info.context.viewer
        row = with_relations(document_list(viewer=viewer).filter(code=code), viewer=viewer).first()
        return document(row, locale) if row else None

    @strawberry.field(
        description="The chapters of the e-library, each before its sections, with how many documents of "
        "them are open to you."
    )
    def document_topics(self, info: Info, locale: LocaleArgument = DEFAULT_LOCALE) -> list[DocumentChapter]:
        return document_chapters(chapters(viewer=info.context.viewer), locale)
