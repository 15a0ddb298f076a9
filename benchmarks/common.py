"""What the benchmarks share: a database of their own, and times as medians of several runs.

Figures are ratios against a baseline built and measured in the same run: absolute times say little on a
shared machine.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "graphql")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "benchmarks"))
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("TASKS", "database")  # as in production: a worker updates the search index


@contextmanager
def benchmark_database() -> Iterator[None]:
    """A fresh, migrated database named test_…, dropped at the end. Needs DATABASE_URL of PostgreSQL.

    Made as the owner of the tables (MIGRATION_DATABASE_URL), used as the role that serves; with one address
    only, that role does both and row-level security holds nobody.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from tests.database import serving_role

    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL server: the baselines are PostgreSQL's own.")
    owner = settings.ENV.database(as_owner=True)
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        with serving_role():
            yield
    finally:
        teardown_databases(databases, verbosity=0)


def compared(
    ours: Callable[[], object],
    baseline: Callable[[], object],
    *,
    runs: int,
    before: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Median seconds of both, run in turns so that other load on the machine meets them alike.

    ``before`` is done ahead of each run of ours, outside the clock. The first run of each does not count.
    """
    mine, least = [], []
    for _run in range(runs + 1):
        least.append(_seconds(baseline))
        before()
        mine.append(_seconds(ours))
    return median(mine[1:]), median(least[1:])


def _seconds(act: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def report(name: str, ours: float, baseline: float, limit: float, **more: object) -> bool:
    """Print one line; whether the ratio keeps within its limit."""
    ratio = ours / baseline
    details = "".join(f"  {key}={value}" for key, value in more.items())
    verdict = "ok" if ratio <= limit else "TOO SLOW"
    line = f"{name}: {ours * 1000:.1f} ms against {baseline * 1000:.1f} ms, ratio {ratio:.2f} (limit {limit})"
    print(f"{line}{details}  {verdict}", flush=True)
    return ratio <= limit
