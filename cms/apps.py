from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Pages in two languages, and the look of the portal."""

    name = "cms"
    verbose_name = _("Portal pages")

    def ready(self) -> None:
        from cms import admin_words, checks, exports, handlers, wagtail_localize_numchild
        from cms.country import hooks as country_hooks  # noqa: F401
        from cms.country import permissions, titles
        from cms.dashboard import hooks as dashboard_hooks  # noqa: F401
        from cms.explorer import buttons
        from cms.explorer import hooks as explorer_hooks  # noqa: F401
        from cms.library import hooks  # noqa: F401
        from cms.translation import hooks as translation_hooks  # noqa: F401

        checks.register_checks()
        wagtail_localize_numchild.connect()
        handlers.connect()
        permissions.install()
        titles.install()
        buttons.install()
        exports.install()
        admin_words.install()
