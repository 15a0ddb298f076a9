"""The audit trail in a reader's words: acts, tables and details. A code without words stands for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from registry.languages import DEFAULT_LANGUAGE
from registry.models import AudienceKind, AuditEvent, Level, Role

#: Every act a service records. tests/registry/test_audit.py fails for one without words.
ACTIONS: dict[str, str | Promise] = {
    "dataset.create": gettext_lazy("Dataset created"),
    "dataset.change": gettext_lazy("Dataset changed"),
    "dataset.release": gettext_lazy("Figures released"),
    "dataset.withdraw": gettext_lazy("Figures withdrawn"),
    "submission.stage": gettext_lazy("Figures entered"),
    "submission.submitted": gettext_lazy("Figures submitted"),
    "submission.validated": gettext_lazy("Figures accepted"),
    "submission.returned": gettext_lazy("Figures returned for correction"),
    "submission.withdrawn": gettext_lazy("Submission withdrawn"),
    "submission.released": gettext_lazy("Submission released"),
    "submission.draft": gettext_lazy("Submission reopened as a draft"),
    "submission.describe": gettext_lazy("Description of a draft changed"),
    "submission.discard": gettext_lazy("Draft discarded"),
    "submission.schedule": gettext_lazy("Release scheduled"),
    "submission.unschedule": gettext_lazy("Scheduled release cancelled"),
    "upload.create": gettext_lazy("File uploaded"),
    "upload.refuse": gettext_lazy("File refused"),
    "upload.restart": gettext_lazy("Reading of a file started anew"),
    "remark.add": gettext_lazy("Remark made"),
    "grant.create": gettext_lazy("Access granted"),
    "grant.revoke": gettext_lazy("Access revoked"),
    "request.create": gettext_lazy("Access asked for"),
    "request.granted": gettext_lazy("Request for access granted"),
    "request.declined": gettext_lazy("Request for access declined"),
    "documentation.write": gettext_lazy("Documentation changed"),
    "documentation.remind": gettext_lazy("Reminder of documentation sent"),
    "legal.create": gettext_lazy("Legal reference added"),
    "legal.change": gettext_lazy("Legal reference changed"),
    "legal.delete": gettext_lazy("Legal reference deleted"),
    "term.create": gettext_lazy("Term added to the glossary"),
    "term.change": gettext_lazy("Term of the glossary changed"),
    "term.delete": gettext_lazy("Term of the glossary deleted"),
    "institution.create": gettext_lazy("Institution added to the inventory"),
    "institution.change": gettext_lazy("Institution of the inventory changed"),
    "institution.delete": gettext_lazy("Institution of the inventory deleted"),
    "participant.create": gettext_lazy("Participant created"),
    "participant.change": gettext_lazy("Participant changed"),
    "person.create": gettext_lazy("Account created"),
    "person.appoint": gettext_lazy("Administrator appointed"),
    "person.change": gettext_lazy("Account changed"),
    "person.enable": gettext_lazy("Account enabled"),
    "person.disable": gettext_lazy("Account disabled"),
    "person.invite": gettext_lazy("Invitation sent"),
    "person.unlock": gettext_lazy("Sign-in unlocked"),
    "person.language": gettext_lazy("Language changed"),
    "person.groups": gettext_lazy("Groups of editors changed"),
    "person.password_link": gettext_lazy("Link to set a password sent"),
    "person.password_set": gettext_lazy("Password set"),
    "second_factor.begin": gettext_lazy("Second factor begun to be set up"),
    "second_factor.recovery": gettext_lazy("Recovery code used"),
    "second_factor.on": gettext_lazy("Second factor switched on"),
    "second_factor.off": gettext_lazy("Second factor switched off"),
    "second_factor.codes": gettext_lazy("New recovery codes made"),
    "second_factor.reset": gettext_lazy("Second factor reset by an administrator"),
    "role.give": gettext_lazy("Role given"),
    "role.take": gettext_lazy("Role taken away"),
    "agency.create": gettext_lazy("Agency added"),
    "agency.change": gettext_lazy("Agency changed"),
    "agency.delete": gettext_lazy("Agency deleted"),
    "contact.create": gettext_lazy("Contact added"),
    "contact.change": gettext_lazy("Contact changed"),
    "contact.delete": gettext_lazy("Contact deleted"),
    "task.create": gettext_lazy("Task of the action plan added"),
    "task.change": gettext_lazy("Task of the action plan changed"),
    "task.done": gettext_lazy("Task of the action plan done"),
    "task.reopen": gettext_lazy("Task of the action plan reopened"),
    "task.delete": gettext_lazy("Task of the action plan deleted"),
    "country.provision": gettext_lazy("Country pages provisioned"),
    "country.open": gettext_lazy("Country pages opened to the public"),
    "country.close": gettext_lazy("Country pages kept national"),
    "document.create": gettext_lazy("Document added"),
    "document.update": gettext_lazy("Document changed"),
    "document.delete": gettext_lazy("Document deleted"),
    "document.file_add": gettext_lazy("File of a document added"),
    "document.file_remove": gettext_lazy("File of a document removed"),
    "topic.create": gettext_lazy("Chapter or section of the library added"),
    "topic.change": gettext_lazy("Chapter or section of the library changed"),
    "topic.move": gettext_lazy("Chapter or section of the library moved"),
    "topic.delete": gettext_lazy("Chapter or section of the library deleted"),
}

#: What the details of an act are called.
DETAILS: dict[str, str | Promise] = {
    "dataset": gettext_lazy("dataset"),
    "series": pgettext_lazy("audit", "series"),
    "values": gettext_lazy("number of values"),
    "release": gettext_lazy("release"),
    "new": gettext_lazy("new series"),
    "changed": gettext_lazy("changed series"),
    "removed": gettext_lazy("removed series"),
    "audience": gettext_lazy("audience"),
    "grantee": gettext_lazy("granted to"),
    "level": gettext_lazy("level"),
    "slice": gettext_lazy("slice"),
    "is_reciprocal": gettext_lazy("reciprocal"),
    "version": gettext_lazy("version"),
    "submission": gettext_lazy("submission"),
    "period": gettext_lazy("period"),
    "role": gettext_lazy("role"),
    "indicator": gettext_lazy("indicator"),
    "user": gettext_lazy("user"),
    "person": gettext_lazy("person"),
    "name": pgettext_lazy("of a thing", "name"),
    "fields": gettext_lazy("changed fields"),
    "changes": gettext_lazy("changes"),
    "language": gettext_lazy("language"),
    "groups": gettext_lazy("groups"),
    "is_superuser": gettext_lazy("superuser"),
    "document": gettext_lazy("document"),
    "term": gettext_lazy("term"),
    "topic": pgettext_lazy("library", "chapter or section"),
    "institution": gettext_lazy("institution"),
    "participant": gettext_lazy("participant"),
    "release_at": gettext_lazy("to be released at"),
    "sha256": gettext_lazy("checksum of the file"),
}

#: Details whose values are choices.
_CHOICES: dict[str, type[TextChoices]] = {"level": Level, "audience": AudienceKind, "role": Role}

#: Tables that belong to no model of their own.
_TABLES: dict[str, str | Promise] = {
    "registry_user_groups": gettext_lazy("groups of a user"),
    "registry_user_user_permissions": gettext_lazy("permissions of a user"),
    "auth_group_permissions": gettext_lazy("permissions of a group"),
    "registry_contact_indicators": gettext_lazy("indicators of contacts"),
    "wagtailcore_grouppagepermission": gettext_lazy("permissions of groups on pages"),
    "wagtailcore_groupcollectionpermission": gettext_lazy("permissions of groups on collections"),
    "otp_totp_totpdevice": gettext_lazy("second factors"),
    "otp_static_staticdevice": gettext_lazy("sets of recovery codes"),
    "otp_static_statictoken": gettext_lazy("recovery codes"),
    "registry_documentation_legal_references": gettext_lazy("legal documents of a documentation table"),
    "registry_stagedseries": gettext_lazy("figures in submissions"),
    "registry_seriesrevision": gettext_lazy("released figures"),
    "registry_datasetaudience": gettext_lazy("audiences of datasets"),
    "registry_releaseaudience": gettext_lazy("audiences of releases"),
    "registry_audience": gettext_lazy("audiences of figures"),
    "registry_audiencetoken": gettext_lazy("tokens of audiences"),
}


def action_label(action: str) -> str:
    """What was done, in the active language."""
    return str(ACTIONS.get(action, action))


def object_label(event: AuditEvent) -> str:
    """What kind of thing an act was done to, and which."""
    model = _model_of(event)
    kind = capfirst(str(model._meta.verbose_name)) if model else event.object_type
    return f"{kind} {event.object_id}"


def table_label(table: str) -> str:
    """What a database table holds, in the active language."""
    if table in _TABLES:
        return capfirst(str(_TABLES[table]))
    for model in apps.get_models():
        if model._meta.db_table == table:
            return capfirst(str(model._meta.verbose_name_plural))
    return table


def details(event: AuditEvent) -> list[tuple[str, str]]:
    """Name and value of what an act tells of itself, in a fixed order; what it leaves empty is left out."""
    order = {name: place for place, name in enumerate(DETAILS)}
    told = ((name, _told(event, name, value)) for name, value in event.data.items())
    known = sorted(told, key=lambda detail: order.get(detail[0], len(order)))
    return [(str(DETAILS.get(name, name)), text) for name, text in known if text]


def details_text(event: AuditEvent) -> str:
    return "; ".join(f"{name}: {value}" for name, value in details(event))


def _told(event: AuditEvent, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        parts = ((str(key), _told(event, name, each)) for key, each in value.items())
        return ", ".join(f"{_field_label(event, key)} {text}".strip() for key, text in parts)
    if isinstance(value, list | tuple):
        return ", ".join(_told(event, name, each) for each in value)
    if name == "fields":
        return _field_label(event, str(value))
    if name in _CHOICES and value in _CHOICES[name].values:
        return str(_CHOICES[name](value).label)
    return "" if value is None else str(value)


def _field_label(event: AuditEvent, name: str) -> str:
    """What a field of the object is called; kept once per language, without naming the language."""
    model = _model_of(event)
    for column in (name, f"{name}_{DEFAULT_LANGUAGE}") if model else ():
        try:
            label = str(model._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
        except (FieldDoesNotExist, AttributeError):
            continue
        return label if column == name else label.rsplit(" (", 1)[0]
    return name


def _model_of(event: AuditEvent) -> type[Model] | None:
    for app in ("registry", "cms", "search"):
        try:
            return apps.get_model(app, event.object_type)
        except LookupError:
            continue
    return None
