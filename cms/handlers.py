"""From what happened in the registry or to a page to the services it concerns. Nothing else happens here."""

from __future__ import annotations

from typing import Any

from wagtail.signals import page_published

from cms.models import BasePage, NationalPart
from cms.services.country import country_page_provision, members_follow
from cms.services.facts import facts_follow
from registry.events import participant_changed, roles_changed
from registry.models import Participant


def connect() -> None:
    """Called once, when the app is ready."""
    participant_changed.connect(on_participant_changed, dispatch_uid="cms.participant")
    roles_changed.connect(on_roles_changed, dispatch_uid="cms.roles")
    page_published.connect(on_page_published, dispatch_uid="cms.facts")


def on_participant_changed(*, participant_id: int, **_: Any) -> None:
    participant = Participant.objects.filter(pk=participant_id).first()
    if participant is not None:
        country_page_provision(participant=participant)


def on_roles_changed(*, participant_of_roles_id: int, **_: Any) -> None:
    part = NationalPart.objects.filter(participant=participant_of_roles_id).first()
    if part is not None:
        members_follow(part=part)


def on_page_published(*, instance: Any, **_: Any) -> None:
    if isinstance(instance, BasePage):
        facts_follow(page=instance)
