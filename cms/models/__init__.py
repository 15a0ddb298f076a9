from cms.models.base import BasePage
from cms.models.country import CountryIndexPage, CountryPage, CountrySubPage, NationalPart
from cms.models.documents import (
    DocumentKind,
    LibraryDocument,
    LibraryFile,
    LibraryTopic,
    LoadedRecord,
    TextLanguage,
)
from cms.models.news import EventIndexPage, EventPage, NewsIndexPage, NewsPage
from cms.models.pages import ArticlePage, HomePage, Layout, SectionPage
from cms.models.portal import ContactPage, LinksPage, SitemapPage

__all__ = [
    "ArticlePage",
    "BasePage",
    "ContactPage",
    "CountryIndexPage",
    "CountryPage",
    "CountrySubPage",
    "DocumentKind",
    "EventIndexPage",
    "EventPage",
    "HomePage",
    "Layout",
    "LibraryDocument",
    "LibraryFile",
    "LibraryTopic",
    "LinksPage",
    "LoadedRecord",
    "NationalPart",
    "NewsIndexPage",
    "NewsPage",
    "SectionPage",
    "SitemapPage",
    "TextLanguage",
]
