"""On PostgreSQL the suite runs as the role that serves, in a database the owner of its tables has made.

So every test meets row-level security and the serving role's rights. What a test writes and reads by itself
goes as the system's own work; what it asks through selectors and requests goes as their viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from registry import row_security
from registry.services.database import application_role

#: Emptying the tables is how Django cleans up after a test that commits; only the suite's own database
#: ever has these triggers off, and its serving role may not empty a table anyway.
_TRIGGERS = """
    SELECT format('ALTER TABLE %%I %s TRIGGER %%I', c.relname, t.tgname) FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'registry%%truncate'
"""


@contextmanager
def serving_role() -> Iterator[None]:
    """Every connection takes the serving role until the end; nothing where there is none."""
    if connection.vendor != "postgresql":
        yield
        return
    truncate_triggers("DISABLE")
    role = application_role()

    def take_role(connection: BaseDatabaseWrapper, **_: Any) -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')

    flush = type(connection.ops).execute_sql_flush

    def flush_as_owner(self: Any, statements: list[str]) -> None:
        with as_owner():
            flush(self, statements)

    if role is not None:
        connection.close()
        connection_created.connect(take_role, weak=False, dispatch_uid="tests.role")
        type(connection.ops).execute_sql_flush = flush_as_owner
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid="tests.role")
        type(connection.ops).execute_sql_flush = flush
        connection.close()


@contextmanager
def as_owner() -> Iterator[None]:
    """As the owner of the tables, where the suite runs as another role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
    row_security.forget_session(connection)
    try:
        yield
    finally:
        row_security.forget_session(connection)
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{role}"')


def truncate_triggers(act: str) -> None:
    """ENABLE or DISABLE what watches over the emptying of tables; as their owner."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS % act)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


@contextmanager
def as_system() -> Iterator[None]:
    """Outside of every request: row-level security shows and takes everything."""
    token = row_security._claimant.set(row_security._Scope.SERVICE)
    try:
        yield
    finally:
        row_security._claimant.reset(token)


def as_nobody(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work as in a process of its own, where nobody has said yet who looks."""

    @wraps(work)
    def alone(*args: Any, **kwargs: Any) -> Any:
        token = row_security._claimant.set(row_security._Scope.NOBODY)
        try:
            return work(*args, **kwargs)
        finally:
            row_security._claimant.reset(token)

    return alone
