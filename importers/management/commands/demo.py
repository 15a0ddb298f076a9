from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from importers.services.demonstration import ACCOUNTS, PASSWORD
from registry.languages import LANGUAGE_CODES, LANGUAGES
from registry.management.base import PortalCommand


class Command(PortalCommand):
    """Prepare the embedded defaults, load the demonstration and serve it on this machine alone.

    Whoever starts a demonstration named no language yet, so what it prints is in all of them.
    """

    purpose = gettext_lazy(
        "A filled portal on 127.0.0.1. Everything is prepared once; a second start takes seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help=_("the port it answers on"))
        parser.add_argument("--yes", action="store_true", help=_("also into a database server"))
        parser.add_argument("--prepare-only", action="store_true", help=_("do not serve"))

    def handle(self, *args: Any, port: int, prepare_only: bool, yes: bool, **options: Any) -> None:
        self._step(gettext_lazy("Database"), "migrate")
        self._step(gettext_lazy("Indicators and code lists"), "load_starter")
        self._step(gettext_lazy("Pages"), "load_pages")
        self._step(gettext_lazy("E-library"), "load_library")
        self._step(gettext_lazy("Figures (about a minute the first time)"), "load_demonstration", yes=yes)
        self._collect_static()
        self._index()
        self._tell(port)
        if not prepare_only:
            serve(port)

    def _step(self, title: Promise, command: str, **options: Any) -> None:
        self.stdout.write(f"· {in_all_languages(title)} …")
        self.stdout.flush()
        call_command(command, verbosity=0, **options)

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
            lambda: self._step(gettext_lazy("Static files"), "collectstatic", interactive=False),
        )

    def _index(self) -> None:
        """Build the search index where there is none; later changes bring it up to date themselves."""
        if not (settings.SEARCH_INDEX_DIR / "current").exists():
            self._step(gettext_lazy("Search index"), "search_rebuild")

    def _once(self, name: str, stamp: str, act: Any) -> None:
        note = settings.VAR_DIR / f"{name}.stamp"
        if not note.exists() or note.read_text() != stamp:
            act()
            note.write_text(stamp)

    def _tell(self, port: int) -> None:
        root = f"http://127.0.0.1:{port}"
        addresses = {language.name: f"{root}/{language.code}/" for language in LANGUAGES}
        addresses |= {"GraphQL": f"{root}/graphql/"}
        addresses |= {in_all_languages(gettext_lazy("Administration")): f"{root}/admin/"}
        width = max(map(len, addresses)) + 2
        lines = ["", in_all_languages(gettext_lazy("Clearinghouse"))]
        lines += [f"  {name:<{width}}{address}" for name, address in addresses.items()]
        lines += ["", in_all_languages(gettext_lazy("Accounts of this demonstration"))]
        lines += ["  " + in_all_languages(gettext_lazy("Password")) + f": {PASSWORD}"]
        lines += [
            f"  {account.username:<18} {' · '.join(account.purpose[code] for code in LANGUAGE_CODES)}"
            for account in ACCOUNTS
        ]
        self.stdout.write("\n".join([*lines, ""]))
        self.stdout.flush()


def in_all_languages(text: Promise) -> str:
    """The text in every language of the portal, side by side."""
    versions = []
    for code in LANGUAGE_CODES:
        with translation.override(code):
            versions.append(str(text))
    return " · ".join(versions)


def serve(port: int) -> None:
    """Become the server: granian, WSGI, this machine only."""
    address = ["--host", "127.0.0.1", "--port", str(port)]
    options = ["--interface", "wsgi", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *options, *address, "config.wsgi:application"])  # noqa: S606
