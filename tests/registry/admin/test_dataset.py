"""The list and the overview of one's own datasets."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from registry.models import AuditEvent, Dataset, Indicator, RoleAssignment, User
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn


def test_everybody_who_takes_part_enters_the_admin(world: World, signed_in: SignedIn) -> None:
    for person in ("administrator", "submitter", "verifier", "user"):
        assert signed_in("MDA", person).get("/admin/").status_code == 200


def test_an_account_without_participant_or_role_does_not(world: World) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("code", "title"), [("en", "Datasets"), ("ru", "Наборы данных")])
def test_the_list_holds_ones_own_datasets_only(
    world: World, signed_in: SignedIn, code: str, title: str
) -> None:
    world.release("MDA", {"MDA.UKR._T": [1]})
    world.release("KAZ", {"KAZ.UKR._T": [1]})

    with translation.override(code):
        text = signed_in("MDA", "user").get("/admin/data/datasets/", HTTP_ACCEPT_LANGUAGE=code).text

    assert title in text
    assert "MDA_REFUGEES" in text
    assert "KAZ_REFUGEES" not in text


def test_another_ones_dataset_has_no_overview(world: World, signed_in: SignedIn) -> None:
    world.release("KAZ", {"KAZ.UKR._T": [1]})

    assert signed_in("KAZ", "user").get("/admin/data/datasets/KAZ_REFUGEES/").status_code == 200
    assert signed_in("MDA", "administrator").get("/admin/data/datasets/KAZ_REFUGEES/").status_code == 404
    assert signed_in("MDA", "administrator").get("/admin/data/datasets/NO_SUCH/").status_code == 404


def test_an_overview_shows_the_pages_the_person_may_use(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {"MDA.UKR._T": [1]})

    as_user = signed_in("MDA", "user").get("/admin/data/datasets/MDA_REFUGEES/").text
    as_submitter = signed_in("MDA", "submitter").get("/admin/data/datasets/MDA_REFUGEES/").text

    assert "/admin/data/datasets/MDA_REFUGEES/submissions/" not in as_user
    assert "/admin/data/datasets/MDA_REFUGEES/submissions/" in as_submitter


NEW = {
    "frequency": "A",
    "source_en": "Register",
    "source_ru": "Регистр",
    "timeliness_days": "90",
}


@pytest.mark.parametrize("person", ["administrator", "submitter"])
def test_those_who_submit_begin_a_dataset(world: World, signed_in: SignedIn, person: str) -> None:
    answer = signed_in("MDA", person).post(
        "/admin/data/datasets/add/", {**NEW, "indicator": world.indicator.pk}
    )

    dataset = Dataset.objects.get()
    assert answer.url == f"/admin/data/datasets/{dataset.code}/"  # type: ignore[attr-defined]
    assert (dataset.code, dataset.owner.code, dataset.timeliness_days) == ("MDA_REFUGEES", "MDA", 90)
    assert [audience.token for audience in dataset.audiences.all()] == ["participant:MDA"]
    assert AuditEvent.objects.get(action="dataset.create").actor == f"mda-{person}"


def test_a_second_source_gets_a_code_of_its_own(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "submitter")
    for _number in range(3):
        client.post("/admin/data/datasets/add/", {**NEW, "indicator": world.indicator.pk})

    codes = Dataset.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["MDA_REFUGEES", "MDA_REFUGEES-2", "MDA_REFUGEES-3"]


@pytest.mark.parametrize("person", ["verifier", "user"])
def test_others_do_not(world: World, signed_in: SignedIn, person: str) -> None:
    client = signed_in("MDA", person)

    assert client.get("/admin/data/datasets/add/").status_code == 404
    answer = client.post("/admin/data/datasets/add/", {**NEW, "indicator": world.indicator.pk})
    assert answer.status_code == 404
    assert Dataset.objects.count() == 0
    assert "/admin/data/datasets/add/" not in client.get("/admin/data/datasets/").text


def test_a_role_for_another_indicator_is_refused_in_the_form(world: World, signed_in: SignedIn) -> None:
    other = Indicator.objects.create(
        code="OTHER", collection="dsm", name_en="Other", name_ru="Другой", nature="flow", frequencies=["A"]
    )
    RoleAssignment.objects.filter(user=world.people["MDA"]["submitter"]).update(indicator=other)

    answer = signed_in("MDA", "submitter").post(
        "/admin/data/datasets/add/", {**NEW, "indicator": world.indicator.pk}
    )

    assert answer.status_code == 200
    assert "Only a data submitter of the owner may do this." in answer.text
    assert Dataset.objects.count() == 0


def test_a_frequency_the_indicator_does_not_have_is_refused(world: World, signed_in: SignedIn) -> None:
    answer = signed_in("MDA", "submitter").post(
        "/admin/data/datasets/add/", {**NEW, "indicator": world.indicator.pk, "frequency": "M"}
    )

    assert "This indicator is not kept in that frequency; expected one of: Annual." in answer.text
    assert 'value="Регистр"' in answer.text
    assert Dataset.objects.count() == 0
