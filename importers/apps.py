from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportersConfig(AppConfig):
    """How files and remote sources become submissions and reference data."""

    name = "importers"
    verbose_name = _("Importers")
