"""What the portal's accounts add to the Wagtail admin, and what of Wagtail's they take away."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from registry.models import User


@hooks.register("register_account_menu_item")
def password_item(request: HttpRequest) -> dict[str, str]:
    return {
        "url": reverse("cms:account"),
        "label": _("Password, second factor, language"),
        "help_text": _("They are changed on the page of your account in the portal."),
    }


@hooks.register("before_bulk_action")
def no_bulk_action_on_accounts(request: HttpRequest, action_type: str, objects: list[Any], view: Any) -> None:
    """Wagtail would disable, delete or promote accounts without a row in the audit trail."""
    if issubclass(view.model, User):
        raise PermissionDenied
