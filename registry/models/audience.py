from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from registry.access import Viewer
from registry.models.base import open_to


class AudienceQuerySet(models.QuerySet["Audience"]):
    def visible_to(self, viewer: Viewer) -> AudienceQuerySet:
        """Audiences with a token that the viewer holds now."""
        return self.filter(pk__in=AudienceToken.objects.filter(open_to(viewer)).values("audience"))


class SeenBy(models.Func):
    """The condition that the audience a row points to has a token the viewer holds now.

    On PostgreSQL the few audience ids are worked out once, as an array: an IN would become a join, which
    the planner turns into a look-up for every row while it knows little of a table.
    """

    conditional = True
    output_field = models.BooleanField()
    template = "%(expressions)s"
    arg_joiner = " IN "

    def __init__(self, viewer: Viewer, audience: str = "audience_id") -> None:
        held = AudienceToken.objects.filter(open_to(viewer)).values("audience")
        super().__init__(models.F(audience), models.Subquery(held))

    def __repr__(self) -> str:
        return "SeenBy()"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        array = {"template": "%(expressions)s)", "arg_joiner": " = ANY (ARRAY"}
        return self.as_sql(compiler, connection, **array)


class Audience(models.Model):
    """A set of tokens with their time spans, kept once; figures point to the one that sees them.

    Thousands of series share a handful of audiences, so that reading and opening cost next to nothing
    (docs/adr/0004). ``fingerprint`` spells the set out, in order. It is not unique in the database: two
    transactions that need the same new audience must not wait for each other, and twins do no harm.
    """

    fingerprint = models.TextField(db_index=True)

    objects = AudienceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.fingerprint


class AudienceToken(models.Model):
    """A token of an audience, and when it counts."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="tokens", db_index=False)
    token = models.CharField(max_length=120)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["token", "audience"], name="audience_token")]

    def __str__(self) -> str:
        return self.token
