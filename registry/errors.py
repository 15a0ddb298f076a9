"""Refusals of the services. Each carries a text for the user, in the user's language when shown."""

from __future__ import annotations

from django.utils.functional import Promise


class RegistryError(Exception):
    """The base: ``message`` is a translatable text, ``arguments`` fill its named places."""

    def __init__(self, message: str | Promise, **arguments: object) -> None:
        super().__init__(message)
        self.message = message
        self.arguments = arguments

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.arguments if self.arguments else text


class NotAllowed(RegistryError):
    """The actor does not hold the role the act needs."""


class Conflict(RegistryError):
    """The object is no longer in the state the act starts from: somebody was faster."""


class Invalid(RegistryError):
    """The input cannot be accepted as it is."""
