from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.country import country_pages_provision
from registry.management.base import PortalCommand
from registry.models import Participant


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Make the country page of every participant with its groups, images and workflow, or put them right. "
        "What was written there stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = country_pages_provision()
        if not found and Participant.objects.exists():
            raise CommandError(_("There is no list of countries yet: run load_pages first."))
        if options["verbosity"]:
            self.stdout.write(_("Country pages: %(count)d.") % {"count": len(found)})
