"""The contact chart of all participants, and the editing of one's own part of it (D027–D030)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from registry import authority
from registry.access import Viewer
from registry.admin.base import DataMixin
from registry.admin.contact_forms import AgencyForm, ContactForm, ReachForm
from registry.admin.menu import DataMenuItem
from registry.admin.service_form import ActView, ServiceFormView
from registry.formats.csv import text_line
from registry.models import Agency, Contact
from registry.selectors.contact import agency_list, chart_parts, chart_rows, contact_list
from registry.selectors.participant import participant_list
from registry.services import contact as contacts

BYTE_ORDER_MARK = "\ufeff"  # Excel needs it to read UTF-8


def takes_part(viewer: Viewer) -> bool:
    return viewer.participant is not None or viewer.administers_system


class ChartMixin(DataMixin):
    """For those who take part and the secretariat; the edited rows are those of one's own participant."""

    header_icon = "mail"
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not takes_part(self.viewer):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("data:contacts"), "label": _("Contacts")}]

    def back(self) -> str:
        return f"{reverse('data:contacts')}?participant={self.viewer.participant}"

    @cached_property
    def agencies(self) -> QuerySet[Agency]:
        own = agency_list(viewer=self.viewer, participant=self.viewer.participant or "")
        return own.filter(participant__code=self.viewer.participant)

    @cached_property
    def agency(self) -> Agency:
        return get_object_or_404(self.agencies, pk=self.kwargs["pk"])

    @cached_property
    def contact(self) -> Contact:
        own = contact_list(viewer=self.viewer).filter(agency__participant__code=self.viewer.participant)
        return get_object_or_404(own, pk=self.kwargs["pk"])


class ChartView(ChartMixin, TemplateView):
    """All participants, or one of them; prints as a list. Constant number of queries."""

    page_title = gettext_lazy("Contacts")
    template_name = "registry/admin/contact_chart.html"

    @cached_property
    def chosen(self) -> str:
        return self.request.GET.get("participant", "")

    def trail(self) -> list[dict[str, Any]]:
        return []

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        query = self.request.GET.urlencode()
        table = f"{reverse('data:contacts_csv')}{'?' if query else ''}{query}"
        buttons = [HeaderButton("CSV", url=table, icon_name="download", priority=20)]
        if self.may_edit:
            add = reverse("data:agency_add")
            buttons.append(HeaderButton(_("Add an agency"), url=add, icon_name="plus", priority=10))
        return buttons

    @cached_property
    def may_edit(self) -> bool:
        own = self.actor.participant
        return own is not None and authority.may_administer_people(self.actor, own)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            parts=chart_parts(agency_list(viewer=self.viewer, participant=self.chosen)),
            participants=participant_list(viewer=self.viewer),
            chosen=self.chosen,
            own=self.viewer.participant,
            may_edit=self.may_edit,
            **kwargs,
        )


class ChartTableView(ChartMixin, TemplateView):
    """The chart as CSV, cells safe to open in a spreadsheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("participant", "")
        rows = chart_rows(agency_list(viewer=self.viewer, participant=chosen))
        text = BYTE_ORDER_MARK + "".join(text_line(row) for row in rows)
        return HttpResponse(
            text,
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="contacts.csv"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )


class EditorMixin(ChartMixin):
    """Forms for the administrator of the own participant; the service asks again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        own = self.actor.participant
        if takes_part(self.viewer) and not (own and authority.may_administer_people(self.actor, own)):
            messages.error(request, _("Only an administrator of the participant itself may do this."))
            return redirect("data:contacts")
        return super().dispatch(request, *args, **kwargs)


class AgencyAddView(EditorMixin, ServiceFormView):
    page_title = gettext_lazy("Add an agency")
    form_class = AgencyForm
    submit_label = gettext_lazy("Add")

    def act(self, form: Any) -> object:
        assert self.actor.participant is not None
        return contacts.agency_create(
            participant=self.actor.participant, actor=self.actor, **form.cleaned_data
        )


class AgencyView(EditorMixin, ServiceFormView):
    template_name = "registry/admin/contact_form.html"
    form_class = AgencyForm
    page_title = gettext_lazy("Agency")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.agency}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delete = reverse("data:agency_delete", args=[self.agency.pk])
        return super().get_context_data(delete_url=delete, **kwargs)

    def act(self, form: Any) -> object:
        return contacts.agency_change(agency=self.agency, actor=self.actor, **form.cleaned_data)


class AgencyDeleteView(ChartMixin, ActView):
    done = gettext_lazy("The agency was deleted with its contacts.")

    def act(self) -> object:
        return contacts.agency_delete(agency=self.agency, actor=self.actor)


class ContactAddView(EditorMixin, ServiceFormView):
    page_title = gettext_lazy("Add a contact")
    form_class = ContactForm
    submit_label = gettext_lazy("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = {"viewer": self.viewer, "participant": self.agency.participant}
        return {**super().get_form_kwargs(), **chosen}

    def get_page_subtitle(self) -> str:
        return str(self.agency.name)

    def act(self, form: Any) -> object:
        return contacts.contact_create(agency=self.agency, actor=self.actor, **form.cleaned_data)


class ContactView(ChartMixin, ServiceFormView):
    """The whole position for the administrator; telephone and e-mail for who holds it."""

    template_name = "registry/admin/contact_form.html"
    page_title = gettext_lazy("Contact")

    @cached_property
    def may_edit(self) -> bool:
        return authority.may_administer_people(self.actor, self.contact.agency.participant)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if takes_part(self.viewer) and not (self.may_edit or self.contact.user_id == self.actor.pk):
            messages.error(request, _("Only an administrator of the participant itself may do this."))
            return redirect("data:contacts")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return ContactForm if self.may_edit else ReachForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = {**super().get_form_kwargs(), "instance": self.contact}
        if self.may_edit:
            kwargs.update(viewer=self.viewer, participant=self.contact.agency.participant)
        return kwargs

    def get_page_subtitle(self) -> str:
        return str(self.contact.position)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delete = reverse("data:contact_delete", args=[self.contact.pk]) if self.may_edit else ""
        return super().get_context_data(delete_url=delete, **kwargs)

    def act(self, form: Any) -> object:
        if self.may_edit:
            return contacts.contact_change(contact=self.contact, actor=self.actor, **form.cleaned_data)
        return contacts.contact_reach_change(contact=self.contact, actor=self.actor, **form.cleaned_data)


class ContactDeleteView(ChartMixin, ActView):
    done = gettext_lazy("The contact was deleted.")

    def act(self) -> object:
        return contacts.contact_delete(contact=self.contact, actor=self.actor)


urlpatterns = [
    path("contacts/", ChartView.as_view(), name="contacts"),
    path("contacts/chart.csv", ChartTableView.as_view(), name="contacts_csv"),
    path("contacts/<int:pk>/", ContactView.as_view(), name="contact"),
    path("contacts/<int:pk>/delete/", ContactDeleteView.as_view(), name="contact_delete"),
    path("agencies/add/", AgencyAddView.as_view(), name="agency_add"),
    path("agencies/<int:pk>/", AgencyView.as_view(), name="agency"),
    path("agencies/<int:pk>/delete/", AgencyDeleteView.as_view(), name="agency_delete"),
    path("agencies/<int:pk>/contacts/add/", ContactAddView.as_view(), name="contact_add"),
]
MENU = [DataMenuItem(gettext_lazy("Contacts"), "contacts", icon="mail", order=610, shown=takes_part)]
