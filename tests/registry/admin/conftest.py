from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.conftest import World

SignedIn = Callable[[str, str], Client]


@pytest.fixture
def signed_in(world: World) -> SignedIn:
    """A browser of one of the people: ``signed_in("MDA", "submitter")``."""

    def sign_in(participant: str, person: str) -> Client:
        client = Client()
        client.force_login(world.people[participant][person])
        return client

    return sign_in
