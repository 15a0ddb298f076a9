"""Addresses of the portal's frame that are no pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from cms.views import SignInView

app_name = "cms"

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    # The admin's own sign-out is closed to people without admin rights.
    path("sign-out/", LogoutView.as_view(next_page="/"), name="sign_out"),
]
