"""Rules of the pages as system checks: ``manage.py check`` fails when a page type breaks one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from wagtail.models import get_page_models
from wagtail.search.index import SearchField

from cms.models import BasePage


def page_model_check(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """wagtail-localize always works on wagtailcore.Page, so the base page must not be swapped."""
    if getattr(settings, "WAGTAIL_PAGE_MODEL", "wagtailcore.Page") == "wagtailcore.Page":
        return []
    hint = "Remove WAGTAIL_PAGE_MODEL: wagtail-localize does not support another base page."
    return [checks.Error("WAGTAIL_PAGE_MODEL is set.", hint=hint, id="cms.E001")]


def page_types_check(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every page type of ours has a template, a translation policy, a name for the API and the search, and
    searches more than its title."""
    found: list[checks.CheckMessage] = []
    kinds: dict[str, str] = {}
    for model in get_page_models():
        if not model.__module__.startswith("cms."):
            continue
        if not issubclass(model, BasePage):
            found.append(checks.Error(f"{model.__name__} is no BasePage.", obj=model, id="cms.E002"))
            continue
        if not any(field.field_name == "slug" for field in model.override_translatable_fields):
            hint = "Extend BasePage.override_translatable_fields instead of replacing it."
            found.append(checks.Error("No translation policy for the slug.", hint, obj=model, id="cms.E003"))
        if not model.kind or kinds.setdefault(model.kind, model.__name__) != model.__name__:
            hint = "Give the page type a `kind` of its own: the API and the search call it by that."
            found.append(
                checks.Error(f"{model.__name__} has no kind of its own.", hint, obj=model, id="cms.E005")
            )
        if {field.field_name for field in model.search_fields if isinstance(field, SearchField)} <= {"title"}:
            hint = "Extend BasePage.search_fields instead of replacing it."
            found.append(
                checks.Error(f"{model.__name__} is searched by title only.", hint, obj=model, id="cms.E006")
            )
        try:
            get_template(str(model.template))
        except TemplateDoesNotExist:
            found.append(checks.Error(f"No template {model.template}.", obj=model, id="cms.E004"))
    return found


def register_checks() -> None:
    checks.register(page_model_check, "cms")
    checks.register(page_types_check, "cms")
