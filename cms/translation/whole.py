"""A translation without a title or summary is not published: readers would take the other language for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page
from wagtail_localize.models import StringSegment, Translation

from cms.models import BasePage
from cms.services.translation import translation_of

_TOLD = ("title", "introduction")


@hooks.register("before_edit_page", order=-10)  # before wagtail-localize's own
def nothing_without_a_title(request: HttpRequest, page: Page) -> HttpResponse | None:
    if request.method != "POST" or request.POST.get("action") != "publish" or not isinstance(page, BasePage):
        return None
    made = translation_of(page)
    lacking = _untold(made) if made is not None else []
    if not lacking:
        return None
    names = ", ".join(str(page._meta.get_field(name).verbose_name) for name in lacking)
    told = _("Not published: translate these first, else readers find another language here: %(fields)s.")
    messages.error(request, told % {"fields": names})
    return redirect("wagtailadmin_pages:edit", page.pk)


def _untold(made: Translation) -> list[str]:
    segments = StringSegment.objects.filter(source=made.source_id, context__path__in=_TOLD)
    found: Any = segments.annotate_translation(made.target_locale).filter(translation=None)
    paths = set(found.values_list("context__path", flat=True))
    return [name for name in _TOLD if name in paths]
