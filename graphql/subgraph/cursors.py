"""Opaque cursors: a place in an order, valid only for the list, order and filter they were made for.

A cursor is the place as JSON behind a keyed checksum over it and over what it belongs to. It holds nothing
that its edge does not show, and cannot be made up or carried over to another list.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from subgraph.errors import bad_input

_SIZE = 8
_MOST_CHARACTERS = 1_000


class Cursors:
    """The cursors of one list; ``scope`` is everything that decides order and filter, JSON-ready."""

    def __init__(self, *scope: Any) -> None:
        key = blake2b(settings.SECRET_KEY.encode(), person=b"subgraph.cursor").digest()
        self._checksum = blake2b(orjson.dumps(scope), key=key, digest_size=_SIZE)

    def encode(self, place: Any) -> str:
        payload = orjson.dumps(place)
        return urlsafe_b64encode(self._check(payload) + payload).rstrip(b"=").decode()

    def decode(self, cursor: str) -> list[Any]:
        """The place. BAD_USER_INPUT for anything this list did not give out."""
        try:
            if len(cursor) > _MOST_CHARACTERS:
                raise ValueError
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (ValueError, Base64Error):
            raise self._refusal() from None
        if not compare_digest(raw[:_SIZE], self._check(raw[_SIZE:])):
            raise self._refusal()
        place: list[Any] = orjson.loads(raw[_SIZE:])
        return place

    def _check(self, payload: bytes) -> bytes:
        checksum = self._checksum.copy()
        checksum.update(payload)
        return checksum.digest()

    @staticmethod
    def _refusal() -> Exception:
        return bad_input(
            _(
                "This cursor does not belong here: it comes from another list, or from the same with "
                "other arguments."
            )
        )
