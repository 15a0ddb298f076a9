"""Observation statuses as files write them, and what they are called."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from registry.cube import WITHOUT_VALUE, Status, Value

NORMAL = "A"
KNOWN = {NORMAL: "", **{status.value: status.value for status in Status}}
NO_VALUE = frozenset(status.value for status in WITHOUT_VALUE)
KNOWN_LIST = ", ".join(KNOWN)

STATUS_LABELS = {
    Status.BREAK: pgettext_lazy("observation status", "Break in time series"),
    Status.DEFINITION_DIFFERS: pgettext_lazy("observation status", "Definition differs"),
    Status.ESTIMATED: pgettext_lazy("observation status", "Estimated value"),
    Status.FORECAST: pgettext_lazy("observation status", "Forecast value"),
    Status.IMPUTED: pgettext_lazy("observation status", "Imputed value"),
    Status.NOT_COLLECTED: pgettext_lazy("observation status", "Not collected"),
    Status.NOT_APPLICABLE: pgettext_lazy("observation status", "Not applicable"),
    Status.MISSING: pgettext_lazy("observation status", "Missing value"),
    Status.PROVISIONAL: pgettext_lazy("observation status", "Provisional value"),
    Status.WITHHELD: pgettext_lazy("observation status", "Withheld for confidentiality"),
    Status.LOW_RELIABILITY: pgettext_lazy("observation status", "Low reliability"),
}


def known_status(text: str) -> str | None:
    """The status code a file means: empty for a normal value, None if it is unknown."""
    text = text.strip().upper()
    return KNOWN.get(text) if text else ""


def contradicts(status: str, value: Value) -> bool:
    """Whether the status says that there is no value although there is one."""
    return value is not None and status in NO_VALUE
