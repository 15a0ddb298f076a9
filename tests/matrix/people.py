"""The people of the table, one for each of its columns."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.test import Client

from registry.models import Indicator, Participant, Role, RoleAssignment, User
from tests.matrix.table import ANONYMOUS, PEOPLE

ROLES = {
    "administrator": (Role.COUNTRY_ADMINISTRATOR,),
    "submitter": (Role.DATA_SUBMITTER,),
    "verifier": (Role.DATA_VERIFIER,),
    "content_manager": (Role.CONTENT_MANAGER,),
    "trainer": (Role.TRAINER,),
    "user": (Role.USER,),
    "focal_point": (Role.USER,),
    "submitter_elsewhere": (Role.DATA_SUBMITTER,),
    "verifier_elsewhere": (Role.DATA_VERIFIER,),
    "system_administrator": (Role.SYSTEM_ADMINISTRATOR,),
}
EVERY = tuple(role for role in Role if role != Role.SYSTEM_ADMINISTRATOR)
WITH_EVERY = ("author", "disabled", "moved")
OWN, OTHER = "MDA", "KAZ"


def make_people(elsewhere: Indicator) -> dict[str, User]:
    """``elsewhere``: the indicator that the figures are not of."""
    own, other = (Participant.objects.get(code=code) for code in (OWN, OTHER))
    places = {"own": own, "other": other, "none": None}
    people = {}
    for person in PEOPLE:
        if person == ANONYMOUS:
            continue
        name, place = person.split("-")
        user = people[person] = User.objects.create_user(
            person,
            email=f"{person}@example.org",
            participant=places[place],
            is_active=name != "disabled",
            is_superuser=name == "superuser",
        )
        for role in EVERY if name in WITH_EVERY else ROLES.get(name, ()):
            RoleAssignment.objects.create(
                user=user,
                role=role,
                participant=own if name == "moved" else places[place],
                indicator=elsewhere if name.endswith("elsewhere") else None,
            )
    return people


def session_of(user: User) -> str:
    """The key of a session of that person, so that each request need not sign in anew."""
    client = Client()
    client.force_login(user)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    key: str = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert store(key).exists(key)
    return key
