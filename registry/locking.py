"""Locks on sign-in: how failures are counted, and what address they are counted for.

An account is locked at an address after a few failures there, and an address after many failures in all:
the people of a ministry may share one. Counting itself is django-axes'. Source: OWASP ASVS 2.4.1.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

_SHARED_BITS = 64  # of an IPv6 address: the rest is the choice of whoever holds the network


class LockingHandler(AxesDatabaseHandler):
    """django-axes, with a limit of its own for addresses; a success forgives one account only."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures of the account at this address, or those of the address in the same measure."""
        here, address = (
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        limit: int = settings.AXES_FAILURE_LIMIT
        return max(here, address * limit // settings.SIGN_IN_ADDRESS_LIMIT)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of this account here. One good account must not reopen the door."""
        here, _address = self.filter_user_attempts(request, credentials)
        count: int = here.delete()[0]
        return count


def client_address(request: HttpRequest) -> str | None:
    """The address a request comes from, an IPv6 one as its network; None where it cannot be told.

    Behind ``TRUSTED_PROXIES`` proxies it is the one the outermost of them noted. What stands further left
    in X-Forwarded-For was written by the client itself and is never read.
    """
    text = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        noted = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(noted) >= proxies:
            text = _without_port(noted[-proxies]) or text
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _SHARED_BITS), strict=False).network_address)
    return str(address)


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
