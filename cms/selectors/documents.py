"""Reading the e-library; everything starts at what the viewer may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from operator import itemgetter

from django.db.models import Count, Exists, F, OrderBy, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left, Length

from cms.authority import may_keep_documents
from cms.models import LibraryDocument, LibraryFile, LibraryTopic, TextLanguage
from registry.access import Viewer
from registry.models import Indicator, IndicatorDimension, Participant, User
from registry.words import stems

PREVIEW = 1_200
MOST_RELATED = 50
_CHAPTER = Coalesce("librarytopic__parent_id", "librarytopic_id")
#: Databases differ in where they put what has no year.
_NEWEST = OrderBy(F("year"), descending=True, nulls_last=True)


@dataclass(slots=True)
class Chapter:
    """A topic with how many documents of it, or of what is below it, the viewer may see."""

    topic: LibraryTopic
    count: int = 0
    sections: list[Chapter] = field(default_factory=list)


def document_list(
    *,
    viewer: Viewer,
    topic: str | None = None,
    kind: str | None = None,
    participant: str | None = None,
    year: int | None = None,
    language: str | None = None,
    has_file: bool | None = None,
    words: str = "",
) -> QuerySet[LibraryDocument]:
    """The documents the viewer may see, narrowed by what is given. A chapter includes its sections."""
    rows = LibraryDocument.objects.visible_to(viewer)
    if topic:
        of_topic = LibraryDocument.topics.through.objects.filter(librarydocument=OuterRef("pk"))
        below = Q(librarytopic__code=topic) | Q(librarytopic__parent__code=topic)
        rows = rows.filter(Exists(of_topic.filter(below)))
    if kind:
        rows = rows.filter(kind=kind)
    if participant:
        rows = rows.filter(participant__code=participant)
    if year:
        rows = rows.filter(year=year)
    if language:
        rows = rows.filter(Exists(TextLanguage.objects.filter(document=OuterRef("pk"), code=language)))
    if has_file is not None:
        with_file = Exists(LibraryFile.objects.visible_to(viewer).filter(document=OuterRef("pk")))
        rows = rows.filter(with_file if has_file else ~with_file)
    return of_words(rows, words)


def of_words(rows: QuerySet[LibraryDocument], words: str) -> QuerySet[LibraryDocument]:
    """Those that hold every word in title, summary or publisher of any language, whatever its ending."""
    for stem in stems(words):
        rows = rows.filter(folded__contains=stem)
    return rows


def ordered(rows: QuerySet[LibraryDocument], *, by_title: str | None = None) -> QuerySet[LibraryDocument]:
    """By title in the language named, else the newest first."""
    if by_title:
        return rows.order_by(f"title_{by_title}", "code")
    return rows.order_by(_NEWEST, "code")


def for_list(rows: QuerySet[LibraryDocument]) -> QuerySet[LibraryDocument]:
    """With what a list shows of each: three queries for all."""
    files = LibraryFile.objects.defer("text").order_by("pk")
    return rows.select_related("participant").prefetch_related("text_languages", Prefetch("files", files))


def with_relations(rows: QuerySet[LibraryDocument], *, viewer: Viewer) -> QuerySet[LibraryDocument]:
    """With everything told of each in the API, as the viewer may see it; a fixed number of queries."""
    dimensions = IndicatorDimension.objects.select_related("codelist", "default_member").order_by("position")
    indicators = Indicator.objects.visible_to(viewer).select_related("owner").order_by("order", "code")
    return for_list(rows.select_related("participant__area")).prefetch_related(
        Prefetch("topics", LibraryTopic.objects.select_related("parent")),
        Prefetch("indicators", indicators.prefetch_related(Prefetch("dimensions", dimensions))),
        Prefetch("related", LibraryDocument.objects.visible_to(viewer).order_by("code")),
    )


def document_get(*, viewer: Viewer, code: str) -> LibraryDocument | None:
    """One document with its topics and languages; None where it is absent or hidden."""
    rows = LibraryDocument.objects.visible_to(viewer).select_related("participant")
    return rows.prefetch_related("text_languages", "topics__parent").filter(code=code).first()


def document_files(*, viewer: Viewer, document: LibraryDocument) -> list[LibraryFile]:
    """The files, each with the beginning and the length of its text instead of the whole of it."""
    rows = LibraryFile.objects.visible_to(viewer).filter(document=document).defer("text")
    return list(rows.annotate(preview=Left("text", PREVIEW), text_length=Length("text")).order_by("pk"))


def related_documents(*, viewer: Viewer, document: LibraryDocument) -> list[LibraryDocument]:
    """Those it points to and those that point to it, the newest if there are many."""
    linked = Q(related_from=document) | Q(related=document)
    return list(
        LibraryDocument.objects.visible_to(viewer)
        .filter(linked)
        .distinct()
        .order_by(_NEWEST, "code")[:MOST_RELATED]
    )


def related_indicators(*, viewer: Viewer, document: LibraryDocument) -> list[Indicator]:
    rows = Indicator.objects.visible_to(viewer).filter(library_documents=document)
    return list(rows.order_by("order", "code"))


def file_get(*, viewer: Viewer, key: str) -> LibraryFile | None:
    rows = LibraryFile.objects.visible_to(viewer).select_related("document__participant")
    return rows.filter(key=key).first()


def chapters(*, viewer: Viewer) -> list[Chapter]:
    """The tree of topics, counted by the database. Two queries; a document counts once in a chapter."""
    visible = LibraryDocument.objects.visible_to(viewer).order_by()
    links = LibraryDocument.topics.through.objects.filter(librarydocument__in=visible)
    of_sections, of_chapters = (
        links.values(place=place)
        .annotate(count=Count("librarydocument_id", distinct=True))
        .values_list("place", "count", Value(rank))
        for rank, place in enumerate((F("librarytopic_id"), _CHAPTER))
    )
    rows = of_sections.union(of_chapters, all=True)
    # What the chapters have of their own is in what they have with their sections.
    counts = {place: count for place, count, _rank in sorted(rows, key=itemgetter(2))}
    topics = list(LibraryTopic.objects.visible_to(viewer))
    found = {topic.pk: Chapter(topic, counts.get(topic.pk, 0)) for topic in topics}
    for topic in topics:
        if topic.parent_id:
            found[topic.parent_id].sections.append(found[topic.pk])
    return [found[topic.pk] for topic in topics if topic.parent_id is None]


def topics_kept(*, viewer: Viewer) -> QuerySet[LibraryTopic]:
    """All topics for those who keep them, each section after its chapter, in one query.

    ``document_count``: of the topic itself, what the viewer may see; ``has_before``, ``has_after``: whether
    one stands beside it.
    """
    visible = LibraryDocument.objects.visible_to(viewer).order_by()
    seen = Count("documents", filter=Q(documents__in=visible), distinct=True)
    place = Coalesce("parent_id", Value(0))
    beside = LibraryTopic.objects.alias(place=place).filter(place=OuterRef("place"))
    order, code = OuterRef("order"), OuterRef("code")
    before = beside.filter(Q(order__lt=order) | Q(order=order, code__lt=code))
    after = beside.filter(Q(order__gt=order) | Q(order=order, code__gt=code))
    rows = LibraryTopic.objects.visible_to(viewer).select_related("parent").annotate(place=place)
    return rows.annotate(document_count=seen, has_before=Exists(before), has_after=Exists(after)).order_by(
        Coalesce("parent__order", "order"),
        Coalesce("parent__code", "code"),
        F("parent").asc(nulls_first=True),
        "order",
        "code",
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the documents open to the viewer can be narrowed by."""

    kinds: Collection[str]
    years: Collection[int]
    participants: Collection[Participant]
    languages: Collection[str]


def choices(*, viewer: Viewer) -> Choices:
    """Three queries; nothing that only hidden documents have is offered."""
    visible = LibraryDocument.objects.visible_to(viewer).order_by()
    found = set(visible.values_list("kind", "year").distinct())
    owners = visible.filter(participant__isnull=False).values("participant")
    used = TextLanguage.objects.filter(document__in=visible).order_by()
    return Choices(
        kinds={kind for kind, _year in found},
        years=sorted({year for _kind, year in found if year}, reverse=True),
        participants=list(Participant.objects.visible_to(viewer).filter(pk__in=owners)),
        languages=set(used.values_list("code", flat=True).distinct()),
    )


def kept_documents(*, actor: User) -> QuerySet[LibraryDocument]:
    """The documents this person keeps: in the admin only those are there at all."""
    rows = LibraryDocument.objects.select_related("participant")
    if not may_keep_documents(actor, actor.participant):
        return rows.none()
    return rows.filter(participant=actor.participant)
