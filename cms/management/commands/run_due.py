from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.utils.translation import gettext_lazy

from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Do what is due: release the figures and publish or take back the pages whose set time has come, and "
        "send notices that were not sent. For a timer, every minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("publish_scheduled", verbosity=options["verbosity"])
        # Last, for it fails when a release does; pages do not wait for that.
        call_command("release_due", verbosity=options["verbosity"], language=options["language"])
