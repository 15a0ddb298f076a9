from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from importers.profile import BadProfile, Profile, profile_named, profile_names
from importers.services.file import ImportSummary, Plan, RefusedFigures, stream_import
from registry.errors import Invalid, RegistryError
from registry.formats.problems import BadFile
from registry.languages import served
from registry.management.base import PortalCommand
from registry.models import User


class Command(PortalCommand):
    """Import a file by a profile. Exit code 0: done or nothing new; 1: refused, nothing stored."""

    purpose = gettext_lazy("Import a data file by a profile: stage it, submit it, or release it.")

    def add_arguments(self, parser: CommandParser) -> None:
        one_of = _("one of %(names)s, or a TOML file") % {"names": ", ".join(profile_names())}
        parser.add_argument("path", type=Path, help=_("the data file"))
        parser.add_argument("--profile", required=True, help=one_of)
        parser.add_argument("--as", dest="submitter", required=True, metavar="USER", help=_("who submits"))
        parser.add_argument(
            "--verified-by", dest="verifier", metavar="USER", help=_("who verifies and releases")
        )
        parser.add_argument(
            "--audience", metavar="TOKEN", help=_("open the data to: public, participants, …")
        )
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--submit", action="store_true", help=_("submit for verification"))
        step.add_argument("--release", action="store_true", help=_("submit, verify and release"))

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        started = time.monotonic()
        try:
            profile = profile_named(options["profile"])
            summary = self._import(path, profile, self._plan(options))
        except BadFile as error:
            raise CommandError(_refusal(f"{path.name}:\n{error}")) from error
        except RefusedFigures as error:
            lines = "\n".join((str(error), *error.findings))
            raise CommandError(_refusal(lines)) from error
        except ValidationError as error:
            raise CommandError(_refusal("; ".join(error.messages))) from error
        except (BadProfile, RegistryError) as error:
            raise CommandError(_refusal(str(error))) from error
        self._print(summary, time.monotonic() - started)

    def _plan(self, options: dict[str, Any]) -> Plan:
        verifier = options["verifier"]
        return Plan(
            submitter=_user(options["submitter"]),
            verifier=_user(verifier) if verifier else None,
            submit=options["submit"],
            release=options["release"],
            audience=options["audience"],
        )

    def _import(self, path: Path, profile: Profile, plan: Plan) -> ImportSummary:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        try:
            with (
                path.open("rb") as file,
                Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
            ):
                task = bar.add_task(str(served(profile.title)), total=path.stat().st_size)
                return stream_import(
                    stream=file,
                    name=path.name,
                    profile=profile,
                    plan=plan,
                    progress=lambda done: bar.update(task, completed=done),
                )
        except OSError as error:
            raise Invalid(
                gettext_lazy("%(path)s cannot be read: %(reason)s."), path=path, reason=_reason(error)
            ) from error

    def _print(self, summary: ImportSummary, seconds: float) -> None:
        # A file with one wrong row is refused whole, so none of a file that got here was.
        self.stdout.write(
            _("Rows read: %(rows)s; refused: 0. SHA-256 %(sha256)s.")
            % {"rows": summary.rows, "sha256": summary.sha256}
        )
        for outcome in summary.outcomes:
            difference = outcome.difference
            line = _(
                "%(dataset)s: %(new)s new series, %(changed)s changed, %(removed)s removed, "
                "%(unchanged)s unchanged; %(values)s values; %(warnings)s warnings."
            )
            self.stdout.write(
                line
                % {
                    "dataset": outcome.dataset,
                    "new": difference.new,
                    "changed": difference.changed,
                    "removed": difference.removed,
                    "unchanged": difference.unchanged,
                    "values": outcome.values,
                    "warnings": outcome.warnings,
                }
                + self._fate(outcome)
            )
        if summary.is_unchanged:
            self.stdout.write(_("Nothing changed: the file equals what is released already."))
        self.stdout.write(_("Seconds: %(seconds).1f") % {"seconds": seconds})

    def _fate(self, outcome: Any) -> str:
        if outcome.release is not None:
            return " " + _("Release %(number)s.") % {"number": outcome.release}
        if outcome.submission_id is not None:
            return " " + _("Submission %(number)s.") % {"number": outcome.submission_id}
        return ""


def _refusal(text: str) -> str:
    return " ".join((_("Nothing was stored."), text))


def _user(name: str) -> User:
    user = User.objects.select_related("participant").filter(username=name, is_active=True).first()
    if user is None:
        raise RegistryError(_("There is no active user “%(name)s”."), name=name)
    return user


def _reason(error: OSError) -> str:
    known = {
        FileNotFoundError: _("there is no such file"),
        IsADirectoryError: _("it is a folder"),
        PermissionError: _("access is denied"),
    }
    return known.get(type(error), str(error.strerror or error))
