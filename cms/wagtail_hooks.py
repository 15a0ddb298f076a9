"""What the portal's accounts and the inventory add to the Wagtail admin, and what they take away of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.institution_chooser import InstitutionChooserViewSet, institution_chooser
from cms.rich_text import VisiblePageLinks
from registry.models import User


@hooks.register("register_admin_viewset")
def chooser_of_institutions() -> InstitutionChooserViewSet:
    return institution_chooser


@hooks.register("register_rich_text_features", order=100)
def links_for_whom_they_lead_somewhere(features: Any) -> None:
    """In place of Wagtail's, which asks nobody."""
    features.register_link_type(VisiblePageLinks)


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
