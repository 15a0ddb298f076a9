"""Acts on figures, from the first draft to their withdrawal."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from registry.formats.base import Reading
from registry.models import Participant, User
from registry.services.dataset import dataset_create
from registry.services.draft import draft_describe, draft_stage
from registry.services.release import dataset_withdraw, submission_release
from registry.services.remark import remark_add
from registry.services.schedule import submission_schedule, submission_unschedule
from registry.services.submission import (
    submission_discard,
    submission_return,
    submission_stage,
    submission_submit,
    submission_validate,
    submission_withdraw,
)
from registry.services.upload import upload_create, upload_restart
from tests.conftest import make_cube
from tests.matrix.act import Act, Address, at
from tests.matrix.world import FILE, REASON, Things

WORDS = {f"reason_{language}": text for language, text in REASON.items()}


def _cube(things: Things) -> Any:
    return make_cube(things["indicator"], {"MDA._T._T": [11]})


def _stage(things: Things, actor: User) -> object:
    return submission_stage(dataset=things["dataset"], cube=_cube(things), actor=actor)


def _entry(things: Things, actor: User) -> object:
    return draft_stage(dataset=things["dataset"], reading=Reading(_cube(things)), actor=actor)


def _upload(things: Things, actor: User) -> object:
    return upload_create(dataset=things["dataset"], file=BytesIO(FILE), file_name="a.csv", actor=actor)


def _create(things: Things, actor: User) -> object:
    return dataset_create(
        code="MDA_REFUGEES-2",
        indicator=things["indicator"],
        owner=things["own"],
        actor=actor,
        source_en="Census",
        source_ru="Перепись",
    )


def _tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def _by_secretariat(things: Things) -> None:
    Participant.objects.filter(pk=things.pk("own")).update(release_authority="secretariat")


def _page(name: str) -> Address:
    return lambda t: at("submission", t.pk(name))


def _verification(name: str) -> Address:
    return lambda t: at("verification", t.pk(name))


def _release(**more: Any) -> Act:
    return Act(
        ("release.submission_release",),
        lambda t, who: submission_release(submission=t["validated"], actor=who),
        _verification("validated"),
        lambda t: {"act": "release"},
        **more,
    )


def _schedule(**more: Any) -> Act:
    return Act(
        ("schedule.submission_schedule",),
        lambda t, who: submission_schedule(submission=t["validated"], actor=who, release_at=_tomorrow()),
        _verification("validated"),
        lambda t: {"act": "schedule", "schedule-date": f"{_tomorrow():%Y-%m-%d}", "schedule-time": "12:00"},
        **more,
    )


def _unschedule(**more: Any) -> Act:
    return Act(
        ("schedule.submission_unschedule",),
        lambda t, who: submission_unschedule(submission=t["scheduled"], actor=who),
        _verification("scheduled"),
        lambda t: {"act": "unschedule"},
        **more,
    )


def _withdraw(**more: Any) -> Act:
    return Act(
        ("release.dataset_withdraw",),
        lambda t, who: dataset_withdraw(dataset=t["dataset"], actor=who, reason=REASON),
        lambda t: at("withdrawal", t.code),
        lambda t: WORDS,
        has_form=True,
        **more,
    )


ACTS = {
    "dataset-create": Act(
        ("dataset.dataset_create",),
        _create,
        lambda t: at("dataset_add"),
        lambda t: {
            "indicator": t.pk("indicator"),
            "frequency": "A",
            "source_en": "Census",
            "source_ru": "Перепись",
            "counting_unit": "",
        },
        has_form=True,
        form_also=frozenset({"submitter_elsewhere-own"}),
        in_own_name="own",
    ),
    "stage": Act(("submission.submission_stage",), _stage),
    "entry": Act(
        ("draft.draft_stage",),
        _entry,
        lambda t: at("submission-entry", t.code),
        lambda t: {
            "act": "save",
            "from": "empty",
            "base": "2",
            "action": "replace",
            "period": ["2010"],
            "key": ["MDA._T._T"],
            "v-0-0": "11",
        },
        has_form=True,
    ),
    "upload": Act(
        ("upload.upload_create",),
        _upload,
        lambda t: at("submission-new", t.code),
        lambda t: {"file": SimpleUploadedFile("a.csv", FILE), "action": "replace"},
        has_form=True,
    ),
    "upload-restart": Act(
        ("upload.upload_restart",),
        lambda t, who: upload_restart(upload=t["upload"], actor=who),
        lambda t: at("upload", t.pk("upload")),
    ),
    "describe": Act(
        ("draft.draft_describe",),
        lambda t, who: draft_describe(submission=t["draft"], actor=who, comment="See", reason=REASON),
        _page("draft"),
        lambda t: {"act": "save", "comment": "See", **WORDS},
    ),
    "submit": Act(
        ("submission.submission_submit",),
        lambda t, who: submission_submit(submission=t["draft"], actor=who),
        _page("draft"),
        lambda t: {"act": "submit", "comment": "", **WORDS},
    ),
    "discard": Act(
        ("submission.submission_discard",),
        lambda t, who: submission_discard(submission=t["draft"], actor=who),
        _page("draft"),
        lambda t: {"act": "discard"},
    ),
    "take-back": Act(
        ("submission.submission_withdraw",),
        lambda t, who: submission_withdraw(submission=t["submitted"], actor=who, reason=REASON),
        _page("submitted"),
        lambda t: {"act": "take-back", "take-back-reason": "Wrong year"},
    ),
    "remark": Act(
        ("remark.remark_add",),
        lambda t, who: remark_add(submission=t["submitted"], actor=who, text="Look"),
        _verification("submitted"),
        lambda t: {"act": "remark", "remark-text": "Look"},
    ),
    "validate": Act(
        ("submission.submission_validate",),
        lambda t, who: submission_validate(submission=t["submitted"], actor=who),
        _verification("submitted"),
        lambda t: {"act": "accept"},
    ),
    "return": Act(
        ("submission.submission_return",),
        lambda t, who: submission_return(submission=t["submitted"], actor=who, comment="Look"),
        _verification("submitted"),
        lambda t: {"act": "return", "return-comment": "Look"},
    ),
    "release": _release(),
    "schedule": _schedule(),
    "unschedule": _unschedule(),
    "withdraw": _withdraw(),
    "release-by-secretariat": _release(given=_by_secretariat),
    "schedule-by-secretariat": _schedule(given=_by_secretariat),
    "unschedule-by-secretariat": _unschedule(given=_by_secretariat),
    "withdraw-by-secretariat": _withdraw(given=_by_secretariat),
}
