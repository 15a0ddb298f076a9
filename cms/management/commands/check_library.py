from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.library_check import library_problems, orphans_delete, texts_read_again
from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Check that every document of the e-library has title and summary in every language, a topic, a "
        "place where it can be read, and its files. Fails when not; --repair deletes files of no document, "
        "--read-again extracts the texts of all files anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help=_("Delete files that belong to no document.")
        )
        parser.add_argument(
            "--read-again", action="store_true", help=_("Extract the texts of all files anew.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"]:
            self.stdout.write(_("Deleted: %(count)d.") % {"count": orphans_delete()})
        if options["read_again"]:
            self.stdout.write(_("Texts that changed: %(count)d.") % {"count": texts_read_again()})
        found = library_problems()
        for problem in found:
            self.stdout.write(f"{problem.document}: {problem.problem}")
        if found:
            raise CommandError(_("Problems in the e-library: %(count)d.") % {"count": len(found)})
        self.stdout.write(self.style.SUCCESS(_("The e-library is whole.")))
