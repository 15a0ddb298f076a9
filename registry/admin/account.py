"""What is left of Wagtail's pages for users: one's own account, and the groups of the secretariat's accounts.

Everything else of an account, its password above all, is changed on the pages of people, by whom it may
concern and with a row in the audit trail. Accounts that represent a participant are absent here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import View
from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, NameEmailSettingsPanel
from wagtail.users.views.users import HistoryView, IndexView, UserColumn, UserViewSet

from registry.models import User
from registry.services.person import person_groups, person_name


class NameForm(NameEmailForm):
    """One's own name, through the service: nothing else of the account is written."""

    def save(self, commit: bool = True) -> User:
        chosen = self.cleaned_data
        return person_name(
            actor=self.instance, first_name=chosen["first_name"], last_name=chosen["last_name"]
        )


class NamePanel(NameEmailSettingsPanel):
    form_class = NameForm


class OwnAccountView(AccountView):
    """One's own settings in the admin. Wagtail's panel for the name writes past the audit trail."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        return [
            NamePanel(panel.request, panel.user, panel.profile)
            if isinstance(panel, NameEmailSettingsPanel)
            else panel
            for panel in super().get_panels()
        ]


def secretariat_accounts() -> QuerySet[User]:
    return User.objects.filter(participant__isnull=True)


class GroupsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rights of an account inside Wagtail: pages, images, documents. The registry's roles are apart."""

    class Meta:
        model = User
        fields = ("groups", "is_superuser")
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["groups"].queryset = Group.objects.order_by("name")  # type: ignore[attr-defined]
        if not actor.is_superuser:
            del self.fields["is_superuser"]

    def save(self, commit: bool = True) -> User:
        """Through the service: nothing else of the account is written."""
        chosen = self.cleaned_data
        return person_groups(
            person=User.objects.get(pk=self.instance.pk),
            actor=self.actor,
            groups=list(chosen["groups"]),
            is_superuser=chosen.get("is_superuser"),
        )


class AccountIndexView(IndexView):
    show_other_searches = False

    @cached_property
    def columns(self) -> list[Column]:
        return [
            UserColumn("username", accessor="get_username", label=_("Account"), get_url=self.get_edit_url),
            Column("name", accessor="get_full_name", label=pgettext_lazy("person", "Name")),
            BooleanColumn("is_superuser", label=_("Superuser")),
            BooleanColumn("is_active", label=pgettext_lazy("person", "Active")),
        ]

    def get_base_queryset(self) -> QuerySet[User]:
        return secretariat_accounts().select_related("wagtail_userprofile")

    def get_list_buttons(self, instance: User) -> list[Any]:
        return []


class AccountEditView(generic.EditView):
    """Refused for one's own account: nobody raises the own rights."""

    success_message = _("The groups of “%(object)s” were changed.")

    def get_base_object_queryset(self) -> QuerySet[User]:
        return secretariat_accounts().exclude(pk=self.request.user.pk)

    def get_object(self, *args: Any) -> User:
        found = self.get_base_object_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": self.request.user}


class AccountHistoryView(HistoryView):
    def get_object(self, *args: Any) -> User:
        found = secretariat_accounts().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class AccountAddView(View):
    """People are created on their own page."""

    template_name = ""

    @classmethod
    def as_view(cls, **_initkwargs: Any) -> Any:
        return super().as_view()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("data:person_add")


class NoView(View):
    """Accounts are disabled, never deleted: the audit trail names them."""

    template_name = ""

    @classmethod
    def as_view(cls, **_initkwargs: Any) -> Any:
        return super().as_view()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class AccountViewSet(UserViewSet):
    menu_label = _("Groups of accounts")
    template_prefix = ""
    index_view_class = AccountIndexView
    add_view_class = AccountAddView
    edit_view_class = AccountEditView
    delete_view_class = NoView
    history_view_class = AccountHistoryView
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[GroupsForm]:
        return GroupsForm
