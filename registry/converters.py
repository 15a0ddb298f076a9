"""What addresses take: ``<identifier:code>``."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class IdentifierConverter(StringConverter):
    """A code as `registry.models.base.validate_identifier` allows it."""

    regex = r"[A-Za-z0-9_@$\-]+"


register_converter(IdentifierConverter, "identifier")
