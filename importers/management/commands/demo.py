from __future__ import annotations

import hashlib
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from importers.services.demonstration import ACCOUNTS, PASSWORD
from registry.languages import LANGUAGES


class Command(BaseCommand):
    """Prepare the embedded defaults, load the demonstration and serve it on this machine alone."""

    help = "A filled portal on 127.0.0.1. Everything is prepared once; a second start takes seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="do not serve")

    def handle(self, *args: Any, port: int, prepare_only: bool, **options: Any) -> None:
        self._step("Database", "migrate", verbosity=0)
        self._step("Indicators and code lists", "load_starter")
        self._step("Pages", "load_pages")
        self._step("Figures (about a minute the first time)", "load_demonstration")
        self._collect_static()
        self._index()
        self._tell(port)
        if not prepare_only:
            serve(port)

    def _step(self, title: str, command: str, **options: Any) -> None:
        self.stdout.write(f"· {title} …")
        self.stdout.flush()
        call_command(command, **options)

    def _collect_static(self) -> None:
        """Copy and compress the static files when any of them changed."""
        files = [str(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])]
        stamp = hashlib.sha256()
        for file in sorted(files):
            stat = Path(file).stat()
            stamp.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
        self._once(
            "static",
            stamp.hexdigest(),
            lambda: self._step("Static files", "collectstatic", interactive=False, verbosity=0),
        )

    def _index(self) -> None:
        """Build the search index where there is none; later changes bring it up to date themselves."""
        if not (settings.SEARCH_INDEX_DIR / "current").exists():
            self._step("Search index", "search_rebuild")

    def _once(self, name: str, stamp: str, act: Any) -> None:
        note = settings.VAR_DIR / f"{name}.stamp"
        if not note.exists() or note.read_text() != stamp:
            act()
            note.write_text(stamp)

    def _tell(self, port: int) -> None:
        root = f"http://127.0.0.1:{port}"
        lines = [
            "",
            "Clearinghouse",
            *(f"  {language.name:<10} {root}/{language.code}/" for language in LANGUAGES),
        ]
        lines += [f"  {'GraphQL':<10} {root}/graphql/", f"  {'Admin':<10} {root}/admin/", ""]
        lines += [f"Accounts (password {PASSWORD}; they open this demonstration only):"]
        lines += [
            f"  {account.username:<18} {account.purpose['en']} · {account.purpose['ru']}"
            for account in ACCOUNTS
        ]
        self.stdout.write("\n".join([*lines, ""]))
        self.stdout.flush()


def serve(port: int) -> None:
    """Become the server: granian, WSGI, this machine only."""
    address = ["--host", "127.0.0.1", "--port", str(port)]
    options = ["--interface", "wsgi", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *options, *address, "config.wsgi:application"])  # noqa: S606
