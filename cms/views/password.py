"""A password chosen by link: asked for by whoever forgot it, or sent to whoever never had one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from cms.tasks import send_password_link
from registry.locking import client_address
from registry.models import User
from registry.services.password import password_set

MOST_AN_HOUR = 10  # requests from one address, per process


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


@method_decorator(never_cache, name="dispatch")
class PasswordForgottenView(FormView):  # type: ignore[type-arg]
    """Asks for an address and says the same whether or not somebody has it."""

    template_name = "cms/password_forgotten.html"
    form_class = EmailForm

    def form_valid(self, form: EmailForm) -> HttpResponse:
        if self._asked() > MOST_AN_HOUR:
            form.add_error(None, _("Too many requests from here. Try again in an hour."))
            response = self.form_invalid(form)
            response.status_code = 429
            return response
        # In the background where there is a worker: then the time taken tells nothing either.
        send_password_link.enqueue(form.cleaned_data["email"])
        messages.success(
            self.request,
            _("If somebody has an account with this address, an e-mail with a link is on its way to it."),
        )
        return redirect("cms:sign_in")

    def _asked(self) -> int:
        key = f"password-forgotten:{client_address(self.request)}"
        cache.add(key, 0, timeout=3600)
        try:
            return cache.incr(key)
        except ValueError:  # it ran out in between
            return 1


class ChosenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Django's, saved by the service, so that it is written down and the account's locks end."""

    user: User

    def save(self, commit: bool = True) -> User:
        password_set(person=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class PasswordSetView(PasswordResetConfirmView):
    """Behind the link of an e-mail. Signs nobody in: a second factor is asked at the sign-in."""

    template_name = "cms/password_set.html"
    form_class = ChosenPasswordForm
    success_url = reverse_lazy("cms:sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("The password was changed. Sign in with it."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        return super().get_context_data(days=days, **kwargs)
