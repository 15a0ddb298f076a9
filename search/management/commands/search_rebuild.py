from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from registry.management.base import PortalCommand
from search.builders import BUILDERS
from search.engines.base import SearchError
from search.services.indexing import index_rebuild


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Build the search index anew from the database; the old one answers until the new one is complete."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
        console = Console(stderr=True, quiet=options["verbosity"] == 0)
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
            labels = {kind: str(builder.label) for kind, builder in BUILDERS.items()}
            bars = {kind: progress.add_task(label, total=None) for kind, label in labels.items()}
            try:
                counts = index_rebuild(progress=lambda kind: progress.advance(bars[kind]))
            except SearchError as error:
                raise CommandError(str(error)) from error
        if options["verbosity"]:
            for kind, count in counts.items():
                self.stdout.write(f"{labels[kind]}: {count}")
            seconds = time.monotonic() - started
            summary = _("Search index rebuilt: %(count)d documents in %(seconds).1f s.")
            self.stdout.write(summary % {"count": counts.total(), "seconds": seconds})
