"""What differs between SQLite and PostgreSQL, in one place."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_BATCH = 4_000


def connect() -> None:
    """Give every SQLite connection the functions the shared SQL uses."""
    connection_created.connect(_add_sqlite_functions, dispatch_uid="registry.database")


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

    ``rows`` may be lazy. Values are str, int, bool or None. Runs inside the caller's transaction.
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
        names = ", ".join(f'"{column}"' for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{model._meta.db_table}" ({names})')


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


class _CopyStream(io.TextIOBase):
    """Rows as COPY text, made while PostgreSQL reads, so that no second copy of them is held."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self._rest = ""

    def read(self, size: int | None = -1) -> str:
        parts = [self._rest]
        have = len(self._rest)
        wanted = size if size is not None and size >= 0 else None
        for row in self._rows:
            line = "\t".join([cell if type(cell) is str else _copy_text(cell) for cell in row]) + "\n"
            if "\\" in line or "\r" in line or line.count("\t") != len(row) - 1 or line.count("\n") != 1:
                line = "\t".join([_copy_text(cell) for cell in row]) + "\n"
            parts.append(line)
            have += len(line)
            if wanted is not None and have >= wanted:
                break
        text = "".join(parts)
        cut = len(text) if wanted is None else wanted
        self._rest = text[cut:]
        return text[:cut]


def _copy_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is not str:
        return str(value)
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _copy_postgresql(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', _CopyStream(rows), 1 << 16)
