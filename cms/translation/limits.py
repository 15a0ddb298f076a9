"""How long a translated text may be: as long as what it is a translation of.

wagtail-localize keeps texts of any length; a page fails on them when it is published, or shows them. Here a
text that is too long is marked, as the ones with wrong marks are: the editor says so beside it, and until it
is shorter the page has the original.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail_localize.models import StringTranslation, TranslationContext, TranslationSource
from wagtail_localize.strings import StringValue

#: No limit of a page or a block is lower, so shorter texts need no question. tests/cms holds it true.
SHORTEST_LIMIT = 100


def mark_if_too_long(text: StringTranslation) -> None:
    """Before it is stored."""
    if text.context_id is None or len(text.data) <= SHORTEST_LIMIT:
        return
    limit = _limit_of(text.context)
    if limit is None:
        return
    try:
        MaxLengthValidator(limit)(_plain(text.data))
    except ValidationError as error:
        text.has_error, text.field_error = True, error.messages[0]


def _plain(html: str) -> str:
    try:
        return str(StringValue.from_translated_html(html).render_text())
    except ValueError:  # wagtail-localize says what is wrong with it
        return html


def _limit_of(context: TranslationContext) -> int | None:
    sources = TranslationSource.objects.filter(object_id=context.object_id)
    source = sources.select_related("specific_content_type").first()
    model = source.specific_content_type.model_class() if source else None
    if source is None or model is None:
        return None
    path = context.path if "." not in context.path else context.field_path
    return limit_at(model, path or context.get_field_path(source.as_instance()))


@cache
def limit_at(model: type[models.Model], path: str) -> int | None:
    """The limit of a field, or of a block in it, by names with dots between; None where there is none."""
    name, *names = path.split(".")
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, StreamField):
        return getattr(field, "max_length", None) if not names else None
    block: Any = field.stream_block
    for name in names:
        inner = getattr(block, "child_blocks", {})
        block = block.child_block if isinstance(block, blocks.ListBlock) else inner.get(name)
    return getattr(getattr(block, "field", None), "max_length", None)
