from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.errors import RegistryError
from registry.management.base import PortalCommand
from registry.services.person import system_administrator_appoint


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Make an account of the secretariat a system administrator, who appoints the others."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("The account, made by createsuperuser for example."))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            system_administrator_appoint(username=options["username"])
        except RegistryError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(_("%(name)s is a system administrator now.") % {"name": options["username"]})
