"""What the acts of the table act on: everything there is of Moldova, in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from cms.models import LibraryTopic, NationalPart
from registry.models import (
    AudienceKind,
    AuditEvent,
    Contact,
    Dataset,
    Indicator,
    Institution,
    Participant,
    Role,
    RoleAssignment,
    Submission,
    Term,
    Upload,
    User,
)
from registry.services import contact, onboarding
from registry.services.access import grant_create
from registry.services.documentation import documentation_write
from registry.services.legal import legal_create
from registry.services.release import submission_release
from registry.services.request import request_create
from registry.services.schedule import submission_schedule
from registry.services.submission import submission_stage, submission_submit, submission_validate
from registry.services.upload import upload_create
from tests.conftest import World, make_codelists, make_indicator, make_world
from tests.matrix.people import make_people

#: Figures and words that stand nowhere else: released, on their way, and in a request.
RELEASED, STAGED, ASKED = 98765, 54321, "Pleasesharewithus"
BUREAU, LAW, TASK = "Bureauofmigration", "Lawonforeigners", "Appointeverybody"
DRAFTED = "Agencynobodyknows"
REASON = {"en": "Recount", "ru": "Пересчёт"}
FILE = b"REF_AREA,CITIZENSHIP,SEX,TIME_PERIOD,OBS_VALUE\nMDA,_T,_T,2010,11\n"
_AT_HAND = {
    "Submission": ("dataset__owner", "dataset__indicator", "dataset__current_release"),
    "Dataset": ("owner__area", "indicator", "current_release"),
    "Upload": ("dataset__owner", "dataset__indicator"),
    "User": ("participant",),
    "RoleAssignment": ("user__participant", "indicator"),
    "AccessGrant": ("dataset__owner", "dataset__indicator", "participant"),
    "AccessRequest": ("owner", "participant", "indicator"),
    "Contact": ("agency__participant",),
    "Institution": ("participant",),
}


@dataclass
class Things:
    """Everything by its name, as it is in the database at that moment."""

    kept: dict[str, models.Model] = field(default_factory=dict)
    code: str = "MDA_REFUGEES"
    owner: str = "MDA"
    trail: int = 0  # the last row of the audit trail when all was made

    def __getitem__(self, name: str) -> Any:
        kept = self.kept[name]
        related = _AT_HAND.get(type(kept).__name__, ())
        return type(kept)._default_manager.select_related(*related).get(pk=kept.pk)

    def pk(self, name: str) -> int:
        key: int = self.kept[name].pk
        return key


class Nowhere(Things):
    """The same names, and nothing behind them: the addresses of things that are not there."""

    def pk(self, name: str) -> int:
        return 999_999_999


NOWHERE = Nowhere(code="NOWHERE", owner="NOWHERE")


def make_things() -> tuple[Things, dict[str, User]]:
    codelists = make_codelists()
    world = make_world(codelists)
    elsewhere = make_indicator("ASYLUM", ("Asylum", "Убежище"), codelists)
    people = make_people(elsewhere)
    things = Things()
    _figures(things, world, people["author-own"])
    _around(things, world, people)
    _accounts(things, world)
    LibraryTopic.objects.create(code="books", name_en="Books", name_ru="Книги", order=1)
    things.kept |= {
        "indicator": Indicator.objects.get(code="REFUGEES"),
        "own": world.participants["MDA"],
        "other": world.participants["KAZ"],
        "third": world.participants["UKR"],
        "newcomer": Participant.objects.create(
            code="GEO", kind="state", name_en="Georgia", name_ru="Грузия", order=9
        ),
        "topic": LibraryTopic.objects.create(code="laws", name_en="Laws", name_ru="Законы", order=2),
        "term": Term.objects.create(code="stock", topic="measure", name_en="Stock", name_ru="Численность"),
        "institution": Institution.objects.create(
            code="migration-agency",
            category="government",
            name_en=DRAFTED,
            name_ru=DRAFTED,
            participant=world.participants["MDA"],
            is_listed=False,
        ),
        "part": NationalPart.objects.create(participant=world.participants["MDA"]),
    }
    things.trail = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return things, people


def _figures(things: Things, world: World, author: User) -> None:
    """Two releases, and a submission in each state. All are the author's, but for the draft."""
    verifier = world.people["MDA"]["verifier"]
    dataset = things.kept["dataset"] = world.dataset("MDA")

    def staged(value: int, actor: User = author) -> Submission:
        fresh = Dataset.objects.select_related("owner", "indicator").get(pk=dataset.pk)
        cube = world.cube({"MDA._T._T": [value, 2], "MDA.UKR.F": [1, 1]})
        return submission_stage(dataset=fresh, cube=cube, actor=actor, reason=REASON)

    def submitted(value: int) -> Submission:
        submission = staged(value)
        submission_submit(submission=submission, actor=author)
        return submission

    def validated(value: int) -> Submission:
        submission = submitted(value)
        submission_validate(submission=submission, actor=verifier)
        return submission

    for value in (RELEASED - 1, RELEASED):
        submission_release(submission=validated(value), actor=verifier)
    things.kept |= {
        "draft": staged(STAGED, world.people["MDA"]["submitter"]),
        "submitted": submitted(STAGED),
        "validated": validated(STAGED),
        "scheduled": validated(STAGED),
    }
    later = timezone.now() + timedelta(days=1)
    submission_schedule(submission=things["scheduled"], actor=verifier, release_at=later)
    upload = upload_create(dataset=things["dataset"], file=BytesIO(FILE), file_name="a.csv", actor=author)
    Upload.objects.filter(pk=upload.pk).update(created_at=timezone.now() - timedelta(hours=1))
    things.kept["upload"] = upload


def _around(things: Things, world: World, people: dict[str, User]) -> None:
    own, administrator = world.participants["MDA"], world.people["MDA"]["administrator"]
    given: dict[str, Any] = {"participant": own, "actor": administrator}
    law = legal_create(kind="law", title_en=LAW, title_ru=LAW, **given)
    unnamed = legal_create(kind="law", title_en="Draft law", title_ru="Проект", **given)
    for text in ("Recognised", "Recognised refugees"):
        documentation_write(
            dataset=things["dataset"], actor=administrator, definition_en=text, legal_references=[law]
        )
    agency = contact.agency_create(name_en=BUREAU, name_ru=BUREAU, **given)
    post = contact.contact_create(agency=agency, actor=administrator, position_en="Head", position_ru="Глава")
    seat = Contact.objects.create(
        agency=agency,
        position_en="Focal point",
        position_ru="Координатор",
        user=people["focal_point-own"],
        is_focal_point=True,
    )
    today = timezone.localdate()
    open_task, closed_task = (
        onboarding.task_create(title_en=title, title_ru=title, due_on=today, **given)
        for title in (TASK, f"{TASK} again")
    )
    onboarding.task_done(task=closed_task, actor=administrator, today=today)
    things.kept |= {
        "law": law,
        "unnamed": unnamed,
        "agency": agency,
        "post": post,
        "seat": seat,
        "task": open_task,
        "closed": closed_task,
        "grant": grant_create(
            dataset=things["dataset"],
            actor=administrator,
            audience=AudienceKind.PARTICIPANT,
            participant=world.participants["UNHCR"],
        ),
        "request": request_create(
            indicator=world.indicator,
            owner=own,
            actor=world.people["KAZ"]["administrator"],
            message=ASKED,
        ),
    }


def _accounts(things: Things, world: World) -> None:
    """Those whom something is done to."""
    for name, code, role in (
        ("clerk", "MDA", Role.USER),
        ("idle", "MDA", Role.USER),
        ("chief", "MDA", Role.COUNTRY_ADMINISTRATOR),
        ("aide", None, Role.TRAINER),
        ("root", None, Role.CONTENT_MANAGER),
    ):
        participant = world.participants[code] if code else None
        person = things.kept[name] = User.objects.create_user(
            f"the-{name}",
            email=f"{name}@example.org",
            first_name="An",
            last_name="Account",
            participant=participant,
            is_superuser=name == "root",
            is_active=name != "idle",
        )
        things.kept[f"{name}-role"] = RoleAssignment.objects.create(
            user=person, participant=participant, role=role
        )
        TOTPDevice.objects.create(user=person, name="app", confirmed=True)
