from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.languages import LANGUAGES
from registry.models import Indicator, Role, User
from registry.selectors.indicator import indicator_list
from registry.services.role import PER_INDICATOR, roles_of


def _length(name: str) -> int:
    field = User._meta.get_field(name)
    return getattr(field, "max_length", None) or 150


class PersonForm(forms.Form):
    """What an administrator says of a person. Roles, participant and state are never among it."""

    first_name = forms.CharField(label=_("First name"), max_length=_length("first_name"))
    last_name = forms.CharField(label=_("Last name"), max_length=_length("last_name"))
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("Links to choose a password go there.")
    )
    position = forms.CharField(label=_("Position"), max_length=_length("position"), required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        help_text=_("Of e-mails and of the administration."),
    )


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=_length("username"),
        help_text=_("Latin letters, digits and the signs @ . + - _. It never changes."),
    )
    field_order = ("username",)


class NewPersonWithRolesForm(NewPersonForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For all indicators; roles for single ones are given afterwards."),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role.label) for role in roles_of(actor)]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role to give to a person, for all indicators or for one."""

    role = forms.ChoiceField(label=_("Role"))
    indicator: forms.ModelChoiceField[Indicator] = forms.ModelChoiceField(
        label=_("Indicator"),
        queryset=None,
        required=False,
        empty_label=_("All indicators"),
        help_text=_("A single one is possible for data submitters and data verifiers."),
    )

    def __init__(self, *args: Any, person: User, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_of(person)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["indicator"].queryset = indicator_list(viewer=viewer)  # type: ignore[attr-defined]
        if not set(roles) & set(PER_INDICATOR):
            del self.fields["indicator"]


def role_names(person: User) -> str:
    """The roles of a person in words, for lists: those for single indicators with their codes."""
    return ", ".join(
        f"{Role(given.role).label} ({given.indicator.code})"
        if given.indicator
        else str(Role(given.role).label)
        for given in person.role_assignments.all()
    )
