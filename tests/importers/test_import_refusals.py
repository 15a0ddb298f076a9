"""Wrong profiles and wrong people: said in the language asked for, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils.translation import gettext

from importers.profile import profile_names
from registry.models import Participant, Role, RoleAssignment, User
from tests.conftest import World
from tests.importers.conftest import LINES, PROFILE, Importer, said, text_of

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
RELEASE = ("--as", "mda-submitter", "--verified-by", "mda-verifier", "--release")


@pytest.fixture(autouse=True)
def good_file(importer: Importer) -> None:
    importer.write(text_of(*LINES))


def refusal(language: str, message: str, **arguments: object) -> str:
    return said(language, lambda: f"{gettext('Nothing was stored.')} {gettext(message) % arguments}")


def check(text: str, language: str, message: str, **arguments: object) -> None:
    assert text == refusal(language, message, **arguments)
    if language == "en":
        assert text == f"Nothing was stored. {message % arguments}"


@LANGUAGES
def test_an_unknown_profile_names_those_there_are(importer: Importer, language: str) -> None:
    importer.profile = "atlantis"
    text = importer.refused(language=language)
    expected = ", ".join(profile_names())
    assert "unhcr-population" in expected
    check(
        text,
        language,
        "There is no import profile “%(name)s”; expected one of %(expected)s, or a TOML file.",
        name="atlantis",
        expected=expected,
    )


WRONG = "The import profile “%(name)s” is wrong: %(reason)s"
PROFILES: dict[str, tuple[Callable[[str], str], str]] = {
    "broken TOML": (lambda text: text + "[[measures]", "line "),
    "a key that is not known": (lambda text: text.replace("ignore =", "forget ="), "forget"),
    "no measures": (lambda text: text[: text.index("[[measures]]")], "measures"),
    "title in one language": (
        lambda text: text.replace('title = { en = "Persons under protection", ru =', "title = { ru ="),
        "title: no text in en",
    ),
    "a dimension without a column": (
        lambda text: text.replace('code = "_T"', ""),
        "dimensions.SEX: give either column or code",
    ),
    "a dimension with both": (
        lambda text: text.replace('code = "_T"', 'code = "_T"\ncolumn = "sex"'),
        "dimensions.SEX: give either column or code",
    ),
    "a frequency that is not known": (
        lambda text: text.replace('column = "year"', 'column = "year"\nfrequency = "W"'),
        "time.frequency",
    ),
    "notes in a language that is not served": (
        lambda text: text.replace("[time]", '[notes]\nfr = "remarque"\n[time]'),
        "notes: expected en, ru, found fr",
    ),
}


@LANGUAGES
@pytest.mark.parametrize("name", PROFILES)
def test_a_wrong_profile_names_the_key(importer: Importer, name: str, language: str) -> None:
    change, reason = PROFILES[name]
    importer.write_profile(change(PROFILE))
    text = importer.refused(language=language)
    start, end = refusal(language, WRONG, name=importer.profile, reason="\0").split("\0")
    assert text.startswith(start)
    assert text.endswith(end)
    assert reason in text


def test_a_profile_in_another_encoding_is_refused(importer: Importer) -> None:
    (importer.folder / "profile.toml").write_bytes(PROFILE.encode("windows-1251"))
    assert importer.refused().startswith(
        f"Nothing was stored. The import profile “{importer.profile}” is wrong"
    )


DOES_NOT_FIT: dict[str, tuple[Callable[[str], str], str, dict[str, str]]] = {
    "owner": (
        lambda text: text.replace('owner = "MDA"', 'owner = "ATL"'),
        "There is no participant “%(code)s”.",
        {"code": "ATL"},
    ),
    "indicator": (
        lambda text: text.replace('"ASYLUM"', '"WISHES"'),
        "There is no indicator “%(code)s”.",
        {"code": "WISHES"},
    ),
    "dimensions": (
        lambda text: text.replace('[dimensions.SEX]\ncode = "_T"', ""),
        "The profile gives the dimensions %(given)s; the indicator %(code)s has %(expected)s.",
        {"given": "REF_AREA, CITIZENSHIP", "code": "REFUGEES", "expected": "REF_AREA, CITIZENSHIP, SEX"},
    ),
}


@LANGUAGES
@pytest.mark.parametrize("name", DOES_NOT_FIT)
def test_a_profile_that_does_not_fit_is_refused(importer: Importer, name: str, language: str) -> None:
    change, message, arguments = DOES_NOT_FIT[name]
    importer.write_profile(change(PROFILE))
    check(importer.refused(language=language), language, message, **arguments)


@LANGUAGES
def test_a_dataset_of_another_owner_is_left_alone(importer: Importer, world: World, language: str) -> None:
    # Given a dataset of the same code that another participant owns
    world.dataset("KAZ")
    importer.write_profile(PROFILE.replace('"MDA_REFUGEES"', '"KAZ_REFUGEES"'))
    # When a file is imported into it
    text = importer.refused(language=language)
    # Then it is refused
    check(text, language, "The dataset %(code)s belongs to another owner or indicator.", code="KAZ_REFUGEES")


def both_roles(world: World) -> None:
    submitter = world.people["MDA"]["submitter"]
    RoleAssignment.objects.create(user=submitter, participant=submitter.participant, role=Role.DATA_VERIFIER)


def gone(world: World) -> None:
    User.objects.filter(username="mda-submitter").update(is_active=False)


def closed(world: World) -> None:
    Participant.objects.filter(code="MDA").update(is_active=False)


def secretariat(world: World) -> None:
    Participant.objects.filter(code="MDA").update(release_authority="secretariat")


def nothing(world: World) -> None:
    pass


ONLY_SUBMITTER = "Only a data submitter of the owner may do this."
ONLY_VERIFIER = "Only a data verifier of the owner may do this."
NO_USER = "There is no active user “%(name)s”."
NO_ADMINISTRATOR = "To open the figures, one of the two people must be the owner's administrator."
NO_AUDIENCE = (
    "“%(token)s” is not an audience; expected public, participants, or participant:CODE, with or "
    "without +reciprocal:%(indicator)s."
)
AS_ADMINISTRATOR = ("--as", "mda-administrator", "--verified-by", "mda-verifier", "--release")
PEOPLE: dict[str, tuple[Callable[[World], None], tuple[str, ...], str, dict[str, str]]] = {
    "unknown submitter": (nothing, ("--as", "nobody"), NO_USER, {"name": "nobody"}),
    "unknown verifier": (
        nothing,
        ("--as", "mda-submitter", "--verified-by", "nobody", "--release"),
        NO_USER,
        {"name": "nobody"},
    ),
    "inactive submitter": (gone, RELEASE, NO_USER, {"name": "mda-submitter"}),
    "inactive participant": (closed, RELEASE, ONLY_SUBMITTER, {}),
    "submitter of another participant": (
        nothing,
        ("--as", "kaz-submitter", "--verified-by", "mda-verifier", "--release"),
        ONLY_SUBMITTER,
        {},
    ),
    "verifier of another participant": (
        nothing,
        ("--as", "mda-submitter", "--verified-by", "kaz-verifier", "--release"),
        ONLY_VERIFIER,
        {},
    ),
    "somebody without a role": (nothing, ("--as", "mda-user"), ONLY_SUBMITTER, {}),
    "a verifier who submits": (nothing, ("--as", "mda-verifier"), ONLY_SUBMITTER, {}),
    "the submitter verifies": (
        nothing,
        ("--as", "mda-submitter", "--verified-by", "mda-submitter", "--release"),
        ONLY_VERIFIER,
        {},
    ),
    "the submitter verifies with both roles": (
        both_roles,
        ("--as", "mda-submitter", "--verified-by", "mda-submitter", "--release"),
        "Who validates must not be who submitted.",
        {},
    ),
    "a release without a verifier": (
        nothing,
        ("--as", "mda-submitter", "--release"),
        "A release needs a second person: name who verified the figures.",
        {},
    ),
    "the secretariat releases for this participant": (
        secretariat,
        RELEASE,
        "You are not among those who release the figures of this participant.",
        {},
    ),
    "an audience without the administrator": (
        nothing,
        (*RELEASE, "--audience", "public"),
        NO_ADMINISTRATOR,
        {},
    ),
    **{
        f"audience {token}": (
            nothing,
            (*AS_ADMINISTRATOR, "--audience", token),
            NO_AUDIENCE,
            {"token": token, "indicator": "REFUGEES"},
        )
        for token in (
            "everyone",
            "participant",
            "participant:",
            "participant:ATL",
            "public:MDA",
            "participants:KAZ",
            "participants+reciprocal:OTHER",
            "participants+reciprocal",
        )
    },
    "the public reciprocates": (
        nothing,
        (*AS_ADMINISTRATOR, "--audience", "public+reciprocal:REFUGEES"),
        "The public cannot reciprocate: open it without reciprocity.",
        {},
    ),
}


@LANGUAGES
@pytest.mark.parametrize("name", PEOPLE)
def test_who_may_not_is_refused(importer: Importer, world: World, name: str, language: str) -> None:
    prepare, options, message, arguments = PEOPLE[name]
    prepare(world)
    check(importer.refused(*options, language=language), language, message, **arguments)
