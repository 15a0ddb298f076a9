"""The roles of PostgreSQL: one owns the tables and migrates, another serves and can do no more than it must.

The serving role cannot change or empty a table's definition, cannot touch what is written in the audit
trail, and is held by row-level security. Source: docs/adr/0011; docs/operations.md.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from registry.row_security import LANDINGS, claim_pads

#: What the serving role may do with some tables; with all others SELECT, INSERT, UPDATE and DELETE.
GRANTED = {
    "registry_claimkey": "",
    "registry_auditevent": "SELECT, INSERT",
    "registry_rowchange": "SELECT",
    **dict.fromkeys(LANDINGS.values(), "INSERT"),
    "django_migrations": "SELECT",
}


def application_role() -> str | None:
    """The role of DATABASE_URL, where it is not the one connected now."""
    role: str | None = settings.APPLICATION_DATABASE.get("USER")
    return role if role and role != connection.settings_dict.get("USER") else None


@transaction.atomic
def claim_key_keep() -> None:
    """Have the database know the key that claims are signed with; needs its owner."""
    inner, outer = claim_pads()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_claimkey (inner_pad, outer_pad) VALUES (%s, %s)"
            " ON CONFLICT ((true)) DO UPDATE"
            " SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
            [inner, outer],
        )


@transaction.atomic
def role_create(*, role: str, password: str) -> bool:
    """Make the serving role if it is missing; needs the right to make roles. Whether it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            return False
        cursor.execute(
            f"CREATE ROLE {_name(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %s", [password]
        )
        return True


@transaction.atomic
def role_grant(*, role: str) -> None:
    """Give the serving role what it needs, and take everything else from it. May be repeated at any time."""
    name = _name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema()), quote_ident(current_database())")
        schema, database = cursor.fetchone()
        for statement in (
            f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {name}",
            f"REVOKE CREATE ON SCHEMA {schema} FROM {name}",
            f"GRANT USAGE ON SCHEMA {schema} TO {name}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
            f"GRANT EXECUTE ON FUNCTION registry_analyze(text, text[]) TO {name}",
        ):
            cursor.execute(statement)
        for table, granted in GRANTED.items():
            cursor.execute(f"REVOKE ALL ON {table} FROM {name}")
            if granted:
                cursor.execute(f"GRANT {granted} ON {table} TO {name}")


def roles_follow(**_: Any) -> None:
    """After a migration: new tables are the serving role's too, and the key is the one of SECRET_KEY."""
    if connection.vendor != "postgresql" or not owns_tables():
        return
    claim_key_keep()
    role = application_role()
    if role is not None and _exists(role):
        role_grant(role=role)


def owns_tables() -> bool:
    """Whether the connected role is the owner of the tables, row-level security included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class"
            " WHERE oid = to_regclass('registry_claimkey')"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _exists(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def _name(role: str) -> str:
    return connection.ops.quote_name(role.replace('"', ""))
