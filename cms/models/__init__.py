from cms.models.base import BasePage
from cms.models.pages import ArticlePage, HomePage, SectionPage

__all__ = ["ArticlePage", "BasePage", "HomePage", "SectionPage"]
