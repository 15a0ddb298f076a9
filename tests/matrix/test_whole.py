"""Nothing is missing from the table: each service that names who acts, each page, each query."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest
from django.urls import resolve

from cms import services as cms_services
from registry import services
from registry.admin import urls
from registry.models import Role
from subgraph.schema import schema
from tests.matrix.act import Act, Read
from tests.matrix.people import ROLES
from tests.matrix.rows import ROWS
from tests.matrix.table import PEOPLE, TABLE
from tests.matrix.world import Things

#: Services outside the table, and why.
NOT_ASKED = {
    "audit.audit_record": "writes down what a service did",
    "draft.replaceable_draft": "a question inside upload_create, which asks who acts",
    "person.administrator_under_lock": "the question itself, asked anew under a lock",
    "person.person_language": "one's own choice: there is nobody else to name",
    "person.person_name": "one's own choice: there is nobody else to name",
    "remark.remark_write": "inside another act on the submission, which asks who acts",
    "role.role_write": "inside role_give and the creation of people, which ask who acts",
    "second_factor.recovery_codes_renew": "one's own account, by a code of its own",
    "second_factor.second_factor_confirm": "one's own account, by a code of its own",
    "second_factor.second_factor_disable": "one's own account, by a code of its own",
    "second_factor.second_factor_prepare": "one's own account",
    "submission.is_same_person": "a question, no act",
}
#: Fields of the API that show what is everybody's, or the portal's own pages and documents.
NOT_OF_REGISTRY = {
    "_entities": "the same datasets and indicators: tests/subgraph/test_visibility.py",
    "_service": "the schema",
    "document": "the library: tests/cms/documents",
    "documents": "the library: tests/cms/documents",
    "documentTopics": "the library: tests/cms/documents",
    "indicator": "public but for a participant's own: tests/subgraph/test_visibility.py",
    "indicators": "public but for a participant's own: tests/subgraph/test_visibility.py",
    "observations": "the figures of cube: tests/subgraph/test_visibility.py",
    "pages": "pages of the portal: tests/cms/country",
    "participants": "public",
    "search": "what the others show: tests/search",
    "term": "the glossary, public",
    "terms": "the glossary, public",
}


def acting(package: ModuleType) -> set[str]:
    """The public functions of a package of services that take ``actor``, by module and name."""
    found = set()
    for info in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and "actor" in inspect.signature(function).parameters:
                found.add(f"{info.name}.{name}")
    return found


def test_every_row_is_carried_out() -> None:
    assert ROWS.keys() == TABLE.keys()


def test_every_service_is_in_the_table() -> None:
    covered = {name for row in ROWS.values() if isinstance(row, Act) for name in row.covers}
    assert covered & NOT_ASKED.keys() == set()
    assert acting(services) == {name for name in covered if not name.startswith("cms.")} | NOT_ASKED.keys()
    # Those of documents are tried in tests/cms/documents; who translates pages is decided by Wagtail's page
    # permissions (tests/cms/country/test_turning.py).
    elsewhere = ("documents.", "translation.")
    others = {name for name in acting(cms_services) if not name.startswith(elsewhere)}
    in_table = {name.removeprefix("cms.") for name in covered if name.startswith("cms.")}
    assert {name.partition(".")[2] for name in others} == in_table


def test_every_page_is_in_the_table(things: Things) -> None:
    visited = set()
    for row in ROWS.values():
        addresses: tuple[Any, ...] = (row.to,) if isinstance(row, Act) else (*row.pages, *row.wordless)
        visited |= {
            resolve(address(things).partition("?")[0]).url_name
            for address in addresses
            if address is not None
        }
    assert {pattern.name for pattern in urls.urlpatterns} - visited == set()


def test_every_role_has_its_columns() -> None:
    held = {role for name in {person.partition("-")[0] for person in PEOPLE} for role in ROLES.get(name, ())}
    assert held == set(Role)
    for role in ("administrator", "submitter", "verifier", "content_manager", "trainer", "user"):
        assert {f"{role}-own", f"{role}-other"} <= set(PEOPLE)


def test_the_api_changes_nothing_and_shows_what_the_table_names() -> None:
    graphql = schema._schema
    assert (graphql.mutation_type, graphql.subscription_type) == (None, None)
    assert graphql.query_type is not None
    asked = " ".join(row.query for row in ROWS.values() if isinstance(row, Read))
    fields = set(graphql.query_type.fields)
    assert {name for name in fields if f"{name}(" in asked} == fields - NOT_OF_REGISTRY.keys()


@pytest.mark.parametrize("name", ["AccessGrant", "AuditEvent", "Contact", "Submission", "Upload", "User"])
def test_the_api_knows_nothing_of_what_is_internal(name: str) -> None:
    assert name not in schema._schema.type_map
