from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from typing import ClassVar

from django.utils import translation
from django.utils.functional import Promise

from registry.access import Viewer
from registry.languages import LANGUAGE_CODES
from search.documents import SearchDocument, Texts


class Builder(ABC):
    """Makes the search documents of one kind, and says in the database's name who may find them.

    A kind has one of two second walls. `scope` is for kinds with audiences of their own: all keys that the
    viewer may see, so that counts are exact. `confirm` is for public kinds: which of the few hits
    shown still stand.
    """

    kind: ClassVar[str]
    label: ClassVar[str | Promise]

    @abstractmethod
    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """The documents of these keys, or all, in a fixed number of queries; none if not findable."""

    def scope(self, viewer: Viewer) -> frozenset[str] | None:
        """All keys the viewer may find now, in one query; None: the kind is public."""
        return None

    def confirm(self, keys: Collection[str], viewer: Viewer) -> Collection[str]:
        """Those of the keys that may be found now. Kinds with a scope are already sure of it."""
        return keys


#: By kind. Filled by search/builders/__init__.py.
BUILDERS: dict[str, Builder] = {}


def register(builder: Builder) -> None:
    """Add a kind, or replace its builder."""
    BUILDERS[builder.kind] = builder


def per_language(make: Callable[[str], object]) -> Texts:
    """The text ``make`` gives in each language, with that language active (for labels and addresses)."""
    made = {}
    for code in LANGUAGE_CODES:
        with translation.override(code):
            made[code] = str(make(code))
    return made


def lines(*parts: object) -> str:
    """The non-empty parts, one a line."""
    return "\n".join(filter(None, (str(part).strip() for part in parts)))


def numbers(keys: Collection[str]) -> list[int]:
    """Primary keys from document keys; what is not a number belongs to nothing."""
    return [int(key) for key in keys if key.isdecimal()]
