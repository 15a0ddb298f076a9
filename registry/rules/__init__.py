"""Automatic validation: rules that look at figures before a person does.

Every rule is a pure function of the cube, the previous cube and the terms of the dataset, and yields
findings. `validate` runs them all. A new rule is a function in figures.py or totals.py, added to RULES,
with its text in messages.py.
Source: mission rows D070, D088, D093; api-and-security.md finding on validation.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from registry.cube import Cube
from registry.formats.base import LIMITS
from registry.rules import figures, totals
from registry.rules.base import MORE, Finding, Rule, Terms
from registry.rules.messages import message

#: So many errors and so many warnings are told; the rest of either is counted in one last finding.
MOST_FINDINGS = LIMITS.findings

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

__all__ = ["MORE", "MOST_FINDINGS", "RULES", "Finding", "Terms", "message", "validate"]


def validate(
    cube: Cube, previous: Cube | None, terms: Terms, *, given: Iterable[Finding] = ()
) -> list[Finding]:
    """All findings on a cube, after those ``given``: the errors, then the warnings.

    Of each at most `MOST_FINDINGS`, and one of the same severity that tells how many more there were: however
    many warnings there are, no error is lost behind them.
    """
    kept: dict[str, list[Finding]] = {"error": [], "warning": []}
    more = dict.fromkeys(kept, 0)
    for finding in chain(given, _findings(cube, previous, terms)):
        if finding.rule == MORE:
            more[finding.severity] += finding.arguments["count"]
        elif len(kept[finding.severity]) < MOST_FINDINGS:
            kept[finding.severity].append(finding)
        else:
            more[finding.severity] += 1
    for severity, count in more.items():
        if count:
            kept[severity].append(Finding(MORE, severity, arguments={"count": count}))
    return [*kept["error"], *kept["warning"]]


def _findings(cube: Cube, previous: Cube | None, terms: Terms) -> Iterable[Finding]:
    return (finding for rule in RULES for finding in rule(cube, previous, terms))
