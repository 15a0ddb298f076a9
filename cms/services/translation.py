"""Which language of a page is written and which is translated, and turning that round."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail_localize.models import (
    OverridableSegment,
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from cms.models import BasePage
from registry.errors import Conflict, NotAllowed
from registry.models import User

SUBMIT = "wagtail_localize.submit_translation"
TURNED = "cms.translation.turn"


@dataclass(frozen=True, slots=True)
class Turn:
    """What turning round means. ``written`` is the version written so far.

    Of its texts ``kept`` become translations, ``left`` have no place in the page that is written from then
    on; ``missing`` texts of that page have no translation yet.
    """

    translation: Translation
    written: BasePage
    kept: int
    left: int
    missing: int


def translation_of(page: BasePage) -> Translation | None:
    """By which the page is translated; None where it is written itself."""
    found: Translation | None = (
        Translation.objects.filter(
            source__object=page.translation_key, target_locale=page.locale_id, enabled=True
        )
        .select_related("source__locale", "target_locale")
        .first()
    )
    return found


def translation_turn_ask(*, page: BasePage, actor: User) -> Turn:
    """What `translation_turn` would do.

    NotAllowed for who may not publish both versions; Conflict where there is nothing to turn, or a draft.
    """
    made = translation_of(page)
    if made is None:
        raise Conflict(_("This version is no translation: it is written itself already."))
    written = made.source.get_source_instance()
    for version in (page, written):
        if not (actor.has_perm(SUBMIT) and version.permissions_for_user(actor).can_publish()):
            raise NotAllowed(_("Only who may publish the page in both languages may do this."))
        if not version.live or version.has_unpublished_changes:
            told = _("There is a draft in this language: %(language)s. Publish or discard it first.")
            raise Conflict(told % {"language": version.locale.get_display_name()})
    ours, theirs = _strings(page), _strings(written)
    alike = _alike(ours, theirs)
    kept = sum(len(theirs[path]) for path in alike)
    return Turn(made, written, kept, _count(theirs) - kept, _count(ours) - kept)


@transaction.atomic
def translation_turn(*, page: BasePage, actor: User) -> Turn:
    """Write the page in the language it was translated into; the other one is translated from it from now on.

    Nothing that readers see changes. What was written so far becomes the translation text by text, where the
    page has the same texts. Errors: those of `translation_turn_ask`.
    """
    turn = translation_turn_ask(page=page, actor=actor)
    texts = _strings(turn.written)
    texts = {path: texts[path] for path in _alike(_strings(page), texts)}
    old_source = turn.translation.source
    turn.translation.delete()
    if not old_source.translations.exists():
        old_source.delete()
    source, _made = TranslationSource.update_or_create_from_instance(page)
    made = Translation.objects.create(source=source, target_locale=turn.written.locale)
    _put_texts(made, texts, actor)
    _put_overrides(made, turn.written, actor)
    log(instance=page, action=TURNED, user=actor)
    if not turn.left and not turn.missing:
        # wagtail-localize would publish after the transaction.
        made.save_target(user=actor, publish=False)
        source.get_translated_instance(made.target_locale).latest_revision.publish(user=actor)
    return turn


def _put_texts(made: Translation, texts: dict[str, deque[str]], actor: User) -> None:
    segments = StringSegment.objects.filter(source=made.source).select_related("context", "string")
    for segment in segments.order_by("order"):
        waiting = texts.get(segment.context.path)
        if waiting:
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=made.target_locale,
                context=segment.context,
                defaults={"data": waiting.popleft(), "last_translated_by": actor, "has_error": False},
            )


def _put_overrides(made: Translation, written: BasePage, actor: User) -> None:
    """What the other version has of its own: an image with a map in its language, for example."""
    own = {
        value.path: value.data
        for value in extract_segments(written)
        if isinstance(value, OverridableSegmentValue)
    }
    for segment in OverridableSegment.objects.filter(source=made.source).select_related("context"):
        path = segment.context.path
        if path in own and own[path] != json.loads(segment.data_json):
            SegmentOverride.objects.update_or_create(
                locale=made.target_locale,
                context=segment.context,
                defaults={"data_json": json.dumps(own[path]), "last_translated_by": actor},
            )


def _strings(page: Any) -> dict[str, deque[str]]:
    """The texts of a page as wagtail-localize cuts them, by their place."""
    found: dict[str, deque[str]] = {}
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            found.setdefault(segment.path, deque()).append(segment.string.data)
    return found


def _alike(ours: dict[str, deque[str]], theirs: dict[str, deque[str]]) -> set[str]:
    """The places with as many texts in both."""
    return {path for path in ours if len(ours[path]) == len(theirs.get(path, ()))}


def _count(texts: dict[str, deque[str]]) -> int:
    return sum(len(found) for found in texts.values())
