"""On SQLite every process of the tests begins with a copy of one migrated database.

Migrating takes a quarter of a minute, so it is done once, in a process of its own while the others collect
the tests, and kept in pytest's cache for as long as no line of the project and no package changes. The tests
run the migrations over their copy all the same: what the template should lack is made there.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import django

from tests.paths import ROOT

_PACKAGES = ("config", "registry", "cms", "search", "importers", "graphql")


def template_path(folder: Path) -> Path:
    """Where the database lies that belongs to the project as it is now."""
    digest = hashlib.sha256(sys.version.encode())
    sources = (file for package in _PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    for file in (ROOT / "requirements-dev.lock", *sources):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return folder / f"{digest.hexdigest()}.sqlite3"


def template_begin(path: Path) -> None:
    """Start making the template, if it is not there; `template_copied` waits until it is.

    The lock belongs to the process that makes it, and ends with it.
    """
    with _lock(path, fcntl.LOCK_EX) as lock:
        if path.exists():
            return
        subprocess.Popen(
            [sys.executable, "-m", "tests.template", str(path)],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": f"sqlite:///{path}.part",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]),
            },
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )


@contextmanager
def template_copied(path: Path, *, database: str) -> Iterator[None]:
    """``database``, a shared one in memory, begins as the template is; empty where there is none."""
    # A database in memory is there for as long as somebody is connected to it.
    with closing(sqlite3.connect(database, uri=True)) as copy:
        with _lock(path, fcntl.LOCK_SH):
            if path.exists():
                with closing(sqlite3.connect(path)) as template:
                    template.backup(copy)
        yield


@contextmanager
def _lock(path: Path, kind: int) -> Iterator[IO[str]]:
    with (path.parent / "lock").open("w") as lock:
        fcntl.flock(lock, kind)
        yield lock


def _make(path: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    part = Path(connection.settings_dict["NAME"])
    for file in path.parent.glob("*.sqlite3*"):
        file.unlink()
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    with connection.cursor() as cursor:
        # A copy in memory cannot keep a log beside it.
        cursor.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    part.replace(path)


if __name__ == "__main__":
    # The models made on the way are no garbage to look for.
    gc.disable()
    django.setup()
    _make(Path(sys.argv[1]))
