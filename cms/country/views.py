from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.country.authority import may_keep_pages, may_open_country
from cms.models import CountryPage, NationalPart
from cms.selectors.country import national_part
from cms.services.country import country_open
from registry.errors import RegistryError
from registry.languages import current_language
from registry.models import User


class OpenForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one tick box (D137)."""

    class Meta:
        model = NationalPart
        fields = ["is_open"]


@require_safe
def country_home(request: HttpRequest) -> HttpResponse:
    """To the own country page in the language of the admin, or another one it has."""
    user = request.user
    if not isinstance(user, User) or user.participant is None or not may_keep_pages(user, user.participant):
        raise PermissionDenied
    pages = CountryPage.objects.filter(part__participant=user.participant).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages.defer_streamfields()}
    found = by_language.get(current_language()) or next(iter(by_language.values()), None)
    if found is None:
        raise Http404
    return redirect("wagtailadmin_explore", found.pk)


def country_open_view(request: HttpRequest, code: str) -> HttpResponse:
    """The box of the own country page; every other one does not exist for this person."""
    user, part = request.user, national_part(code=code)
    if part is None or not isinstance(user, User) or not may_open_country(user, part.participant):
        raise Http404
    form = OpenForm(request.POST or None, instance=part)
    if request.method == "POST" and form.is_valid():
        is_open = form.cleaned_data["is_open"]
        try:
            country_open(participant=part.participant, actor=user, is_open=is_open)
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            told = (
                _("The country page and everything below it are open to everybody.")
                if is_open
                else _("Only people of your country see the country page and what is below it.")
            )
            messages.success(request, told)
        return redirect("country_home")
    context = {"form": form, "part": part, "back_url": reverse("country_home")}
    return render(request, "cms/country/open.html", context)
