"""How far every page has come in every language: what is missing, out of date, by whom it was written."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms.models import LibraryDocument, LibraryTopic
from registry.access import Viewer
from registry.languages import LANGUAGE_CODES
from registry.models import User
from registry.selectors.untranslated import KINDS, Gap, Kind
from registry.selectors.untranslated import gaps as registry_gaps

_COLUMNS = (
    "pk",
    "translation_key",
    "locale__language_code",
    "title",
    "path",
    "live",
    "alias_of_id",
    "has_unpublished_changes",
    "last_published_at",
    "latest_revision_created_at",
    "content_type_id",
    "live_revision__created_at",
    "latest_revision__user__username",
)
Row = Mapping[str, Any]


class State(TextChoices):
    """Where a page stands in one language, the most urgent first."""

    MISSING = "missing", _("missing")
    OUTDATED = "outdated", _("out of date")
    PARTLY = "partly", _("partly translated")
    DRAFT = "draft", _("draft")
    CHANGED = "changed", _("published, with a newer draft")
    CURRENT = "current", _("published")


#: What a translator has to do something about.
WAITING = (State.MISSING, State.OUTDATED, State.PARTLY)


@dataclass(frozen=True, slots=True)
class TranslationLine:
    """One page in one language other than the one it was written in.

    ``since``: from when on it is missing or out of date, else when it was last changed. ``done`` of ``total``
    texts are translated, where wagtail-localize keeps them.
    """

    key: uuid.UUID
    source_id: int
    path: str
    title: str
    content_type_id: int
    source_language: str
    source_changed_at: datetime | None
    source_changed_by: str
    language: str
    state: State
    since: datetime | None
    page_id: int | None
    changed_by: str
    done: int
    total: int

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class _Kept:
    """What wagtail-localize knows of a page: its source language, when last taken over, how far done."""

    language: str
    synced_at: datetime
    total: int
    done: Mapping[str, int]
    targets: frozenset[str]


def editable_pages(user: User) -> QuerySet[Page]:
    """The pages that somebody may change; titles of others are not theirs to know."""
    pages: QuerySet[Page] = page_permission_policy.instances_user_has_any_permission_for(
        user, {"add", "change", "publish"}
    )
    return pages


def translation_lines(*, pages: QuerySet[Page], languages: Sequence[str] = ()) -> list[TranslationLine]:
    """A line for every page and language other than its own, in the order of the tree.

    Six queries, whatever the number of pages (with two languages).
    """
    rows = pages.filter(depth__gt=1).order_by("path").values(*_COLUMNS)
    versions: dict[uuid.UUID, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        versions[row["translation_key"]][row["locale__language_code"]] = row
    kept = _kept()
    lines = []
    for key, found in versions.items():
        source = _source(found, kept.get(key))
        for language in languages or LANGUAGE_CODES:
            if language != source["locale__language_code"]:
                lines.append(_line(key, source, found.get(language), language, kept.get(key)))
    return lines


def _source(found: Mapping[str, Row], kept: _Kept | None) -> Row:
    """The version the others are made from: what wagtail-localize says, else the oldest text of its own."""
    if kept is not None and kept.language in found:
        return found[kept.language]
    own = [row for row in found.values() if row["alias_of_id"] is None] or list(found.values())
    return min(own, key=lambda row: row["pk"])


def _line(
    key: uuid.UUID, source: Row, target: Row | None, language: str, kept: _Kept | None
) -> TranslationLine:
    is_kept = kept is not None and language in kept.targets
    total = kept.total if kept is not None and is_kept else 0
    done = kept.done.get(language, 0) if kept is not None and is_kept else 0
    state, since = _state(source, target, kept.synced_at if kept and is_kept else None, total - done)
    return TranslationLine(
        key=key,
        source_id=source["pk"],
        path=source["path"],
        title=source["title"],
        content_type_id=source["content_type_id"],
        source_language=source["locale__language_code"],
        source_changed_at=_changed_at(source),
        source_changed_by=source["latest_revision__user__username"] or "",
        language=language,
        state=state,
        since=since,
        page_id=target["pk"] if target else None,
        changed_by=(target["latest_revision__user__username"] or "") if target else "",
        done=done,
        total=total,
    )


def _changed_at(row: Row) -> datetime | None:
    """When the published text of a page was written."""
    found: datetime | None = row["live_revision__created_at"] or row["last_published_at"]
    return found


def _state(
    source: Row, target: Row | None, synced_at: datetime | None, left: int
) -> tuple[State, datetime | None]:
    changed_at = _changed_at(source)
    if target is None or target["alias_of_id"] is not None:
        return State.MISSING, changed_at or source["latest_revision_created_at"]
    written_at = target["latest_revision_created_at"] or target["last_published_at"]
    taken_over_at = synced_at or written_at
    if source["live"] and changed_at and taken_over_at and changed_at > taken_over_at:
        return State.OUTDATED, changed_at
    if left > 0:
        return State.PARTLY, synced_at
    if not target["live"]:
        return State.DRAFT, written_at
    return (State.CHANGED if target["has_unpublished_changes"] else State.CURRENT), written_at


def _kept() -> dict[uuid.UUID, _Kept]:
    """By translation key. Three queries and one a language."""
    sources = list(
        TranslationSource.objects.values("pk", "object_id", "locale__language_code", "last_updated_at")
    )
    targets: dict[int, set[str]] = defaultdict(set)
    for source_id, code in Translation.objects.filter(enabled=True).values_list(
        "source_id", "target_locale__language_code"
    ):
        targets[source_id].add(code)
    totals = _counted(StringSegment.objects.all())
    done = {code: _counted(_translated(code)) for code in LANGUAGE_CODES}
    return {
        row["object_id"]: _Kept(
            row["locale__language_code"],
            row["last_updated_at"],
            totals.get(row["pk"], 0),
            {code: counts.get(row["pk"], 0) for code, counts in done.items()},
            frozenset(targets[row["pk"]]),
        )
        for row in sources
    }


def _translated(code: str) -> QuerySet[StringSegment]:
    translation = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale__language_code=code,
        has_error=False,
    )
    found: QuerySet[StringSegment] = StringSegment.objects.filter(Exists(translation))
    return found


def _counted(segments: QuerySet[StringSegment]) -> dict[int, int]:
    counts = segments.order_by().values("source_id").annotate(number=Count("pk"))
    return dict(counts.values_list("source_id", "number"))


#: Documents have title and summary in every language by constraint; the rest of their texts may lack one.
DOCUMENT_KIND = Kind(
    LibraryDocument, ("title", "summary", "publisher", "place"), ("code",), "participant__code", {}
)
TOPIC_KIND = Kind(LibraryTopic, ("name", "description"), ("code",), "", {})


def fact_gaps(*, viewer: Viewer | None) -> list[Gap]:
    """Facts without a text in one language, of the registry and of the e-library. One query a kind."""
    return list(registry_gaps(viewer=viewer, kinds=(*KINDS, DOCUMENT_KIND, TOPIC_KIND)))


def waiting_counts(lines: Iterable[TranslationLine]) -> dict[str, dict[State, int]]:
    """How many pages wait for what, by language."""
    counts: dict[str, dict[State, int]] = {code: dict.fromkeys(WAITING, 0) for code in LANGUAGE_CODES}
    for line in lines:
        if line.is_waiting:
            counts[line.language][line.state] += 1
    return counts
