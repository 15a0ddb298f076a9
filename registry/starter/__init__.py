"""What a new installation starts with: code lists, the shared indicators, the participants, the glossary,
the inventory of institutions.

The content is data in the TOML files of this folder; the modules turn it into the shapes of
`registry.starter.content`, without touching a database. `registry/services/starter.py` stores it.
Sources: ISO 3166-1, M49, CLDR, SDMX code lists; mission rows D041–D062, C6–C19 and M1–M11.
"""

from registry.starter.content import StarterContent
from registry.starter.reading import starter_content

__all__ = ["StarterContent", "starter_content"]
