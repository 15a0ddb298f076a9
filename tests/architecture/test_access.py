"""Reads of what carries an audience start at ``visible_to(viewer)``."""

import ast
import inspect
import re

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.sources import modules, relative

#: Rows that are only ever read through their parent, which decides who sees them.
READ_THROUGH_PARENT = {
    "DatasetAudience",
    "Delivery",
    "IndicatorDimension",
    "Problem",
    "ReleaseAudience",
    "Remark",
    "RoleAssignment",
    "AudienceToken",
    "StagedSeries",
}
#: What is confidential until its owner opens it.
CARRIES_AUDIENCE = {
    "AccessGrant",
    "AccessRequest",
    "Agency",
    "Contact",
    "AuditEvent",
    "Dataset",
    "Documentation",
    "Indicator",
    "Institution",
    "LegalReference",
    "Notice",
    "Observation",
    "PlanTask",
    "Release",
    "Series",
    "SeriesRevision",
    "Submission",
    "Upload",
}
#: Functions of selectors that read otherwise, and why.
READS_OTHERWISE = {
    "registry/selectors/documentation.py:documentation_filled": "tables of datasets that the caller may see",
    "registry/selectors/documentation.py:due_for_review": "narrows datasets that the caller may see",
    "registry/selectors/observation.py:_series": "cells of the series that selected_revisions gives",
    "registry/selectors/onboarding.py:_documented": "counts answers by participant, never of which dataset",
    "registry/selectors/onboarding.py:_posted": "counts documents by participant, never which",
    "registry/selectors/availability.py:_open_wholly": "grants to the viewer, of datasets the viewer sees",
    "registry/selectors/notice.py:changes_by_audience": "counts for e-mails, each told what its reader sees",
    "registry/selectors/notice.py:notices_told": "the System Administrator is told of every change (D103)",
    "registry/selectors/viewer.py:_shared": "makes the viewer; nothing of what it reads is shown",
}
_ANY = "|".join(sorted(CARRIES_AUDIENCE))
UNGUARDED = re.compile(rf"\b(?:{_ANY})\.(?:objects|_default_manager)\.(?!visible_to\b)\w+")


def registry_models() -> list[type[models.Model]]:
    return [model for model in apps.get_app_config("registry").get_models() if not model._meta.auto_created]


def test_the_lists_here_name_existing_models() -> None:
    names = {model.__name__ for model in registry_models()}
    assert names >= READ_THROUGH_PARENT
    assert names >= CARRIES_AUDIENCE


@pytest.mark.parametrize("model", registry_models(), ids=lambda model: model.__name__)
def test_every_model_tells_what_a_viewer_may_see(model: type[models.Model]) -> None:
    visible_to = getattr(model._default_manager, "visible_to", None)
    if model.__name__ in READ_THROUGH_PARENT:
        assert visible_to is None, "It has a rule of its own now: take it off the list."
    else:
        assert visible_to is not None, "Give its QuerySet visible_to(viewer), or read it through a parent."
        assert next(iter(inspect.signature(visible_to).parameters)) == "viewer"


def test_what_faces_visitors_never_reads_past_the_rule() -> None:
    """Resolvers, views and pages; services and commands work on behalf of an actor they check themselves."""
    outward = [
        *modules("subgraph", "cms"),
        *(p for p in modules("registry", "search") if {"views", "admin"} & set(p.parts)),
    ]
    found = []
    for path in outward:
        if "management" not in path.parts:
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if UNGUARDED.search(line):
                    found.append(f"{relative(path)}:{number} {line.strip()}")
    assert found == []


def test_every_selector_starts_at_the_rule() -> None:
    found = set()
    for path in modules():
        if "selectors" in path.parts:
            text = path.read_text()
            functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
            for function in functions:
                source = ast.get_source_segment(text, function) or ""
                if UNGUARDED.search(re.sub(r"\s*\.\s*", ".", source)):
                    found.add(f"{relative(path)}:{function.name}")
    assert found == set(READS_OTHERWISE)


def test_only_one_selector_reads_codes() -> None:
    """So that their labels, order and visibility are read in one way."""
    places = [
        relative(path)
        for path in modules()
        if {"selectors", "views"} & set(path.parts) and re.search(r"\bCode\.objects\b", path.read_text())
    ]
    assert places == ["registry/selectors/code.py"]


def test_only_services_see_all_figures() -> None:
    """`as_service` lifts the database's own wall: whoever does that asks for rights first."""
    places = {
        relative(path)
        for path in modules()
        if re.search(r"\bas_service\b", path.read_text()) and "services" not in path.parts
    }
    assert places == {"registry/row_security.py"}
