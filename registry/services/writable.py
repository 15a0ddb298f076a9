"""Figures from files so that they can be kept and shown, whatever is wrong with them.

What is changed here is wrong anyway and told at its place by validation; nothing of it can be submitted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from registry.cube import Cube, Dimension, Member, Row, Value
from registry.models.base import validate_identifier

#: What the column of keys holds, in characters.
LONGEST_KEY = 250
_LARGEST = 2**53
_IDENTIFIER = re.compile(validate_identifier.regex.pattern)  # type: ignore[union-attr]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def with_writable_codes(cube: Cube) -> Cube:
    """The cube with codes that can stand in a key: short, without dots and control signs."""
    most = LONGEST_KEY // max(1, len(cube.axes)) - 1
    changed: dict[int, dict[str, str]] = {}
    for at, axis in enumerate(cube.axes):
        odd = {
            code: _writable(code, most)
            for code in axis.codes
            if len(code) > most or not _IDENTIFIER.match(code)
        }
        odd = {code: new for code, new in odd.items() if new != code}
        if odd:
            changed[at] = odd
    return renamed(cube, changed) if changed else cube


def renamed(cube: Cube, changed: Mapping[int, Mapping[str, str]]) -> Cube:
    """The cube with other codes: by position of the axis, new codes by old ones."""
    if not any(changed.values()):
        return cube

    def codes(row: Row) -> tuple[str, ...]:
        return tuple(changed.get(at, {}).get(code, code) for at, code in enumerate(row.codes))

    return replace(
        cube,
        axes=tuple(_renamed_axis(axis, changed.get(at, {})) for at, axis in enumerate(cube.axes)),
        rows=tuple(replace(row, codes=codes(row)) for row in cube.rows),
    )


def without_unwritable(cube: Cube) -> Cube:
    """The cube with each series once, and no value that cannot be kept exactly."""
    first: dict[tuple[str, ...], Row] = {}
    for row in cube.rows:
        first.setdefault(row.codes, replace(row, values=[_kept(value) for value in row.values]))
    return replace(cube, rows=tuple(first.values()))


def clean_text(text: str) -> str:
    """A text without signs that the database refuses."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def clean_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in arguments.items()}


def _writable(code: str, most: int) -> str:
    # A sign that looks like the dot, which joins codes in a key.
    plain = _CONTROL.sub("\ufffd", clean_text(code)).replace(".", "\u2024")
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _renamed_axis(axis: Dimension, changed: Mapping[str, str]) -> Dimension:
    members = dict.fromkeys(changed.get(code, code) for code in axis.codes)
    known = {member.code: member for member in axis.members}
    return replace(axis, members=tuple(known.get(code) or Member(code, {}) for code in members))


def _kept(value: Value) -> Value:
    return value if value is None or (isfinite(value) and abs(value) <= _LARGEST) else None
