"""Acts on the chapters of the e-library. Its documents are tried in tests/cms/documents."""

from __future__ import annotations

from django.urls import reverse

from cms.services.topics import topic_change, topic_create, topic_delete, topic_move
from tests.matrix.act import Act

NAMES = {"name_en": "Meetings", "name_ru": "Совещания"}

ACTS = {
    "topic-create": Act(
        ("cms.topic_create",),
        lambda t, who: topic_create(actor=who, **NAMES),
        lambda t: reverse("library_topics:add"),
        lambda t: {"parent": "", **NAMES},
        has_form=True,
    ),
    "topic-change": Act(
        ("cms.topic_change",),
        lambda t, who: topic_change(topic=t["topic"], actor=who, **NAMES),
        lambda t: reverse("library_topics:edit", args=[t.pk("topic")]),
        lambda t: {"parent": "", **NAMES},
        has_form=True,
    ),
    "topic-move": Act(
        ("cms.topic_move",),
        lambda t, who: topic_move(topic=t["topic"], actor=who, up=True),
        lambda t: reverse("library_topics:up", args=[t.pk("topic")]),
    ),
    "topic-delete": Act(
        ("cms.topic_delete",),
        lambda t, who: topic_delete(topic=t["topic"], actor=who),
        lambda t: reverse("library_topics:delete", args=[t.pk("topic")]),
        has_form=True,
    ),
}
