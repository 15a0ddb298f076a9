from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.management.base import PortalCommand
from registry.models import Code, Codelist, Indicator, IndicatorDimension, Institution, Participant, Term
from registry.services.starter import Counts, StarterSummary, starter_load


class Command(PortalCommand):
    purpose = gettext_lazy(
        "Load code lists, indicators, participants, the glossary and the inventory of institutions, "
        "or bring them up to date."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        summary = starter_load()
        if options["verbosity"]:
            for line in _lines(summary):
                self.stdout.write(line)


def _lines(summary: StarterSummary) -> list[str]:
    kinds: list[tuple[type[models.Model], Counts]] = [
        (Codelist, summary.codelists),
        (Code, summary.codes),
        (Indicator, summary.indicators),
        (IndicatorDimension, summary.dimensions),
        (Participant, summary.participants),
        (Term, summary.terms),
        (Institution, summary.institutions),
    ]
    lines = [
        _("%(kind)s: %(created)d created, %(changed)d changed, %(unchanged)d unchanged")
        % {
            "kind": capfirst(str(model._meta.verbose_name_plural)),
            "created": counts.created,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
        }
        for model, counts in kinds
    ]
    return lines if summary.has_changes else [*lines, _("The starter content was up to date.")]
