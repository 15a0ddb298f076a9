"""Columns of a cube: whole lists as one value, so that no single number is resolved."""

from __future__ import annotations

from typing import Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

CubeValues = NewType("CubeValues", object)
CubeStatuses = NewType("CubeStatuses", object)
CubeNotes = NewType("CubeNotes", object)
Period = NewType("Period", str)


def _as_it_is(value: Any) -> Any:
    return value


def config() -> StrawberryConfig:
    """The schema's configuration with these scalars in it."""
    return StrawberryConfig(
        scalar_map={
            CubeValues: strawberry.scalar(
                name="CubeValues",
                description="A JSON list of numbers and nulls in row-major order: the last dimension, "
                "time, varies "
                "fastest, and the length is the product of the sizes. Null is no figure; zero is a figure.",
                serialize=_as_it_is,
            ),
            CubeStatuses: strawberry.scalar(
                name="CubeStatuses",
                description="A JSON object from the place in the values, counted from 0 and written as "
                "text, to a "
                "code of ObservationStatus. Places that are not in it have no status.",
                serialize=_as_it_is,
            ),
            CubeNotes: strawberry.scalar(
                name="CubeNotes",
                description="A JSON object from the place in the values, counted from 0 and written as "
                "text, to a "
                "note with text, servedLocale and isFallback as in LocalizedText.",
                serialize=_as_it_is,
            ),
            Period: strawberry.scalar(
                name="Period",
                description="A reference period in SDMX notation: 2010, 2010-S1, 2010-Q1 or 2010-01. As a "
                "bound, a "
                "year stands for all its periods.",
                serialize=str,
                parse_value=_text,
            ),
        }
    )


def _text(value: Any) -> str:
    """Only that it is a text; the selectors check the rest and complain in the caller's language."""
    if not isinstance(value, str):
        raise ValueError("expected text such as 2010, 2010-S1, 2010-Q1 or 2010-01")
    return value
