"""What the commands of the portal have in common: they speak every language of the portal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from registry.languages import LANGUAGE_CODES, current_language


class PortalCommand(BaseCommand):
    """A command whose help, output and errors are in the language ``--language`` names.

    ``purpose`` is the help, a translatable text. Without ``--language`` the active language is used; from
    the command line that is the portal's default one.
    """

    purpose: str | Promise = ""

    def run_from_argv(self, argv: list[str]) -> None:
        """Read ``--language`` first, so that the help and the errors of the other arguments speak it too."""
        early = ArgumentParser(add_help=False, allow_abbrev=False)
        early.add_argument("--language", nargs="?")
        asked = early.parse_known_args(argv[2:])[0].language
        with translation.override(asked if asked in LANGUAGE_CODES else current_language()):
            super().run_from_argv(argv)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = str(self.purpose)
        parser.add_argument(
            "--language",
            choices=LANGUAGE_CODES,
            default=current_language(),
            help=_("Language of what is printed."),
        )
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(options["language"]):
            return super().execute(*args, **options)
