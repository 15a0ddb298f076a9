"""People of one's participant, or of the secretariat: list, creation, changes, roles, help."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from registry import authority
from registry.access import Viewer
from registry.admin.base import DataMixin
from registry.admin.menu import DataMenuItem
from registry.admin.person_forms import NewPersonWithRolesForm, PersonForm, RoleForm, role_names
from registry.admin.service_form import ActView, ServiceFormView, told
from registry.models import User
from registry.selectors.person import locked_usernames, person_list
from registry.services import person as people
from registry.services.role import role_give, role_take
from registry.services.second_factor import second_factor_of, second_factor_reset


def administers(viewer: Viewer) -> bool:
    return viewer.administers_participant or viewer.administers_system


class PersonListView(DataMixin, BaseListingView):
    """Constant number of queries."""

    page_title = gettext_lazy("People")
    header_icon = "group"
    model = User
    paginate_by = 50
    is_searchable = True
    search_fields = ("username", "first_name", "last_name", "email", "position")
    search_backend_name = None
    index_url_name = "data:people"
    index_results_url_name = "data:people_results"

    @cached_property
    def columns(self) -> list[Column]:
        shown = [
            TitleColumn(
                "name",
                label=pgettext_lazy("person", "Name"),
                accessor=lambda person: person.get_full_name() or person.get_username(),
                get_url=lambda person: reverse("data:person", args=[person.pk]),
            ),
            Column("username", label=gettext_lazy("User name")),
            Column("position", label=gettext_lazy("Position")),
            Column("roles", label=gettext_lazy("Roles"), accessor=role_names),
            BooleanColumn("is_active", label=pgettext_lazy("person", "Active")),
        ]
        if self.viewer.administers_system:
            shown.insert(2, Column("participant", label=gettext_lazy("Participant"), accessor=_represented))
        if administers(self.viewer):
            shown.append(DateColumn("last_login", label=gettext_lazy("Last sign-in")))
        return shown

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not authority.may_administer_people(self.actor, self.actor.participant):
            return []
        url = reverse("data:person_add")
        return [HeaderButton(_("Add a person"), url=url, icon_name="plus", classname="button")]

    def get_base_queryset(self) -> QuerySet[User]:
        return person_list(viewer=self.viewer)


def _represented(person: User) -> str:
    return str(person.participant.name) if person.participant else _("the secretariat")


class PersonAddView(ServiceFormView):
    page_title = gettext_lazy("Add a person")
    header_icon = "group"
    form_class = NewPersonWithRolesForm
    done = gettext_lazy("The person was added and gets an e-mail with a link to choose the password.")
    submit_label = gettext_lazy("Add")

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("data:people"), "label": _("People")}]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not authority.may_administer_people(self.actor, self.actor.participant):
            messages.error(request, _("Only an administrator of the participant itself may do this."))
            return redirect("data:people")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.actor.language}

    def act(self, form: Any) -> object:
        return people.person_create(actor=self.actor, participant=self.actor.participant, **form.cleaned_data)

    def back(self) -> str:
        return reverse("data:people")


class PersonMixin(DataMixin):
    """A page about one person the viewer may know of; else 404."""

    kwargs: dict[str, Any]
    header_icon = "user"

    @cached_property
    def person(self) -> User:
        return get_object_or_404(person_list(viewer=self.viewer), pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("data:person", args=[self.person.pk])

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("data:people"), "label": _("People")}]


class PersonView(PersonMixin, ServiceFormView):
    """Everything about a person; the forms and buttons are for those whom the services would let."""

    template_name = "registry/admin/person.html"
    form_class = PersonForm

    def get_page_title(self) -> str:
        return self.person.get_full_name() or self.person.get_username()

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in people.CHANGEABLE}

    def act(self, form: Any) -> object:
        return people.person_change(person=self.person, actor=self.actor, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, actor = self.person, self.actor
        may_change = authority.may_administer_people(actor, person.participant)
        may_change = may_change and (actor.is_superuser or not person.is_superuser)
        is_self = actor.pk == person.pk
        may_help = not is_self and authority.may_help(actor, person)
        context = super().get_context_data(**kwargs)
        context.setdefault("role_form", RoleForm(person=person, viewer=self.viewer))
        return {
            **context,
            "person": person,
            "is_self": is_self,
            "may_change": may_change,
            "may_give": may_change and not is_self,
            "may_help": may_help,
            "is_locked": may_help and bool(locked_usernames(usernames=[person.get_username()])),
            "has_second_factor": may_help and second_factor_of(person) is not None,
        }


class RoleGiveView(PersonView):
    """The form of roles on the page of a person; shown again there with what is wrong."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RoleForm(request.POST, person=self.person, viewer=self.viewer)
        if form.is_valid() and told(
            form, lambda: role_give(person=self.person, actor=self.actor, **form.cleaned_data)
        ):
            messages.success(request, _("The role was given."))
            return redirect(self.back())
        unchanged = PersonForm(initial=self.get_initial())
        return self.render_to_response(self.get_context_data(role_form=form, form=unchanged))


class RoleTakeView(PersonMixin, ActView):
    done = gettext_lazy("The role was taken.")

    def act(self) -> object:
        given = get_object_or_404(self.person.role_assignments, pk=self.kwargs["assignment"])
        return role_take(assignment=given, actor=self.actor)


class DisableView(PersonMixin, ActView):
    done = gettext_lazy("The account was disabled; its sessions have ended.")

    def act(self) -> object:
        return people.person_disable(person=self.person, actor=self.actor)


class EnableView(PersonMixin, ActView):
    done = gettext_lazy("The account was enabled.")

    def act(self) -> object:
        return people.person_enable(person=self.person, actor=self.actor)


class InviteView(PersonMixin, ActView):
    done = gettext_lazy("A link to choose the password was sent.")

    def act(self) -> object:
        return people.person_invite(person=self.person, actor=self.actor)


class UnlockView(PersonMixin, ActView):
    done = gettext_lazy("The account was unlocked.")

    def act(self) -> object:
        return people.person_unlock(person=self.person, actor=self.actor)


class SecondFactorView(PersonMixin, ActView):
    done = gettext_lazy("The second factor was turned off.")

    def act(self) -> object:
        return second_factor_reset(person=self.person, actor=self.actor)


urlpatterns = [
    path("people/", PersonListView.as_view(), name="people"),
    path("people/results/", PersonListView.as_view(results_only=True), name="people_results"),
    path("people/add/", PersonAddView.as_view(), name="person_add"),
    path("people/<int:pk>/", PersonView.as_view(), name="person"),
    path("people/<int:pk>/roles/", RoleGiveView.as_view(), name="role_give"),
    path("people/<int:pk>/roles/<int:assignment>/take/", RoleTakeView.as_view(), name="role_take"),
    path("people/<int:pk>/disable/", DisableView.as_view(), name="person_disable"),
    path("people/<int:pk>/enable/", EnableView.as_view(), name="person_enable"),
    path("people/<int:pk>/link/", InviteView.as_view(), name="person_invite"),
    path("people/<int:pk>/unlock/", UnlockView.as_view(), name="person_unlock"),
    path("people/<int:pk>/second-factor/", SecondFactorView.as_view(), name="person_second_factor"),
]
MENU = [DataMenuItem(gettext_lazy("People"), "people", icon="group", order=600, shown=administers)]
