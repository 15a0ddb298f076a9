from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.country import country_pages_provision
from cms.services.starter import starter_pages_load
from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Create the starter pages and the country pages in all languages. Pages that exist, or were deleted, "
        "stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        result = starter_pages_load()
        country_pages_provision()
        if options["verbosity"]:
            summary = _("Pages: %(created)d created, %(kept)d left as they were.")
            self.stdout.write(summary % {"created": result.created, "kept": result.kept})
