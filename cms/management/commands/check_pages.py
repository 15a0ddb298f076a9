from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.tree import TreeProblem, tree_problems, tree_repair
from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Check that the page tree is whole and that versions of a page stand in the same place in every "
        "language. Fails when not; --repair puts right what a machine can."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help=_("Correct counts of children, depths and stored addresses."),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = tree_problems()
        self._print(found)
        left = tree_repair() if options["repair"] and found else found
        if len(left) < len(found):
            self.stdout.write(_("Repaired: %(count)d.") % {"count": len(found) - len(left)})
        if left:
            text = _("Problems in the page tree: %(count)d.") % {"count": len(left)}
            hint = "" if options["repair"] else " " + _("Run it again with --repair.")
            raise CommandError(text + hint)
        self.stdout.write(self.style.SUCCESS(_("The page tree is whole.")))

    def _print(self, problems: list[TreeProblem]) -> None:
        line = _("Page %(id)s “%(title)s”: %(kind)s is “%(stored)s”, expected “%(expected)s”.")
        for problem in problems:
            place = {"id": problem.page_id, "title": problem.title, "kind": problem.kind}
            self.stdout.write(line % {**place, "stored": problem.stored, "expected": problem.expected})
