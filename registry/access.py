"""Audience tokens: the one mechanism of access.

Everything readable carries a set of tokens, a viewer holds a set, and a row is visible when the two
meet. Nothing else decides visibility, on any surface. Source: mission rows D109–D117, contradiction X8;
docs/architecture.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PUBLIC = "public"
PARTICIPANTS = "participants"


def participant_token(code: str) -> str:
    """The token of the people of one participant."""
    return f"participant:{code}"


def reciprocal(token: str, indicator: str) -> str:
    """The same audience, only while its own participant shares data for ``indicator`` (D112; ADR 0006)."""
    return f"{token}+reciprocal:{indicator}"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the tokens held decide what is seen; the rest is for services and audit rows."""

    tokens: frozenset[str] = field(default_factory=lambda: frozenset({PUBLIC}))
    participant: str | None = None
    user_id: int | None = None
    handles_figures: bool = False  # submits or verifies for the own participant (D091)
    figures_of: frozenset[int] | None = None  # of these indicators alone, by their ids; None: of all (D118)
    administers_participant: bool = False
    asks_others: bool = False  # for their figures, in the name of the own participant (D110, D131)
    administers_system: bool = False
    keeps_institutions: bool = (
        False  # of the own participant; without one, all of them (registry/authority.py)
    )
    edits_pages: bool = False  # is offered Wagtail's user bar; what they may edit is asked of Wagtail

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    def handles(self, indicator_id: int) -> bool:
        """Whether the viewer has a part in the own participant's input for an indicator."""
        return self.handles_figures and (self.figures_of is None or indicator_id in self.figures_of)


ANONYMOUS = Viewer()
