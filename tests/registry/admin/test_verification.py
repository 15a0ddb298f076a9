"""The page of verification: what is seen, by whom, and what may be done there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from registry.models import Release, Remark, RoleAssignment, Submission, User
from registry.models import Role as UserRole
from registry.services.schedule import releases_due, submission_schedule
from registry.services.submission import submission_submit, submission_validate
from tests.conftest import World, make_indicator
from tests.registry.admin.conftest import SignedIn

FIGURES = {"MDA._T._T": [98765, 98760], "MDA.KAZ._T": [40321, 50]}
LIST = "/admin/data/verification/"


@pytest.fixture
def submitted(world: World) -> Submission:
    submission = world.staged("MDA", FIGURES, comment="From the border service", file_name="border.csv")
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    return submission


@pytest.fixture
def validated(world: World, submitted: Submission) -> Submission:
    submission_validate(submission=submitted, actor=world.people["MDA"]["verifier"])
    return submitted


@pytest.fixture
def secretary(world: World) -> Client:
    person = User.objects.create_user("secretary")
    RoleAssignment.objects.create(user=person, role=UserRole.SYSTEM_ADMINISTRATOR)
    client = Client()
    client.force_login(person)
    return client


def address(submission: Submission) -> str:
    return f"/admin/data/submissions/{submission.pk}/verify/"


def sent(client: Client, submission: Submission, act: str, **fields: str) -> HttpResponse:
    data = {"act": act, **{f"{act}-{name}": value for name, value in fields.items()}}
    return client.post(address(submission), data)  # type: ignore[return-value]


def plain(response: HttpResponse) -> str:
    """The text with numbers as they are, whatever the language writes between thousands."""
    return response.content.decode().replace(",", "").replace("\xa0", "")


def test_the_verifier_sees_the_figures_as_they_would_appear(
    world: World, submitted: Submission, signed_in: SignedIn, language: str
) -> None:
    text = plain(signed_in("MDA", "verifier").get(address(submitted), headers={"accept-language": language}))
    assert text.count("98765") >= 2  # in the table, and in the grid of every figure
    assert '<table class="figures' in text
    assert "chart__drawing" in text
    for part in ("From the border service", "border.csv", "mda-submitter"):
        assert part in text
    titles = {"en": ("As it would appear", "Accept the figures"), "ru": ("Как это будет", "Принять данные")}
    assert all(title in text for title in titles[language])
    # And the choice of what the table shows works as on the portal
    narrowed = plain(
        signed_in("MDA", "verifier").get(f"{address(submitted)}?CITIZENSHIP=KAZ&from=2010&to=2010")
    )
    table = narrowed.partition('<table class="figures')[2].partition("</table>")[0]
    assert ("40321" in table, "98765" in table) == (True, False)


def test_the_appearance_is_described_as_it_would_be(world: World, signed_in: SignedIn) -> None:
    description = {"note_en": "Cases not persons", "note_ru": "Случаи а не лица"}
    submission = world.staged("MDA", FIGURES, description=description)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    assert "Cases not persons" in plain(signed_in("MDA", "verifier").get(address(submission)))
    submission.dataset.refresh_from_db()
    assert submission.dataset.note_en == ""


@pytest.mark.parametrize(
    ("participant", "person", "status"),
    [
        ("MDA", "verifier", 200),
        ("MDA", "administrator", 200),
        ("MDA", "submitter", 200),
        ("MDA", "user", 404),
        ("KAZ", "verifier", 404),
        ("UNHCR", "administrator", 404),
    ],
)
def test_figures_before_release_are_for_those_of_the_owner_who_work_on_them(
    submitted: Submission, signed_in: SignedIn, participant: str, person: str, status: int
) -> None:
    client = signed_in(participant, person)
    assert client.get(address(submitted)).status_code == status
    assert (address(submitted) in client.get(LIST).content.decode()) is (status == 200)
    # What another one sends changes nothing, and answers as if there were no such submission
    if status == 404:
        for act in ("accept", "release", "return", "remark", "schedule", "unschedule"):
            assert sent(client, submitted, act, comment="x", text="x").status_code == 404
    submitted.refresh_from_db()
    assert (submitted.state, Remark.objects.count()) == ("submitted", 0)


def test_a_visitor_is_asked_to_sign_in(submitted: Submission, client: Client) -> None:
    assert client.get(address(submitted)).status_code == 302
    assert sent(client, submitted, "accept").status_code == 302


def test_a_draft_is_nobodys_to_verify(world: World, signed_in: SignedIn) -> None:
    draft = world.staged("MDA", FIGURES)
    assert signed_in("MDA", "verifier").get(address(draft)).status_code == 404


def test_the_story_of_a_submission(
    world: World, submitted: Submission, signed_in: SignedIn, language: str
) -> None:
    verifier, submitter = signed_in("MDA", "verifier"), signed_in("MDA", "submitter")
    # A return without a word is refused, at the form, and nothing has happened
    refused = sent(verifier, submitted, "return", comment=" ")
    assert refused.status_code == 422
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    # A cell is chosen in the grid, and the form is filled with it
    chosen = verifier.get(f"{address(submitted)}?series=MDA._T._T&period=2011").content.decode()
    assert 'value="MDA._T._T"' in chosen
    assert 'value="2011"' in chosen
    said = sent(verifier, submitted, "remark", key="MDA._T._T", period="2011", text="Lower than 2010?")
    assert (said.status_code, said["Location"]) == (302, f"{address(submitted)}#remark")
    assert "Lower than 2010?" in submitter.get(address(submitted)).content.decode()
    # Then it can be returned, and submitted again, and accepted by the verifier alone
    assert sent(verifier, submitted, "return").status_code == 302
    submitted.refresh_from_db()
    submission_submit(submission=submitted, actor=world.people["MDA"]["submitter"])
    assert sent(submitter, submitted, "accept").status_code == 422
    assert sent(signed_in("MDA", "administrator"), submitted, "accept").status_code == 422
    assert sent(verifier, submitted, "accept").status_code == 302
    # And released
    assert sent(submitter, submitted, "release").status_code == 422
    assert not Release.objects.exists()
    assert sent(verifier, submitted, "release").status_code == 302
    assert Release.objects.get().submission == submitted
    assert sent(verifier, submitted, "release").status_code == 404


def test_what_was_typed_is_not_lost(submitted: Submission, signed_in: SignedIn) -> None:
    typed = "A long remark, well thought out"
    answer = sent(signed_in("MDA", "verifier"), submitted, "remark", key="NO.SUCH._T", text=typed)
    text = answer.content.decode()
    assert (answer.status_code, typed in text, "There is no series “NO.SUCH._T”" in text) == (422, True, True)


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ("verifier", {"accept", "return", "remark"}),
        ("administrator", {"remark"}),
        ("submitter", {"remark"}),
    ],
)
def test_only_what_one_may_do_is_offered(
    submitted: Submission, signed_in: SignedIn, person: str, offered: set[str]
) -> None:
    text = signed_in("MDA", person).get(address(submitted)).content.decode()
    acts = {act for act in ("accept", "return", "remark", "release", "schedule") if f'value="{act}"' in text}
    assert acts == offered


def test_a_time_is_set_in_utc_and_cancelled(world: World, validated: Submission, signed_in: SignedIn) -> None:
    verifier = signed_in("MDA", "verifier")
    past = sent(verifier, validated, "schedule", date="2020-01-31", time="09:30")
    assert (past.status_code, "This time is past" in past.content.decode()) == (422, True)
    assert 'value="2020-01-31"' in past.content.decode()
    wrong = sent(verifier, validated, "schedule", date="31st", time="")
    assert wrong.status_code == 422
    day = (timezone.now() + timedelta(days=3)).date()
    assert sent(verifier, validated, "schedule", date=day.isoformat(), time="09:30").status_code == 302
    validated.refresh_from_db()
    assert validated.release_at is not None
    assert validated.release_at.isoformat() == f"{day.isoformat()}T09:30:00+00:00"
    # Until then nothing else is offered, nor taken
    text = verifier.get(address(validated)).content.decode()
    assert ('value="unschedule"' in text, 'value="return"' in text, 'value="release"' in text) == (
        True,
        False,
        False,
    )
    assert sent(verifier, validated, "return", comment="Wait").status_code == 422
    assert sent(verifier, validated, "release").status_code == 422
    assert sent(signed_in("MDA", "administrator"), validated, "unschedule").status_code == 302
    validated.refresh_from_db()
    assert (validated.state, validated.release_at) == ("validated", None)


def test_the_secretariat_releases_what_it_does_not_see(
    world: World, validated: Submission, secretary: Client, language: str
) -> None:
    # Given a State that releases by itself, there is nothing for the secretariat
    assert secretary.get(address(validated)).status_code == 404
    assert address(validated) not in secretary.get(LIST).content.decode()
    # When the State has given the release to the secretariat (X6)
    world.participants["MDA"].release_authority = "secretariat"
    world.participants["MDA"].save()
    sent_by_verifier = Submission.objects.get(pk=validated.pk)
    Remark.objects.create(submission=validated, text="Hush 40321", state="validated")
    answer = secretary.get(address(validated), headers={"accept-language": language})
    text = plain(answer)
    # Then it sees who, when and how many, and neither figure nor remark nor comment
    assert answer.status_code == 200
    assert all(part in text for part in ("MDA_REFUGEES", "mda-submitter", "mda-verifier"))
    assert {"en": "new 2 changed 0 removed 0", "ru": "новых: 2 изменённых: 0"}[language] in text
    for secret in ("98765", "40321", "Hush", "From the border service", "MDA._T._T", "<svg id"):
        assert secret not in text.partition("<main")[2]
    assert {act for act in ("accept", "return", "remark") if f'value="{act}"' in text} == set()
    assert sent(secretary, validated, "accept").status_code == 422
    assert sent(secretary, validated, "remark", text="x").status_code == 422
    assert sent(secretary, validated, "release").status_code == 302
    assert Release.objects.get().released_by.username == "secretary"
    assert sent_by_verifier.state == "validated"


def test_the_secretariat_sees_nothing_that_is_not_validated(
    world: World, submitted: Submission, secretary: Client
) -> None:
    world.participants["MDA"].release_authority = "secretariat"
    world.participants["MDA"].save()
    assert secretary.get(address(submitted)).status_code == 404


def test_a_role_for_one_indicator_is_none_for_another(
    world: World, submitted: Submission, signed_in: SignedIn
) -> None:
    other = make_indicator("OTHER", ("Other", "Другой"), {})
    RoleAssignment.objects.filter(user=world.people["MDA"]["verifier"]).update(indicator=other)
    client = signed_in("MDA", "verifier")
    assert address(submitted) not in client.get(LIST).content.decode()
    assert client.get(address(submitted)).status_code == 404
    assert sent(client, submitted, "accept").status_code == 404


def test_what_fell_due_is_gone_from_the_list(
    world: World, validated: Submission, signed_in: SignedIn
) -> None:
    later = timezone.now() + timedelta(hours=1)
    submission_schedule(submission=validated, actor=world.people["MDA"]["verifier"], release_at=later)
    assert address(validated) in signed_in("MDA", "verifier").get(LIST).content.decode()
    releases_due(now=later)
    assert address(validated) not in signed_in("MDA", "verifier").get(LIST).content.decode()


def test_the_number_of_queries_is_fixed(
    world: World,
    submitted: Submission,
    signed_in: SignedIn,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: Any,
) -> None:
    client = signed_in("MDA", "verifier")
    client.get(LIST)
    with django_assert_max_num_queries(25) as listed:
        client.get(LIST)
    client.get(address(submitted))
    with django_assert_max_num_queries(60) as shown:
        client.get(address(submitted))
    for value in range(4):
        another = world.staged("MDA", {"MDA._T._T": [value]})
        submission_submit(submission=another, actor=world.people["MDA"]["submitter"])
    for number in range(4):
        Remark.objects.create(
            submission=submitted,
            author=world.people["MDA"]["verifier" if number % 2 else "submitter"],
            text="Look",
            key="MDA._T._T",
            period="2010",
            state="submitted",
        )
    with django_assert_num_queries(len(listed.captured_queries)):
        client.get(LIST)
    with django_assert_num_queries(len(shown.captured_queries)):
        client.get(address(submitted))
