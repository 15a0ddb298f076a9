"""Facts of a page, such as the dates of an event and its address, are the same in every language at once.

wagtail-localize carries them over when a translator updates the translation and publishes it. Until then the
other language would announce a meeting for the wrong day.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.signals import page_published
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import TranslationSource

from cms.models import BasePage

#: Settled when a page is made.
_SETTLED = {"part"}


def facts_follow(*, page: BasePage) -> list[Page]:
    """Give the versions translated from a page just published its facts; returns those that changed.

    Their texts and drafts stay as they are. A version whose translation was stopped goes its own way.
    """
    names = _facts(page)
    source = _source(page) if names else None
    if source is None:
        return []
    stored = _stored(page, names)
    changed = []
    with transaction.atomic():
        source.content_json = json.dumps({**json.loads(source.content_json), **stored})
        source.save(update_fields=["content_json"])
        for translation in source.translations.filter(enabled=True):
            target = page.get_translations().filter(locale=translation.target_locale_id).first()
            if target is not None and _stored(target, names) != stored:
                _write(target, {name: getattr(page, name) for name in names}, stored)
                changed.append(target)
    for target in changed:
        if target.live:
            page_published.send(sender=type(target), instance=target, revision=target.live_revision)
    return changed


def _facts(page: BasePage) -> list[str]:
    fields = page.override_translatable_fields
    synchronised = [field for field in fields if isinstance(field, SynchronizedField)]
    return [
        field.field_name
        for field in synchronised
        if not field.overridable and field.field_name not in _SETTLED
    ]


def _stored(page: Page, names: list[str]) -> dict[str, Any]:
    """As revisions keep them."""
    content = json.loads(page.to_json())
    return {name: content[name] for name in names}


def _source(page: BasePage) -> TranslationSource | None:
    return TranslationSource.objects.filter(object=page.translation_key, locale=page.locale_id).first()


def _write(target: Any, facts: dict[str, Any], stored: dict[str, Any]) -> None:
    if "slug" in facts and not Page._slug_is_available(facts["slug"], target.get_parent(), target):
        facts = {name: value for name, value in facts.items() if name != "slug"}
    for name, value in facts.items():
        setattr(target, name, value)
    if target.live:
        target.last_published_at = timezone.now()
    target.save(update_fields=[*facts, "url_path", "last_published_at"], clean=False)
    revisions = {target.latest_revision_id, target.live_revision_id} - {None}
    for revision in Revision.objects.filter(pk__in=revisions):
        revision.content = {**revision.content, **{name: stored[name] for name in facts}}
        revision.save(update_fields=["content"])
