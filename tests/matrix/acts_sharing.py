"""Acts that open figures, and on what stands around them: documentation, law, contacts, the action plan."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from cms.services.country import country_open
from registry.models import AudienceKind, Contact, User
from registry.services import contact, onboarding
from registry.services.access import grant_create, grant_ensure, grant_revoke
from registry.services.documentation import (
    documentation_restore,
    documentation_review,
    documentation_write,
)
from registry.services.legal import legal_change, legal_create, legal_delete
from registry.services.request import request_create, request_decline, request_grant
from tests.matrix.act import Act, at
from tests.matrix.world import Things

LAW: dict[str, Any] = {"kind": "law", "title_en": "Act", "title_ru": "Акт", "audience": "owner"}
AGENCY: dict[str, Any] = {"name_en": "Police", "name_ru": "Полиция", "order": 0}
POST: dict[str, Any] = {"position_en": "Deputy", "position_ru": "Заместитель", "order": 0}


def _named(text: str) -> dict[str, str]:
    return {"title_en": text, "title_ru": text, "due_on": timezone.localdate().isoformat()}


def _grant(things: Things, actor: User) -> object:
    return grant_create(
        dataset=things["dataset"],
        actor=actor,
        audience=AudienceKind.PARTICIPANT,
        participant=things["other"],
    )


def _ask(things: Things, actor: User) -> object:
    return request_create(indicator=things["indicator"], owner=things["third"], actor=actor, message="Please")


def _reach(things: Things, actor: User) -> object:
    seat: Contact = things["seat"]
    return contact.contact_reach_change(contact=seat, actor=actor, email="new@example.org", phone="1")


ACTS = {
    "grant-create": Act(
        ("access.grant_create",),
        _grant,
        lambda t: at("access", t.code),
        lambda t: {"audience": "participant", "participant": t.pk("other"), "level": "data"},
    ),
    "grant-ensure": Act(
        ("access.grant_ensure",),
        lambda t, who: grant_ensure(dataset=t["dataset"], actor=who, token="public"),
    ),
    "grant-revoke": Act(
        ("access.grant_revoke",),
        lambda t, who: grant_revoke(grant=t["grant"], actor=who),
        lambda t: at("access_revoke", t.code, t.pk("grant")),
    ),
    "request-ask": Act(
        ("request.request_create",),
        _ask,
        lambda t: at("request_new", "REFUGEES"),
        lambda t: {"owner": "UKR", "message": "Please"},
    ),
    "request-grant": Act(
        ("request.request_grant",),
        lambda t, who: request_grant(request=t["request"], actor=who, datasets=[t["dataset"]]),
        lambda t: at("request", t.pk("request")),
        lambda t: {"datasets": [t.pk("dataset")], "level": "data", "is_reciprocal": "on"},
    ),
    "request-decline": Act(
        ("request.request_decline",),
        lambda t, who: request_decline(request=t["request"], actor=who, answer="Later"),
        lambda t: at("request", t.pk("request")),
        lambda t: {"decline": "1", "level": "data", "answer": "Later"},
    ),
    "country-open": Act(
        ("cms.country_open",),
        lambda t, who: country_open(participant=t["own"], actor=who, is_open=True),
        lambda t: reverse("country_open", args=[t.owner]),
        lambda t: {"is_open": "on"},
        has_form=True,
    ),
    "documentation-write": Act(
        ("documentation.documentation_write",),
        lambda t, who: documentation_write(dataset=t["dataset"], actor=who, definition_en="New"),
        lambda t: at("documentation-edit", t.code),
        lambda t: {"version": "2", "definition_en": "New", "legal_references": [t.pk("law")]},
        has_form=True,
    ),
    "documentation-review": Act(
        ("documentation.documentation_review",),
        lambda t, who: documentation_review(
            dataset=t["dataset"], actor=who, base=2, today=timezone.localdate()
        ),
        lambda t: at("documentation-review", t.code),
        lambda t: {"version": "2"},
    ),
    "documentation-restore": Act(
        ("documentation.documentation_restore",),
        lambda t, who: documentation_restore(dataset=t["dataset"], actor=who, version=1),
        lambda t: at("documentation-restore", t.code, 1),
    ),
    "legal-create": Act(
        ("legal.legal_create",),
        lambda t, who: legal_create(participant=t["own"], actor=who, **LAW),
        lambda t: at("legal-add"),
        lambda t: LAW,
        has_form=True,
        in_own_name="own",
    ),
    "legal-change": Act(
        ("legal.legal_change",),
        lambda t, who: legal_change(reference=t["law"], actor=who, number="270"),
        lambda t: at("legal-change", t.pk("law")),
        lambda t: {**LAW, "number": "270"},
    ),
    "legal-delete": Act(
        ("legal.legal_delete",),
        lambda t, who: legal_delete(reference=t["unnamed"], actor=who),
        lambda t: at("legal-delete", t.pk("unnamed")),
        has_form=True,
    ),
    "agency-create": Act(
        ("contact.agency_create",),
        lambda t, who: contact.agency_create(participant=t["own"], actor=who, **AGENCY),
        lambda t: at("agency_add"),
        lambda t: AGENCY,
        has_form=True,
        in_own_name="own",
    ),
    "agency-change": Act(
        ("contact.agency_change",),
        lambda t, who: contact.agency_change(agency=t["agency"], actor=who, **AGENCY),
        lambda t: at("agency", t.pk("agency")),
        lambda t: AGENCY,
        has_form=True,
    ),
    "agency-delete": Act(
        ("contact.agency_delete",),
        lambda t, who: contact.agency_delete(agency=t["agency"], actor=who),
        lambda t: at("agency_delete", t.pk("agency")),
    ),
    "contact-create": Act(
        ("contact.contact_create",),
        lambda t, who: contact.contact_create(agency=t["agency"], actor=who, **POST),
        lambda t: at("contact_add", t.pk("agency")),
        lambda t: POST,
        has_form=True,
    ),
    "contact-change": Act(
        ("contact.contact_change",),
        lambda t, who: contact.contact_change(contact=t["post"], actor=who, **POST),
        lambda t: at("contact", t.pk("post")),
        lambda t: POST,
        has_form=True,
    ),
    "contact-delete": Act(
        ("contact.contact_delete",),
        lambda t, who: contact.contact_delete(contact=t["post"], actor=who),
        lambda t: at("contact_delete", t.pk("post")),
    ),
    "contact-reach": Act(
        ("contact.contact_reach_change",),
        _reach,
        lambda t: at("contact", t.pk("seat")),
        lambda t: {"email": "new@example.org", "phone": "1"},
        has_form=True,
        # They have the form of the whole position there, which takes no less than all of it.
        form_also=frozenset({"administrator-own", "author-own"}),
    ),
    "task-create": Act(
        ("onboarding.task_create",),
        lambda t, who: onboarding.task_create(participant=t["own"], actor=who, **_named("Plan")),
        lambda t: at("task_add", t.owner),
        lambda t: _named("Plan"),
        has_form=True,
    ),
    "task-change": Act(
        ("onboarding.task_change",),
        lambda t, who: onboarding.task_change(task=t["task"], actor=who, title_en="Plan"),
        lambda t: at("task", t.owner, t.pk("task")),
        lambda t: _named("Plan"),
        has_form=True,
    ),
    "task-done": Act(
        ("onboarding.task_done",),
        lambda t, who: onboarding.task_done(task=t["task"], actor=who, today=timezone.localdate()),
        lambda t: at("task_done", t.owner, t.pk("task")),
    ),
    "task-reopen": Act(
        ("onboarding.task_reopen",),
        lambda t, who: onboarding.task_reopen(task=t["closed"], actor=who),
        lambda t: at("task_reopen", t.owner, t.pk("closed")),
    ),
    "task-delete": Act(
        ("onboarding.task_delete",),
        lambda t, who: onboarding.task_delete(task=t["task"], actor=who),
        lambda t: at("task_delete", t.owner, t.pk("task")),
    ),
}
