"""The texts of findings, by rule. Named places are filled from the finding's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.formats.problems import MESSAGES as IN_FILES

MESSAGES = {
    "nothing": _("There is not a single figure."),
    "unknown_code": _("The code %(code)s is not in the code list of %(dimension)s."),
    "duplicate_series": _("This combination of codes occurs more than once."),
    "not_a_number": _("The value is not a finite number."),
    "too_large": _("The value %(value)s is too large to be kept exactly."),
    "negative": _("The value %(value)s is negative; this indicator counts and cannot be below zero."),
    "decimals": _("The value %(value)s has more decimals than the %(decimals)s this indicator keeps."),
    "unknown_status": _("The status %(status)s is not in the SDMX list of observation statuses."),
    "value_with_status": _("There is a value although the status %(status)s says there is none."),
    "status_without_value": _("The status %(status)s needs a value, and there is none."),
    "early_period": _("The period lies before %(year)s."),
    "foreign_area": _("A State reports of itself: %(code)s is not %(area)s."),
    "future_period": _("The period has not begun yet; only forecasts (status F) may be given for it."),
    "small_count": _("The value %(value)s is below %(threshold)s and may tell of single persons."),
    "jump": _("The value changed from %(before)s to %(value)s against the last release."),
    "missing_series": _("The last release has this series, the new figures do not."),
    "missing_total": _("No series gives the total of %(dimension)s."),
    "parts_exceed_total": _(
        "The parts along %(dimension)s add up to %(sum)s, more than the total %(value)s."
    ),
    "parts_below_total": _("The parts along %(dimension)s add up to %(sum)s, less than the total %(value)s."),
}


def message(rule: str, arguments: Mapping[str, Any]) -> str:
    """The text of a finding in the active language."""
    return str(MESSAGES.get(rule) or IN_FILES[rule]) % arguments
