"""Who sees which document: in lists, on pages, as files. Hidden and absent are the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cms.models import LibraryDocument, LibraryFile
from cms.selectors.documents import chapters, choices, document_list
from cms.services.documents import document_update, file_add
from registry.access import ANONYMOUS, Viewer
from tests.cms.documents.conftest import Make, content_manager, pdf, read

AUDIENCES = ("public", "participants", "owner")


@pytest.fixture
def library(world: Any, make: Make, editor: Any) -> dict[str, LibraryDocument]:
    """Of Moldova and common ones, for each audience, every one with a file."""
    found = {}
    for owner in ("MDA", None):
        participant = world.participants[owner] if owner else None
        actor = content_manager(participant) if participant else editor
        for audience in AUDIENCES:
            code = f"{(owner or 'common').lower()}-{audience}"
            found[code] = make(code, participant=participant, audience=audience, year=2010)
            file_add(document=found[code], read=read(pdf(), "law.pdf"), language="en", actor=actor)
    return found


SEEN = {
    None: {"mda-public", "common-public"},
    "KAZ": {"mda-public", "common-public", "mda-participants", "common-participants"},
    "MDA": {"mda-public", "common-public", "mda-participants", "common-participants", "mda-owner"},
}


@pytest.mark.parametrize("participant", SEEN)
def test_each_viewer_sees_exactly_its_documents(
    world: Any, library: dict[str, LibraryDocument], participant: str | None, language: str
) -> None:
    viewer = world.viewer(participant)
    client = Client()
    if participant:
        client.force_login(world.people[participant]["user"])
    rows = document_list(viewer=viewer)
    assert {row.code for row in rows} == SEEN[participant]
    assert [chapter.count for chapter in chapters(viewer=viewer)] == [len(SEEN[participant]), 0]
    listed = client.get(f"/{language}/library/documents/").content.decode()
    for code, document in library.items():
        is_seen = code in SEEN[participant]
        file = document.files.get()
        assert (f"/library/documents/{code}/" in listed) == is_seen
        addresses = [
            f"/{language}/library/documents/{code}/",
            f"/{language}/library/documents/{code}/text/{file.key}/",
            f"/{language}/library/files/{file.key}/",
        ]
        assert [client.get(address).status_code for address in addresses] == [200 if is_seen else 404] * 3


def test_an_observer_is_not_among_all_participants(world: Any, library: Any) -> None:
    world.participants["KAZ"].is_observer = True
    world.participants["KAZ"].save()
    rows = document_list(viewer=world.viewer("KAZ"))
    assert {row.code for row in rows} == SEEN[None]


def test_people_of_nobody_see_no_more_than_the_public(library: Any) -> None:
    """No participant must not be taken for the same participant as that of common documents."""
    rows = document_list(viewer=Viewer(user_id=1, administers_system=True))
    assert {row.code for row in rows} == SEEN[None]
    assert LibraryFile.objects.visible_to(Viewer(user_id=1)).count() == 2


def test_hidden_and_absent_answer_alike(library: Any, client: Client) -> None:
    hidden = client.get("/en/library/documents/mda-owner/")
    absent = client.get("/en/library/documents/no-such-document/")
    assert (hidden.status_code, hidden.content.replace(b"mda-owner", b"no-such-document")) == (
        404,
        absent.content,
    )


def test_withdrawing_counts_at_the_next_request(library: Any, client: Client, editor: Any) -> None:
    document = library["common-public"]
    address = f"/en/library/files/{document.files.get().key}/"
    assert client.get(address).status_code == 200
    document_update(document=document, actor=editor, audience="owner")
    assert client.get(address).status_code == 404


def test_choices_tell_nothing_of_what_is_hidden(world: Any, make: Make) -> None:
    make("open", kind="policy", year=2001, languages=["en"])
    make(
        "secret",
        kind="form",
        year=1999,
        languages=["ky"],
        participant=world.participants["MDA"],
        audience="owner",
    )
    found = choices(viewer=ANONYMOUS)
    assert (found.kinds, found.years, list(found.participants), found.languages) == (
        {"policy"},
        [2001],
        [],
        {"en"},
    )
    assert choices(viewer=world.viewer("MDA")).years == [2001, 1999]


def test_links_to_hidden_documents_and_indicators_are_not_shown(
    world: Any, make: Make, client: Client
) -> None:
    hidden = make("hidden", participant=world.participants["MDA"], audience="owner")
    make("shown", related=[hidden], indicators=[world.indicator])
    make("third", related=[])
    html = client.get("/en/library/documents/shown/").content.decode()
    assert "Law hidden" not in html
    assert "/en/statistics/REFUGEES/" in html
    client.force_login(world.people["MDA"]["user"])
    assert "Law hidden" in client.get("/en/library/documents/shown/").content.decode()


@pytest.mark.parametrize(("participant", "kept"), [(None, "no-cache, public"), ("KAZ", "private, no-store")])
def test_a_file_is_handed_out_as_something_that_can_do_nothing(
    world: Any, library: Any, client: Client, participant: str | None, kept: str
) -> None:
    if participant:
        client.force_login(world.people[participant]["user"])
    response = client.get(f"/en/library/files/{library['mda-public'].files.get().key}/")
    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == "attachment; filename=\"law.pdf\"; filename*=UTF-8''law.pdf"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert sorted(response["Cache-Control"].split(", ")) == sorted(kept.split(", "))


def test_a_web_page_is_never_served_as_one(make: Make, editor: Any, client: Client) -> None:
    document = make("page")
    content = b"<!doctype html><p>Hello</p><script>alert(document.domain)</script>"
    file = file_add(document=document, read=read(content, "x.html"), language="en", actor=editor)
    response = client.get(f"/en/library/files/{file.key}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")
    html = client.get("/en/library/documents/page/").content.decode()
    assert "alert(document.domain)" not in html


def test_a_lost_file_is_as_good_as_absent(
    make: Make, editor: Any, client: Client, library_folder: Any
) -> None:
    file = file_add(document=make("x"), read=read(pdf()), language="en", actor=editor)
    (library_folder / file.path).unlink()
    assert client.get(f"/en/library/files/{file.key}/").status_code == 404


def test_no_file_has_an_address_of_its_own(
    make: Make, editor: Any, client: Client, library_folder: Any
) -> None:
    file = file_add(document=make("x"), read=read(pdf(), "law.pdf"), language="en", actor=editor)
    assert "law" not in file.path
    assert (library_folder / file.path).stat().st_mode & 0o077 == 0
    for address in (f"/media/{file.path}", f"/media/library/{file.path}", f"/documents/{file.pk}/law.pdf"):
        assert client.get(address, follow=True).status_code == 404
