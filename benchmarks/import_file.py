"""From a CSV file to released figures, against a bare COPY of the same values, one row per cell.

The baseline is the least any row-per-cell database must do: COPY of rows prepared beforehand, and one
unique index. Ours reads the foreign layout, checks every cell, stages, submits, validates, releases, opens
the figures to an audience and writes the audit trail.

usage: DATABASE_URL=postgres://… python -m benchmarks.import_file [FILE --profile NAME | --generate]
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import ROOT, benchmark_database, compared, report

UNHCR = ROOT.parent / "shared" / "data" / "migration" / "unhcr" / "population.csv"
LIMIT = 2.0
MOST_MEMORY = 300  # MB


def generate(path: Path) -> None:
    """A million observations in the layout of UNHCR's file: 200 × 200 pairs, 5 measures, 5 years."""
    from registry.models import Code

    areas = list(
        Code.objects.filter(codelist__code="CL_AREA", code__regex="^[A-Z]{3}$").values_list("code", flat=True)
    )
    known = set(Code.objects.filter(codelist__code="CL_CITIZENSHIP").values_list("code", flat=True))
    areas = [code for code in areas if code in known][:200]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["year", "coo_iso", "coa_iso", "refugees", "asylum_seekers", "idps", "stateless", "ooc"]
        )
        for year in range(2010, 2015):
            for at, asylum in enumerate(areas):
                for of, origin in enumerate(areas):
                    base = (at * 977 + of * 131 + year * 7) % 50_000
                    writer.writerow([year, origin, asylum, base, base // 3, base // 5, base % 97, base % 11])


def people() -> tuple[object, object]:
    from registry.models import Participant, Role, RoleAssignment, User

    owner = Participant.objects.get(code="UNHCR")
    made = []
    for name, roles in (
        ("submitter", (Role.DATA_SUBMITTER, Role.COUNTRY_ADMINISTRATOR)),
        ("verifier", (Role.DATA_VERIFIER,)),
    ):
        user = User.objects.create_user(f"benchmark-{name}", participant=owner)
        RoleAssignment.objects.bulk_create(
            RoleAssignment(user=user, participant=owner, role=role) for role in roles
        )
        made.append(user)
    return made[0], made[1]


def empty() -> None:
    """No datasets, no figures: the state before a first import."""
    from django.db import connection

    from tests.database import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE registry_dataset CASCADE")
        cursor.execute("TRUNCATE registry_series, registry_seriesrevision")


class Baseline:
    """COPY of prepared long rows and a unique index over their dimensions."""

    def __init__(self, path: Path, measures: list[str]) -> None:
        lines = []
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                lines += [
                    f"{measure}\t{row['coa_iso']}\t{row['coo_iso']}\t{row['year']}\t{row[measure]}\n"
                    for measure in measures
                ]
        self.cells = len(lines)
        self._text = "".join(lines)

    def run(self) -> None:
        from django.db import connection, transaction

        from tests.database import as_owner

        with as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS benchmark_cell")
            cursor.execute(
                "CREATE TABLE benchmark_cell (indicator varchar(40), ref_area varchar(40),"
                " citizenship varchar(40), period varchar(10), value double precision)"
            )
            cursor.copy_expert("COPY benchmark_cell FROM STDIN", io.StringIO(self._text))
            cursor.execute("CREATE UNIQUE INDEX ON benchmark_cell (indicator, ref_area, citizenship, period)")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", type=Path, nargs="?", default=UNHCR)
    options.add_argument("--profile", default="unhcr-population")
    options.add_argument("--generate", action="store_true", help="one million observations instead of a file")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--memory", action="store_true", help="only ours, once, and the peak of memory")
    given = options.parse_args()
    if not given.memory:
        memory = subprocess.run(
            [sys.executable, "-m", "benchmarks.import_file", *sys.argv[1:], "--memory"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.strip()
    with benchmark_database(), tempfile.TemporaryDirectory() as folder:
        from importers.profile import profile_named
        from importers.services.file import Plan, file_import
        from registry.services.starter import starter_load

        starter_load()
        path = given.file
        if given.generate:
            path = Path(folder) / "generated.csv"
            generate(path)
        profile = profile_named(given.profile)
        submitter, verifier = people()
        plan = Plan(submitter, verifier, release=True, audience="public")  # type: ignore[arg-type]

        def ours() -> None:
            file_import(path=path, profile=profile, plan=plan)

        if given.memory:
            ours()
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            return 0
        baseline = Baseline(path, [measure.column for measure in profile.measures])
        mine, least = compared(ours, baseline.run, runs=given.runs, before=empty)
        good = report("import and release", mine, least, LIMIT, cells=baseline.cells, peak_memory_mb=memory)
        return 0 if good and int(memory) <= MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
