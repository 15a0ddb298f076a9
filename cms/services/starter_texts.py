"""Reads the starter pages: one TOML file per page, every text beside its translation.

A table with exactly the keys of the portal's languages is a text; ``{ page = "key" }`` names another
starter page, ``{ institution = "code" }`` an entry of the inventory, which is left out where there is none.
A text that lacks a language is an error, so the starter content cannot have gaps.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.languages import LANGUAGE_CODES

FOLDER = Path(__file__).resolve().parent.parent / "starter"
#: The primary key of what is named: by its kind ("page" or "institution") and key. None: leave it out.
Lookup = Callable[[str, str], int | None]
_NAMED = ("page", "institution")
NAMESPACE = uuid.UUID("6f5c6a5e-58f4-4c0d-8f0e-0f7c2f3f9c11")


class StarterError(ValueError):
    """A starter file is wrong. The message, in the active language, names the file and the place."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True, slots=True)
class StarterPage:
    """``texts`` holds the plain fields by language, ``streams`` the raw blocks in all languages at once."""

    key: str
    parent: str
    type: str
    slug: str
    order: int
    in_menu: bool
    fields: dict[str, Any]
    streams: dict[str, list[dict[str, Any]]]

    @property
    def translation_key(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, self.key)

    def field_values(self, language: str) -> dict[str, str]:
        """Title, introduction, …, in one language."""
        return {name: self._one(value, language, name) for name, value in self.fields.items()}

    def stream(self, name: str, language: str, lookup: Lookup) -> list[dict[str, Any]]:
        """A stream in one language as Wagtail stores it. Block ids are the same in all languages.

        A block all of whose institutions are left out is left out too.
        """
        blocks = [
            {
                "type": block["type"],
                "value": self._one(block.get("value"), language, f"{name}.{number}", lookup),
                "id": self._id(f"{name}.{number}"),
            }
            for number, block in enumerate(self.streams[name])
        ]
        return [
            block for block in blocks if block["type"] != "institutions" or block["value"]["institutions"]
        ]

    def _id(self, place: str) -> str:
        return str(uuid.uuid5(NAMESPACE, f"{self.key}.{place}"))

    def _one(self, value: Any, language: str, place: str, lookup: Lookup | None = None) -> Any:
        if isinstance(value, list):
            items = [
                self._one(item, language, f"{place}.{number}", lookup) for number, item in enumerate(value)
            ]
            return [
                {"type": "item", "value": item, "id": self._id(f"{place}.{number}")}
                for number, item in enumerate(items)
                if item is not None
            ]
        if not isinstance(value, dict):
            return value
        if value.keys() & set(LANGUAGE_CODES):
            return self._text(value, language, place)
        if lookup and len(value) == 1 and (kind := next(iter(value))) in _NAMED:
            return lookup(kind, value[kind])
        return {name: self._one(part, language, f"{place}.{name}", lookup) for name, part in value.items()}

    def _text(self, value: dict[str, str], language: str, place: str) -> str:
        if value.keys() != set(LANGUAGE_CODES) or not all(text.strip() for text in value.values()):
            expected = {"languages": ", ".join(LANGUAGE_CODES)}
            raise StarterError(
                f"{self.key}.toml, {place}", _("expected a text in each of %(languages)s") % expected
            )
        return value[language].strip()


@cache
def starter_pages() -> tuple[StarterPage, ...]:
    """All starter pages, parents before children."""
    pages = sorted((starter_page_read(path) for path in FOLDER.glob("*.toml")), key=lambda page: page.order)
    known: set[str] = set()
    for page in pages:
        if page.parent and page.parent not in known:
            problem = _("no starter page “%(page)s” stands before it") % {"page": page.parent}
            raise StarterError(f"{page.key}.toml, parent", problem)
        known.add(page.key)
    return tuple(pages)


@cache
def country_texts(code: str) -> StarterPage | None:
    """The text of a participant's country page, if the starter content has one."""
    path = FOLDER / "countries" / f"{code}.toml"
    if not path.exists():
        return None
    page = starter_page_read(path, type="country", slug=code.lower(), order=0, in_menu=False)
    return replace(page, key=f"country-{code}")


def starter_page_read(path: Path, **known: Any) -> StarterPage:
    """One page; ``known`` is what the file need not say. StarterError tells what is wrong with it."""
    raw = {**known, **tomllib.loads(path.read_text(encoding="utf-8"))}
    try:
        return StarterPage(
            key=path.stem,
            parent=raw.pop("parent", ""),
            type=raw.pop("type"),
            slug=raw.pop("slug"),
            order=raw.pop("order"),
            in_menu=raw.pop("in_menu", True),
            streams=raw.pop("streams", {}),
            fields=raw,
        )
    except KeyError as error:
        raise StarterError(path.name, _("%(key)s is missing") % {"key": error.args[0]}) from error
