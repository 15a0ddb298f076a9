from __future__ import annotations

from typing import Any

from django import forms

from registry.access import Viewer
from registry.languages import columns
from registry.models import Agency, Contact, Participant, User
from registry.selectors.indicator import indicator_list


class ShownForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only cleans and shows a row: the service writes it, by its own rules."""

    def _post_clean(self) -> None:
        """Nothing is written into the row shown."""


class AgencyForm(ShownForm):
    class Meta:
        model = Agency
        fields = (*columns("name"), "url", "order")


class ContactForm(ShownForm):
    class Meta:
        model = Contact
        fields = (
            *columns("position"),
            "person",
            "user",
            "email",
            "phone",
            "is_focal_point",
            *columns("duties"),
            "indicators",
            "order",
        )
        widgets = {
            "indicators": forms.CheckboxSelectMultiple,
            **{name: forms.Textarea(attrs={"rows": 3}) for name in columns("duties")},
        }

    def __init__(self, *args: Any, viewer: Viewer, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(viewer).filter(participant=participant).order_by("username")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["indicators"].queryset = indicator_list(viewer=viewer)  # type: ignore[attr-defined]


class ReachForm(ShownForm):
    """What the holder of a position may change without the administrator."""

    class Meta:
        model = Contact
        fields = ("email", "phone")
