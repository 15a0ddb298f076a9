"""A person's own account: language, password, second factor."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy, translate_url
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from cms.views.sign_in import CodeForm
from registry.errors import RegistryError
from registry.languages import LANGUAGES
from registry.models import User
from registry.services.password import password_set
from registry.services.person import person_language
from registry.services.second_factor import (
    recovery_codes_left,
    recovery_codes_renew,
    second_factor_confirm,
    second_factor_disable,
    second_factor_of,
    second_factor_prepare,
    secret_of,
)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of e-mails and of the administration"),
        choices=[(language.code, language.name) for language in LANGUAGES],
    )


class OwnMixin(LoginRequiredMixin):
    """A page for whoever is signed in, about the own account; kept nowhere."""

    request: HttpRequest

    @property
    def person(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


@method_decorator(never_cache, name="dispatch")
class AccountView(OwnMixin, FormView):  # type: ignore[type-arg]
    template_name = "cms/account.html"
    form_class = LanguageForm

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.person.language}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_factor = second_factor_of(self.person) is not None
        roles = self.person.role_assignments.select_related("indicator").order_by("role")
        return super().get_context_data(has_second_factor=has_factor, roles=roles, **kwargs)

    def form_valid(self, form: LanguageForm) -> HttpResponse:
        language = form.cleaned_data["language"]
        person_language(actor=self.person, language=language)
        with override(language):
            messages.success(self.request, _("The language was changed."))
        return redirect(translate_url(self.request.path, language))


class OwnPasswordForm(PasswordChangeForm):
    """Django's, saved by the service."""

    def save(self, commit: bool = True) -> User:
        password_set(person=self.user, password=self.cleaned_data["new_password1"])
        return self.user


@method_decorator(never_cache, name="dispatch")
class PasswordChangeView(OwnMixin, auth_views.PasswordChangeView):
    """Asks for the old password. The other sessions of the account end."""

    template_name = "cms/password_change.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("cms:account")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("The password was changed."))
        return response


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SecondFactorView(OwnMixin, FormView):  # type: ignore[type-arg]
    """Off: the picture to scan, and the first code turns it on. On: a code turns it off."""

    template_name = "cms/second_factor.html"
    form_class = CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if second_factor_of(self.person):
            return {**context, "is_on": True, "codes_left": recovery_codes_left(self.person)}
        device = second_factor_prepare(actor=self.person)
        picture = segno.make(device.config_url, error="m").svg_inline(scale=5, border=3, light="#fff")
        return {**context, "picture": mark_safe(picture), "secret": secret_of(device)}  # noqa: S308 - our own

    def form_valid(self, form: CodeForm) -> HttpResponse:
        code = form.cleaned_data["code"]
        is_on = second_factor_of(self.person) is not None
        try:
            if is_on:
                second_factor_disable(actor=self.person, code=code)
            else:
                codes = second_factor_confirm(actor=self.person, code=code)
        except RegistryError as error:
            form.add_error("code", str(error))
            return self.form_invalid(form)
        if not is_on:
            return render(self.request, "cms/recovery_codes.html", {"codes": codes, "is_new": True})
        messages.success(self.request, _("The second factor is off."))
        return redirect("cms:account")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class RecoveryCodesView(OwnMixin, FormView):  # type: ignore[type-arg]
    """New recovery codes for a code from the app."""

    template_name = "cms/recovery_codes.html"
    form_class = CodeForm

    def form_valid(self, form: CodeForm) -> HttpResponse:
        try:
            codes = recovery_codes_renew(actor=self.person, code=form.cleaned_data["code"])
        except RegistryError as error:
            form.add_error("code", str(error))
            return self.form_invalid(form)
        return render(self.request, self.template_name, {"codes": codes})
