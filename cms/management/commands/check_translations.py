from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from cms.selectors.translations import fact_gaps, translation_lines
from registry.languages import LANGUAGE_CODES
from registry.management.base import PortalCommand


class Command(PortalCommand):
    purpose = gettext_lazy(
        "List pages that are missing or out of date in a language, and facts without a text in one. Fails "
        "when there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=LANGUAGE_CODES, help=_("Only what this language lacks."))

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        languages = [only] if only else []
        lines = translation_lines(pages=Page.objects.all(), languages=languages)
        pages = [line for line in lines if line.is_waiting]
        facts = [gap for gap in fact_gaps(viewer=None) if not only or gap.language == only]
        for line in pages:
            since = f" ({line.since:%Y-%m-%d})" if line.since else ""
            self.stdout.write(f"{line.language}: {line.title}: {line.state.label}{since}")
        for gap in facts:
            self.stdout.write(f"{gap.language}: {gap.kind} {gap.what}: {gap.field}")
        if pages or facts:
            text = _("To be translated: %(pages)d pages, %(facts)d texts of facts.")
            raise CommandError(text % {"pages": len(pages), "facts": len(facts)})
        self.stdout.write(self.style.SUCCESS(_("Everything is there in every language.")))
