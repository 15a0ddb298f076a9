"""Vintages: figures as they stood with a release, and the lists of releases they are found in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.access import Viewer
from registry.models import Dataset, Indicator, Release
from registry.selectors.selection import ranked


@dataclass(frozen=True, slots=True)
class History:
    """The releases of one dataset that the viewer may know of, the last one first.

    Each has ``is_readable``: whether its figures may still be read.
    """

    dataset: Dataset
    releases: Sequence[Release]


@dataclass(frozen=True, slots=True)
class Vintage:
    """A release read as a vintage; ``later`` is the next release of its dataset that the viewer knows of."""

    release: Release
    later: Release | None


def release_list(*, viewer: Viewer, datasets: QuerySet[Dataset]) -> QuerySet[Release]:
    """The releases of some datasets, the last one first, each with ``is_readable``.

    What was released before a withdrawal is not listed, except for those who may still read it.
    """
    readable = Release.objects.visible_to(viewer).readable_by(viewer).filter(pk=OuterRef("pk"))
    found = Release.objects.visible_to(viewer).annotate(is_readable=Exists(readable))
    return found.filter(Q(is_readable=True) | Q(is_withdrawal=True), dataset__in=datasets).order_by("-number")


def histories(*, viewer: Viewer, indicator: Indicator) -> list[History]:
    """The releases of every dataset of an indicator that is open to the viewer, or was. One query."""
    opened = Dataset.objects.visible_to(viewer, level="data").filter(indicator=indicator).order_by()
    releases = release_list(viewer=viewer, datasets=opened).select_related("dataset__owner")
    return _by_dataset(releases)


def _by_dataset(releases: Iterable[Release]) -> list[History]:
    found: dict[int, list[Release]] = {}
    for release in releases:
        found.setdefault(release.dataset_id, []).append(release)
    datasets = {listed[0].dataset: listed for listed in found.values()}
    return [History(dataset, datasets[dataset]) for dataset in ranked(datasets)]


def vintage_release(*, viewer: Viewer, indicator: Indicator, dataset: str, number: int) -> Release | None:
    """The release of an indicator's dataset by its number, or None: hidden and absent are the same."""
    opened = Dataset.objects.visible_to(viewer, level="data").filter(indicator=indicator, code=dataset)
    readable = Release.objects.visible_to(viewer).readable_by(viewer)
    found = readable.filter(dataset__in=opened.order_by(), number=number)
    return found.select_related("dataset__owner").first()


def vintage_of(*, viewer: Viewer, release: Release) -> Vintage:
    """A release with the one that superseded it, as far as the viewer knows. One query."""
    later = Release.objects.visible_to(viewer).filter(dataset=release.dataset_id, number__gt=release.number)
    return Vintage(release, later.order_by("number").first())
