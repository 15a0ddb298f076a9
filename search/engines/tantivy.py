"""The embedded engine: an index in a folder, no server needed."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from tantivy import Document, IndexWriter, Schema, SchemaBuilder, Searcher
from tantivy import Query as Clause

from registry.languages import LANGUAGE_CODES, ServedText
from search import analysis
from search.documents import SearchDocument
from search.engines.base import Engine, Highlight, Hit, Query, Results, SearchUnavailableError
from search.engines.tantivy_query import QueryBuilder, every, facet_term
from search.engines.tantivy_store import Store
from search.highlighting import highlight, snippet, telling

#: Changes whenever the schema below or the stored form does.
SCHEMA_VERSION = 1

_STORED_BODY = 10_000  # characters a passage may be taken from
_MOST_VALUES = 1_000  # of one facet counted


def _schema() -> Schema:
    """Terms come ready-made from search/analysis.py, hence whitespace and raw everywhere."""
    builder = SchemaBuilder()
    for name in ("id", "audiences", "title_key", "kind", "facets"):
        is_counted = name in {"kind", "facets"}
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=is_counted)
    for name in ("title", "summary", "body", "words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("phrases", tokenizer_name="whitespace", index_option="position")
    builder.add_float_field("weight", fast=True)
    builder.add_bytes_field("source", stored=True)
    return builder.build()


class TantivyEngine(Engine):
    """The engine port on a tantivy index under ``directory``. Safe for threads and processes."""

    def __init__(self, directory: Path, patience: float = 3.0) -> None:
        self._schema = _schema()
        self._clauses = QueryBuilder(self._schema)
        self._store = Store(directory, self._schema, f"{SCHEMA_VERSION}.{analysis.VERSION}", patience)

    def index(self, documents: Iterable[SearchDocument], *, replacing: Collection[str] = ()) -> int:
        with self._store.writing() as writer:
            fresh = list(documents)
            old = {*replacing, *(document.id for document in fresh)}
            if old:
                writer.delete_documents_by_query(self._clauses.ids(old))
            return _add(writer, fresh)

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        with self._store.rebuilding() as writer:
            return _add(writer, documents)

    def search(self, query: Query) -> Results:
        query = query.bounded()
        words = analysis.query_words(query.text)
        if not words:
            return Results()
        wanted = {term for word in words for term in word.terms}
        with self._readable():
            searcher = self._searcher()
            results = self._run(searcher, query, self._text(query, words, every_word=True), wanted)
            if not results.kinds and len(words) > 1:
                some = self._text(query, words, every_word=False)
                results = replace(self._run(searcher, query, some, wanted), is_partial=True)
        return results

    def suggest(self, query: Query) -> tuple[ServedText, ...]:
        query = query.bounded()
        beginning = self._clauses.beginning(query.text)
        if beginning is None:
            return ()
        clause = every([beginning, self._clauses.findable(query), *self._clauses.chosen(query)])
        prefix = analysis.surface_forms(query.text)[-1]
        with self._readable():
            sources = _page(self._searcher(), clause, query)[0]
        return tuple(dict.fromkeys(_suggested(source["title"], prefix, query.language) for source in sources))

    def _searcher(self) -> Searcher:
        return self._store.reader().searcher()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Damage that shows only on reading is the same to the caller as no index."""
        try:
            yield
        except ValueError as error:
            raise SearchUnavailableError(
                _("The search index cannot be read: %(reason)s"), reason=error
            ) from error

    def _text(self, query: Query, words: Sequence[analysis.Word], *, every_word: bool) -> Clause:
        text = self._clauses.text(query.text, words, every_word=every_word)
        return every([text, self._clauses.findable(query)])

    def _run(self, searcher: Searcher, query: Query, text: Clause, wanted: set[str]) -> Results:
        choose = self._clauses.chosen
        sources, total = _page(searcher, every([text, *choose(query)]), query)
        kinds = _counts(searcher, every([text, *choose(query, except_kinds=True)]), "kind")
        facets = _by_name(_counts(searcher, every([text, *choose(query)]), "facets"))
        for name in (name for name, values in query.facets.items() if values):
            others = _counts(searcher, every([text, *choose(query, except_facet=name)]), "facets")
            facets[name] = _by_name(others).get(name, {})
        return Results(tuple(_hit(source, wanted) for source in sources), total, kinds, facets)


def _add(writer: IndexWriter, documents: Iterable[SearchDocument]) -> int:
    count = 0
    for document in documents:
        writer.add_document(_stored(document))
        count += 1
    return count


def _stored(document: SearchDocument) -> Document:
    by_field = (document.title, document.summary, document.body)
    titles, summaries, bodies = ([text for text in texts.values() if text] for texts in by_field)
    stored = Document()
    stored.add_text("id", document.id)
    stored.add_text("kind", document.kind)
    for token in sorted(document.audiences):
        stored.add_text("audiences", token)
    for name, values in document.facets.items():
        for value in values:
            stored.add_text("facets", facet_term(name, value))
    for title in titles:
        stored.add_text("title_key", " ".join(analysis.base_forms(title)))
    for field, texts in (("title", titles), ("summary", summaries), ("body", bodies)):
        stored.add_text(field, " ".join(sorted(analysis.terms(*texts))))
    stored.add_text("words", " ".join(chain.from_iterable(map(analysis.surface_forms, titles))))
    for text in chain(titles, summaries, bodies):
        stored.add_text("phrases", " ".join(analysis.base_forms(text)))
    # tantivy multiplies the score by log2(2 + field), so this makes the factor the weight itself.
    stored.add_float("weight", 2.0 ** min(max(document.weight, 1.0), 4.0) - 2.0)
    stored.add_bytes("source", orjson.dumps(_source(document)))
    return stored


def _source(document: SearchDocument) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "key": document.key,
        "url": dict(document.url),
        "title": dict(document.title),
        "summary": dict(document.summary),
        "body": {code: text[:_STORED_BODY] for code, text in document.body.items()},
        "facets": {name: list(values) for name, values in document.facets.items()},
        "date": document.date.isoformat() if document.date else None,
    }


def _page(searcher: Searcher, clause: Clause, query: Query) -> tuple[list[dict[str, Any]], int]:
    limit = max(query.first, 1)  # tantivy refuses 0
    result = searcher.search(clause, limit, offset=query.offset, weight_by_field="weight")
    found = [orjson.loads(searcher.doc(address)["source"][0]) for _, address in result.hits]
    return found[: query.first], result.count  # type: ignore[attr-defined]


def _counts(searcher: Searcher, clause: Clause, field: str) -> dict[str, int]:
    answer = searcher.aggregate(clause, {"values": {"terms": {"field": field, "size": _MOST_VALUES}}})
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["values"]["buckets"]}


def _by_name(counts: dict[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for term, count in counts.items():
        name, _, value = term.partition("=")
        found.setdefault(name, {})[value] = count
    return found


def _hit(source: dict[str, Any], wanted: set[str]) -> Hit:
    title, summary, body = source["title"], source["summary"], source["body"]
    highlights = {
        code: Highlight(
            title=highlight(title.get(code, ""), wanted),
            snippet=snippet(telling(summary.get(code, ""), body.get(code, ""), wanted), wanted),
        )
        for code in LANGUAGE_CODES
        if title.get(code) or summary.get(code) or body.get(code)
    }
    return Hit(
        kind=source["kind"],
        key=source["key"],
        url=source["url"],
        title=title,
        summary=summary,
        facets={name: tuple(values) for name, values in source["facets"].items()},
        date=datetime.date.fromisoformat(source["date"]) if source["date"] else None,
        highlights=highlights,
    )


def _suggested(titles: dict[str, str], prefix: str, language: str) -> ServedText:
    """The title in the language whose words begin so, the visitor's own language first."""
    for code in sorted(LANGUAGE_CODES, key=lambda code: code != language):
        if any(form.startswith(prefix) for form in analysis.surface_forms(titles.get(code, ""))):
            return ServedText(titles[code], code, code != language)
    return ServedText("", language, False)
