"""Who may do what with a country page. Asked by its services, its admin and the page permissions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.authority import holds
from registry.errors import NotAllowed
from registry.models import Participant, Role, User

KEEPERS = (Role.CONTENT_MANAGER, Role.COUNTRY_ADMINISTRATOR)
OPENERS = (Role.COUNTRY_ADMINISTRATOR,)


def may_keep_pages(actor: User, participant: Participant) -> bool:
    """Who edits the country page of a participant and what is below it (D124, D128)."""
    return holds(actor, KEEPERS, participant=participant)


def may_open_country(actor: User, participant: Participant) -> bool:
    """Who opens the country page to everybody, or keeps it national (D137, D155)."""
    return holds(actor, OPENERS, participant=participant)


def require_country_opener(actor: User, participant: Participant) -> None:
    if not may_open_country(actor, participant):
        raise NotAllowed(_("Only the administrator of the participant may do this."))
