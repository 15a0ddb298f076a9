"""The one door: for everybody with an account, whether or not the admin is open to them.

Name and password first, then a code where the account asks for a second factor. Nobody is signed in between
the two steps: the session only remembers, for a few minutes, whose password was right.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from cms.selectors.addresses import home_url
from cms.selectors.navigation import place_in_language
from registry.languages import LANGUAGE_CODES, current_language
from registry.models import User
from registry.services.second_factor import second_factor_of, second_factor_verify

PENDING = "sign_in_pending"  # the key in the session
_PATIENCE = 300  # seconds between password and code


def _own_addresses() -> set[str]:
    """The addresses of signing in, in every language."""
    found = set()
    for language in LANGUAGE_CODES:
        with translation.override(language):
            found |= {reverse("cms:sign_in"), reverse("cms:sign_in_code")}
    return found


class CodeForm(forms.Form):
    """A code from the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "code"}),
    )


class ReturnMixin(RedirectURLMixin):
    """Back to ``?next=``, in the language of this page; else to the home page of that language."""

    request: HttpRequest

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        return place_in_language(request=self.request, url=super().get_redirect_url())

    def get_default_redirect_url(self) -> str:
        return home_url()

    def get_success_url(self) -> str:
        url = super().get_success_url()
        if urlsplit(url).path in _own_addresses():
            return home_url()  # whoever is signed in would be sent from here to here
        user = self.request.user
        closed = user.is_authenticated and not user.has_perm("wagtailadmin.access_admin")
        # The admin would send whoever may not enter it back here, and so on.
        return home_url() if closed and url.startswith(reverse("wagtailadmin_home")) else url

    def signed_in(self, user: User) -> HttpResponse:
        """Open the session, under a new key, and keep the language for addresses that name none."""
        self.request.session.pop(PENDING, None)
        login(self.request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        response = HttpResponseRedirect(self.get_success_url())
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            current_language(),
            max_age=settings.SESSION_COOKIE_AGE,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
        return response


class SignInView(ReturnMixin, LoginView):
    """Name and password. The admin follows the language of this page unless its user chose another one."""

    template_name = "cms/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        if second_factor_of(user) is None:
            return self.signed_in(user)
        self.request.session[PENDING] = {
            "user": user.pk,
            "password": user.get_session_auth_hash(),
            "until": time.time() + _PATIENCE,
        }
        query = urlencode({"next": self.get_redirect_url()}) if self.get_redirect_url() else ""
        return redirect(f"{reverse('cms:sign_in_code')}{'?' if query else ''}{query}")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SignInCodeView(ReturnMixin, FormView):  # type: ignore[type-arg]
    """The second step. A wrong code counts as a failed sign-in of the account."""

    template_name = "cms/sign_in_code.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.person = self._pending()
        if self.person is None:
            return redirect("cms:sign_in")
        if not AxesProxyHandler.is_allowed(request, self._credentials()) and settings.AXES_ENABLED:
            return locked_out(request)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def _pending(self) -> User | None:
        pending = self.request.session.get(PENDING)
        if not pending or pending["until"] < time.time():
            return None
        person = User.objects.filter(pk=pending["user"], is_active=True).first()
        # A password changed meanwhile makes the first step worthless.
        if person is None or not constant_time_compare(pending["password"], person.get_session_auth_hash()):
            return None
        return person

    def _credentials(self) -> dict[str, str]:
        assert self.person is not None
        return {"username": self.person.get_username()}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        assert self.person is not None
        if second_factor_verify(person=self.person, code=form.cleaned_data["code"]):
            return self.signed_in(self.person)
        user_login_failed.send(sender=__name__, credentials=self._credentials(), request=self.request)
        form.add_error("code", _("The code is wrong or was used already. Wait for the next one."))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)


@method_decorator(never_cache, name="dispatch")
class AdminSignInView(View):
    """/admin/login/ leads to the portal's own sign-in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        after = request.GET.get("next") or reverse("wagtailadmin_home")
        return redirect(f"{reverse('cms:sign_in')}?{urlencode({'next': after})}")


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What somebody reads who failed too often: the same for every account, existing or not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "cms/sign_in_locked.html", {"minutes": minutes}, status=429)
