from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from importers.services.demonstration import demonstration_load, tables


class Command(BaseCommand):
    """Fill the registry with the demonstration: accounts, real figures and illustrative ones."""

    help = "Load the demonstration's accounts, datasets and figures. Needs load_starter first; repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=len(list(tables())))
            written = demonstration_load(progress=lambda code: bar.update(task, advance=1, description=code))
        self.stdout.write(f"{written} datasets written.")
