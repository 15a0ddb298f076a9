"""From what happened in the registry or to a page to the services it concerns. Nothing else happens here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_save, pre_save
from wagtail.signals import page_published
from wagtail_localize.models import StringTranslation, post_save_string_translation

from cms.models import BasePage, NationalPart
from cms.services.country import country_page_provision, members_follow
from cms.services.facts import facts_follow
from cms.translation.limits import mark_if_too_long
from registry.events import participant_changed, roles_changed
from registry.models import Participant


def connect() -> None:
    """Called once, when the app is ready."""
    participant_changed.connect(on_participant_changed, dispatch_uid="cms.participant")
    roles_changed.connect(on_roles_changed, dispatch_uid="cms.roles")
    page_published.connect(on_page_published, dispatch_uid="cms.facts")
    pre_save.connect(on_text_translated, sender=StringTranslation, dispatch_uid="cms.limits")
    # wagtail-localize makes every translated title the draft title of its page, whatever is wrong with it.
    post_save.disconnect(post_save_string_translation, sender=StringTranslation)
    post_save.connect(on_text_stored, sender=StringTranslation, dispatch_uid="cms.draft_title")


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


def on_text_translated(*, instance: Any, update_fields: Collection[str] | None, **_: Any) -> None:
    if update_fields is None or "data" in update_fields:
        mark_if_too_long(instance)


def on_text_stored(*, instance: Any, **_: Any) -> None:
    if not instance.has_error:
        post_save_string_translation(instance=instance)
