"""From what happened elsewhere to the ids of the documents it touches. Nothing else happens here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.country.events import country_opened
from cms.events import documents_changed
from cms.models import CountryPage
from registry.events import dataset_changed, indicator_changed, institution_changed, term_changed
from registry.models import Dataset
from search.documents import document_id
from search.tasks import refresh_later


def connect() -> None:
    """Called once, when the app is ready."""
    dataset_changed.connect(on_dataset_changed, dispatch_uid="search.dataset")
    indicator_changed.connect(on_indicator_changed, dispatch_uid="search.indicator")
    documents_changed.connect(on_documents_changed, dispatch_uid="search.documents")
    country_opened.connect(on_country_opened, dispatch_uid="search.country")
    term_changed.connect(on_term_changed, dispatch_uid="search.term")
    institution_changed.connect(on_institution_changed, dispatch_uid="search.institution")
    for signal in (page_published, page_unpublished):
        signal.connect(on_page_changed, dispatch_uid="search.page")
    # Bound to Page, which every page row has: a listener to all models would slow down all deletions.
    post_delete.connect(on_page_changed, Page, dispatch_uid="search.page")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(on_pages_moved, dispatch_uid="search.pages")
    for signal in (post_save, post_delete):
        signal.connect(on_restriction_changed, PageViewRestriction, dispatch_uid="search.restriction")


def on_dataset_changed(*, dataset_id: int, **_: Any) -> None:
    """Its documentation, and its indicator, which may be a participant's own and follow its audience."""
    indicators = Dataset.objects.filter(pk=dataset_id).values_list("indicator_id", flat=True)
    documents = {document_id("indicator", indicator) for indicator in indicators}
    refresh_later({document_id("documentation", dataset_id), *documents})


def on_indicator_changed(*, indicator_id: int, **_: Any) -> None:
    """The indicator, and the documentation tables that bear its name."""
    datasets = Dataset.objects.filter(indicator=indicator_id).order_by().values_list("pk", flat=True)
    documents = {document_id("documentation", dataset) for dataset in datasets}
    refresh_later({document_id("indicator", indicator_id), *documents})


def on_documents_changed(*, document_ids: Collection[int], **_: Any) -> None:
    refresh_later({document_id("document", key) for key in document_ids})


def on_term_changed(*, term_id: int, **_: Any) -> None:
    refresh_later({document_id("term", term_id)})


def on_institution_changed(*, institution_id: int, **_: Any) -> None:
    refresh_later({document_id("institution", institution_id)})


def on_page_changed(*, instance: Page, **_: Any) -> None:
    refresh_later({document_id("page", instance.translation_key)})


def on_pages_moved(*, instance: Page, **_: Any) -> None:
    """The addresses of all pages below have changed too."""
    _refresh_tree(instance)


def on_restriction_changed(*, instance: PageViewRestriction, **_: Any) -> None:
    """A restriction rules the page and all pages below it."""
    _refresh_tree(instance.page)


def on_country_opened(*, part_id: int, **_: Any) -> None:
    """The box of a country page rules all pages below it, in every language."""
    for page in CountryPage.objects.filter(part=part_id):
        _refresh_tree(page)


def _refresh_tree(page: Page) -> None:
    tree = Page.objects.descendant_of(page, inclusive=True).order_by()
    refresh_later({document_id("page", key) for key in tree.values_list("translation_key", flat=True)})
