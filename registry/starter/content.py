"""The shapes of the starter content. ``Texts`` are by language code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StarterCode:
    code: str
    name: Texts
    parent: str | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class StarterCodelist:
    """Codes come in the order of the list, a parent before or after its children."""

    code: str
    name: Texts
    description: Texts
    codes: tuple[StarterCode, ...]


@dataclass(frozen=True, slots=True)
class StarterDimension:
    code: str
    name: Texts
    role: str
    codelist: str
    default_member: str | None


@dataclass(frozen=True, slots=True)
class StarterIndicator:
    code: str
    table_number: str
    collection: str
    name: Texts
    definition: Texts
    unit: Texts
    nature: str
    counting_unit: str
    decimals: int
    can_be_negative: bool
    frequencies: tuple[str, ...]
    dimensions: tuple[StarterDimension, ...]


@dataclass(frozen=True, slots=True)
class StarterParticipant:
    """``area`` is a code of CL_AREA; only States have one."""

    code: str
    kind: str
    name: Texts
    area: str | None = None


@dataclass(frozen=True, slots=True)
class StarterTerm:
    """``other_forms`` hold one form a line; ``related`` are codes of other terms."""

    code: str
    topic: str
    name: Texts
    other_forms: Texts
    definition: Texts
    source: Texts
    related: tuple[str, ...]
    is_marked: bool = True


@dataclass(frozen=True, slots=True)
class StarterInstitution:
    """``area`` is a code of CL_AREA, ``parent`` of another institution, ``participant`` of who keeps it."""

    code: str
    kind: str
    category: str
    name: Texts
    acronym: Texts
    summary: Texts
    source: Texts
    location: Texts
    area: str | None = None
    parent: str | None = None
    participant: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class StarterContent:
    codelists: tuple[StarterCodelist, ...]
    indicators: tuple[StarterIndicator, ...]
    participants: tuple[StarterParticipant, ...]
    terms: tuple[StarterTerm, ...] = ()
    institutions: tuple[StarterInstitution, ...] = ()
