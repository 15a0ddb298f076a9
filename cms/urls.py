"""Addresses of the portal's frame that are no pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from cms.views.account import AccountView, PasswordChangeView, RecoveryCodesView, SecondFactorView
from cms.views.password import PasswordForgottenView, PasswordSetView
from cms.views.sign_in import SignInCodeView, SignInView

app_name = "cms"

urlpatterns = [
    path("", AccountView.as_view(), name="account"),
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    path("sign-in/code/", SignInCodeView.as_view(), name="sign_in_code"),
    # The admin's own sign-out is closed to people without admin rights.
    path("sign-out/", LogoutView.as_view(next_page="/"), name="sign_out"),
    path("password/", PasswordChangeView.as_view(), name="password_change"),
    path("password/forgotten/", PasswordForgottenView.as_view(), name="password_forgotten"),
    path("password/<uidb64>/<token>/", PasswordSetView.as_view(), name="password_set"),
    path("second-factor/", SecondFactorView.as_view(), name="second_factor"),
    path("second-factor/codes/", RecoveryCodesView.as_view(), name="recovery_codes"),
]
