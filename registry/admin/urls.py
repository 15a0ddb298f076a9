"""Addresses of the section "Data", under /admin/data/."""

from __future__ import annotations

from registry.admin import (
    access,
    audit,
    contact,
    dataset,
    documentation,
    legal,
    notice,
    onboarding,
    person,
    release,
    request,
    submission,
    upload,
)

MODULES = (
    dataset,
    documentation,
    submission,
    upload,
    release,
    access,
    request,
    notice,
    person,
    contact,
    onboarding,
    legal,
    audit,
)

app_name = "data"
urlpatterns = [pattern for module in MODULES for pattern in module.urlpatterns]
MENU = [item for module in MODULES for item in module.MENU]
