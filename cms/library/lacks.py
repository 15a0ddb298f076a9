"""What a document may lack, as the first page of the admin and the filter of the list call it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry.languages import LANGUAGES


def lack_labels() -> dict[str, str]:
    """By the names that `cms.selectors.work.lacking` knows."""
    in_language = _("no file in this language: %(language)s")
    return {
        "file": _("no file"),
        **{f"file-{language.code}": in_language % {"language": language.name} for language in LANGUAGES},
        "texts": _("publisher or place in one language only"),
    }
