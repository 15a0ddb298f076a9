"""Turning round which language of a page is written: a button above the page, and a page that asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from cms.models import BasePage
from cms.services.translation import SUBMIT, TURNED, translation_of, translation_turn, translation_turn_ask
from registry.errors import NotAllowed, RegistryError


@hooks.register("register_admin_urls")
def turn_urls() -> list[Any]:
    return [path("translation/<int:page_id>/turn/", turn_view, name="translation_turn")]


@hooks.register("register_page_header_buttons")
def turn_button(page: Page, user: Any, view_name: str = "", next_url: str | None = None, **_more: Any) -> Any:
    if not user.has_perm(SUBMIT) or not issubclass(page.specific_class or Page, BasePage):
        return
    made = translation_of(page.specific)
    if made is not None and page.permissions_for_user(user).can_publish():
        label = _("Write it in this language: %(language)s") % {
            "language": made.target_locale.get_display_name()
        }
        url = reverse("translation_turn", args=[page.pk])
        yield Button(label, url, icon_name="rotate", priority=65)


@hooks.register("register_log_actions")
def turn_log_action(actions: Any) -> None:
    @actions.register_action(TURNED)
    class TurnFormatter(LogFormatter):
        label = gettext_lazy("Turn the translation round")
        message = gettext_lazy("This version is written from now on, and the other one translated from it")


def turn_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Tells what will happen, and does it. 404 for whoever may not."""
    found = Page.objects.filter(pk=page_id).first()
    page = found.specific if found is not None else None
    if not isinstance(page, BasePage):
        raise Http404
    user: Any = request.user
    context: dict[str, Any] = {"page": page, "back_url": reverse("wagtailadmin_pages:edit", args=[page.pk])}
    try:
        if request.method == "POST":
            turn = translation_turn(page=page, actor=user)
            told = _("“%(title)s” is written in this language from now on: %(language)s.")
            language = page.locale.get_display_name()
            messages.success(request, told % {"title": page.title, "language": language})
            if turn.missing or turn.left:
                messages.warning(
                    request, _("The translation into the other language waits for a translator.")
                )
            return redirect(context["back_url"])
        context["turn"] = translation_turn_ask(page=page, actor=user)
    except NotAllowed as error:
        raise Http404 from error
    except RegistryError as error:
        context["problem"] = str(error)
    status = 200 if "turn" in context else 409
    return render(request, "cms/translation/turn.html", context, status=status)
