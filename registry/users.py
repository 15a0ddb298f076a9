from __future__ import annotations

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's users, except that accounts are made and changed on the registry's own pages."""

    user_viewset = "registry.admin.account.AccountViewSet"
