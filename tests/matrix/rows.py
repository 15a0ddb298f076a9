"""All rows of the table with how each is carried out."""

from __future__ import annotations

from tests.matrix import acts_figures, acts_library, acts_people, acts_sharing
from tests.matrix.act import Act, Read
from tests.matrix.reads import READS

ROWS: dict[str, Act | Read] = {
    **acts_figures.ACTS,
    **acts_sharing.ACTS,
    **acts_people.ACTS,
    **acts_library.ACTS,
    **READS,
}
