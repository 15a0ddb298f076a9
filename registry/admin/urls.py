"""Addresses of the section "Data", under /admin/data/."""

from __future__ import annotations

from registry.admin import (
    access,
    audit,
    contact,
    dataset,
    documentation,
    institution,
    legal,
    notice,
    onboarding,
    participant,
    person,
    release,
    request,
    submission,
    term,
    upload,
    verification,
)

MODULES = (
    dataset,
    documentation,
    submission,
    upload,
    verification,
    release,
    access,
    request,
    notice,
    participant,
    person,
    contact,
    onboarding,
    legal,
    institution,
    term,
    audit,
)

app_name = "data"
urlpatterns = [pattern for module in MODULES for pattern in module.urlpatterns]
MENU = [item for module in MODULES for item in module.MENU]
