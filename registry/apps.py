from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """The core: participants, indicators, datasets, figures, access, workflow."""

    name = "registry"
    verbose_name = _("Statistics registry")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from registry import checks as checks
        from registry import database
        from registry.services.database import roles_follow

        database.connect()
        post_migrate.connect(roles_follow, sender=self, dispatch_uid="registry.roles")
