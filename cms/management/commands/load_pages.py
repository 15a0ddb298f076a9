from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.services.starter import starter_pages_load


class Command(BaseCommand):
    help = "Creates the starter pages in all languages. Pages that exist, or were deleted, stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        result = starter_pages_load()
        self.stdout.write(f"{result.created} pages created, {result.kept} left as they were.")
