"""A profile maps a foreign layout to indicators: which column is which dimension, which is a measure.

Profiles are TOML files in importers/profiles/; docs/how-to/import-a-file.md explains every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.languages import LANGUAGE_CODES

PROFILES = Path(__file__).resolve().parent / "profiles"
Texts = Annotated[dict[str, str], Field(default_factory=dict)]


class BadProfile(Exception):
    """The profile is absent or wrong. The text names the profile, the key and what was expected."""

    def __init__(self, message: str | Promise, **arguments: object) -> None:
        super().__init__(message)
        self.message = message
        self.arguments = arguments

    def __str__(self) -> str:
        return str(self.message) % self.arguments


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DimensionColumn(_Table):
    """A dimension read from a column, its codes translated, or one fixed code."""

    column: str | None = None
    code: str | None = None
    translate: dict[str, str] = Field(default_factory=dict)


class Measure(_Table):
    """A column of values: the indicator and the dataset it goes to."""

    column: str
    indicator: str
    dataset: str
    note: Texts
    official: bool = False


class SourceText(_Table):
    """Where the figures come from; becomes part of every dataset the profile makes."""

    name: dict[str, str]
    url: str = ""
    licence: str = ""


class TimeColumn(_Table):
    column: str
    frequency: str = Field("A", pattern="^[ASQM]$")


class Profile(_Table):
    """The whole map. ``missing`` are texts of cells without a value; ``ignore`` columns not needed.

    ``status`` and ``notes`` name columns of SDMX observation statuses and of cell notes per language.
    """

    name: str
    title: dict[str, str]
    owner: str
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    missing: list[str] = Field(default_factory=lambda: [""])
    ignore: list[str] = Field(default_factory=list)
    time: TimeColumn
    dimensions: dict[str, DimensionColumn]
    measures: list[Measure] = Field(min_length=1)
    source: SourceText
    status: str | None = None
    notes: dict[str, str] = Field(default_factory=dict)
    reason: Texts

    def model_post_init(self, _context: Any) -> None:
        for what, given in (("title", self.title), ("source.name", self.source.name)):
            if missing := [code for code in LANGUAGE_CODES if not given.get(code)]:
                raise ValueError(f"{what}: no text in {', '.join(missing)}")
        for what, given in (("notes", self.notes), ("reason", self.reason)):
            if unknown := [code for code in given if code not in LANGUAGE_CODES]:
                raise ValueError(f"{what}: expected {', '.join(LANGUAGE_CODES)}, found {', '.join(unknown)}")
        datasets = [measure.dataset for measure in self.measures]
        if len(set(datasets)) < len(datasets):
            raise ValueError("measures: each needs a dataset of its own")
        for name, dimension in self.dimensions.items():
            if (dimension.column is None) is (dimension.code is None):
                raise ValueError(f"dimensions.{name}: give either column or code")


def profile_named(name: str) -> Profile:
    """The profile of that name, or the one in that TOML file. BadProfile if none, or wrong."""
    path = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    if not path.is_file():
        raise BadProfile(
            _("There is no import profile “%(name)s”; expected one of %(expected)s, or a TOML file."),
            name=name,
            expected=", ".join(profile_names()),
        )
    try:
        return profile_of(tomllib.loads(path.read_text(encoding="utf-8")), name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadProfile(
            _("The import profile “%(name)s” is wrong: %(reason)s"), name=name, reason=error
        ) from error


def profile_of(table: Mapping[str, Any], name: str) -> Profile:
    try:
        return Profile(**table)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadProfile(
            _("The import profile “%(name)s” is wrong: %(reason)s"),
            name=name,
            reason=_reason(first["type"], ".".join(map(str, first["loc"])), first["msg"]),
        ) from error


def _reason(kind: str, key: str, detail: str) -> str:
    """What is wrong at which key; the usual mistakes in the user's language, the rest as pydantic says it."""
    if kind == "missing":
        return gettext("the key %(key)s is missing") % {"key": key}
    if kind == "extra_forbidden":
        return gettext("the key %(key)s is not known") % {"key": key}
    return f"{key}: {detail}" if key else detail


def profile_names() -> list[str]:
    return sorted(path.stem for path in PROFILES.glob("*.toml"))
