"""Contacts, files, terms, pages' rights and second factors are watched too; a file knows what it replaces,
and a notice whether it was delivered."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

_before = import_module("registry.migrations.0004_audit_triggers")

_ROUTINE = "throttling_failure_timestamp,throttling_failure_count,last_used_at"

# As in 0004: what rows are told by, what leads to a participant, columns that are no change (now several,
# separated by commas), whether the columns that changed are told.
_ADDED = {
    "registry_agency": ("id", "participant_id", "", True),
    "registry_contact": ("id", "agency_id", "", True),  # a focal point may write documentation
    "registry_contact_indicators": ("contact_id", "contact_id", "", True),
    "registry_upload": ("id", "dataset_id", "state,progress,attempt,started_at", True),
    "registry_term": ("id", "", "", True),
    "wagtailcore_grouppagepermission": ("group_id", "", "", True),
    "wagtailcore_groupcollectionpermission": ("group_id", "", "", True),
    "otp_totp_totpdevice": ("user_id", "user_id", f"drift,last_t,{_ROUTINE}", True),
    "otp_static_staticdevice": ("user_id", "user_id", _ROUTINE, True),
    "otp_static_statictoken": ("device_id", "device_id", "", False),
}
_CHANGED = {
    "registry_dataset": ("id", "owner_id", "documentation_reminded_on", True),
    "registry_documentation": ("id", "dataset_id", "", True),
    "registry_user": ("id", "participant_id", "last_login,wants_mail", True),
}

_FUNCTION = """
    CREATE OR REPLACE FUNCTION registry_record_change() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE
        link text := TG_ARGV[1];
        links bigint[];
        number bigint := 0;
        differing bigint;
        objects text := '';
        named text := '';
        owner text;
        code text;
    BEGIN
        IF TG_OP <> 'TRUNCATE' THEN
            -- One walk over the rows: there may be many thousands.
            EXECUTE format('SELECT coalesce(sum(rows), 0),
                    string_agg(told::text, '', '' ORDER BY told) FILTER (WHERE place <= 20),
                    array_agg(DISTINCT link) FILTER (WHERE link IS NOT NULL AND place <= 1000)
                FROM (SELECT %I AS told, %s AS link, count(*) AS rows, row_number() OVER (ORDER BY %1$I) AS place
                    FROM changed GROUP BY 1, 2) grouped',
                TG_ARGV[0], coalesce(quote_ident(nullif(link, '')), 'NULL::bigint')) INTO number, objects, links;
            IF number = 0 THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'UPDATE' AND TG_ARGV[3] = 'columns' THEN
                EXECUTE 'SELECT string_agg(DISTINCT n.key, '', '' ORDER BY n.key), count(DISTINCT c.id)
                    FROM (SELECT * FROM changed LIMIT 1000) c LEFT JOIN before b ON b.id = c.id
                    CROSS JOIN LATERAL jsonb_each(to_jsonb(c)) n
                    WHERE n.value IS DISTINCT FROM to_jsonb(b) -> n.key
                        AND n.key <> ALL (string_to_array($1, '',''))'
                    INTO named, differing USING TG_ARGV[2];
                IF named IS NULL AND number <= 1000 THEN
                    RETURN NULL;
                END IF;
                number := CASE WHEN number <= 1000 THEN differing ELSE number END;
            END IF;
            IF links IS NOT NULL THEN
                EXECUTE format('SELECT CASE WHEN count(DISTINCT p.code) = 1 THEN min(p.code) END,
                        CASE WHEN count(DISTINCT d.code) = 1 THEN min(d.code) END
                    FROM unnest($1) l(id) %s', CASE
                    WHEN link = 'submission_id' THEN 'JOIN registry_submission s ON s.id = l.id
                        JOIN registry_dataset d ON d.id = s.dataset_id JOIN registry_participant p ON p.id = d.owner_id'
                    WHEN link = 'dataset_id' THEN 'JOIN registry_dataset d ON d.id = l.id
                        JOIN registry_participant p ON p.id = d.owner_id'
                    ELSE (CASE
                        WHEN link = 'user_id' THEN 'JOIN registry_user u ON u.id = l.id
                            JOIN registry_participant p ON p.id = u.participant_id'
                        WHEN link = 'device_id' THEN 'JOIN otp_static_staticdevice o ON o.id = l.id
                            JOIN registry_user u ON u.id = o.user_id
                            JOIN registry_participant p ON p.id = u.participant_id'
                        WHEN link = 'agency_id' THEN 'JOIN registry_agency a ON a.id = l.id
                            JOIN registry_participant p ON p.id = a.participant_id'
                        WHEN link = 'contact_id' THEN 'JOIN registry_contact c ON c.id = l.id
                            JOIN registry_agency a ON a.id = c.agency_id
                            JOIN registry_participant p ON p.id = a.participant_id'
                        ELSE 'JOIN registry_participant p ON p.id = l.id'
                        END) || ' LEFT JOIN registry_dataset d ON false'
                    END)
                    INTO owner, code USING links;
            END IF;
        END IF;
        INSERT INTO registry_rowchange ("at", "table", operation, rows, objects, columns, participant, dataset,
            database_user, actor, transaction)
        VALUES (clock_timestamp(), TG_TABLE_NAME, lower(TG_OP), number, coalesce(objects, ''), coalesce(named, ''), owner,
            coalesce(code, ''), session_user, left(convert_from(decode(coalesce(
                current_setting('clearinghouse.actor', true), ''), 'base64'), 'UTF8'), 150), registry_transaction());
        RETURN NULL;
    END $$;
"""


def _put(schema_editor, watched):
    for table, how in watched.items():
        for statement in _before._triggers(table, *how):
            schema_editor.execute(statement, None)


def _drop(schema_editor, tables):
    for table in tables:
        for act in ("insert", "update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER registry_watch_{act} ON {table}", None)


def watch(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(_FUNCTION.replace("{schema}", schema), None)
    _drop(schema_editor, _CHANGED)
    _put(schema_editor, {**_CHANGED, **_ADDED})


def unwatch(apps, schema_editor):
    """The function stays: of one column it does what the one before it did."""
    if schema_editor.connection.vendor != "postgresql":
        return
    _drop(schema_editor, {**_CHANGED, **_ADDED})
    _put(schema_editor, {table: _before._WATCHED[table] for table in _CHANGED})


def delivered(apps, schema_editor):
    """What there is was delivered, or is no news any more."""
    apps.get_model("registry", "Notice").objects.update(delivered_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
        ("registry", "0006_terms"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="replaces",
            field=models.ForeignKey(help_text="The draft its sender had and gave up for it.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="registry.submission", verbose_name="replaces the draft"),
        ),
        migrations.AddField(
            model_name="notice",
            name="tried_at",
            field=models.DateTimeField(help_text="When its delivery was begun last.", null=True, verbose_name="last tried at"),
        ),
        migrations.AddField(
            model_name="notice",
            name="delivered_at",
            field=models.DateTimeField(help_text="When everybody whom it concerned had been told.", null=True, verbose_name="delivered at"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("delivered_at__isnull", True)), fields=["created_at"], name="notice_undelivered"),
        ),
        migrations.RunPython(delivered, migrations.RunPython.noop),
        migrations.RunPython(watch, unwatch),
    ]
