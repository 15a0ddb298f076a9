from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from registry.models import AudienceKind, Dataset
from registry.services.access import grant_create
from tests.conftest import World

FIGURES = {
    "MDA._T._T": [100, 120, None, 1090],
    "MDA.KAZ._T": [40, 50, 60, 70],
    "MDA.UKR._T": [None, 7, 0, 8],
    "MDA.KAZ.F": [10, 20, 30, 40],
}
Get = Callable[..., HttpResponse]


@pytest.fixture
def open_world(world: World) -> World:
    """The small world with figures of Moldova that everybody may see."""
    world.release("MDA", FIGURES)
    publish(world, "MDA")
    return world


def publish(world: World, owner: str) -> None:
    """Open a participant's dataset to everybody."""
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset(owner).pk)
    administrator = world.people[owner]["administrator"]
    grant_create(dataset=dataset, actor=administrator, audience=AudienceKind.PUBLIC)


@pytest.fixture
def get_as(client: Client, world: World, language: str) -> Get:
    """Get an address below ``/<language>/statistics/`` as somebody of a participant, or as a visitor."""

    def get(path: str = "", query: object = None, participant: str | None = None) -> HttpResponse:
        if participant:
            client.force_login(world.people[participant]["user"])
        else:
            client.logout()
        return client.get(f"/{language}/statistics/{path}", query)  # type: ignore[arg-type, return-value]

    return get
