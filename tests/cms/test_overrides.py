"""The Russian of Wagtail and wagtail-localize, where we say it better: what the admin really serves."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from wagtail.users.models import UserProfile

from registry.models import User
from scripts import messages
from tests.paths import ROOT

OVERRIDES = sorted(ROOT.glob(messages.OVERRIDES))


def test_the_translation_editor_gets_the_better_text(editor: Client) -> None:
    user = User.objects.get(username="editor")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "ru"})
    script = editor.get("/admin/localize/jsi18n/").content.decode()
    found = re.search(r"const newcatalog = (\{.*?\});", script, re.DOTALL)
    assert found
    catalog = json.loads(found[1])
    assert catalog["Publish in "] == "Опубликовать, язык: "
    assert catalog["segments translated"] == "фрагментов переведено"
    assert catalog["Save"] == "Сохранить"  # theirs, left as it is


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("Up to date", "Переведено полностью"),
        ("Published '{object}' in {locale}.", "Опубликовано: «{object}» ({locale})."),
        ("Source", "Источник"),
    ],
)
def test_the_pages_get_the_better_text(english: str, russian: str) -> None:
    with translation.override("ru"):
        assert gettext(english) == russian


@pytest.mark.parametrize("path", OVERRIDES, ids=lambda path: path.name)
def test_only_what_is_still_said_is_overridden_and_nothing_of_ours(path) -> None:
    with path.open("rb") as file:
        ours = read_po(file, abort_invalid=True)
    known = {}
    for package in ("wagtail", "wagtail.admin", "wagtail_localize"):
        origin = Path(find_spec(package).origin)  # type: ignore[union-attr,arg-type]
        theirs = origin.parent / "locale" / "ru" / "LC_MESSAGES" / path.name
        if theirs.exists():
            with theirs.open("rb") as file:
                found = read_po(file)
            known |= {messages.key_of(message): message for message in messages.messages(found)}
    own = {
        messages.key_of(message)
        for app in messages.APPS
        for message in messages.messages(messages.stored(app, "ru"))
    }
    for message in messages.messages(ours):
        key = messages.key_of(message)
        assert key in known, f"nobody says {key[1]!r} any longer: delete it"
        assert forms_differ(message, known[key]), f"the same as theirs: {key[1]!r}"
        assert key not in own or path.name == "djangojs.po", key
        english = messages.forms(message.id)[-1]
        assert all(
            messages.placeholders(form) == messages.placeholders(english)
            for form in messages.forms(message.string)
        ), key


def forms_differ(ours: object, theirs: object) -> bool:
    return messages.forms(ours.string) != messages.forms(theirs.string)  # type: ignore[attr-defined]
