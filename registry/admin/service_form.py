"""A form whose input goes to a service: what the service refuses is shown in the form, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from wagtail.admin import messages

from registry.admin.base import DataMixin, attempt
from registry.errors import RegistryError


def told(form: forms.Form, act: Callable[[], object]) -> bool:
    """Run a service; whether it succeeded. Its refusal becomes errors of the form, at their fields."""
    try:
        act()
    except RegistryError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            form.add_error(name if name in form.fields else None, list(errors))
    else:
        return True
    return False


class ServiceFormView(DataMixin, FormView):  # type: ignore[type-arg]
    """``act`` calls the service with the cleaned data; then back to ``back`` with the message ``done``."""

    template_name = "registry/admin/form.html"
    done: str | Promise = _("Saved.")
    submit_label: str | Promise = _("Save")

    def act(self, form: Any) -> object:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        if not told(form, lambda: self.act(form)):
            return self.form_invalid(form)
        messages.success(self.request, str(self.done))
        return redirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {"submit_label": self.submit_label, "back_url": self.back()}
        context: dict[str, Any] = super().get_context_data(**{**labels, **kwargs})
        return context


class ActView(DataMixin, View):
    """A button: one act, by POST only, then back with what became of it."""

    http_method_names = ["post"]
    done: str | Promise = ""

    def act(self) -> object:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with attempt(request, self.done):
            self.act()
        return redirect(self.back())
