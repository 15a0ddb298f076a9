from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.library_starter import library_load
from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Load the chapters of the e-library and descriptions of documents in all languages. Documents that "
        "exist, or were deleted, stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        result = library_load()
        if options["verbosity"]:
            summary = _(
                "Documents: %(created)d created, %(kept)d left as they were; topics written: %(topics)d."
            )
            values = {"created": result.created, "kept": result.kept, "topics": result.topics}
            self.stdout.write(summary % values)
