"""The golden operations: exact answers in both languages, exact numbers of queries.

The answers are in ``expected/<operation>.<language>.json``; a changed answer shows in the diff. After a
wanted change, WRITE_EXPECTED=1 writes them anew.
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import translation

from registry.models import Documentation, Release
from search.services.indexing import index_rebuild
from tests.subgraph.conftest import OPERATIONS

EXPECTED = Path(__file__).parent / "expected"
RELEASED_AT = datetime.datetime(2026, 5, 4, 12, 30, tzinfo=datetime.UTC)
VARIABLES: dict[str, dict[str, Any]] = {
    "indicators": {},
    "indicator": {"code": "REFUGEES"},
    "datasets": {"indicator": "REFUGEES"},
    "documentation": {"indicator": "REFUGEES"},
    "documents": {"topic": "laws"},
    "document": {"code": "law-1"},
    "documentTopics": {},
    "pages": {},
    "participants": {},
    "terms": {"topic": "MEASURE"},
    "term": {"code": "flow"},
    "cube": {"indicator": "REFUGEES", "filters": [{"dimension": "CITIZENSHIP", "codes": ["_T", "UKR"]}]},
    "observations": {"indicator": "REFUGEES", "first": 4, "from": "2011"},
    "search": {"text": "refugees", "first": 5},
    "entities": {
        "representations": [
            {"__typename": "Participant", "code": "KAZ"},
            {"__typename": "Dataset", "code": "MDA_REFUGEES"},
            {"__typename": "Indicator", "code": "REFUGEES"},
            {"__typename": "Indicator", "code": "ABSENT"},
        ]
    },
}
QUERIES = {
    "indicators": 3,  # indicators, dimensions, count
    "indicator": 2,
    "datasets": 5,  # datasets with owners, indicators, dimensions, releases, count
    "documentation": 3,  # tables with datasets, legal documents, count
    "documents": 8,  # documents, languages, files, topics, indicators, dimensions, related, count
    "document": 7,
    "documentTopics": 2,  # topics, their documents
    "pages": 6,  # owners, pages, the own part of each of three kinds, count
    "participants": 2,
    "terms": 3,  # terms, related ones, count
    "term": 2,
    "cube": 4,  # datasets with their indicator, dimensions, series, codes
    "observations": 5,
    "search": 5,  # what may be found, one for each kind: indicators, documentation, documents, pages, terms
    "entities": 7,
}


@pytest.fixture
def still_world(public_world: Any) -> Any:
    """The world with a release of a fixed date."""
    Release.objects.update(released_at=RELEASED_AT)
    return public_world


@pytest.fixture
def indexed(still_world: Any, library: None, glossary: None, pages: None, search_index_folder: Path) -> None:
    index_rebuild()


def test_every_operation_is_tested() -> None:
    assert set(OPERATIONS) == set(VARIABLES) == set(QUERIES)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("operation", sorted(VARIABLES))
def test_golden_operation(
    operation: str, language: str, data: Any, indexed: None, django_assert_num_queries: Any
) -> None:
    variables = dict(VARIABLES[operation])
    if "$locale" in OPERATIONS[operation]:
        variables["locale"] = language.upper()
    with django_assert_num_queries(QUERIES[operation]):
        answer = data(operation, variables, language=language)
    if operation == "documentation":
        _check_labels(answer, language)
    if operation == "search":
        # The passage is of the search engine's choosing.
        assert all("<mark>" in hit.pop("textHighlight") for hit in answer["search"]["hits"])
    path = EXPECTED / f"{operation}.{language}.json"
    if os.environ.get("WRITE_EXPECTED"):
        path.write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    assert answer == orjson.loads(path.read_bytes())


def _check_labels(answer: Any, language: str) -> None:
    """The labels are translations of the registry's own texts: compare with these and leave them out."""
    for edge in answer["documentation"]["edges"]:
        for field in edge["node"]["fields"]:
            with translation.override(language):
                assert field.pop("label") == str(getattr(Documentation, field["name"]).verbose_name)
