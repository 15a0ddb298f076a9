"""The inventory of institutions, watched as the other facts are."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

_before = import_module("registry.migrations.0004_audit_triggers")
# As in 0007; what is looked through by words follows the other columns.
_WATCHED = ("registry_institution", "id", "participant_id", "folded,updated_at", True)


def watch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in _before._triggers(*_WATCHED):
            schema_editor.execute(statement, None)


def unwatch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for act in ("insert", "update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER registry_watch_{act} ON {_WATCHED[0]}", None)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_staged_landing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Institution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="Part of the address of the entry. Small Latin letters, digits and hyphens.",
                        max_length=80,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("institution", "Institution"),
                            ("information_source", "Information source"),
                        ],
                        default="institution",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("government", "Government"),
                            ("non_profit", "Non-profit"),
                            ("academic", "Academic"),
                            ("international", "International"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("url", models.URLField(blank=True, verbose_name="website")),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Of the institution, not of a person.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=50, verbose_name="telephone")),
                ("contact_url", models.URLField(blank=True, verbose_name="contact page")),
                ("source_url", models.URLField(blank=True, verbose_name="address of the source")),
                (
                    "checked_on",
                    models.DateField(
                        blank=True,
                        help_text="When somebody last made sure that it is true.",
                        null=True,
                        verbose_name="checked on",
                    ),
                ),
                (
                    "is_listed",
                    models.BooleanField(
                        default=True,
                        help_text="Off: a draft, or an entry taken back. Only those who keep it see it.",
                        verbose_name="listed",
                    ),
                ),
                ("folded", models.TextField(default="", editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("name_en", models.CharField(max_length=250, verbose_name="name (English)")),
                ("name_ru", models.CharField(max_length=250, verbose_name="name (Русский)")),
                ("acronym_en", models.CharField(blank=True, max_length=40, verbose_name="acronym (English)")),
                ("acronym_ru", models.CharField(blank=True, max_length=40, verbose_name="acronym (Русский)")),
                (
                    "location_en",
                    models.CharField(
                        blank=True,
                        help_text="City or postal address.",
                        max_length=250,
                        verbose_name="location (English)",
                    ),
                ),
                (
                    "location_ru",
                    models.CharField(
                        blank=True,
                        help_text="City or postal address.",
                        max_length=250,
                        verbose_name="location (Русский)",
                    ),
                ),
                (
                    "summary_en",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences on its work on migration.",
                        max_length=1500,
                        verbose_name="what it does (English)",
                    ),
                ),
                (
                    "summary_ru",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences on its work on migration.",
                        max_length=1500,
                        verbose_name="what it does (Русский)",
                    ),
                ),
                (
                    "source_en",
                    models.CharField(
                        blank=True,
                        help_text="Where this description comes from.",
                        max_length=400,
                        verbose_name="source (English)",
                    ),
                ),
                (
                    "source_ru",
                    models.CharField(
                        blank=True,
                        help_text="Where this description comes from.",
                        max_length=400,
                        verbose_name="source (Русский)",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: of no single country.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.code",
                        verbose_name="reference area",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The body it belongs to: a ministry for its department.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="registry.institution",
                        verbose_name="part of",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its administrators and content managers keep the entry too.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="institutions",
                        to="registry.participant",
                        verbose_name="participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "institution",
                "verbose_name_plural": "institutions",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("name_en"),
                        django.db.models.functions.comparison.Coalesce("area", 0),
                        django.db.models.functions.comparison.Coalesce("parent", 0),
                        name="institution_name_en_unique",
                        violation_error_message="There is an entry of this name already.",
                    ),
                    models.UniqueConstraint(
                        models.F("name_ru"),
                        django.db.models.functions.comparison.Coalesce("area", 0),
                        django.db.models.functions.comparison.Coalesce("parent", 0),
                        name="institution_name_ru_unique",
                        violation_error_message="There is an entry of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name_en__gt", ""), ("name_ru__gt", "")),
                        name="institution_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["government", "non_profit", "academic", "international", "other"],
                            )
                        ),
                        name="institution_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["institution", "information_source"])),
                        name="institution_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="institution_no_part_of_itself",
                        violation_error_message="An institution is no part of itself.",
                    ),
                ],
            },
        ),
        migrations.RunPython(watch, unwatch),
    ]
