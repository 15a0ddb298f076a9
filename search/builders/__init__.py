"""The kinds of findable things. Each module registers one builder; a new kind is a new module here.

The order is that of the kinds in filters.
"""

from search.builders.base import BUILDERS, Builder, register
from search.builders.document import DocumentBuilder
from search.builders.documentation import DocumentationBuilder
from search.builders.indicator import IndicatorBuilder
from search.builders.institution import InstitutionBuilder
from search.builders.page import PageBuilder
from search.builders.term import TermBuilder

for builder in (
    IndicatorBuilder(),
    DocumentationBuilder(),
    DocumentBuilder(),
    PageBuilder(),
    TermBuilder(),
    InstitutionBuilder(),
):
    register(builder)

__all__ = ["BUILDERS", "Builder", "register"]
