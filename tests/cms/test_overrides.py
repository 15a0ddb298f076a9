"""The Russian of Wagtail and wagtail-localize, where we say it better: what the admin really serves."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from wagtail.users.models import UserProfile

from registry.models import User
from scripts import messages
from tests.paths import ROOT

OVERRIDES = sorted(ROOT.glob(messages.OVERRIDES))
#: Counted in Russian it would need three forms of every name, so it may be left out there.
NAME_OF_KIND = {"%(model_name)s"}


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
    english, known = said("en", path.name), said("ru", path.name)
    own = {
        messages.key_of(message)
        for app in messages.APPS
        for message in messages.messages(messages.stored(app, "ru"))
    }
    for message in messages.messages(ours):
        key = messages.key_of(message)
        assert key in english or key in known, f"nobody says {key[1]!r} any longer: delete it"
        assert key not in known or forms_differ(message, known[key]), f"the same as theirs: {key[1]!r}"
        assert key not in own or path.name == "djangojs.po", key
        wanted = messages.placeholders(messages.forms(message.id)[-1])
        assert all(
            messages.placeholders(form) in (wanted, wanted - NAME_OF_KIND)
            for form in messages.forms(message.string)
        ), key


def said(language: str, file: str) -> dict[messages.Key, Message]:
    """What the packages say; their English catalogues hold every message."""
    found = {}
    for package in ("wagtail", "wagtail_localize"):
        root = Path(find_spec(package).origin).parent  # type: ignore[union-attr,arg-type]
        for path in sorted(root.rglob(f"locale/{language}/LC_MESSAGES/{file}")):
            with path.open("rb") as opened:
                theirs = read_po(opened)
            found |= {messages.key_of(message): message for message in messages.messages(theirs)}
    return found


def forms_differ(ours: object, theirs: object) -> bool:
    return messages.forms(ours.string) != messages.forms(theirs.string)  # type: ignore[attr-defined]
