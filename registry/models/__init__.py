"""Fields, constraints and managers. Reads start at ``Model.objects.visible_to(viewer)``."""

from registry.models.access import AccessGrant, AudienceKind, DatasetAudience, Level
from registry.models.audience import Audience, AudienceToken
from registry.models.audit import AuditEvent
from registry.models.codelist import Code, Codelist
from registry.models.dataset import Dataset
from registry.models.documentation import DOCUMENTATION_FIELDS, Documentation
from registry.models.indicator import Indicator, IndicatorCollection, IndicatorDimension
from registry.models.participant import Participant, ParticipantKind, ReleaseAuthority
from registry.models.release import Notice, Release
from registry.models.series import Observation, Series, SeriesRevision, code_at
from registry.models.submission import Problem, StagedSeries, Submission
from registry.models.user import Role, RoleAssignment, User

__all__ = [
    "DOCUMENTATION_FIELDS",
    "AccessGrant",
    "Audience",
    "AudienceKind",
    "AudienceToken",
    "AuditEvent",
    "Code",
    "Codelist",
    "Dataset",
    "DatasetAudience",
    "Documentation",
    "Indicator",
    "IndicatorCollection",
    "IndicatorDimension",
    "Level",
    "Notice",
    "Observation",
    "Participant",
    "ParticipantKind",
    "Problem",
    "Release",
    "ReleaseAuthority",
    "Role",
    "RoleAssignment",
    "Series",
    "SeriesRevision",
    "StagedSeries",
    "Submission",
    "User",
    "code_at",
]
