from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import DEFAULT_LANGUAGE, LANGUAGES
from registry.models.indicator import Indicator
from registry.models.participant import Participant


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: Viewer) -> UserQuerySet:
        """People see the people of their own participant (D122).

        The secretariat sees its own and those who administer a participant, whom it appointed or helps.
        """
        if viewer.administers_system:
            leads = RoleAssignment.objects.filter(user=models.OuterRef("pk"), role=Role.COUNTRY_ADMINISTRATOR)
            return self.filter(models.Q(participant__isnull=True) | models.Exists(leads))
        return self.filter(participant__isnull=False, participant__code=viewer.participant)


class PeopleManager(UserManager["User"]):
    """Django's user manager with visible_to."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, viewer: Viewer) -> UserQuerySet:
        return self.get_queryset().visible_to(viewer)


class User(AbstractUser):
    """A person. Represents exactly one participant, or the secretariat where none is set (D115)."""

    participant = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("participant"),
        help_text=_("Whom this person represents. Empty: the secretariat."),
    )
    position = models.CharField(_("position"), max_length=200, blank=True)
    language = models.CharField(
        _("language"),
        max_length=5,
        default=DEFAULT_LANGUAGE,
        choices=[(language.code, language.name) for language in LANGUAGES],
    )
    wants_mail = models.BooleanField(
        _("notices by e-mail"),
        default=True,
        help_text=_(
            "Changes of figures and requests for access. They are shown in the administration anyway."
        ),
    )

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")


class Role(models.TextChoices):
    """What a person may do (D119–D131; contradictions X1–X3 merged). Administering is not reading."""

    SYSTEM_ADMINISTRATOR = "system_administrator", _("System Administrator")
    COUNTRY_ADMINISTRATOR = "country_administrator", _("Country Administrator")
    DATA_SUBMITTER = "data_submitter", _("Data Submitter")
    DATA_VERIFIER = "data_verifier", _("Data Verifier")
    CONTENT_MANAGER = "content_manager", _("Content Manager")
    TRAINER = "trainer", _("Trainer")
    USER = "user", _("User")


class RoleAssignment(models.Model):
    """A role of a user for a participant (or the system) and one indicator (or all; D118)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments", verbose_name=_("user"))
    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("participant"),
        help_text=_("Empty: the whole system."),
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)
    indicator = models.ForeignKey(
        Indicator,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("indicator"),
        help_text=_("Empty: all indicators."),
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("participant", 0),
                Coalesce("indicator", 0),
                name="role_assignment_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    participant__isnull=False, role__in=[r for r in Role if r != Role.SYSTEM_ADMINISTRATOR]
                )
                | models.Q(
                    participant__isnull=True,
                    role__in=[Role.SYSTEM_ADMINISTRATOR, Role.CONTENT_MANAGER, Role.TRAINER],
                ),
                name="role_assignment_scope",
                violation_error_message=_("This role cannot be given in this scope."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
