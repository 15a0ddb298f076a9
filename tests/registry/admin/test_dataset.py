"""The list and the overview of one's own datasets."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from registry.models import User
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
