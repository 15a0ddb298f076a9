"""A NUL in an address: PostgreSQL refuses it, so it never gets there."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from registry.models import Agency
from tests.conftest import World


def _refusing(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """What PostgreSQL does, in every database."""
    if "\0" in repr(params).replace("\\x00", "\0"):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")
    return execute(sql, params, many, context)


MISSING = (
    "/media/%00",
    "/en/feeds/news/%00.atom",
    "/ru/feeds/events/%00.atom",
    "/ru/feeds/events/%00.ics",
    "/en/statistics/%00/",
    "/ru/about/%00/",
    "/admin/data/datasets/%00/",
    "/admin/data/participants/%00/",
    "/admin/country/%00/open/",
)


@pytest.mark.parametrize("address", MISSING)
def test_an_address_with_a_nul_is_nowhere(world: World, client: Client, address: str) -> None:
    client.force_login(world.people["MDA"]["administrator"])
    with connection.execute_wrapper(_refusing):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/admin/data/contacts/", "/admin/data/contacts/chart.csv"])
def test_a_value_with_a_nul_equals_nothing(world: World, client: Client, address: str) -> None:
    Agency.objects.create(participant=world.participants["MDA"], name_en="Register office", name_ru="Регистр")
    client.force_login(world.people["MDA"]["administrator"])
    assert "Register office" in client.get(address).content.decode()
    with connection.execute_wrapper(_refusing):
        response = client.get(f"{address}?participant=%00")
    assert response.status_code == 200
    assert "Register office" not in response.content.decode()
