"""A cube of 100,000 cells through HTTP and GraphQL, against array_agg and orjson over one row per cell.

The baseline is the barest way to serve such a list from a row-per-cell table: one ordered array_agg over a
covering index, one orjson.dumps, in the same process. Ours goes through the HTTP server, GraphQL, the
audience tokens and the union of datasets. Then ten million observations of another indicator are put beside
it, and the same request must cost the same.

With --as-owner the server runs as the owner of the tables, whom row-level security does not hold: the
difference is what that costs.

usage: DATABASE_URL=postgres://… python -m benchmarks.read_cube [--runs N] [--as-owner]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from benchmarks.common import ROOT, benchmark_database, compared, report

LIMIT = 0.5
BESIDE_LIMIT = 1.2
SERIES, YEARS = 5_000, 20
BESIDE = 500_000  # series of 20 years: ten million observations
QUERY = """query ($indicator: String!) { cube(indicator: $indicator) {
  sizes values statuses dimensions { code members { code } } } }"""


def filled(indicator_code: str, keys: list[str]) -> None:
    """See `fill`; as the system's own work."""
    from registry.row_security import as_service

    with as_service():
        fill(indicator_code, keys)


def fill(indicator_code: str, keys: list[str]) -> None:
    """A public dataset with these series of 20 years each, written by COPY in the stored form."""
    from django.utils import timezone

    from registry.models import Indicator, Participant, Release, User
    from registry.services.access import grant_ensure, openings_of
    from registry.services.dataset import dataset_create
    from tests.database import as_owner

    owner = Participant.objects.get(code="MDA")
    actor = administrator(owner)
    dataset = dataset_create(
        code=f"BENCH_{indicator_code}",
        indicator=Indicator.objects.get(code=indicator_code),
        owner=owner,
        actor=actor,
        source_en="Benchmark",
        source_ru="Замер",
    )
    grant_ensure(dataset=dataset, actor=actor, token="public")
    base = openings_of(dataset=dataset).base
    release = Release.objects.create(
        dataset=dataset, number=1, released_at=timezone.now(), released_by=User.objects.get(pk=actor.pk)
    )
    dataset.current_release = release
    dataset.save()
    with as_owner():  # row-level security takes no COPY into these tables
        write(dataset.pk, base.pk, release.pk, keys)


def write(dataset: int, audience: int, release: int, keys: list[str]) -> None:
    from registry.database import copy_rows
    from registry.models import Series, SeriesRevision

    copy_rows(Series, ("dataset_id", "key"), ((dataset, key) for key in keys))
    made = dict(Series.objects.filter(dataset=dataset).values_list("key", "pk"))
    columns = ("series_id", "dataset_id", "key", "audience_id", "release_id", "start")
    columns += ("values_json", "statuses_json", "notes_json", "value_count")
    copy_rows(
        SeriesRevision,
        columns,
        (
            (made[key], dataset, key, audience, release, "2001", compact(values_of(at)), "", "", YEARS)
            for at, key in enumerate(keys)
        ),
    )


def values_of(at: int) -> list[int]:
    return [(at * 131 + year * 977) % 100_000 for year in range(YEARS)]


def compact(values: list[int]) -> str:
    return json.dumps(values, separators=(",", ":"))


def administrator(owner: object) -> object:
    from registry.models import Role, RoleAssignment, User

    user, is_new = User.objects.get_or_create(username="benchmark", defaults={"participant": owner})
    if is_new:
        RoleAssignment.objects.create(user=user, participant=owner, role=Role.COUNTRY_ADMINISTRATOR)
    return user


def keys() -> list[str]:
    """Real codes in the order of their lists, which is the order of a cube's rows."""
    from registry.models import Code

    def codes(codelist: str, count: int, form: str = "^[A-Z]{3}$") -> list[str]:
        real = Code.objects.filter(codelist__code=codelist, code__regex=form).order_by("order", "code")
        return list(real.values_list("code", flat=True)[:count])

    sexes = codes("CL_SEX", 2, "^[FM]$")
    areas, citizenships = codes("CL_AREA", 10), codes("CL_CITIZENSHIP", 250)
    found = [".".join(key) for key in product(areas, citizenships, sexes)]
    assert len(found) == SERIES, len(found)
    return found


class Baseline:
    """One row per cell with its best index, and the list a client gets."""

    def __init__(self) -> None:
        from django.db import connection

        from tests.database import as_owner

        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE benchmark_cell"
                " (dataset integer, series integer, period integer, value double precision)"
            )
            cursor.execute(
                "INSERT INTO benchmark_cell SELECT 1, s, y, (s * 131 + y * 977) %% 100000"
                " FROM generate_series(0, %s) s, generate_series(0, %s) y",
                [SERIES - 1, YEARS - 1],
            )
            cursor.execute("CREATE UNIQUE INDEX ON benchmark_cell (dataset, series, period) INCLUDE (value)")
            cursor.execute("GRANT SELECT ON benchmark_cell TO PUBLIC")
            cursor.execute("VACUUM ANALYZE benchmark_cell")

    def run(self) -> bytes:
        import orjson
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(value) FROM (SELECT value FROM benchmark_cell WHERE dataset = 1"
                " ORDER BY series, period) cell"
            )
            return orjson.dumps(cursor.fetchone()[0])


@contextmanager
def server(*, as_owner: bool) -> Iterator[http.client.HTTPConnection]:
    """The portal on granian, as in production, one worker, over the benchmark's database."""
    from django.conf import settings
    from django.db import connection

    there = connection.settings_dict
    role = there if as_owner else settings.APPLICATION_DATABASE
    host = f"{there['HOST']}:{there['PORT'] or 5432}"
    url = f"postgres://{role['USER']}:{role['PASSWORD']}@{host}/{there['NAME']}"
    row_security = "off" if role["USER"] == there["USER"] else "on"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --no-ws --log-level error".split()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "config.wsgi:application"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "ROW_SECURITY": row_security},
    )
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _attempt in range(150):
            try:
                client.connect()
                break
            except OSError:
                time.sleep(0.1)
        yield client
    finally:
        process.terminate()
        process.wait()


def ask(client: http.client.HTTPConnection, indicator: str) -> bytes:
    body = json.dumps({"query": QUERY, "variables": {"indicator": indicator}})
    client.request("POST", "/graphql/", body, {"Content-Type": "application/json"})
    return client.getresponse().read()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=25)
    options.add_argument("--as-owner", action="store_true")
    given = options.parse_args()
    with benchmark_database():
        from django.db import connection

        from registry.services.starter import starter_load
        from tests.database import as_owner

        starter_load()
        filled("DSM_1", keys())
        baseline = Baseline()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        with server(as_owner=given.as_owner) as client:
            cells = json.loads(ask(client, "DSM_1"))["data"]["cube"]["values"]
            assert cells == json.loads(baseline.run()), "both must give the same list"
            alone, least = compared(lambda: ask(client, "DSM_1"), baseline.run, runs=given.runs)
        good = report("cube over HTTP GraphQL", alone, least, LIMIT, cells=len(cells))
        filled("DSM_3", [f"A{at // 1000}.C{at % 1000}.F" for at in range(BESIDE)])
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        with server(as_owner=given.as_owner) as client:
            ask(client, "DSM_1")
            beside, again = compared(lambda: ask(client, "DSM_1"), baseline.run, runs=given.runs)
        # In units of the baseline of each time, so that other load on the machine cancels out.
        good &= report(
            "the same with 10 million observations beside it",
            beside * least / again,
            alone,
            BESIDE_LIMIT,
            measured_ms=f"{beside * 1000:.1f}",
            baseline_ms=f"{again * 1000:.1f}",
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
