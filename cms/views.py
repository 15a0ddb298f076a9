"""The portal's own sign-in: for everybody with an account, whether or not the admin is open to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from cms.selectors.navigation import home_url
from registry.languages import current_language


class SignInView(LoginView):
    """Signs in and returns to ``?next=``, else to the home page of the language.

    The language of the address becomes that of the pages whose addresses name none: the admin follows it,
    unless its user chose another one in the account settings there.
    """

    template_name = "cms/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return home_url()

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            current_language(),
            max_age=settings.SESSION_COOKIE_AGE,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
        return response
