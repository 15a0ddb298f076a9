"""How a row of the table is carried out on each surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from registry.access import Viewer
from registry.models import User
from tests.matrix.world import Things

Address = Callable[[Things], str]


def at(name: str, *args: Any) -> str:
    """The address of a page of the section "Data"."""
    return reverse(f"data:{name}", args=args)


@dataclass(frozen=True, slots=True)
class Act:
    """A change: the service, and the address it is posted to.

    ``covers``: services by module and name. ``has_form``: a GET of the address is open to those alone who
    may act; else others may read the page, or it takes posts only. ``form_also``: refused, and yet shown the
    form, which serves them for something else. ``in_own_name``: the address does not say whose thing it is
    about, so that those who are not of this place (own, none) act there for themselves. ``silent``:
    leaves no row in the audit trail.
    """

    covers: tuple[str, ...]
    service: Callable[[Things, User], object] | None
    to: Address | None = None
    data: Callable[[Things], dict[str, Any]] = lambda things: {}
    given: Callable[[Things], object] | None = None
    has_form: bool = False
    form_also: frozenset[str] = frozenset()
    in_own_name: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A read: the selector, the pages of the admin, the portal, and the API.

    ``word`` stands in the answer of those who see it and in nobody else's.
    """

    selector: Callable[[Things, Viewer], bool] | None = None
    pages: tuple[Address, ...] = ()
    word: str = ""
    portal: Address | None = None
    query: str = ""
    given: Callable[[Things], object] | None = None
    wordless: tuple[Address, ...] = field(default=())
