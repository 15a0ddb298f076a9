"""When a release is due."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from registry.models import Dataset
from registry.periods import last_day
from registry.selectors.due import releases_due
from tests.conftest import World


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-S1", date(2024, 6, 30)),
        ("2024-Q3", date(2024, 9, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 31)),
    ],
)
def test_the_last_day_of_a_period(period: str, day: date) -> None:
    assert last_day(period) == day


@pytest.mark.parametrize(
    ("released", "today", "expected"),
    [
        # Figures of 2023 are wanted within 90 days: until 30 March 2024.
        (date(2023, 4, 1), date(2024, 1, 29), None),
        (date(2023, 4, 1), date(2024, 1, 30), ("2023", date(2024, 3, 30), False)),
        (date(2023, 4, 1), date(2024, 3, 30), ("2023", date(2024, 3, 30), False)),
        (date(2023, 4, 1), date(2024, 3, 31), ("2023", date(2024, 3, 30), True)),
        (date(2024, 1, 1), date(2024, 3, 31), None),
        (date(2024, 1, 1), date(2025, 2, 1), ("2024", date(2025, 3, 31), False)),
        (None, date(2024, 6, 1), ("2023", date(2024, 3, 30), True)),
    ],
)
def test_a_release_is_due_until_its_day_and_overdue_after_it(
    world: World, released: date | None, today: date, expected: tuple[str, date, bool] | None
) -> None:
    dataset = world.dataset("MDA", timeliness_days=90)
    if released:
        release = world.release("MDA", {"MDA.UKR._T": [1]})
        at = datetime(released.year, released.month, released.day, 12, tzinfo=UTC)
        type(release).objects.filter(pk=release.pk).update(released_at=at)

    due = releases_due(viewer=world.viewer("MDA"), today=today)

    told = [(item.period, item.until, item.is_overdue) for item in due]
    assert told == ([expected] if expected else [])
    assert all(item.dataset.pk == dataset.pk for item in due)


def test_without_an_agreed_timeliness_nothing_is_due(world: World) -> None:
    world.dataset("MDA")

    assert releases_due(viewer=world.viewer("MDA"), today=date(2030, 1, 1)) == []


def test_nobody_is_told_of_anothers_datasets(world: World) -> None:
    world.dataset("MDA", timeliness_days=30)

    assert releases_due(viewer=world.viewer("KAZ"), today=date(2030, 1, 1)) == []
    assert releases_due(viewer=world.viewer(None), today=date(2030, 1, 1)) == []


def test_it_takes_one_query(world: World, django_assert_num_queries: object) -> None:
    world.dataset("MDA", timeliness_days=30)
    viewer = world.viewer("MDA")

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = releases_due(viewer=viewer, today=date(2030, 1, 1))
        assert [str(item.dataset.indicator.name) for item in found] == ["Refugees"]
    assert Dataset.objects.count() == 1
