"""Rules of the pages as system checks: ``manage.py check`` fails when a page type breaks one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import models
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from wagtail.fields import StreamField
from wagtail.models import Page, get_page_models
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
        is_name = re.fullmatch(r"[a-z]+(_[a-z]+)*", model.kind)
        if not is_name or kinds.setdefault(model.kind, model.__name__) != model.__name__:
            hint = "Give the page type a `kind` of its own: the API and the search call it by that."
            found.append(
                checks.Error(f"{model.__name__} has no kind of its own.", hint, obj=model, id="cms.E005")
            )
        if {field.field_name for field in model.search_fields if isinstance(field, SearchField)} <= {"title"}:
            hint = "Extend BasePage.search_fields instead of replacing it."
            found.append(
                checks.Error(f"{model.__name__} is searched by title only.", hint, obj=model, id="cms.E006")
            )
        found += _without_template(model)
    return found


def _without_template(model: type[BasePage]) -> list[checks.CheckMessage]:
    """Every layout an editor may choose has a template, and so has the page type itself."""
    found: list[checks.CheckMessage] = []
    layout = next((field for field in model._meta.get_fields() if field.name == "layout"), None)
    choices = {value for value, _label in getattr(layout, "choices", None) or ()}
    if choices != set(model.layouts):
        hint = "Name one template for each choice of the field “layout” in `layouts`."
        message = f"The layouts of {model.__name__} and their templates do not match."
        found.append(checks.Error(message, hint, obj=model, id="cms.E004"))
    for template in dict.fromkeys([str(model.template), *model.layouts.values()]):
        try:
            get_template(template)
        except TemplateDoesNotExist:
            found.append(checks.Error(f"No template {template}.", obj=model, id="cms.E004"))
    return found


def page_fields_check(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every field a page type adds is searched if it holds a text, and says what translation does with it."""
    found: list[checks.CheckMessage] = []
    for model in get_page_models():
        if not issubclass(model, BasePage):
            continue
        searched = {field.field_name for field in model.search_fields if isinstance(field, SearchField)}
        policy = {field.field_name for field in model.override_translatable_fields}
        for field in _own_fields(model):
            if _is_text(field):
                if field.name not in searched | model.not_searched:
                    hint = "Add it to search_fields, or name it in `not_searched`."
                    message = f"{model.__name__}.{field.name} is not searched."
                    found.append(checks.Error(message, hint, obj=model, id="cms.E007"))
            elif field.name not in policy:
                hint = "Add a SynchronizedField or TranslatableField to override_translatable_fields."
                message = f"{model.__name__}.{field.name} has no translation policy."
                found.append(checks.Error(message, hint, obj=model, id="cms.E008"))
    return found


def _own_fields(model: type[BasePage]) -> list[models.Field[Any, Any]]:
    """What the page type adds to what all have."""
    common = {field.name for field in Page._meta.get_fields()} | {"introduction", "page_ptr"}
    return [field for field in model._meta.concrete_fields if field.name not in common]


def _is_text(field: models.Field[Any, Any]) -> bool:
    """Whether it holds words of somebody: what is chosen, and addresses, are none."""
    kinds = (models.CharField, models.TextField, StreamField)
    return isinstance(field, kinds) and not field.choices and not isinstance(field, models.URLField)


def register_checks() -> None:
    checks.register(page_model_check, "cms")
    checks.register(page_types_check, "cms")
    checks.register(page_fields_check, "cms")
