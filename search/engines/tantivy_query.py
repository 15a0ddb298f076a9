"""Queries for the embedded index.

Scores are constants per field, not word statistics: those are counted over all documents, hidden ones
included, and would let the order of hits tell of them. They also come out the same on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tantivy import Occur, Schema
from tantivy import Query as Clause

from registry.access import PUBLIC
from search import analysis
from search.analysis import Word
from search.documents import document_id
from search.engines.base import MAX_WORDS, Query

FIELD_SCORES = {"title": 3.0, "summary": 1.5, "body": 1.0}
PHRASE_SCORE = 2.0
SAME_TITLE_SCORE = 4.0


class QueryBuilder:
    """Builds clauses for one schema (see search/engines/tantivy.py for its fields)."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def text(self, text: str, words: Sequence[Word], *, every_word: bool) -> Clause:
        """The words of a query: all of them with any quoted phrases, or some of them."""
        occur = Occur.Must if every_word else Occur.Should
        clauses = [(occur, self._word(word)) for word in words[:MAX_WORDS]]
        if every_word:
            clauses += [(Occur.Must, self._phrase(forms)) for forms in analysis.quoted_phrases(text)]
        # A clause that only adds to the score stands beside the ones that decide, never among them.
        bonus = self._bonus(analysis.base_forms(text)[:MAX_WORDS])
        return Clause.boolean_query(
            [(Occur.Must, Clause.boolean_query(clauses)), *((Occur.Should, clause) for clause in bonus)]
        )

    def beginning(self, text: str) -> Clause | None:
        """Titles with all the words of the text, the last of them taken as the beginning of a word."""
        found = list(analysis.words(text))
        prefix = analysis.normalise(text[found[-1].start : found[-1].end]) if found else ""
        if not prefix.isalnum():
            return None
        before = analysis.query_words(text[: found[-1].start])[:MAX_WORDS]
        # Letters and digits only, so nothing of the prefix is regular expression syntax.
        last = Clause.regex_query(self.schema, "words", f"{prefix}.*")
        return every([last, *(self._terms("title", word.terms) for word in before)])

    def findable(self, query: Query) -> Clause:
        """The wall: audience tokens, and the keys the database allows (`Query`). Adds nothing to scores."""
        allowed = [
            every([self._terms("kind", [kind]), self._terms("id", [document_id(kind, key) for key in keys])])
            for kind, keys in query.scopes.items()
            if keys
        ]
        unscoped = [(Occur.Must, self._terms("audiences", [PUBLIC]))]
        if query.scopes:
            unscoped.append((Occur.MustNot, self._terms("kind", query.scopes)))
        wall = every(
            [self._terms("audiences", query.tokens), _any([*allowed, Clause.boolean_query(unscoped)])]
        )
        return Clause.const_score_query(wall, 0.0)

    def chosen(self, query: Query, *, except_kinds: bool = False, except_facet: str = "") -> list[Clause]:
        """The filters chosen by the visitor, but for the one whose alternatives are being counted."""
        clauses = []
        if query.kinds and not except_kinds:
            clauses.append(self._terms("kind", query.kinds))
        for name, values in query.facets.items():
            if values and name != except_facet:
                clauses.append(self._terms("facets", [facet_term(name, value) for value in values]))
        return [Clause.const_score_query(clause, 0.0) for clause in clauses]

    def ids(self, ids: Iterable[str]) -> Clause:
        return self._terms("id", ids)

    def _word(self, word: Word) -> Clause:
        return Clause.disjunction_max_query(
            [
                Clause.const_score_query(self._terms(field, word.terms), score)
                for field, score in FIELD_SCORES.items()
            ],
            tie_breaker=0.2,
        )

    def _bonus(self, forms: list[str]) -> list[Clause]:
        if not forms:
            return []
        same = Clause.const_score_query(self._terms("title_key", [" ".join(forms)]), SAME_TITLE_SCORE)
        return [same, self._phrase(forms)] if len(forms) > 1 else [same]

    def _phrase(self, forms: list[str]) -> Clause:
        return Clause.const_score_query(
            Clause.phrase_query(self.schema, "phrases", list(forms)), PHRASE_SCORE
        )

    def _terms(self, field: str, values: Iterable[str]) -> Clause:
        return Clause.term_set_query(self.schema, field, sorted(values))


def facet_term(name: str, value: str) -> str:
    """How a facet value is written in the one field that holds them all."""
    return f"{name}={value}"


def every(clauses: Sequence[Clause]) -> Clause:
    """All of the clauses."""
    return Clause.boolean_query([(Occur.Must, clause) for clause in clauses])


def _any(clauses: Sequence[Clause]) -> Clause:
    return Clause.boolean_query([(Occur.Should, clause) for clause in clauses])
