"""What the markers of the suite need, and what happens where it is absent.

``tests/conftest.py`` calls `skip_what_is_absent`. A missing engine or browser is a skip on a
developer's machine and, with ``CI`` set, a failure: there it would hide that nothing was tested.
"""

import os
import shutil
from collections.abc import Iterable

import pytest

from tests.paths import SHARED

#: Whether tests that try the same on a great many things take each of them, or some; the run on PostgreSQL in
#: continuous integration takes each.
WHOLE = os.environ.get("MATRIX") == "whole"


def chromium() -> str | None:
    """The program of the browser tests: the CHROMIUM variable, else what is found."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, (shutil.which(name) for name in names if name)), None)


def skip_what_is_absent(items: Iterable[pytest.Item], *, engine: str) -> None:
    """Mark the tests that cannot run; ``engine`` is the ENGINE of the default database."""
    absent = {
        "postgresql": None if "postgresql" in engine else "needs PostgreSQL: make test-postgresql",
        "shared": None if SHARED.is_dir() else "needs the folder shared/ beside the project",
        "browser": None if chromium() or os.environ.get("CI") else "needs Chromium, or CHROMIUM=/path/to/it",
    }
    for item in items:
        for name, reason in absent.items():
            if reason and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))
