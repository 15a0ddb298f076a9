from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.management.base import PortalCommand
from registry.services.documentation_reminder import documentation_remind


class Command(PortalCommand):
    purpose = gettext_lazy("Remind people by e-mail of documentation tables due for review. For daily use.")

    def handle(self, *args: Any, **options: Any) -> None:
        summary = documentation_remind(today=timezone.localdate())
        if options["verbosity"]:
            self.stdout.write(
                _("E-mails sent: %(mails)d; documentation tables named in them: %(tables)d")
                % {"mails": summary.mails, "tables": summary.tables}
            )
            if summary.unreached:
                self.stdout.write(
                    _("Documentation tables without anybody to remind: %(count)d")
                    % {"count": summary.unreached}
                )
        if summary.failed:
            raise CommandError(_("E-mails that could not be sent: %(count)d") % {"count": summary.failed})
