from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.management.base import PortalCommand
from registry.services.notice import notices_lost
from registry.services.schedule import releases_due


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Release the figures whose set time has come, and send notices that were not sent. "
        "For a timer, every minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = releases_due()
        late = notices_lost()
        if options["verbosity"]:
            for release in done.released:
                said = _("%(dataset)s: released, No. %(number)d")
                self.stdout.write(said % {"dataset": release.dataset.code, "number": release.number})
            for submission in done.dropped:
                said = _("%(dataset)s: not released; those concerned are told")
                self.stdout.write(said % {"dataset": submission.dataset.code})
            if late:
                self.stdout.write(_("Notices sent late: %(count)d") % {"count": late})
        if done.failed:
            raise CommandError(_("%(count)d could not be released; see the log.") % {"count": done.failed})
