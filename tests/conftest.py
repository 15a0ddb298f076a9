"""The small world most tests live in: three States, an organisation, and an indicator with figures."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.utils import translation
from django_tasks.base import Task
from pytest_django import Settings

from registry.access import Viewer
from registry.cube import Cube, Dimension, Member, Role, Row
from registry.management.base import PortalCommand
from registry.models import (
    Code,
    Codelist,
    Dataset,
    Indicator,
    IndicatorDimension,
    Participant,
    Release,
    RoleAssignment,
    Submission,
    Upload,
    User,
)
from registry.models import Role as UserRole
from registry.selectors.cube import time_dimension
from registry.selectors.viewer import viewer_for
from registry.services.dataset import dataset_create
from registry.services.release import submission_release
from registry.services.submission import submission_stage, submission_submit, submission_validate
from tests.database import as_nobody, as_system, serving_role
from tests.markers import skip_what_is_absent
from tests.template import template_begin, template_copied, template_path

_NUMBERS = count()
AREAS = {
    "MDA": ("Republic of Moldova", "Республика Молдова"),
    "KAZ": ("Kazakhstan", "Казахстан"),
    "UKR": ("Ukraine", "Украина"),
}
CITIZENSHIPS = {"_T": ("Total", "Всего"), **AREAS, "XXA": ("Stateless", "Лица без гражданства")}
SEXES = {"_T": ("Total", "Всего"), "F": ("Female", "Женщины"), "M": ("Male", "Мужчины")}


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that starts the others makes the template."""
    if connection.vendor == "sqlite" and not hasattr(config, "workerinput") and config.cache is not None:
        template_begin(template_path(config.cache.mkdir("database")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_what_is_absent(items, engine=connection.settings_dict["ENGINE"])


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: looking through it for garbage took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


@dataclass
class World:
    """Everything by its code; people are ``people["MDA"]["submitter"]`` and so on."""

    indicator: Indicator
    participants: dict[str, Participant]
    people: dict[str, dict[str, User]]
    datasets: dict[str, Dataset] = field(default_factory=dict)

    def viewer(self, participant: str | None, person: str = "user") -> Viewer:
        return Viewer() if participant is None else viewer_for(self.people[participant][person])

    def dataset(self, owner: str, indicator: Indicator | None = None, **fields: Any) -> Dataset:
        indicator = indicator or self.indicator
        code = f"{owner}_{indicator.code}"
        if code not in self.datasets:
            names = {"source_en": "Border service", "source_ru": "Пограничная служба"}
            self.datasets[code] = dataset_create(
                code=code,
                indicator=indicator,
                owner=self.participants[owner],
                actor=self.people[owner]["administrator"],
                **{**names, **fields},
            )
        return self.datasets[code]

    def cube(
        self,
        figures: Mapping[str, list[Any]],
        *,
        start: int = 2010,
        statuses: Mapping[str, Any] | None = None,
    ) -> Cube:
        return make_cube(self.indicator, figures, start=start, statuses=statuses)

    def staged(self, owner: str, figures: Mapping[str, list[Any]], **options: Any) -> Submission:
        shape = {name: options.pop(name) for name in ("start", "statuses") if name in options}
        dataset = Dataset.objects.select_related("owner", "indicator").get(pk=self.dataset(owner).pk)
        if dataset.current_release_id:
            options.setdefault("reason", {"en": "Recount", "ru": "Пересчёт"})
        return submission_stage(
            dataset=dataset,
            cube=self.cube(figures, **shape),
            actor=self.people[owner]["submitter"],
            **options,
        )

    def release(self, owner: str, figures: Mapping[str, list[Any]], **options: Any) -> Release:
        submission = self.staged(owner, figures, **options)
        submission_submit(submission=submission, actor=self.people[owner]["submitter"])
        submission_validate(submission=submission, actor=self.people[owner]["verifier"])
        return submission_release(submission=submission, actor=self.people[owner]["verifier"])


def make_cube(
    indicator: Indicator,
    figures: Mapping[str, list[Any]],
    *,
    start: int = 2010,
    statuses: Mapping[str, Any] | None = None,
) -> Cube:
    """A cube from series keys and lists of yearly values."""
    dimensions = list(indicator.dimensions.all())
    keys = [tuple(key.split(".")) for key in figures]
    axes = tuple(
        Dimension(
            dimension.code,
            {"en": dimension.name_en, "ru": dimension.name_ru},
            Role(dimension.role),
            tuple(Member(code, {"en": code, "ru": code}) for code in dict.fromkeys(key[at] for key in keys)),
        )
        for at, dimension in enumerate(dimensions)
    )
    length = max((len(values) for values in figures.values()), default=1)
    rows = tuple(
        Row(
            tuple(key.split(".")),
            values + [None] * (length - len(values)),
            dict((statuses or {}).get(key, {})),
        )
        for key, values in figures.items()
    )
    return Cube(
        indicator.code,
        {"en": indicator.name_en, "ru": indicator.name_ru},
        axes,
        time_dimension("A", start, start + length - 1),
        rows,
    )


def _codelist(code: str, codes: Mapping[str, tuple[str, str]]) -> Codelist:
    codelist = Codelist.objects.create(code=code, name_en=code, name_ru=code)
    Code.objects.bulk_create(
        Code(codelist=codelist, code=name, name_en=en, name_ru=ru, order=at, is_total=name == "_T")
        for at, (name, (en, ru)) in enumerate(codes.items())
    )
    return codelist


def make_indicator(
    code: str, name: tuple[str, str], lists: Mapping[str, Codelist], **fields: Any
) -> Indicator:
    indicator = Indicator.objects.create(
        code=code,
        collection="dsm",
        name_en=name[0],
        name_ru=name[1],
        unit_en="persons",
        unit_ru="человек",
        nature="stock",
        frequencies=["A"],
        **fields,
    )
    labels = {
        "REF_AREA": ("Country", "Страна"),
        "CITIZENSHIP": ("Citizenship", "Гражданство"),
        "SEX": ("Sex", "Пол"),
    }
    for position, (dimension, codelist) in enumerate(lists.items()):
        IndicatorDimension.objects.create(
            indicator=indicator,
            position=position,
            code=dimension,
            name_en=labels[dimension][0],
            name_ru=labels[dimension][1],
            role="geo" if dimension == "REF_AREA" else "classification",
            codelist=codelist,
            default_member=Code.objects.filter(codelist=codelist, is_total=True).first(),
        )
    return indicator


def make_codelists() -> dict[str, Codelist]:
    return {
        "REF_AREA": _codelist("CL_AREA", AREAS),
        "CITIZENSHIP": _codelist("CL_CITIZENSHIP", CITIZENSHIPS),
        "SEX": _codelist("CL_SEX", SEXES),
    }


def make_world(codelists: dict[str, Codelist]) -> World:
    indicator = make_indicator("REFUGEES", ("Refugees", "Беженцы"), codelists)
    participants, people = {}, {}
    for order, code in enumerate(("MDA", "KAZ", "UKR", "UNHCR")):
        en, ru = AREAS.get(code, ("UNHCR", "УВКБ ООН"))
        participants[code] = Participant.objects.create(
            code=code,
            kind="state" if code in AREAS else "organisation",
            name_en=en,
            name_ru=ru,
            area=Code.objects.filter(codelist__code="CL_AREA", code=code).first(),
            order=order,
        )
        people[code] = _people(participants[code])
    return World(indicator, participants, people)


@pytest.fixture
def codelists(db: None) -> dict[str, Codelist]:
    return make_codelists()


@pytest.fixture
def world(codelists: dict[str, Codelist]) -> World:
    """Indicator REFUGEES by REF_AREA, CITIZENSHIP, SEX; no figures yet."""
    return make_world(codelists)


def _people(participant: Participant) -> dict[str, User]:
    roles = {
        "administrator": UserRole.COUNTRY_ADMINISTRATOR,
        "submitter": UserRole.DATA_SUBMITTER,
        "verifier": UserRole.DATA_VERIFIER,
        "user": UserRole.USER,
    }
    people = {
        name: User(username=f"{participant.code.lower()}-{name}", participant=participant, password="!")
        for name in roles
    }
    User.objects.bulk_create(people.values())
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=people[name], participant=participant, role=role) for name, role in roles.items()
    )
    return people


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, pytestconfig: pytest.Config
) -> Iterator[None]:
    """On SQLite the database begins migrated (see tests/template.py)."""
    if connection.vendor != "sqlite" or pytestconfig.cache is None:
        yield
        return
    database = connection.creation._get_test_db_name()
    with template_copied(template_path(pytestconfig.cache.mkdir("database")), database=database):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """On PostgreSQL the tests run as the serving role (see tests/database.py)."""
    with django_db_blocker.unblock(), serving_role():
        yield


@pytest.fixture(autouse=True)
def work_of_the_system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test does by itself meets no row-level security; requests, selectors, commands and tasks do."""
    for kind, method in ((PortalCommand, "execute"), (Task, "call")):
        monkeypatch.setattr(kind, method, as_nobody(getattr(kind, method)))
    with as_system():
        yield


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """Every test begins in English: a request leaves the language it was answered in behind."""
    with translation.override("en"):
        yield


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn, activated."""
    with translation.override(request.param):
        yield request.param


CubeValues = Callable[[Viewer], dict[str, list[Any]]]


@pytest.fixture
def later_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own that is made by whoever writes there: most tests never do."""
    return tmp_path_factory.getbasetemp() / f"later-{next(_NUMBERS)}"


@pytest.fixture(autouse=True)
def search_index_folder(settings: Settings, later_folder: Path) -> Path:
    """Every test has a search index of its own, should what it does reach the search."""
    settings.SEARCH_INDEX_DIR = later_folder / "search"
    return later_folder / "search"


@pytest.fixture(autouse=True)
def upload_folder(monkeypatch: pytest.MonkeyPatch, later_folder: Path) -> Path:
    """Every test keeps the files sent to it apart."""
    storage = FileSystemStorage(location=later_folder / "uploads")
    monkeypatch.setattr(Upload._meta.get_field("file"), "storage", storage)
    return later_folder / "uploads"
