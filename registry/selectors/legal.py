from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from registry.access import Viewer
from registry.models import LegalReference


def legal_list(*, viewer: Viewer, participant: str | None = None) -> QuerySet[LegalReference]:
    """The laws, forms and policies that the viewer may read of; of one participant if named."""
    references = LegalReference.objects.visible_to(viewer)
    return references if participant is None else references.filter(participant__code=participant)


def legal_of_tables(*, viewer: Viewer) -> Prefetch[str, QuerySet[LegalReference], str]:
    """For ``prefetch_related`` of documentation tables: ``visible_references``, open to the viewer."""
    return Prefetch("legal_references", queryset=legal_list(viewer=viewer), to_attr="visible_references")
