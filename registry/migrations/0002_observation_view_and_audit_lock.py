"""The view of current figures, one row per cell, and the lock on the audit trail."""

from django.db import migrations

# A period is its start moved on by a number of places; the same arithmetic as registry/periods.py.
_NUMBER = """CASE
    WHEN length(r.start) = 4 THEN CAST(r.start AS integer)
    WHEN substr(r.start, 6, 1) = 'S' THEN CAST(substr(r.start, 1, 4) AS integer) * 2 + CAST(substr(r.start, 7, 1) AS integer) - 1
    WHEN substr(r.start, 6, 1) = 'Q' THEN CAST(substr(r.start, 1, 4) AS integer) * 4 + CAST(substr(r.start, 7, 1) AS integer) - 1
    ELSE CAST(substr(r.start, 1, 4) AS integer) * 12 + CAST(substr(r.start, 6, 2) AS integer) - 1 END"""


_SERIES = """registry_series s
            JOIN registry_seriesrevision r ON r.dataset_id = s.dataset_id AND r.key = s.key
                AND r.superseded_by_id IS NULL"""


def view_sql(vendor, figures=_SERIES, series="s.id"):
    if vendor == "postgresql":
        cells = "CROSS JOIN LATERAL json_array_elements_text(r.values_json::json) WITH ORDINALITY AS c(value, ordinality)"
        at, value = "(c.ordinality - 1)", "c.value::numeric"
        status = f"CASE WHEN r.statuses_json <> '' THEN r.statuses_json::json ->> ({at})::text END"
        year = lambda per: f"lpad((({_NUMBER} + {at}) / {per})::text, 4, '0')"  # noqa: E731
        part = lambda per: f"(({_NUMBER} + {at}) % {per} + 1)"  # noqa: E731
        month = f"lpad({part(12)}::text, 2, '0')"
    else:
        cells = "CROSS JOIN json_each(r.values_json) AS c"
        at, value = "c.key", "c.value"
        status = f"CASE WHEN r.statuses_json <> '' THEN json_extract(r.statuses_json, '$.\"' || {at} || '\"') END"
        year = lambda per: f"printf('%04d', ({_NUMBER} + {at}) / {per})"  # noqa: E731
        part = lambda per: f"(({_NUMBER} + {at}) % {per} + 1)"  # noqa: E731
        month = f"printf('%02d', {part(12)})"
    period = f"""CASE
        WHEN length(r.start) = 4 THEN {year(1)}
        WHEN substr(r.start, 6, 1) = 'S' THEN {year(2)} || '-S' || {part(2)}
        WHEN substr(r.start, 6, 1) = 'Q' THEN {year(4)} || '-Q' || {part(4)}
        ELSE {year(12)} || '-' || {month} END"""
    return f"""
        CREATE VIEW observation AS SELECT * FROM (
            SELECT {series} || '-' || {at} AS id, {series} AS series_id, r.dataset_id, r.audience_id, r.key,
                {period} AS period, {value} AS value, {status} AS status
            FROM {figures}
            {cells}
        ) cell WHERE value IS NOT NULL OR status IS NOT NULL"""


def create_view(apps, schema_editor):
    schema_editor.execute(view_sql(schema_editor.connection.vendor).replace("%", "%%"), ())


def drop_view(apps, schema_editor):
    schema_editor.execute("DROP VIEW observation")


_POSTGRESQL_LOCK = """
    CREATE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
    CREATE TRIGGER registry_auditevent_lock BEFORE UPDATE OR DELETE ON registry_auditevent
        FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
"""
_POSTGRESQL_UNLOCK = """
    DROP TRIGGER registry_auditevent_lock ON registry_auditevent;
    DROP FUNCTION registry_refuse_change();
"""


def lock_audit(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_LOCK, None)
        return
    for act in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER registry_auditevent_{act.lower()} BEFORE {act} ON registry_auditevent "
            "BEGIN SELECT RAISE(ABORT, 'rows of registry_auditevent are never changed'); END",
            None,
        )


def unlock_audit(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_UNLOCK, None)
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER registry_auditevent_{act}", None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunPython(create_view, drop_view),
        migrations.RunPython(lock_audit, unlock_audit),
    ]
