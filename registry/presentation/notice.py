"""What a notice tells, in the active language. Never a figure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry.models import Notice
from registry.models.release import NoticeKind


def notice_title(notice: Notice) -> str:
    """Needs dataset, owner and indicator at hand."""
    texts = {
        NoticeKind.RELEASED: _("Figures released: %(indicator)s, %(owner)s"),
        NoticeKind.CORRECTED: _("Figures corrected: %(indicator)s, %(owner)s"),
        NoticeKind.WITHDRAWN: _("Figures withdrawn: %(indicator)s, %(owner)s"),
    }
    dataset = notice.release.dataset
    return texts[NoticeKind(notice.kind)] % {"indicator": dataset.indicator.name, "owner": dataset.owner.name}


def notice_description(notice: Notice) -> str:
    """The dataset, the number of the release, and the reason if one was given."""
    release = notice.release
    text = _("Dataset %(dataset)s, release No. %(number)s.") % {
        "dataset": release.dataset.code,
        "number": release.number,
    }
    return f"{text} {release.reason}".strip()
