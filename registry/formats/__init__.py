"""The file formats figures come and go in, found by name, media type or extension."""

from __future__ import annotations

from registry.formats import csv, jsonstat, xlsx
from registry.formats.base import LIMITS, Carries, Format, Limits, reduced
from registry.formats.problems import BadFile, FormatProblem

__all__ = [
    "LIMITS",
    "BadFile",
    "Carries",
    "Format",
    "FormatProblem",
    "Limits",
    "UnknownFormat",
    "format_for_extension",
    "format_for_media_type",
    "format_named",
    "formats",
    "reduced",
]

_FORMATS = (csv.FORMAT, xlsx.FORMAT, jsonstat.FORMAT)


class UnknownFormat(LookupError):
    """No format has that name, media type or extension."""


def formats() -> tuple[Format, ...]:
    """All formats, in the order in which they are offered."""
    return _FORMATS


def format_named(name: str) -> Format:
    """The format of that name (csv, jsonstat). Raises UnknownFormat."""
    return _first(name, "name")


def format_for_media_type(media_type: str) -> Format:
    """The format of a media type; parameters such as charset do not matter. Raises UnknownFormat."""
    return _first(media_type.partition(";")[0], "media_type")


def format_for_extension(extension: str) -> Format:
    """The format of an extension (with or without the dot) or file name. Raises UnknownFormat."""
    return _first(extension.rpartition(".")[2], "extension")


def _first(text: str, attribute: str) -> Format:
    wanted = text.strip().lower()
    for known in _FORMATS:
        if getattr(known, attribute) == wanted:
            return known
    raise UnknownFormat(text)
