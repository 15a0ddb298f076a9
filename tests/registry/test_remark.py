"""Remarks on submissions, and returning them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import AuditEvent, Submission, User
from registry.selectors.verification import remark_list
from registry.services.release import submission_release
from registry.services.remark import LONGEST, remark_add
from registry.services.submission import submission_return, submission_submit, submission_validate
from tests.conftest import World

FIGURES = {"MDA._T._T": [98765, 5], "MDA.KAZ._T": [4, 5]}


@pytest.fixture
def submitted(world: World) -> Submission:
    submission = world.staged("MDA", FIGURES, comment="From the border service")
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    return submission


def test_a_remark_is_kept_with_its_cell_and_without_figures_in_the_trail(
    world: World, submitted: Submission
) -> None:
    verifier = world.people["MDA"]["verifier"]
    said = remark_add(
        submission=submitted, actor=verifier, text=" 98765 is too much ", key="MDA._T._T", period="2010"
    )
    assert (said.text, said.key, said.period, said.state) == (
        "98765 is too much",
        "MDA._T._T",
        "2010",
        "submitted",
    )
    trail = AuditEvent.objects.get(action="remark.add")
    assert (trail.actor, "98765" in str(trail.data)) == ("mda-verifier", False)
    assert remark_list(viewer=world.viewer("MDA", "submitter"), submission=submitted) == [said]
    assert remark_list(viewer=world.viewer("MDA", "user"), submission=submitted) == []
    assert remark_list(viewer=world.viewer("KAZ", "verifier"), submission=submitted) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": " "}, "Write the remark"),
        ({"text": "x" * (LONGEST + 1)}, "at most"),
        ({"key": "MDA.UKR._T"}, "There is no series"),
        ({"period": "2010"}, "Name the series"),
        ({"key": "MDA._T._T", "period": "2010-Q1"}, "not a period of frequency A"),
        ({"key": "MDA._T._T", "period": "soon"}, "not a period of frequency A"),
    ],
)
def test_a_remark_names_a_place_there_is(
    world: World, submitted: Submission, fields: dict[str, str], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        remark_add(submission=submitted, actor=world.people["MDA"]["verifier"], **{"text": "Look", **fields})
    assert not submitted.remarks.exists()


def test_those_who_work_on_the_figures_talk_about_them_until_they_are_released(
    world: World, submitted: Submission
) -> None:
    people = world.people["MDA"]
    for name in ("submitter", "verifier", "administrator"):
        remark_add(submission=submitted, actor=people[name], text="Look")
    for other in (people["user"], world.people["KAZ"]["verifier"], User.objects.create_user("nobody")):
        with pytest.raises(NotAllowed):
            remark_add(submission=submitted, actor=other, text="Look")
    assert submitted.remarks.count() == 3
    submission_validate(submission=submitted, actor=people["verifier"])
    submission_release(submission=submitted, actor=people["verifier"])
    with pytest.raises(Conflict):
        remark_add(submission=submitted, actor=people["verifier"], text="Too late")


def test_a_return_needs_a_remark_of_somebody_else_since_the_figures_were_submitted(
    world: World, submitted: Submission, django_capture_on_commit_callbacks: Any
) -> None:
    people = world.people["MDA"]
    User.objects.filter(pk=people["submitter"].pk).update(email="s@example.org", language="ru")
    # Given what the submitter says alone
    remark_add(submission=submitted, actor=people["submitter"], text="All is well")
    with pytest.raises(Invalid):
        submission_return(submission=submitted, actor=people["verifier"])
    # When the verifier remarks on a cell, it can be returned, and the submitter's comment stays
    remark_add(submission=submitted, actor=people["verifier"], text="98765?", key="MDA._T._T", period="2010")
    with django_capture_on_commit_callbacks(execute=True):
        submission_return(submission=submitted, actor=people["verifier"])
    assert (submitted.state, submitted.comment) == ("returned", "From the border service")
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["s@example.org"], "Возвращено на исправление: MDA_REFUGEES")
    assert "98765" not in message.body
    # And the remark of the last round does not do for the next one
    submission_submit(submission=submitted, actor=people["submitter"])
    with pytest.raises(Invalid):
        submission_return(submission=submitted, actor=people["verifier"])
