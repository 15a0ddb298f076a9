"""An import killed in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from registry.models import Dataset, Release, Series, SeriesRevision, StagedSeries, Submission
from tests.importers.conftest import LINES, Importer, text_of
from tests.paths import ROOT

MODELS = (Dataset, Submission, StagedSeries, Release, Series, SeriesRevision)
KILLED = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.core.management import call_command
from importers.services import file as service
real = service.submission_release
def late(**options):
    release = real(**options)
    if release.dataset.code == "MDA_ASYLUM":
        print("in the middle", flush=True)
        time.sleep(60)
    return release
if sys.argv[1] == "slow":
    service.submission_release = late
call_command("import_data", *sys.argv[2:])
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="needs a copy of the test database in a file")
def test_a_killed_import_leaves_nothing_and_can_be_run_again(importer: Importer) -> None:
    # Given an import in a process of its own, killed when all is written and nothing committed
    database = importer.folder / "copy.sqlite3"
    copy_database(database)
    importer.write(text_of(*LINES))
    before = counts(database)
    process = start(importer, database, "slow")
    assert process.stdout is not None
    said_there = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    # Then nothing of it is in the database
    assert said_there == "in the middle\n"
    assert counts(database) == before
    # And the same import goes through afterwards
    again = start(importer, database, "at once")
    output, _none = again.communicate(timeout=60)
    assert again.returncode == 0, output
    assert output.count("Release 1.") == 2
    assert counts(database)["registry_seriesrevision"] == 6


def copy_database(path: Path) -> None:
    """The test database with what is not committed yet, in a file."""
    with sqlite3.connect(path) as copy:
        connection.ensure_connection()
        copy.create_function("split_part", 3, lambda *_parts: "", deterministic=True)
        copy.executescript("\n".join(connection.connection.iterdump()))
    copy.close()


def counts(path: Path) -> dict[str, int]:
    tables = [
        model._meta.db_table for model in (Dataset, Submission, StagedSeries, Release, Series, SeriesRevision)
    ]
    database = sqlite3.connect(path)
    found = {
        table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in (*tables, "registry_auditevent", "registry_notice", "registry_audience")
    }
    database.close()
    return found


def start(importer: Importer, database: Path, pace: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "VAR_DIR": str(importer.folder / "var"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]),
    }
    command = [sys.executable, "-c", KILLED, pace, str(importer.path), "--profile", importer.profile]
    return subprocess.Popen(
        [*command, *importer.options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
