from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import PUBLIC, Viewer, participant_token
from registry.languages import texts
from registry.models import Indicator, IndicatorDimension
from search.builders.audiences import dataset_tokens
from search.builders.base import Builder, lines, numbers, per_language
from search.documents import SearchDocument


class IndicatorBuilder(Builder):
    """Indicators: shared ones are everybody's; a participant's own follow it and its datasets (D066).

    Says nothing that comes from datasets: who reports what is itself confidential.
    """

    kind = "indicator"
    label = _("Indicators")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """Three queries."""
        indicators = Indicator.objects.filter(is_active=True).select_related("owner").order_by("pk")
        if keys is not None:
            indicators = indicators.filter(pk__in=numbers(keys))
        found = list(indicators)
        ids = [indicator.pk for indicator in found]
        dimensions: dict[int, list[IndicatorDimension]] = defaultdict(list)
        for dimension in IndicatorDimension.objects.filter(indicator__in=ids).order_by("position"):
            dimensions[dimension.indicator_id].append(dimension)
        own = [indicator.pk for indicator in found if indicator.owner_id]
        tokens = dataset_tokens("dataset__indicator_id", own)
        for indicator in found:
            yield _document(indicator, dimensions[indicator.pk], tokens[indicator.pk])

    def scope(self, viewer: Viewer) -> frozenset[str]:
        visible = Indicator.objects.visible_to(viewer).order_by()
        return frozenset(map(str, visible.values_list("pk", flat=True)))


def _document(
    indicator: Indicator, dimensions: list[IndicatorDimension], tokens: frozenset[str]
) -> SearchDocument:
    owner = indicator.owner
    units, definitions = texts(indicator, "unit"), texts(indicator, "definition")
    names = [texts(dimension, "name") for dimension in dimensions]
    return SearchDocument(
        kind=IndicatorBuilder.kind,
        key=str(indicator.pk),
        url=per_language(lambda code: reverse("registry:indicator", args=[indicator.code])),
        title=texts(indicator, "name"),
        summary=definitions,
        body=per_language(
            lambda code: lines(
                indicator.code,
                indicator.table_number,
                indicator.get_collection_display(),
                indicator.get_nature_display(),
                units[code],
                *(name[code] for name in names),
            )
        ),
        facets={
            "collection": (indicator.collection,),
            "participant": (owner.code,) if owner else (),
        },
        weight=2.0,
        audiences=frozenset({participant_token(owner.code)}) | tokens if owner else frozenset({PUBLIC}),
    )
