from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """One search over statistics, documentation and pages, in all languages."""

    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from search import checks, handlers

        checks.register_checks()
        handlers.connect()
