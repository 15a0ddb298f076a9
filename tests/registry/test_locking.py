"""The address that failed sign-ins are counted for."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from registry.locking import client_address


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # written by the client
        (1, "192.0.2.1", "198.51.100.7", "198.51.100.7"),
        (1, "192.0.2.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "192.0.2.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # past the outer proxy
        (1, "192.0.2.1", "198.51.100.7:4711", "198.51.100.7"),
        (1, "192.0.2.1", "[2001:db8::1]:4711", "2001:db8::"),
        (1, "192.0.2.1", "nonsense", None),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (0, "", "", None),
    ],
)
def test_the_address_of_a_request(
    settings: Settings, proxies: int, peer: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address
