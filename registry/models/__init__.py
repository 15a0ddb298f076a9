"""Fields, constraints and managers. Reads start at ``Model.objects.visible_to(viewer)``."""

from registry.models.access import AccessGrant, AudienceKind, DatasetAudience, Level
from registry.models.audience import Audience, AudienceToken
from registry.models.audit import AuditEvent, RowChange
from registry.models.codelist import Code, Codelist
from registry.models.contact import Agency, Contact
from registry.models.dataset import Dataset
from registry.models.documentation import DOCUMENTATION_FIELDS, Documentation
from registry.models.indicator import Indicator, IndicatorCollection, IndicatorDimension
from registry.models.institution import Institution, InstitutionCategory, InstitutionKind
from registry.models.legal import LegalAudience, LegalKind, LegalReference
from registry.models.onboarding import PlanTask
from registry.models.participant import Participant, ParticipantKind, ReleaseAuthority
from registry.models.release import Delivery, Notice, Release, ReleaseAudience
from registry.models.request import AccessRequest, AccessRequestState
from registry.models.series import Observation, Series, SeriesRevision, code_at
from registry.models.submission import Problem, Remark, StagedSeries, Submission
from registry.models.term import Term, TermTopic
from registry.models.upload import Upload, UploadState
from registry.models.user import Role, RoleAssignment, User

__all__ = [
    "DOCUMENTATION_FIELDS",
    "AccessGrant",
    "AccessRequest",
    "AccessRequestState",
    "Agency",
    "Audience",
    "AudienceKind",
    "AudienceToken",
    "AuditEvent",
    "Code",
    "Codelist",
    "Contact",
    "Dataset",
    "DatasetAudience",
    "Delivery",
    "Documentation",
    "Indicator",
    "IndicatorCollection",
    "IndicatorDimension",
    "Institution",
    "InstitutionCategory",
    "InstitutionKind",
    "LegalAudience",
    "LegalKind",
    "LegalReference",
    "Level",
    "Notice",
    "Observation",
    "Participant",
    "ParticipantKind",
    "PlanTask",
    "Problem",
    "Release",
    "ReleaseAudience",
    "ReleaseAuthority",
    "Remark",
    "Role",
    "RoleAssignment",
    "RowChange",
    "Series",
    "SeriesRevision",
    "StagedSeries",
    "Submission",
    "Term",
    "TermTopic",
    "Upload",
    "UploadState",
    "User",
    "code_at",
]
