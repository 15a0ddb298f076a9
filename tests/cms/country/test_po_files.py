"""PO files of a national part: exchanged by its own keepers, absent for those of others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.operations import translate_object

from registry.models import User
from tests.cms.conftest import locale
from tests.cms.country.conftest import SECRET, Countries


@pytest.mark.parametrize("who", ["KAZ", "MDA", "stolen group"])
def test_files_of_another_country_are_absent(
    countries: Countries, who: str, django_capture_on_commit_callbacks: Any
) -> None:
    source = next(page for page in countries.pages["KAZ"] if SECRET in page.title)
    target = "en" if source.locale.language_code == "ru" else "ru"
    with django_capture_on_commit_callbacks(execute=True):
        translate_object(source, [locale(target)])
    translation = Translation.objects.get(
        source__object_id=source.translation_key, target_locale=locale(target)
    )
    user: User = countries.keepers["KAZ" if who == "KAZ" else "MDA"]
    if who == "stolen group":
        user.groups.add(countries.parts["KAZ"].keepers, countries.parts["KAZ"].moderators)  # type: ignore[arg-type]
    client = countries.signed_in(user)
    before = StringTranslation.objects.count()
    answer = client.get(reverse("wagtail_localize:download_pofile", args=[translation.pk]))
    assert (SECRET in answer.text) == (who == "KAZ")
    po = translation.export_po()
    po[0].msgstr = "Translated"
    sent = client.post(
        reverse("wagtail_localize:upload_pofile", args=[translation.pk]),
        {"file": SimpleUploadedFile("a.po", str(po).encode()), "next": "/admin/"},
    )
    codes = (200, 302) if who == "KAZ" else (404, 404)
    assert (answer.status_code, sent.status_code) == codes
    assert (StringTranslation.objects.count() > before) == (who == "KAZ")
