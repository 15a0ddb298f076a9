"""On the admin's home page: how many pages wait for a translator, and which changed last."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.components import Component

from cms.selectors.translations import TranslationLine, editable_pages, translation_lines
from registry.languages import LANGUAGES

#: So many are named, those whose source changed last first.
MOST = 5


class TranslationPanel(Component):
    """Not shown while nothing waits."""

    name = "translations"
    order = 150
    template_name = "cms/translation/panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def waiting(self) -> list[TranslationLine]:
        user: Any = self.request.user
        lines = (line for line in translation_lines(pages=editable_pages(user)) if line.is_waiting)
        return sorted(lines, key=lambda line: str(line.since or ""), reverse=True)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        names = {language.code: language.name for language in LANGUAGES}
        return {
            "count": len(self.waiting),
            "rows": [(line, names[line.language]) for line in self.waiting[:MOST]],
            "url": f"{reverse('translation:report')}?state=waiting",
        }
