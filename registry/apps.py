from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """The core: participants, indicators, datasets, figures, access, workflow."""

    name = "registry"
    verbose_name = _("Statistics registry")

    def ready(self) -> None:
        from registry import database

        database.connect()
