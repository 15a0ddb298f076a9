"""Who may keep the e-library: the one place where its services and its admin ask."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.authority import holds
from registry.errors import NotAllowed
from registry.models import Participant, Role, User

_OF_PARTICIPANT = (Role.CONTENT_MANAGER, Role.COUNTRY_ADMINISTRATOR)
_OF_SECRETARIAT = (Role.CONTENT_MANAGER, Role.SYSTEM_ADMINISTRATOR)
#: What the groups of Wagtail are given whose people keep the common documents.
KEEP_DOCUMENTS = "cms.change_librarydocument"


def may_keep_documents(actor: User, participant: Participant | None) -> bool:
    """A participant's documents are kept by its own people alone, the common ones by the secretariat's."""
    if participant is not None:
        return holds(actor, _OF_PARTICIPANT, participant=participant)
    if not actor.is_active or actor.participant_id is not None:
        return False
    return holds(actor, _OF_SECRETARIAT, participant=None) or actor.has_perm(KEEP_DOCUMENTS)


def require_document_keeper(actor: User, participant: Participant | None) -> None:
    if not may_keep_documents(actor, participant):
        raise NotAllowed(_("Only a content manager or an administrator of the owner may do this."))
