"""Automatic validation: rules that look at figures before a person does.

Every rule is a pure function of the cube, the previous cube and the terms of the dataset, and yields
findings. `validate` runs them all. A new rule is a function in figures.py or totals.py, added to RULES,
with its text in messages.py.
Source: mission rows D070, D088, D093; api-and-security.md finding on validation.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from registry.cube import Cube
from registry.rules import figures, totals
from registry.rules.base import Finding, Rule, Terms
from registry.rules.messages import message

#: More findings than these tell nothing new; the rest is counted in one last finding.
MOST_FINDINGS = 1_000

RULES: tuple[Rule, ...] = (
    figures.nothing,
    figures.unknown_code,
    figures.duplicate_series,
    figures.bad_value,
    figures.status_without_value,
    figures.foreign_area,
    figures.early_period,
    figures.future_period,
    figures.small_count,
    figures.jump,
    figures.missing_series,
    figures.missing_total,
    totals.totals_add_up,
)

__all__ = ["MOST_FINDINGS", "RULES", "Finding", "Terms", "message", "validate"]


def validate(cube: Cube, previous: Cube | None, terms: Terms) -> list[Finding]:
    """All findings on a cube, at most `MOST_FINDINGS` and one that tells how many more there were."""
    found = _findings(cube, previous, terms)
    first = list(islice(found, MOST_FINDINGS))
    more = sum(1 for _ in found)
    return [*first, Finding("more", "warning", arguments={"count": more})] if more else first


def _findings(cube: Cube, previous: Cube | None, terms: Terms) -> Iterable[Finding]:
    return (finding for rule in RULES for finding in rule(cube, previous, terms))
