"""Notices of changes: whom they concern, what they tell, and which of them a person has before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from registry.access import ANONYMOUS, Viewer
from registry.models import AudienceToken, Delivery, Notice, Participant, Release, SeriesRevision
from registry.models.base import in_force
from registry.selectors.viewer import sharing, tokens_held

#: How many of the last changes a feed tells.
FEED_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Change:
    """How many series a release brought, changed and took away."""

    new: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(self.new + other.new, self.changed + other.changed, self.removed + other.removed)

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.removed)


#: What a release changed, by the tokens of those who see it.
Changes = list[tuple[frozenset[str], Change]]


def notices_told(*, viewer: Viewer) -> QuerySet[Notice]:
    """Notices of what the viewer sees; to the System Administrator, who reads no figures, of all (D103)."""
    return Notice.objects.all() if viewer.administers_system else Notice.objects.visible_to(viewer)


def notice_list(*, viewer: Viewer) -> QuerySet[Delivery]:
    """What was delivered to the viewer and may still be shown, the newest first. No query of its own."""
    delivered = Delivery.objects.filter(user=viewer.user_id, notice__in=notices_told(viewer=viewer))
    related = delivered.select_related(
        "notice__release__dataset__indicator", "notice__release__dataset__owner"
    )
    return related.order_by("-notice__created_at", "-notice")


def notices_unread(*, viewer: Viewer) -> QuerySet[Delivery]:
    return notice_list(viewer=viewer).filter(read_at__isnull=True)


def notices_public(*, indicator: str | None = None) -> list[Notice]:
    """The last changes of figures that everybody sees; of one indicator if it is named. One query."""
    notices = Notice.objects.visible_to(ANONYMOUS)
    if indicator is not None:
        notices = notices.filter(release__dataset__indicator__code=indicator)
    related = notices.select_related("release__dataset__indicator", "release__dataset__owner")
    return list(related.order_by("-created_at", "-pk")[:FEED_LENGTH])


def participants_concerned(release: Release) -> dict[int, frozenset[str]]:
    """The active participants that see something a release changed, by id, with the tokens they hold.

    Three queries, whatever the number of participants and of their people.
    """
    tokens = _tokens_of(release.audiences.values_list("audience", flat=True))
    seeing = frozenset().union(*tokens.values())
    indicator = release.dataset.indicator
    shares = sharing(indicator)
    concerned = {}
    for participant in Participant.objects.filter(is_active=True):
        held = tokens_held(participant, [indicator.code] if participant.pk in shares else [])
        if held & seeing:
            concerned[participant.pk] = held
    return concerned


def changes_by_audience(release: Release) -> Changes:
    """What a release changed, by the tokens of those who see it. At most four queries."""
    revisions = SeriesRevision.objects.filter(dataset=release.dataset_id)
    written = revisions.filter(release=release)
    now = _counted(written)
    before: Mapping[int, int] = {}
    both: Mapping[int, int] = {}
    if release.number > 1:
        superseded = revisions.filter(superseded_by=release)
        before = _counted(superseded)
        both = _counted(written.filter(Exists(superseded.filter(series=OuterRef("series")))))
    tokens = _tokens_of({*now, *before})
    return [
        (
            held,
            Change(
                now.get(audience, 0) - both.get(audience, 0),
                both.get(audience, 0),
                before.get(audience, 0) - both.get(audience, 0),
            ),
        )
        for audience, held in tokens.items()
    ]


def change_seen(changes: Changes, tokens: frozenset[str]) -> Change:
    """Of the changes those that somebody with these tokens sees."""
    return sum((change for held, change in changes if held & tokens), Change())


def _counted(revisions: QuerySet[SeriesRevision]) -> Mapping[int, int]:
    counted = revisions.order_by().values(of=F("audience")).annotate(number=Count("pk"))
    return dict(counted.values_list("of", "number"))


def _tokens_of(audiences: Iterable[int]) -> dict[int, frozenset[str]]:
    """The tokens of some audiences that count now."""
    found: dict[int, set[str]] = {}
    tokens = AudienceToken.objects.filter(in_force(), audience__in=audiences)
    for audience, token in tokens.values_list("audience", "token"):
        found.setdefault(audience, set()).add(token)
    return {audience: frozenset(held) for audience, held in found.items()}
