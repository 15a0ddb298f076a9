"""The one door: locks, the second factor, forgotten passwords, and the way back."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from wagtail.models import Page

from registry.models import AuditEvent, User
from registry.services.person import person_unlock
from registry.services.second_factor import (
    recovery_codes_left,
    second_factor_confirm,
    second_factor_prepare,
    second_factor_reset,
)
from tests.conftest import World

PASSWORD = "correct-horse-battery"
LOCKED = {"en": "Too many attempts", "ru": "Слишком много попыток"}


@pytest.fixture
def person(portal: None, world: World) -> User:
    found = world.people["MDA"]["user"]
    found.set_password(PASSWORD)
    found.email = "ana@example.org"
    found.save()
    return found


@pytest.fixture
def locking(settings: Settings) -> Settings:
    settings.AXES_ENABLED = True
    return settings


@pytest.fixture
def unhurried(settings: Settings) -> None:
    """Without django-otp's growing pause after a wrong code."""
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


def attempt(
    client: Client, username: str, password: str = "wrong", *, language: str = "en", **more: Any
) -> Any:
    form = {"username": username, "password": password}
    return client.post(f"/{language}/account/sign-in/", {**form, **more.pop("form", {})}, **more)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ---- locks


def test_an_account_is_locked_at_an_address_after_five_failures(
    person: User, locking: Settings, language: str
) -> None:
    for _number in range(4):
        assert attempt(Client(), person.username).status_code == 200
    fifth = attempt(Client(), person.username, language=language)
    assert fifth.status_code == 429
    # Now the right password does not help either, whatever the browser calls itself
    refused = attempt(Client(HTTP_USER_AGENT="other"), person.username, PASSWORD, language=language)
    assert refused.status_code == 429
    assert LOCKED[language] in refused.text
    # But elsewhere it does, and so do other accounts here
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert attempt(elsewhere, person.username, PASSWORD).status_code == 302
    assert attempt(Client(), "mda-verifier").status_code == 200


def test_names_that_do_not_exist_are_locked_alike(person: User, locking: Settings) -> None:
    answers = {
        name: [attempt(Client(), name).status_code for _number in range(6)]
        for name in (person.username, "nobody-at-all")
    }
    assert answers[person.username] == answers["nobody-at-all"] == [200] * 4 + [429] * 2


def test_an_address_is_locked_for_every_account(person: User, locking: Settings) -> None:
    locking.SIGN_IN_ADDRESS_LIMIT = 8
    for number in range(7):
        assert attempt(Client(), f"guess-{number}").status_code == 200
    assert attempt(Client(), "guess-7").status_code == 429
    assert attempt(Client(), person.username, PASSWORD).status_code == 429
    assert attempt(Client(REMOTE_ADDR="198.51.100.7"), person.username, PASSWORD).status_code == 302


def test_a_success_forgives_the_account_and_nobody_else(person: User, locking: Settings) -> None:
    for name in (person.username, "victim"):
        for _number in range(4):
            attempt(Client(), name)
    assert attempt(Client(), person.username, PASSWORD).status_code == 302
    assert attempt(Client(), person.username).status_code == 200
    assert attempt(Client(), "victim").status_code == 429


def test_a_lock_ends_by_itself_and_failing_on_does_not_prolong_it(
    person: User, locking: Settings, world: World
) -> None:
    for _number in range(8):
        attempt(Client(), person.username)
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - locking.AXES_COOLOFF_TIME
    )
    assert attempt(Client(), person.username, PASSWORD).status_code == 302


def test_an_administrator_unlocks(person: User, locking: Settings, world: World) -> None:
    for _number in range(5):
        attempt(Client(), person.username)
    person_unlock(person=person, actor=world.people["MDA"]["administrator"])
    assert attempt(Client(), person.username, PASSWORD).status_code == 302


def test_no_password_is_written_down(
    person: User, locking: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for _number in range(5):
            attempt(Client(), person.username, "marked-918273645")
    kept = [str(row) for row in AccessAttempt.objects.values()]
    assert kept
    assert "918273645" not in caplog.text + "".join(kept)


# ---- one door


@pytest.mark.parametrize("path", ["/admin/", "/admin/data/people/"])
def test_the_admin_sends_to_the_portals_sign_in(person: User, path: str) -> None:
    response = Client().get(path, headers={"Accept-Language": "ru"})
    assert (response.status_code, response["Location"]) == (302, f"/ru/account/sign-in/?next={path}")


def test_who_may_not_enter_the_admin_goes_home(portal: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("outside"))
    response = client.get("/admin/", follow=True)
    assert [to for to, _status in response.redirect_chain] == ["/en/account/sign-in/?next=/admin/", "/en/"]


def test_signing_in_gives_the_session_a_new_key(person: User) -> None:
    client = Client()
    client.get("/en/account/sign-in/")
    session = client.session
    session["kept"] = True
    session.save()
    old = session.session_key
    client.cookies["sessionid"] = old
    attempt(client, person.username, PASSWORD)
    assert client.session.session_key != old


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/en/about/?x=1", "/ru/about/?x=1"),
        ("/en/search/?q=a", "/ru/search/?q=a"),
        ("/ru/about/", "/ru/about/"),
        ("/admin/", "/admin/"),
        ("/en/no-such-page/", "/en/no-such-page/"),
        ("https://example.org/", "/ru/"),
        ("//example.org/en/", "/ru/"),
    ],
)
def test_the_way_back_is_in_the_language_of_the_page(person: User, asked: str, address: str) -> None:
    page = Client().get("/ru/account/sign-in/", {"next": asked})
    if address != "/ru/":
        assert f'name="next" value="{address}"' in page.text
    response = attempt(Client(), person.username, PASSWORD, language="ru", form={"next": asked})
    assert response["Location"] == address


@pytest.mark.parametrize("host", ["", "http://testserver"])
@pytest.mark.parametrize("path", ["sign-in/", "sign-in/code/", "sign-in/?next=/ru/account/sign-in/"])
def test_signing_in_never_leads_to_itself(person: User, path: str, host: str, language: str) -> None:
    client = Client()
    for asked in (f"{host}/en/account/{path}", f"{host}/ru/account/{path}"):
        assert (
            attempt(client, person.username, PASSWORD, language=language, form={"next": asked}).url
            == f"/{language}/"
        )
        assert client.get(f"/{language}/account/sign-in/", {"next": asked}).url == f"/{language}/"


def test_the_way_back_follows_a_translated_address(person: User) -> None:
    about = Page.objects.get(slug="about", locale__language_code="ru")
    Page.objects.filter(pk=about.pk).update(
        slug="o-portale", url_path=about.url_path.replace("about", "o-portale")
    )
    response = attempt(Client(), person.username, PASSWORD, language="ru", form={"next": "/en/about/"})
    assert response["Location"] == "/ru/o-portale/"


# ---- second factor


def code_of(device: TOTPDevice, shift: int = 0) -> str:
    device.refresh_from_db()
    return f"{totp(device.bin_key, t0=-shift * 30):06d}"


@pytest.fixture
def device(person: User, unhurried: None) -> TOTPDevice:
    """A second factor in use, no code of the present time used yet."""
    found = second_factor_prepare(actor=person)
    second_factor_confirm(actor=person, code=code_of(found))
    TOTPDevice.objects.filter(pk=found.pk).update(last_t=-1)
    return found


def test_setting_it_up_shows_a_picture_and_asks_for_a_code(
    person: User, unhurried: None, language: str
) -> None:
    client = Client()
    client.force_login(person)
    path = f"/{language}/account/second-factor/"
    page = client.get(path).text
    device = TOTPDevice.objects.get(user=person)
    assert "<svg" in page
    assert "style=" not in page.split("<svg")[-1].split("</svg>")[0]
    assert not device.confirmed

    assert client.post(path, {"code": "000000"}).status_code == 200
    assert not TOTPDevice.objects.get(user=person).confirmed
    shown = client.post(path, {"code": code_of(device)}).text
    assert TOTPDevice.objects.get(user=person).confirmed
    codes = re.findall(r"<li><code>(\w{8})</code>", shown)
    assert len(set(codes)) == 10
    assert codes[0] not in client.get(path).text
    assert AuditEvent.objects.latest("pk").action == "second_factor.on"


@pytest.mark.parametrize("after", ["/admin/", "/en/about/"])
def test_the_password_alone_signs_nobody_in(device: TOTPDevice, person: User, after: str) -> None:
    client = Client()
    first = attempt(client, person.username, PASSWORD, form={"next": after})
    assert first["Location"].startswith("/en/account/sign-in/code/?next=")
    assert not is_signed_in(client)
    assert client.get("/admin/").status_code == 302

    page = client.get(first["Location"]).text
    assert f'name="next" value="{after}"' in page
    wrong = client.post("/en/account/sign-in/code/", {"code": "123", "next": after})
    assert wrong.status_code == 200
    assert not is_signed_in(client)
    done = client.post("/en/account/sign-in/code/", {"code": code_of(device), "next": after})
    assert (done.status_code, done["Location"]) == (302, after)
    assert is_signed_in(client)
    assert done.cookies["django_language"].value == "en"


def test_a_code_works_once(device: TOTPDevice, person: User) -> None:
    code = code_of(device)
    for expected in (302, 200):
        client = Client()
        attempt(client, person.username, PASSWORD)
        assert client.post("/en/account/sign-in/code/", {"code": code}).status_code == expected


def test_a_recovery_code_works_once(device: TOTPDevice, person: User) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    code = StaticToken.objects.filter(device__user=person)[0].token
    for expected in (302, 200):
        client = Client()
        attempt(client, person.username, PASSWORD)
        assert client.post("/ru/account/sign-in/code/", {"code": f" {code.upper()} "}).status_code == expected
    assert recovery_codes_left(person) == 9


def test_wrong_codes_lock_the_account(device: TOTPDevice, person: User, locking: Settings) -> None:
    client = Client()
    attempt(client, person.username, PASSWORD)
    answers = [client.post("/en/account/sign-in/code/", {"code": "000000"}).status_code for _n in range(6)]
    assert answers == [200] * 4 + [429] * 2
    assert client.post("/en/account/sign-in/code/", {"code": code_of(device)}).status_code == 429
    assert attempt(Client(), person.username, PASSWORD).status_code == 429
    assert not is_signed_in(client)


def test_the_second_step_needs_a_first_one_not_long_ago(
    device: TOTPDevice, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Client().get("/en/account/sign-in/code/")
    assert (nothing.status_code, nothing["Location"]) == (302, "/en/account/sign-in/")

    client = Client()
    attempt(client, person.username, PASSWORD)
    person.set_password("another-horse-battery")
    person.save()
    assert client.get("/en/account/sign-in/code/").status_code == 302

    attempt(client, person.username, "another-horse-battery")
    assert client.get("/en/account/sign-in/code/").status_code == 200
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get("/en/account/sign-in/code/").status_code == 302


def test_turning_it_off_needs_a_code(device: TOTPDevice, person: User) -> None:
    client = Client()
    client.force_login(person)
    client.post("/en/account/second-factor/", {"code": "000000"})
    assert TOTPDevice.objects.filter(user=person).exists()
    client.post("/en/account/second-factor/", {"code": code_of(device)})
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert attempt(Client(), person.username, PASSWORD)["Location"] == "/en/"


def test_new_recovery_codes_replace_the_old(device: TOTPDevice, person: User) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    old = set(StaticToken.objects.values_list("token", flat=True))
    client = Client()
    client.force_login(person)
    client.post("/en/account/second-factor/codes/", {"code": code_of(device)})
    new = set(StaticToken.objects.values_list("token", flat=True))
    assert len(new) == 10
    assert not old & new


def test_an_administrator_turns_it_off_for_who_lost_it(
    device: TOTPDevice, person: User, world: World
) -> None:
    second_factor_reset(person=person, actor=world.people["MDA"]["administrator"])
    assert attempt(Client(), person.username, PASSWORD)["Location"] == "/en/"
    assert AuditEvent.objects.latest("pk").action == "second_factor.reset"


# ---- passwords


def forgotten(email: str, language: str = "en") -> Any:
    return Client().post(f"/{language}/account/password/forgotten/", {"email": email}, follow=True)


def test_a_forgotten_password_is_chosen_anew(person: User, language: str) -> None:
    User.objects.filter(pk=person.pk).update(language=language)
    forgotten("ANA@example.org", language)

    (message,) = mail.outbox
    link = re.search(rf"http://[^/]+(/{language}/account/password/\S+)", message.body)
    assert link
    assert person.username in message.body
    client = Client()
    page = client.get(link[1], follow=True)
    weak = client.post(page.redirect_chain[-1][0], {"new_password1": "short", "new_password2": "short"})
    assert weak.status_code == 200
    form = {"new_password1": "a-new-horse-battery", "new_password2": "a-new-horse-battery"}
    assert client.post(page.redirect_chain[-1][0], form).status_code == 302
    assert not is_signed_in(client)
    assert attempt(Client(), person.username, "a-new-horse-battery").status_code == 302


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(person: User, language: str) -> None:
    known, unknown = forgotten("ana@example.org", language), forgotten("nobody@example.org", language)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)
    assert known.redirect_chain == unknown.redirect_chain
    assert len(mail.outbox) == 1


def test_disabled_people_and_those_never_invited_get_no_link(person: User) -> None:
    User.objects.create_user("never", email="never@example.org").set_unusable_password()
    User.objects.filter(username="never").update(password="!")
    User.objects.filter(pk=person.pk).update(is_active=False)
    forgotten("ana@example.org")
    forgotten("never@example.org")
    assert mail.outbox == []


def test_links_are_limited_by_account_and_by_address(person: User) -> None:
    for _number in range(5):
        forgotten("ana@example.org")
    assert len(mail.outbox) == 3
    for _number in range(5):
        assert forgotten("nobody@example.org").status_code == 200
    assert forgotten("nobody@example.org").status_code == 429
    cache.clear()


def test_a_link_leads_nowhere_after_a_sign_in(person: User) -> None:
    forgotten("ana@example.org")
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)
    assert link
    attempt(Client(), person.username, PASSWORD)
    assert "new_password1" not in Client().get(link[1], follow=True).text


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(person: User) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        attempt(client, person.username, PASSWORD)
    new = {"new_password1": "a-new-horse-battery", "new_password2": "a-new-horse-battery"}
    assert here.post("/en/account/password/", {"old_password": "wrong", **new}).status_code == 200
    assert here.post("/en/account/password/", {"old_password": PASSWORD, **new}).status_code == 302
    assert here.get("/en/account/").status_code == 200
    assert elsewhere.get("/en/account/").status_code == 302
    assert AuditEvent.objects.latest("pk").action == "person.password_set"


def test_ones_own_language_is_that_of_the_admin(person: User) -> None:
    client = Client()
    client.force_login(person)
    response = client.post("/en/account/", {"language": "ru", "is_superuser": "on", "participant": ""})
    assert response["Location"] == "/ru/account/"
    person.refresh_from_db()
    assert (person.language, person.is_superuser, person.participant_id is not None) == ("ru", False, True)
    assert 'lang="ru"' in client.get("/admin/").text


@pytest.mark.parametrize("path", ["", "password/", "second-factor/", "second-factor/codes/"])
def test_pages_of_the_account_are_for_who_is_signed_in(person: User, path: str, language: str) -> None:
    response = Client().get(f"/{language}/account/{path}")
    assert response["Location"] == f"/{language}/account/sign-in/?next=/{language}/account/{path}"
    client = Client()
    client.force_login(person)
    shown = client.get(f"/{language}/account/{path}")
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]


def test_the_help_of_a_password_is_what_its_field_names(person: User) -> None:
    client = Client()
    client.force_login(person)
    forgotten("ana@example.org")
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)
    assert link
    for html in (client.get("/en/account/password/").text, Client().get(link[1], follow=True).text):
        named = re.findall(r'aria-describedby="([^"]+)"', html)
        assert "id_new_password1_helptext" in named
        assert [name for name in named if f'id="{name}"' not in html] == []
