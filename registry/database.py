"""What differs between SQLite and PostgreSQL, in one place."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.sql.compiler import SQLCompiler

from registry import row_security

_BATCH = 4_000
_LINES = 500


def connect() -> None:
    """Give every SQLite connection the functions the shared SQL uses, every other one its row security."""
    connection_created.connect(_add_sqlite_functions, dispatch_uid="registry.database")
    connection_created.connect(_add_row_security, dispatch_uid="registry.row_security")


def _add_row_security(connection: BaseDatabaseWrapper, **_: Any) -> None:
    row_security.install(connection)


def _add_sqlite_functions(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "sqlite":
        raw: sqlite3.Connection = connection.connection
        raw.create_function("split_part", 3, _split_part, deterministic=True)


def _split_part(text: str, delimiter: str, number: int) -> str:
    """PostgreSQL's split_part: the part with that number, counted from 1."""
    parts = text.split(delimiter)
    return parts[number - 1] if number <= len(parts) else ""


def joining() -> str:
    """The name of the aggregate that joins texts with a separator."""
    return "string_agg" if connection.vendor == "postgresql" else "group_concat"


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows the fastest way the database has: COPY on PostgreSQL, executemany on SQLite.

    ``rows`` may be lazy. Values are str, int, bool or None. Runs inside the caller's transaction. Of the
    tables with row-level security, only those with a landing (`registry.row_security.LANDINGS`) take COPY
    from a role that it holds.
    """
    if connection.vendor == "postgresql":
        _copy_postgresql(model._meta.db_table, columns, rows)
    else:
        marks = ", ".join(["%s"] * len(columns))
        names = ", ".join(f'"{column}"' for column in columns)
        statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608
        remaining = iter(rows)
        with connection.cursor() as cursor:
            while batch := list(islice(remaining, _BATCH)):
                cursor.executemany(statement, batch)


def analyze(model: type[models.Model], *columns: str) -> None:
    """Have PostgreSQL count these columns of a table anew; a plan made for other figures can take minutes.

    Whoever else counts the same table waits until the transaction ends.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT registry_analyze(%s, %s)", [model._meta.db_table, list(columns)])


def analyze_if_grown(model: type[models.Model], rows: int, *columns: str) -> None:
    """`analyze` after so many rows were written, if PostgreSQL takes the table for smaller than that.

    A plan made for an empty table reads all of it once for every row.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        known: float = cursor.fetchone()[0]
    if known < rows:
        analyze(model, *columns)


@contextmanager
def joining_sets() -> Iterator[None]:
    """For joins of two large sets that PostgreSQL knows nothing of yet: never row by row. In a transaction.

    It would take sets just written for a single row, and look each row of one up in the other.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


class TransactionMark(models.Func):
    """A text that is the same for everything written in one transaction, and no other: empty on SQLite."""

    output_field = models.CharField()
    template = "''"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return self.as_sql(compiler, connection, template="registry_transaction()")


class _CopyStream(io.TextIOBase):
    """Rows as COPY text, made while PostgreSQL reads, so that no second copy of them is held."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self._rest = ""

    def read(self, size: int | None = -1) -> str:
        parts = [self._rest]
        have = len(self._rest)
        wanted = size if size is not None and size >= 0 else None
        while wanted is None or have < wanted:
            rows = list(islice(self._rows, _LINES))
            if not rows:
                break
            parts.append(_copy_lines(rows))
            have += len(parts[-1])
        text = "".join(parts)
        cut = len(text) if wanted is None else wanted
        self._rest = text[cut:]
        return text[:cut]


def _copy_lines(rows: Sequence[Sequence[Any]]) -> str:
    """Lines of COPY text. Only where something has to be written in another way is each cell looked at."""
    width = len(rows[0])
    line = "\t".join(["%s"] * width) + "\n"
    text = line * len(rows) % tuple(chain.from_iterable(rows))
    is_plain = text.count("\t") == (width - 1) * len(rows) and text.count("\n") == len(rows)
    if is_plain and not any(special in text for special in ("\\", "\r", "None")):
        return text
    return "".join(["\t".join(map(_copy_text, row)) + "\n" for row in rows])


def _copy_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is not str:
        return str(value)
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _copy_postgresql(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        row_security.claim_now()
        place = row_security.LANDINGS.get(table, table)
        cursor.copy_expert(f'COPY "{place}" ({names}) FROM STDIN', _CopyStream(rows), 1 << 16)
