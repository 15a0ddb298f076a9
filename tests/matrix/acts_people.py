"""Acts on people and roles, and what the secretariat keeps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse

from registry.models import Role, User
from registry.services import person as people
from registry.services.institution import institution_change, institution_create, institution_delete
from registry.services.participant import participant_change, participant_create
from registry.services.role import role_give, role_take
from registry.services.second_factor import second_factor_reset
from registry.services.term import term_change, term_create, term_delete
from tests.matrix.act import Act, at
from tests.matrix.world import Things

SAID = {
    "first_name": "Ana",
    "last_name": "Popa",
    "email": "ana@example.org",
    "position": "Expert",
    "language": "en",
}
STATE: dict[str, Any] = {
    "kind": "state",
    "name_en": "Country",
    "name_ru": "Страна",
    "is_active": True,
    "release_authority": "national",
    "order": 9,
}
TERM: dict[str, Any] = {
    "topic": "measure",
    "name_en": "Rate",
    "name_ru": "Коэффициент",
    "definition_en": "A part of a whole.",
    "definition_ru": "Часть целого.",
}
BODY: dict[str, Any] = {
    "kind": "institution",
    "category": "government",
    "name_en": "Police",
    "name_ru": "Полиция",
    "is_listed": True,
}


def _create(place: str) -> Act:
    def service(things: Things, actor: User) -> object:
        participant = things["own"] if place == "own" else None
        return people.person_create(actor=actor, participant=participant, username="ana", **SAID)

    return Act(
        ("person.person_create",),
        service,
        lambda t: at("person_add"),
        lambda t: {**SAID, "username": "ana"},
        has_form=True,
        in_own_name=place,
    )


def _change(name: str) -> Act:
    return Act(
        ("person.person_change",),
        lambda t, who: people.person_change(person=t[name], actor=who, **SAID),
        lambda t: at("person", t.pk(name)),
        lambda t: SAID,
    )


def _disable(name: str) -> Act:
    return Act(
        ("person.person_disable",),
        lambda t, who: people.person_disable(person=t[name], actor=who),
        lambda t: at("person_disable", t.pk(name)),
    )


def _invite(name: str) -> Act:
    return Act(
        ("person.person_invite",),
        lambda t, who: people.person_invite(person=t[name], actor=who),
        lambda t: at("person_invite", t.pk(name)),
    )


def _unlock(name: str) -> Act:
    return Act(
        ("person.person_unlock",),
        lambda t, who: people.person_unlock(person=t[name], actor=who),
        lambda t: at("person_unlock", t.pk(name)),
    )


def _reset(name: str) -> Act:
    return Act(
        ("second_factor.second_factor_reset",),
        lambda t, who: second_factor_reset(person=t[name], actor=who),
        lambda t: at("person_second_factor", t.pk(name)),
    )


def _give(name: str) -> Act:
    role = Role.CONTENT_MANAGER
    return Act(
        ("role.role_give",),
        lambda t, who: role_give(person=t[name], actor=who, role=role),
        lambda t: at("role_give", t.pk(name)),
        lambda t: {"role": role.value},
    )


def _groups(things: Things, actor: User) -> object:
    return people.person_groups(person=things["aide"], actor=actor, groups=list(Group.objects.all()))


ACTS = {
    "person-create": _create("own"),
    "person-change": _change("clerk"),
    "person-disable": _disable("clerk"),
    "person-enable": Act(
        ("person.person_enable",),
        lambda t, who: people.person_enable(person=t["idle"], actor=who),
        lambda t: at("person_enable", t.pk("idle")),
    ),
    "person-invite": _invite("clerk"),
    "person-unlock": _unlock("clerk"),
    "second-factor-reset": _reset("clerk"),
    "role-give": _give("clerk"),
    "role-take": Act(
        ("role.role_take",),
        lambda t, who: role_take(assignment=t["clerk-role"], actor=who),
        lambda t: at("role_take", t.pk("clerk"), t.pk("clerk-role")),
    ),
    "chief-change": _change("chief"),
    "chief-disable": _disable("chief"),
    "chief-role-give": _give("chief"),
    "chief-invite": _invite("chief"),
    "chief-unlock": _unlock("chief"),
    "chief-second-factor-reset": _reset("chief"),
    "secretariat-person-create": _create("none"),
    "secretariat-person-change": _change("aide"),
    "secretariat-person-disable": _disable("aide"),
    "secretariat-role-give": _give("aide"),
    "superuser-disable": _disable("root"),
    "secretariat-person-groups": Act(
        ("person.person_groups",),
        _groups,
        lambda t: reverse("wagtailusers_users:edit", args=[t.pk("aide")]),
        lambda t: {"groups": list(Group.objects.values_list("pk", flat=True))},
        has_form=True,
    ),
    "administrator-appoint": Act(
        ("person.administrator_appoint",),
        lambda t, who: people.administrator_appoint(
            actor=who, participant=t["newcomer"], username="ana", **SAID
        ),
        lambda t: at("administrator_appoint", "GEO"),
        lambda t: {**SAID, "username": "ana"},
        has_form=True,
    ),
    "participant-create": Act(
        ("participant.participant_create",),
        lambda t, who: participant_create(actor=who, code="ARM", **STATE),
        lambda t: at("participant_add"),
        lambda t: {"code": "ARM", **STATE},
        has_form=True,
    ),
    "participant-change": Act(
        ("participant.participant_change",),
        lambda t, who: participant_change(participant=t["own"], actor=who, **STATE),
        lambda t: at("participant", t.owner),
        lambda t: STATE,
        has_form=True,
    ),
    "term-create": Act(
        ("term.term_create",),
        lambda t, who: term_create(code="rate", actor=who, **TERM),
        lambda t: at("term-add"),
        lambda t: {"code": "rate", **TERM},
        has_form=True,
    ),
    "term-change": Act(
        ("term.term_change",),
        lambda t, who: term_change(term=t["term"], actor=who, **TERM),
        lambda t: at("term-change", t.pk("term")),
        lambda t: TERM,
        has_form=True,
    ),
    "term-delete": Act(
        ("term.term_delete",),
        lambda t, who: term_delete(term=t["term"], actor=who),
        lambda t: at("term-delete", t.pk("term")),
        has_form=True,
    ),
    "institution-create": Act(
        ("institution.institution_create",),
        lambda t, who: institution_create(code="police", actor=who, participant=t["own"], **BODY),
        lambda t: at("institution-add"),
        lambda t: {"code": "police", "participant": t.pk("own"), **BODY},
        has_form=True,
        in_own_name="own",
    ),
    "institution-change": Act(
        ("institution.institution_change",),
        lambda t, who: institution_change(institution=t["institution"], actor=who, **BODY),
        lambda t: at("institution-change", t.pk("institution")),
        lambda t: {"participant": t.pk("own"), **BODY},
        has_form=True,
    ),
    "institution-delete": Act(
        ("institution.institution_delete",),
        lambda t, who: institution_delete(institution=t["institution"], actor=who),
        lambda t: at("institution-delete", t.pk("institution")),
        has_form=True,
    ),
    # The service is given nobody but the one who acts, so there is nothing to refuse.
    "mail-choice": Act(
        ("notice.mail_choice_set",),
        None,
        lambda t: reverse("wagtailadmin_account"),
        lambda t: {
            "name_email-first_name": "Ana",
            "name_email-last_name": "Popa",
            "name_email-email": "ana@example.org",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
        },
        has_form=True,
        silent=True,
    ),
    "notices-read": Act(
        ("notice.notices_read",),
        None,
        lambda t: at("notices"),
        has_form=True,
        silent=True,
    ),
}
