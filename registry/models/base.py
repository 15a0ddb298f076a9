"""What the models share: identifiers, public facts, and the meeting of two sets of tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, TypeVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer

ModelT = TypeVar("ModelT", bound=models.Model)

#: SDMX IDType without the dot, which joins codes into a series key.
validate_identifier = RegexValidator(
    r"^[A-Za-z0-9_@$\-]+\Z", _("Use Latin letters, digits and the signs _ @ $ - only.")
)


class WebAddressField(models.URLField):  # type: ignore[type-arg]
    """An address on the web; forms take one without a scheme for https. In migrations, Django's own field."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class PublicQuerySet(models.QuerySet[ModelT]):
    """Facts that everybody may read: code lists, participants."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.all()


def open_to(viewer: Viewer, prefix: str = "") -> Q:
    """The condition on an audience row: its token is held by the viewer, and now lies in its time span."""
    conditions: dict[str, Any] = {f"{prefix}token__in": sorted(viewer.tokens)}
    return Q(**conditions) & in_force(prefix)


def access_time() -> datetime:
    """The moment access is decided for: one clock for queries and for the database's own policies."""
    return timezone.now()


def in_force(prefix: str = "") -> Q:
    """The condition on a row with ``starts_at`` and ``ends_at``: now lies between them."""
    now = access_time()
    return (Q(**{f"{prefix}starts_at__isnull": True}) | Q(**{f"{prefix}starts_at__lte": now})) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": now})
    )
