"""The demonstration: people, datasets and figures that show every kind of access at work.

The tables are in importers/demonstration/, their sources in its datasets.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from cms.services.country import country_open, country_pages_provision
from importers.profile import Profile, profile_of
from importers.services.demonstration_pages import demonstration_pages_load
from importers.services.file import Plan, file_import
from registry.languages import LANGUAGE_CODES
from registry.models import DOCUMENTATION_FIELDS, AuditEvent, Dataset, Participant, Role, RoleAssignment, User
from registry.services.documentation import documentation_write
from search.tasks import refreshed_together

TABLES = Path(__file__).resolve().parent.parent / "demonstration"
PASSWORD = "clearinghouse-demo"  # noqa: S105 - printed for everybody; the demonstration serves this machine only
KEPT_NATIONAL = "UZB"  # its country page shows what its own people alone see
_WRITTEN = date(2026, 11, 20)  # when the documentation tables of the demonstration were written
_UNITS = {
    "person": {"en": "Persons.", "ru": "Лица (человек)."},
    "case": {"en": "Cases, not persons.", "ru": "Случаи, а не лица."},
}


@dataclass(frozen=True, slots=True)
class Account:
    """A demonstration account; ``participant`` None is the secretariat. The texts say what it is for."""

    username: str
    participant: str | None
    roles: tuple[Role, ...]
    purpose: Mapping[str, str]
    groups: tuple[str, ...] = ()
    is_superuser: bool = False


ACCOUNTS = (
    Account(
        "admin",
        None,
        (Role.SYSTEM_ADMINISTRATOR,),
        {"en": "secretariat, System Administrator", "ru": "секретариат, системный администратор"},
        is_superuser=True,
    ),
    Account(
        "editor",
        None,
        (Role.CONTENT_MANAGER,),
        {"en": "secretariat, Content Manager", "ru": "секретариат, контент-менеджер"},
        ("Editors", "Moderators"),
    ),
    Account(
        "trainer",
        None,
        (Role.TRAINER,),
        {"en": "secretariat, Trainer", "ru": "секретариат, преподаватель"},
        ("Editors",),
    ),
    Account(
        "moldova-admin",
        "MDA",
        (Role.COUNTRY_ADMINISTRATOR,),
        {"en": "Moldova, Country Administrator", "ru": "Молдова, администратор страны"},
    ),
    Account(
        "moldova-submitter",
        "MDA",
        (Role.DATA_SUBMITTER,),
        {"en": "Moldova, Data Submitter", "ru": "Молдова, поставщик данных"},
    ),
    Account(
        "moldova-verifier",
        "MDA",
        (Role.DATA_VERIFIER,),
        {"en": "Moldova, Data Verifier", "ru": "Молдова, проверяющий данные"},
    ),
    Account(
        "moldova-editor",
        "MDA",
        (Role.CONTENT_MANAGER,),
        {"en": "Moldova, Content Manager", "ru": "Молдова, контент-менеджер"},
    ),
    Account(
        "moldova-user",
        "MDA",
        (Role.USER,),
        {
            "en": "Moldova, User; shares the DSM indicators",
            "ru": "Молдова, пользователь; делится показателями МОД",
        },
    ),
    Account(
        "kazakhstan-user",
        "KAZ",
        (Role.USER,),
        {
            "en": "Kazakhstan, User; shares the DSM indicators, but none of the Clearinghouse tables",
            "ru": "Казахстан, пользователь; делится показателями МОД, но не таблицами Центра обмена данными",
        },
    ),
    Account(
        "armenia-editor",
        "ARM",
        (Role.CONTENT_MANAGER,),
        {"en": "Armenia, Content Manager", "ru": "Армения, контент-менеджер"},
    ),
    Account(
        "armenia-user",
        "ARM",
        (Role.USER,),
        {
            "en": "Armenia, User; shares no DSM indicator, so sees none that asks for reciprocity",
            "ru": "Армения, пользователь; показателями МОД не делится и открытых на взаимной основе не видит",
        },
    ),
    Account(
        "unhcr-user",
        "UNHCR",
        (Role.USER,),
        {"en": "UNHCR, User of an organisation", "ru": "УВКБ ООН, пользователь организации"},
    ),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One entry of datasets.toml with its texts merged."""

    code: str
    path: Path
    indicator: str
    owner: str
    frequency: str
    is_official: bool
    audience: str | None
    licence: str
    counting_unit: str
    texts: Mapping[str, str]

    def localized(self, name: str) -> dict[str, str]:
        return {code: self.texts.get(f"{name}_{code}", "") for code in LANGUAGE_CODES}


def tables() -> Iterator[Table]:
    manifest = tomllib.loads((TABLES / "datasets.toml").read_text(encoding="utf-8"))
    for entry in manifest["dataset"]:
        merged: dict[str, str] = {}
        for name in entry["texts"]:
            merged.update(manifest["texts"][name])
        yield Table(
            code=entry["code"],
            path=TABLES / entry["file"],
            indicator=entry["indicator"],
            owner=entry["owner"],
            frequency=entry["frequency"],
            is_official=entry["official"],
            audience=None if entry["audience"] == "owner" else entry["audience"],
            licence=entry["licence"],
            counting_unit=entry["counting_unit"],
            texts=merged,
        )


def demonstration_load(*, progress: Callable[[str], None] = lambda _code: None) -> int:
    """Load what is not there yet, one transaction per dataset. Returns how many datasets were written.

    Needs the starter content. A dataset that ever had a release is left alone.
    """
    accounts_create()
    # Figures released in any way are somebody's work by now, withdrawn ones too.
    known = set(Dataset.objects.filter(releases__isnull=False).values_list("code", flat=True))
    written = 0
    with refreshed_together():
        for table in tables():
            if table.code not in known:
                _load(table)
                progress(table.code)
                written += 1
        demonstration_pages_load(actor=User.objects.get(username="moldova-editor"))
    return written


@transaction.atomic
def _load(table: Table) -> None:
    plan = Plan(
        submitter=_person(table.owner, Role.DATA_SUBMITTER, Role.COUNTRY_ADMINISTRATOR),
        verifier=_person(table.owner, Role.DATA_VERIFIER),
        release=True,
        audience=table.audience,
    )
    file_import(path=table.path, profile=_profile(table), plan=plan)
    dataset = Dataset.objects.select_related("owner").get(code=table.code)
    documentation_write(dataset=dataset, actor=plan.submitter, **_answers(table))


def _profile(table: Table) -> Profile:
    """Our own layout: the dimensions by their codes, then period, value, status and notes."""
    header = table.path.read_text(encoding="utf-8").splitlines()[0].split(",")
    dimensions = header[: header.index("TIME_PERIOD")]
    measure: dict[str, Any] = {
        "column": "OBS_VALUE",
        "indicator": table.indicator,
        "dataset": table.code,
        "note": table.localized("note"),
        "official": table.is_official,
    }
    layout = {
        "name": table.code,
        "title": table.localized("source"),
        "owner": table.owner,
        "time": {"column": "TIME_PERIOD", "frequency": table.frequency},
        "dimensions": {code: {"column": code} for code in dimensions},
        "measures": [measure],
        "source": {"name": table.localized("source"), "licence": table.licence},
        "status": "OBS_STATUS",
        "notes": {code: f"OBS_COMMENT_{code.upper()}" for code in LANGUAGE_CODES},
        "reason": {"en": "The demonstration was renewed.", "ru": "Демонстрационные данные обновлены."},
    }
    return profile_of(layout, table.code)


def _answers(table: Table) -> dict[str, Any]:
    """The columns of the documentation table."""
    given = {
        f"{name}_{code}": text
        for name in DOCUMENTATION_FIELDS
        for code, text in table.localized(name).items()
        if text
    }
    units = {f"counting_unit_{code}": text for code, text in _UNITS[table.counting_unit].items()}
    return {**units, **given, "reviewed_on": _WRITTEN}


def accounts_create() -> None:
    """The accounts people sign in with, and for every owner the people who submitted its figures."""
    participants = {participant.code: participant for participant in Participant.objects.all()}
    for account in ACCOUNTS:
        user, is_new = User.objects.get_or_create(
            username=account.username,
            defaults={
                "participant": participants.get(account.participant or ""),
                "email": f"{account.username}@example.org",
                "is_superuser": account.is_superuser,
                "is_staff": account.is_superuser,
            },
        )
        if is_new:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name__in=account.groups))
            _assign(user, account.roles)
    _open_countries()


def _open_countries() -> None:
    """All country pages but one are opened by their administrators, as they would do it; one stays national.

    Once: what they decided afterwards stays so.
    """
    decided = set(
        AuditEvent.objects.filter(action="country.open").values_list("participant", flat=True).distinct()
    )
    for part in country_pages_provision():
        owner = part.participant.code
        if owner not in decided and owner != KEPT_NATIONAL:
            administrator = _person(owner, Role.COUNTRY_ADMINISTRATOR)
            country_open(participant=part.participant, actor=administrator, is_open=True)


def _person(owner: str, *roles: Role) -> User:
    """Somebody of the owner who holds all these roles: a demonstration account, or one without a password."""
    participant = Participant.objects.get(code=owner)
    user, is_new = User.objects.get_or_create(
        username=f"{owner.lower()}-{roles[0].value.removeprefix('data_')}",
        defaults={"participant": participant},
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        _assign(user, roles)
    return user


def _assign(user: User, roles: tuple[Role, ...]) -> None:
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, participant_id=user.participant_id, role=role) for role in roles
    )
