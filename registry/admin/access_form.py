"""The form that opens a dataset: to whom, what of it, on which terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.access import Viewer
from registry.languages import served
from registry.models import AudienceKind, Dataset, IndicatorDimension, Level, Participant
from registry.selectors.access import AvailableSlice, slices_available
from registry.selectors.participant import participant_list


class UtcDateTimeField(forms.DateTimeField):
    """A moment in UTC, whatever the time zone of the person who types it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(**{"widget": widget, "required": False, **options})

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(UTC):
            return super().prepare_value(value)


class TermsForm(forms.Form):
    """On which terms somebody named gets access."""

    level = forms.ChoiceField(
        label=gettext_lazy("What is opened"),
        choices=Level.choices,
        initial=Level.DATA.value,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Data includes documentation."),
    )
    is_reciprocal = forms.BooleanField(
        label=gettext_lazy("On a reciprocal basis"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Seen only by those that share figures of this indicator themselves. Does not apply to everybody."
        ),
    )
    starts_at = UtcDateTimeField(
        label=gettext_lazy("From (UTC)"), help_text=gettext_lazy("Empty: from now on.")
    )
    ends_at = UtcDateTimeField(
        label=gettext_lazy("Until (UTC)"), help_text=gettext_lazy("Empty: until it is revoked.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if ends_at and starts_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must be later than the beginning."))
        elif ends_at and ends_at <= timezone.now():
            self.add_error("ends_at", _("This time has passed."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        return {
            "level": Level(self.cleaned_data["level"]),
            "is_reciprocal": self.cleaned_data["is_reciprocal"],
            "starts_at": self.cleaned_data["starts_at"],
            "ends_at": self.cleaned_data["ends_at"],
        }


@dataclass(frozen=True, slots=True)
class Option:
    """A member to tick; ``words`` are its labels in all languages, for the search."""

    code: str
    label: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SliceField:
    name: str
    label: str
    options: Sequence[Option]
    chosen_count: int
    errors: Sequence[str]


class GrantForm(TermsForm):
    """The same for any audience, and with a slice: no member ticked in a dimension means all of them."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Who"),
        choices=AudienceKind.choices,
        initial=AudienceKind.PARTICIPANT.value,
        widget=forms.RadioSelect,
    )
    participant: forms.ModelChoiceField[Participant] = forms.ModelChoiceField(
        label=gettext_lazy("Participant"),
        queryset=None,
        required=False,
        help_text=gettext_lazy("For a named participant only."),
    )
    field_order = ("audience", "participant", "level", "is_reciprocal", "starts_at", "ends_at")

    def __init__(self, *args: Any, dataset: Dataset, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = participant_list(viewer=viewer).exclude(pk=dataset.owner_id)
        self.fields["participant"].queryset = others  # type: ignore[attr-defined]
        self.available = slices_available(viewer=viewer, dataset=dataset)
        for found in self.available:
            choices = [(member.code, member.code) for member in found.members]
            self.fields[self._name(found.dimension)] = forms.MultipleChoiceField(
                label=str(found.dimension.name), choices=choices, required=False
            )

    @staticmethod
    def _name(dimension: IndicatorDimension) -> str:
        return f"slice_{dimension.code}"

    def slice_fields(self) -> Iterator[SliceField]:
        for found in self.available:
            name = self._name(found.dimension)
            chosen = set(self.data.getlist(self.add_prefix(name)) if self.is_bound else [])  # type: ignore[attr-defined]
            options = [_option(found, at, chosen) for at in range(len(found.members))]
            ticked = sum(option.is_chosen for option in options)
            yield SliceField(
                name, str(found.dimension.name), options, ticked, [str(error) for error in self[name].errors]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_named = cleaned.get("audience") == AudienceKind.PARTICIPANT
        if is_named and not cleaned.get("participant") and "participant" not in self.errors:
            self.add_error("participant", _("Choose the participant."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        audience = AudienceKind(self.cleaned_data["audience"])
        terms = {
            **super().terms(),
            "audience": audience,
            "participant": self.cleaned_data["participant"] if audience is AudienceKind.PARTICIPANT else None,
            "slice": {
                found.dimension.code: self.cleaned_data[self._name(found.dimension)]
                for found in self.available
                if self.cleaned_data[self._name(found.dimension)]
            },
        }
        if audience is AudienceKind.PUBLIC:
            terms["is_reciprocal"] = False
        return terms


def _option(found: AvailableSlice, at: int, chosen: set[str]) -> Option:
    member = found.members[at]
    words = " ".join((member.code, *member.labels.values())).casefold()
    return Option(member.code, str(served(member.labels) or member.code), words, member.code in chosen)
