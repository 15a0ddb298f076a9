"""What a verifier says and decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.services.remark import LONGEST


class RemarkForm(forms.Form):
    """A remark on the whole, or on a cell that was chosen in the table."""

    key = forms.CharField(label=_("Series"), required=False, max_length=250)
    period = forms.CharField(label=_("Period"), required=False, max_length=10)
    text = forms.CharField(
        label=_("Remark"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Of one cell: choose it in the table above. Without a series it is of the whole."),
    )


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=_("What is to be corrected"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("May stay empty where remarks on cells say it already."),
    )


class ScheduleForm(forms.Form):
    """A time in UTC, said so."""

    date = forms.DateField(
        label=_("Date, UTC"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time, UTC"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def release_at(self) -> datetime:
        found: dict[str, Any] = self.cleaned_data
        return datetime.combine(found["date"], found["time"], tzinfo=UTC)
