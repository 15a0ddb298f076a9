from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import Progress

from importers.services.demonstration import demonstration_load, tables
from registry.management.base import PortalCommand


class Command(PortalCommand):
    """Fill the registry with the demonstration: accounts, real figures and illustrative ones."""

    purpose = gettext_lazy(
        "Load the accounts, datasets and figures of the demonstration. Needs load_starter first; a second "
        "run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help=_("also into a database server"))

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        if connection.vendor != "sqlite" and not yes:
            raise CommandError(
                _(
                    "The demonstration brings accounts with a known password. To load it into a database "
                    "server all the same, add --yes."
                )
            )
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=len(list(tables())))
            written = demonstration_load(progress=lambda code: bar.update(task, advance=1, description=code))
        if options["verbosity"]:
            self.stdout.write(_("Datasets written: %(count)d.") % {"count": written})
