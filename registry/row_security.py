"""The second wall: PostgreSQL itself shows figures only to whom they are open.

Policies on the tables of figures read a *claim*: who looks, set for one transaction only and signed with a
key the database's application role cannot read, so that SQL smuggled into a request can neither keep the
claim of another request nor make one. Without a valid claim the database shows what is public.

Every statement that names such a table gets the claim of the moment put before it, in the same message to
the server: that of the request (`registry.middleware`), of the selector (`for_viewer`), or of the system's
own work (`as_service`). Only a role that row-level security holds gets any; with SQLite, or as the owner of
the tables, all of this does nothing. Source: docs/adr/0011.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from registry.access import ANONYMOUS, Viewer

P = ParamSpec("P")
T = TypeVar("T")

#: The tables with policies; a view of them reads as whoever asks.
PROTECTED = ("registry_series", "registry_seriesrevision", "registry_stagedseries", "registry_problem")
#: Where COPY writes instead of a table with policies, on which PostgreSQL refuses it. Only services may write
#: there; to be read, its rows have to go through the policies of the table it belongs to.
LANDINGS = {"registry_stagedseries": "registry_stagedseries_landing"}
CLAIM = "clearinghouse.claim"
ACTOR = "clearinghouse.actor"
_KNOWN = "_row_security"  # attribute of a connection: what the server said of it
_IN_TRANSACTION = 2  # libpq's PQTRANS_INTRANS: open, and without an error
_NAMES_PROTECTED = re.compile(r"registry_(?:series|staged|problem)|\bobservation\b")
_CHANGES_WATCHED = re.compile(
    r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(?:registry_|auth_|otp_|wagtailcore_group)'
)


class _Scope(Enum):
    """Whose claim is made where it is not a viewer's."""

    NOBODY = "nobody"
    SERVICE = "service"


_claimant: ContextVar[Viewer | _Scope] = ContextVar("row_security_claimant", default=_Scope.NOBODY)
_actor: ContextVar[Callable[[], str]] = ContextVar("row_security_actor", default=lambda: "")


@contextmanager
def viewing(viewer: Viewer) -> Iterator[None]:
    """Inside, the database shows what is open to this viewer, who may be a lazy object."""
    token = _claimant.set(viewer)
    try:
        yield
    finally:
        _claimant.reset(token)


def viewer_now() -> Viewer:
    """Who looks at this moment; anybody outside of `viewing`."""
    who = _claimant.get()
    return ANONYMOUS if isinstance(who, _Scope) else who


@contextmanager
def as_service() -> Iterator[None]:
    """Inside, the database shows and takes all figures: for services, which ask for rights themselves.

    Also a decorator, above `transaction.atomic`. In services only (tests/architecture/test_access.py).
    """
    token = _claimant.set(_Scope.SERVICE)
    try:
        yield
    finally:
        _claimant.reset(token)
        _forget_claim()


def for_viewer(selector: Callable[P, T]) -> Callable[P, T]:
    """A selector whose queries the database answers as to its keyword argument ``viewer``."""

    @wraps(selector)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        with viewing(kwargs["viewer"]):  # type: ignore[arg-type]
            return selector(*args, **kwargs)

    return guarded


@contextmanager
def acting(actor: Callable[[], str]) -> Iterator[None]:
    """Inside, changes that the database records by itself are put down to this person."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def install(wrapper: BaseDatabaseWrapper) -> None:
    """Have the statements of a PostgreSQL connection carry claim and actor."""
    if wrapper.vendor == "postgresql" and _with_claim not in wrapper.execute_wrappers:
        wrapper.execute_wrappers.append(_with_claim)


def is_held(wrapper: BaseDatabaseWrapper | None = None) -> bool:
    """Whether row-level security holds the role of this connection."""
    used = wrapper or connection
    if used.vendor != "postgresql":
        return False
    used.ensure_connection()
    return _session(used).is_held


def claim_pads() -> tuple[bytes, bytes]:
    """The inner and outer block of HMAC-SHA256 with the key of claims, as the database keeps them."""
    key = _key().ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def claim_statement(wrapper: BaseDatabaseWrapper) -> str:
    """The statement that sets the claim of the moment until the end of the transaction."""
    return f"SELECT set_config('{CLAIM}', '{_claim(_session(wrapper).pid)}', true)"


def claim_now() -> None:
    """Tell PostgreSQL claim and actor before what is no statement of Django's: COPY. In a transaction."""
    with connection.cursor() as cursor:
        said = [claim_statement(connection)] if is_held() else []
        cursor.execute("; ".join([*said, _actor_statement()]))


class _Session(NamedTuple):
    raw: Any
    pid: int
    is_held: bool


def _session(wrapper: BaseDatabaseWrapper) -> _Session:
    """What the server says of a connection; asked once for each."""
    known: _Session | None = getattr(wrapper, _KNOWN, None)
    if known is None or known.raw is not wrapper.connection:
        with wrapper.wrap_database_errors, wrapper.connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_backend_pid(), coalesce(row_security_active(to_regclass(%s)), false)",
                ["registry_seriesrevision"],
            )
            known = _Session(wrapper.connection, *cursor.fetchone())
        setattr(wrapper, _KNOWN, known)
    return known


def forget_session(wrapper: BaseDatabaseWrapper) -> None:
    """Ask the server anew: after a change of role within a connection."""
    setattr(wrapper, _KNOWN, None)


@cache
def _key() -> bytes:
    return hashlib.sha256(b"registry.row_security" + settings.SECRET_KEY.encode()).digest()


def _claim(pid: int) -> str:
    """``kind:signature.body``; empty for nobody. The body is base64: nothing in it needs quoting."""
    from registry.models.base import access_time

    who = _claimant.get()
    if who is _Scope.NOBODY:
        return ""
    said: dict[str, Any] = {"pid": pid}
    if isinstance(who, _Scope):
        said["service"] = True
    else:
        said["at"] = access_time().isoformat()
        said["tokens"] = sorted(who.tokens)
        if who.handles_figures:
            said["figures"] = who.participant
    body = base64.b64encode(json.dumps(said).encode()).decode()
    signature = hmac.new(_key(), body.encode(), hashlib.sha256).hexdigest()
    return f"{'service' if 'service' in said else 'viewer'}:{signature}.{body}"


def _actor_statement() -> str:
    actor = base64.b64encode(_actor.get()().encode()).decode()
    return f"SELECT set_config('{ACTOR}', '{actor}', true)"


def _with_claim(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    text = sql if isinstance(sql, str) else str(sql)
    before = []
    wrapper: BaseDatabaseWrapper = context["connection"]
    if _NAMES_PROTECTED.search(text) and _session(wrapper).is_held:
        before.append(claim_statement(wrapper))
    if _CHANGES_WATCHED.match(text):
        before.append(_actor_statement())
    if not before:
        return execute(sql, params, many, context)
    if not context["cursor"].cursor.name:
        return execute("; ".join([*before, text]), params, many, context)
    # A cursor of the server takes one statement only; what it has read outlives the transaction.
    with transaction.atomic(using=wrapper.alias, savepoint=False):
        with wrapper.connection.cursor() as cursor:
            cursor.execute("; ".join(before))
        return execute(sql, params, many, context)


def _forget_claim() -> None:
    """Where the transaction goes on, what comes next does not inherit the claim of a service."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    if connection.connection.info.transaction_status == _IN_TRANSACTION and _session(connection).is_held:
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{CLAIM}', '', true)")


def claim_is_accepted() -> bool:
    """Whether the database takes claims for genuine: its key is the one made of SECRET_KEY."""
    connection.ensure_connection()
    with as_service(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(claim_statement(connection))
        cursor.execute("SELECT registry_is_service()")
        return bool(cursor.fetchone()[0])
