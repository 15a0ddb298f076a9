from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.services.tree import TreeProblem, tree_problems, tree_repair


class Command(BaseCommand):
    help = "Checks that the page tree is whole. Fails when it is not; --repair puts right what a machine can."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Correct counts of children and depths.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = tree_problems()
        self._print(found)
        left = tree_repair() if options["repair"] and found else found
        if len(left) < len(found):
            self.stdout.write(f"{len(found) - len(left)} repaired.")
        if left:
            hint = "" if options["repair"] else " Run it again with --repair."
            raise CommandError(f"The page tree has {len(left)} problem(s).{hint}")
        self.stdout.write(self.style.SUCCESS("The page tree is whole."))

    def _print(self, problems: list[TreeProblem]) -> None:
        for problem in problems:
            self.stdout.write(
                f"page {problem.page_id} «{problem.title}»: {problem.kind} is {problem.stored!r}, "
                f"expected {problem.expected!r}"
            )
