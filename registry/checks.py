"""What the database must be before figures are served from it, as system checks.

`refuse_to_serve` runs at the start of the server (config/wsgi.py); `manage.py check --database default` tells
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.translation import gettext as _

from registry.row_security import LANDINGS, PROTECTED, claim_is_accepted

_ROLE = """
    SELECT r.rolsuper, r.rolbypassrls,
        EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = ANY (%s) AND c.relkind IN ('r', 'p')
            AND pg_has_role(r.rolname, c.relowner, 'MEMBER')),
        (SELECT count(*) FROM pg_class c WHERE c.oid = ANY (SELECT to_regclass(n) FROM unnest(%s) n)
            AND c.relrowsecurity),
        EXISTS (SELECT 1 FROM unnest(%s) n WHERE has_table_privilege(r.rolname, to_regclass(n), 'SELECT'))
    FROM pg_roles r WHERE r.rolname = current_user
"""
_TRAIL = """
    SELECT bool_or(has_table_privilege(current_user, c.oid, p)) FROM pg_class c,
        unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p
    WHERE c.oid IN (to_regclass('registry_auditevent'), to_regclass('registry_rowchange'))
"""


@register(Tags.database)
def check_row_security(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Error]:
    """The serving role is held by row-level security and cannot touch the audit trail (PostgreSQL)."""
    if not databases or "default" not in databases or not settings.ROW_SECURITY_REQUIRED:
        return []
    if settings.MAKES_TABLES:  # `migrate` checks too, before there is anything to check
        return []
    return row_security_problems() if connection.vendor == "postgresql" else []


def row_security_problems() -> list[Error]:
    """What lets the connected role past row-level security, or into the audit trail."""
    tables = list(PROTECTED)
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [tables, tables, list(LANDINGS.values())])
        is_superuser, bypasses, owns, protected, reads_landing = cursor.fetchone()
        cursor.execute(_TRAIL)
        (writes_trail,) = cursor.fetchone()
    if protected < len(tables):
        return [_error("E001", _("The database has no row-level security yet."), _("Run manage.py migrate."))]
    hint = _(
        "Serve with a role of its own in DATABASE_URL, migrate with MIGRATION_DATABASE_URL, and run "
        "manage.py database_roles. ROW_SECURITY=off serves without this protection: for private "
        "demonstrations only."
    )
    found = []
    if is_superuser or bypasses or owns or reads_landing:
        found.append(_error("E002", _("The database role %(role)s is not held by row-level security."), hint))
    elif not claim_is_accepted():
        found.append(
            _error(
                "E003",
                _("The database does not know the key made of SECRET_KEY."),
                _("Run manage.py database_roles."),
            )
        )
    if writes_trail:
        found.append(_error("E004", _("The database role %(role)s can change the audit trail."), hint))
    return found


def refuse_to_serve() -> None:
    """Raise ImproperlyConfigured where figures would be served without the second wall."""
    if not settings.ROW_SECURITY_REQUIRED or connection.vendor != "postgresql":
        return
    try:
        problems = row_security_problems()
    finally:
        connection.close()
    if problems:
        raise ImproperlyConfigured(
            " ".join(f"{problem.id}: {problem.msg} {problem.hint}" for problem in problems)
        )


def _error(number: str, text: str, hint: str) -> Error:
    return Error(text % {"role": connection.settings_dict["USER"]}, hint=hint, id=f"registry.{number}")
