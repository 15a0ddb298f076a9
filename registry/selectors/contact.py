"""The contact chart: agencies and positions of every participant (D027–D030)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registry.access import Viewer
from registry.models import Agency, Contact, Participant


@dataclass(slots=True)
class ChartPart:
    """The agencies of one participant; ``agencies`` carry their contacts."""

    participant: Participant
    agencies: list[Agency] = field(default_factory=list)


def agency_list(*, viewer: Viewer, participant: str = "") -> QuerySet[Agency]:
    """Agencies with contacts and their indicators, of one participant or of all. Three queries."""
    contacts = Contact.objects.visible_to(viewer).prefetch_related("indicators").order_by("order", "pk")
    agencies = Agency.objects.visible_to(viewer).filter(participant__is_active=True)
    if participant:
        agencies = agencies.filter(participant__code=participant)
    ordered = agencies.order_by("participant__order", "participant__code", "order", "pk")
    return ordered.select_related("participant").prefetch_related(Prefetch("contacts", contacts))


def contact_list(*, viewer: Viewer) -> QuerySet[Contact]:
    """The contacts the viewer may know of, with agency and participant."""
    return Contact.objects.visible_to(viewer).select_related("agency__participant", "user")


def chart_parts(agencies: Iterable[Agency]) -> list[ChartPart]:
    """Agencies as they come, gathered by participant."""
    parts: dict[int, ChartPart] = {}
    for agency in agencies:
        parts.setdefault(agency.participant_id, ChartPart(agency.participant)).agencies.append(agency)
    return list(parts.values())


def chart_rows(agencies: Iterable[Agency]) -> Iterator[tuple[str, ...]]:
    """The chart as a table in the active language, its header first; an agency without contacts is a row."""
    yield (
        _("Participant"),
        _("Agency"),
        _("Website"),
        _("Position"),
        _("Held by"),
        pgettext("contact", "Focal point"),
        _("E-mail"),
        _("Telephone"),
        _("What it coordinates"),
        _("Indicators"),
    )
    for agency in agencies:
        head = (str(agency.participant.name), str(agency.name), agency.url)
        contacts = list(agency.contacts.all())
        for contact in contacts:
            yield (
                *head,
                str(contact.position),
                contact.person,
                _("yes") if contact.is_focal_point else "",
                contact.email,
                contact.phone,
                " ".join(str(contact.duties).split()),
                ", ".join(indicator.code for indicator in contact.indicators.all()),
            )
        if not contacts:
            yield (*head, *[""] * 7)
