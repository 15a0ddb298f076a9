from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.cube import Cube

#: The rule of the finding that only counts how many more there were.
MORE = "more"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: at which series (key) and period, and the arguments of its text."""

    rule: str
    severity: str  # "error" or "warning"
    key: str = ""
    period: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the dataset and its indicator ask of figures.

    ``parents`` are the codes allowed with their parents, ``totals`` the total code, per axis in order.
    ``last_period`` is the latest period that may have figures. ``own_area`` is the position of the
    geographic axis and the only code allowed there: a State reports of itself. ``smallest_count`` warns of
    counts from 1 to below it.
    """

    parents: tuple[Mapping[str, str | None], ...]
    totals: tuple[str | None, ...]
    last_period: str
    own_area: tuple[int, str] | None = None
    decimals: int = 0
    can_be_negative: bool = False
    smallest_count: int | None = None
    largest_change: float = 10.0  # times, up or down, before a person is asked to look


Rule = Callable[[Cube, Cube | None, Terms], Iterator[Finding]]
