"""Notices of changed figures, as the person signed in got them; and whether they come by e-mail too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab
from wagtail.admin.widgets import SwitchInput

from registry.access import Viewer
from registry.admin.base import DataMixin
from registry.admin.menu import CountingMenuItem
from registry.models import Delivery, User
from registry.presentation.notice import notice_title
from registry.selectors.notice import notice_list, notices_unread
from registry.services.notice import mail_choice_set, notices_read

_PER_PAGE = 50
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Line:
    delivery: Delivery
    title: str


class NoticeListView(DataMixin, TemplateView):
    """What changed of the figures one may see, the newest first; the System Administrator's: of all (D103).

    Constant number of queries.
    """

    page_title = gettext_lazy("Notices")
    header_icon = "mail"
    template_name = "registry/admin/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(notice_list(viewer=self.viewer), _PER_PAGE)
        page: Page[Delivery] = pages.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            lines=_lines(page.object_list),
            # The reason is told to those who read the figures, not to those who keep the system.
            has_reasons=not self.viewer.administers_system,
            unread=notices_unread(viewer=self.viewer).count(),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark one notice, or all of them, as read."""
        given = request.POST.get("notice", "")
        if _NUMBER.fullmatch(given):
            notices_read(actor=self.actor, notices=[int(given)])
        elif not given:
            notices_read(actor=self.actor)
            messages.success(request, _("All notices are marked as read."))
        return redirect("data:notices")


def _lines(deliveries: Iterable[Delivery]) -> list[Line]:
    return [Line(delivery, notice_title(delivery.notice)) for delivery in deliveries]


class MailChoiceForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("wants_mail",)
        widgets = {"wants_mail": SwitchInput()}

    def save(self, commit: bool = True) -> User:
        mail_choice_set(actor=self.instance, wants_mail=self.cleaned_data["wants_mail"])
        return self.instance


class MailChoicePanel(BaseSettingsPanel):
    """In the account settings of whoever gets notices."""

    name = "notices"
    title = gettext_lazy("Notices of figures")
    tab = notifications_tab
    order = 200
    form_class = MailChoiceForm


def _gets_notices(viewer: Viewer) -> bool:
    return viewer.participant is not None or viewer.administers_system


urlpatterns = [path("notices/", NoticeListView.as_view(), name="notices")]
MENU = [
    CountingMenuItem(
        gettext_lazy("Notices"),
        "notices",
        icon="mail",
        order=800,
        shown=_gets_notices,
        count=lambda viewer: notices_unread(viewer=viewer).count(),
    )
]
