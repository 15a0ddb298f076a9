from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Pages in two languages, and the look of the portal."""

    name = "cms"
    verbose_name = _("Portal pages")

    def ready(self) -> None:
        from cms import checks, wagtail_localize_numchild

        checks.register_checks()
        wagtail_localize_numchild.connect()
