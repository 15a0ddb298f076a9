"""What may be read, and where it shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.urls import reverse

from registry.access import Viewer
from registry.models import AudienceKind, Participant, User
from registry.selectors.audit import audit_list
from registry.selectors.contact import agency_list
from registry.selectors.cube import cube_get
from registry.selectors.dataset import dataset_list
from registry.selectors.documentation import documentation_current
from registry.selectors.institution import institution_list
from registry.selectors.legal import legal_list
from registry.selectors.onboarding import onboarding_participants
from registry.selectors.person import person_list
from registry.selectors.request import request_list, requests_made, requests_received
from registry.selectors.selection import Selection
from registry.selectors.submission import submission_detail
from registry.selectors.upload import upload_list
from registry.selectors.verification import submission_waiting
from registry.selectors.vintage import release_list
from registry.services.access import grant_create
from tests.matrix.act import Address, Read, at
from tests.matrix.world import ASKED, BUREAU, DRAFTED, LAW, RELEASED, STAGED, TASK, Things

CODE = "MDA_REFUGEES"
STATISTICS = '{ cube(indicator: "REFUGEES") { values } }'


def _own(name: str) -> Address:
    return lambda t: at(name, t.code)


def _of(name: str, thing: str) -> Address:
    return lambda t: at(name, t.pk(thing))


def _plain(name: str) -> Address:
    return lambda t: at(name)


def _sees_person(name: str, things: Things, viewer: Viewer) -> bool:
    return person_list(viewer=viewer).filter(pk=things.pk(name)).exists()


def _sees_figures(things: Things, viewer: Viewer) -> bool:
    cube = cube_get(viewer=viewer, indicator=things["indicator"], selection=Selection())
    return any(RELEASED in row.values for row in cube.rows)


def _waits(things: Things, viewer: Viewer) -> bool:
    return submission_waiting(viewer=viewer, pk=things.pk("validated")) is not None


def _waits_with_figures(things: Things, viewer: Viewer) -> bool:
    found = submission_waiting(viewer=viewer, pk=things.pk("validated"))
    return found is not None and found.has_figures


def _by_secretariat(things: Things) -> None:
    Participant.objects.filter(pk=things.pk("own")).update(release_authority="secretariat")


def _opened(things: Things, *, audience: AudienceKind, to: str = "") -> None:
    grant_create(
        dataset=things["dataset"],
        actor=User.objects.select_related("participant").get(username="administrator-own"),
        audience=audience,
        participant=things[to] if to else None,
        is_reciprocal=False,
    )


def _figures(**grant: Any) -> Read:
    return Read(
        _sees_figures,
        word=str(RELEASED),
        portal=lambda t: reverse("registry:data", args=["REFUGEES", "csv"]),
        query=STATISTICS,
        given=partial(_opened, **grant) if grant else None,
    )


READS = {
    "datasets-read": Read(
        lambda t, viewer: dataset_list(viewer=viewer, owner="MDA").filter(code=CODE).exists(),
        (_plain("datasets"), _own("dataset")),
        CODE,
        query="{ datasets(first: 9) { edges { node { code } } } }",
    ),
    "documentation-read": Read(
        lambda t, viewer: bool(documentation_current(viewer=viewer, datasets=[t["dataset"]])),
        (
            _own("documentation"),
            lambda t: at("documentation-version", t.code, 2),
            lambda t: at("documentation-comparison", t.code) + "?from=1&to=2",
        ),
        "Recognised",
        query="{ documentation(first: 9) { edges { node { fields { text { text } } } } } }",
        wordless=(_own("documentation-history"),),
    ),
    "releases-read": Read(
        lambda t, viewer: release_list(viewer=viewer, datasets=dataset_list(viewer=viewer)).exists(),
        (lambda t: at("releases-comparison", t.code) + "?before=1&after=2",),
        f"{RELEASED:,}",
        wordless=(_own("releases"),),
    ),
    "access-read": Read(
        None,
        (lambda t: at("access_revoke", t.code, t.pk("grant")), _own("access")),
        "UNHCR",
        wordless=(_own("access_preview"),),
    ),
    "submissions-read": Read(
        lambda t, viewer: submission_detail(viewer=viewer).filter(pk=t.pk("draft")).exists(),
        wordless=(_own("submissions"),),
    ),
    "draft-figures-read": Read(
        lambda t, viewer: submission_detail(viewer=viewer).filter(pk=t.pk("draft")).exists(),
        (_of("submission", "draft"), _of("verification", "submitted")),
        f"{STAGED:,}",
    ),
    "verification-read": Read(_waits, (_plain("verifications"),), CODE),
    "verification-of-secretariat": Read(
        _waits,
        (_plain("verifications"), _of("verification", "validated")),
        CODE,
        given=_by_secretariat,
    ),
    "figures-of-secretariat": Read(
        _waits_with_figures, (_of("verification", "validated"),), f"{STAGED:,}", given=_by_secretariat
    ),
    "upload-read": Read(
        lambda t, viewer: upload_list(viewer=viewer).filter(pk=t.pk("upload")).exists(),
        (_of("upload", "upload"),),
        "a.csv",
    ),
    "template-read": Read(
        None,
        (lambda t: at("template", t.code, "csv") + "?prefill=1",),
        str(RELEASED),
    ),
    "audit-read": Read(
        lambda t, viewer: audit_list(viewer=viewer).filter(participant="MDA").exists(),
        (_plain("audit"), _plain("audit_results"), lambda t: at("audit") + "?export=csv"),
        CODE,
    ),
    "audit-changes-read": Read(wordless=(_plain("audit_changes"), _plain("audit_changes_results"))),
    "people-read": Read(
        partial(_sees_person, "clerk"),
        (_plain("people"), _plain("people_results"), _of("person", "clerk")),
        "the-clerk",
    ),
    "administrators-read": Read(partial(_sees_person, "chief"), (_of("person", "chief"),), "chief@"),
    "secretariat-people-read": Read(partial(_sees_person, "aide"), (_of("person", "aide"),), "aide@"),
    "contacts-read": Read(
        lambda t, viewer: agency_list(viewer=viewer).filter(participant__code="MDA").exists(),
        (_plain("contacts"), _plain("contacts_csv")),
        BUREAU,
    ),
    "requests-received-read": Read(
        lambda t, viewer: requests_received(viewer=viewer).filter(pk=t.pk("request")).exists(),
        (_plain("requests"),),
        "REQUEST",
    ),
    "requests-made-read": Read(
        lambda t, viewer: requests_made(viewer=viewer).filter(pk=t.pk("request")).exists(),
        (_plain("requests_made"),),
        "REQUEST",
    ),
    "request-read": Read(
        lambda t, viewer: request_list(viewer=viewer).filter(pk=t.pk("request")).exists(),
        (_of("request", "request"),),
        ASKED,
    ),
    "request-choice-read": Read(None, (_plain("request_choice"),), "Refugees"),
    "plan-read": Read(
        lambda t, viewer: onboarding_participants(viewer=viewer).filter(code="MDA").exists(),
        (lambda t: at("onboarding_of", t.owner),),
        TASK,
    ),
    "plans-read": Read(
        lambda t, viewer: onboarding_participants(viewer=viewer).filter(code="GEO").exists(),
        (_plain("onboarding"),),
        "Georgia",
    ),
    "legal-read": Read(
        lambda t, viewer: legal_list(viewer=viewer, participant="MDA").filter(title_en=LAW).exists(),
        (_plain("legal"), _of("legal-change", "law")),
        LAW,
        query="{ documentation(first: 9) { edges { node { legalReferences { title { text } } } } } }",
    ),
    "participants-read": Read(
        None,
        (_plain("participants"), _plain("participants_results"), lambda t: at("participant", "GEO")),
        "Georgia",
    ),
    "glossary-kept-read": Read(None, (_plain("terms"),), "Stock"),
    "institutions-unlisted-read": Read(
        lambda t, viewer: institution_list(viewer=viewer).filter(pk=t.pk("institution")).exists(),
        (_plain("institutions"), _plain("institutions_results"), _of("institution-change", "institution")),
        DRAFTED,
        portal=lambda t: reverse("institutions:detail", args=["migration-agency"]),
    ),
    "notices-open": Read(wordless=(_plain("notices"),)),
    "figures-national": _figures(),
    "figures-shared": _figures(audience=AudienceKind.PARTICIPANT, to="other"),
    "figures-for-participants": _figures(audience=AudienceKind.PARTICIPANTS),
    "figures-public": _figures(audience=AudienceKind.PUBLIC),
}
