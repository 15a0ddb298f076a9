from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.management.base import PortalCommand
from registry.services.database import application_role, claim_key_keep, owns_tables, role_create, role_grant


class Command(PortalCommand):
    purpose = gettext_lazy("Make or repair PostgreSQL's serving role: its rights, and the key of claims.")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(_("Only PostgreSQL has roles; nothing to do."))
        if not owns_tables():
            raise CommandError(
                _("Run manage.py migrate first, and set MIGRATION_DATABASE_URL to the owner of the tables.")
            )
        claim_key_keep()
        role = application_role()
        if role is None:
            self.stdout.write(
                _("DATABASE_URL and MIGRATION_DATABASE_URL name the same role: nothing to grant.")
            )
            return
        if role_create(role=role, password=settings.APPLICATION_DATABASE["PASSWORD"]):
            self.stdout.write(_("The role %(role)s was made.") % {"role": role})
        role_grant(role=role)
        self.stdout.write(_("The role %(role)s has its rights.") % {"role": role})
