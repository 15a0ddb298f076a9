"""Row-level security on the tables of figures; see registry/row_security.py and docs/adr/0011.

Not forced on the owner of the tables, who migrates, repairs and makes backups and never serves.
"""

from importlib import import_module

from django.db import migrations

_FUNCTIONS = """
    CREATE TABLE registry_claimkey (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);
    CREATE UNIQUE INDEX registry_claimkey_one ON registry_claimkey ((true));
    REVOKE ALL ON registry_claimkey FROM PUBLIC;

    CREATE FUNCTION registry_claim() RETURNS jsonb
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE
        given text := split_part(coalesce(current_setting('clearinghouse.claim', true), ''), ':', 2);
        body text := split_part(given, '.', 2);
        signature text;
        claim jsonb;
    BEGIN
        SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(body, 'UTF8'))), 'hex')
            INTO signature FROM registry_claimkey k;
        IF body = '' OR signature IS NULL OR signature <> split_part(given, '.', 1) THEN
            RETURN '{}';
        END IF;
        claim := convert_from(decode(body, 'base64'), 'UTF8')::jsonb;
        RETURN CASE WHEN (claim ->> 'pid')::integer = pg_backend_pid() THEN claim ELSE '{}' END;
    END $$;

    CREATE FUNCTION registry_is_service() RETURNS boolean
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        RETURN coalesce(current_setting('clearinghouse.claim', true), '') LIKE 'service:%'
            AND registry_claim() ? 'service';
    END $$;

    CREATE FUNCTION registry_open_audiences() RETURNS bigint[]
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE
        claim jsonb := registry_claim();
        moment timestamptz := coalesce((claim ->> 'at')::timestamptz, statement_timestamp());
        held text[] := ARRAY(SELECT jsonb_array_elements_text(claim -> 'tokens')) || 'public'::text;
    BEGIN
        RETURN ARRAY(
            SELECT t.audience_id FROM registry_audiencetoken t WHERE t.token = ANY (held)
                AND (t.starts_at IS NULL OR t.starts_at <= moment) AND (t.ends_at IS NULL OR t.ends_at > moment));
    END $$;

    CREATE FUNCTION registry_figures_of() RETURNS bigint
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        RETURN (SELECT p.id FROM registry_participant p WHERE p.code = registry_claim() ->> 'figures');
    END $$;
"""

_OWN_SUBMISSION = """EXISTS (
    SELECT 1 FROM registry_submission s JOIN registry_dataset d ON d.id = s.dataset_id
    WHERE s.id = submission_id AND d.owner_id = (SELECT registry_figures_of()))"""

_CURRENT = "(SELECT * FROM registry_seriesrevision WHERE superseded_by_id IS NULL) r"

# Sub-selects without a reference to the row: worked out once per query, not once per row.
_SHOWN = {
    "registry_seriesrevision": "audience_id = ANY ((SELECT registry_open_audiences())::bigint[])",
    "registry_series": "EXISTS (SELECT 1 FROM registry_seriesrevision r WHERE r.series_id = registry_series.id)",
    "registry_stagedseries": _OWN_SUBMISSION,
    "registry_problem": _OWN_SUBMISSION,
}
_SERVICE = "(SELECT registry_is_service())"


def _replace_view(schema_editor, *arguments, options=""):
    view_sql = import_module("registry.migrations.0002_observation_view_and_audit_lock").view_sql
    statement = view_sql(schema_editor.connection.vendor, *arguments)
    schema_editor.execute("DROP VIEW observation")
    schema_editor.execute(statement.replace("CREATE VIEW observation", f"CREATE VIEW observation{options}"), None)


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    _replace_view(
        schema_editor,
        # A revision repeats what was read of its series; the view reads as whoever asks, not as its owner.
        _CURRENT,
        "r.series_id",
        options=" WITH (security_invoker = true)" if is_postgresql else "",
    )
    if not is_postgresql:
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(_FUNCTIONS.replace("{schema}", schema), None)
    for table, condition in _SHOWN.items():
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", None)
        schema_editor.execute(
            f"CREATE POLICY registry_service ON {table} USING ({_SERVICE}) WITH CHECK ({_SERVICE})", None
        )
        schema_editor.execute(f"CREATE POLICY registry_viewer ON {table} FOR SELECT USING ({condition})", None)


def unprotect(apps, schema_editor):
    _replace_view(schema_editor)
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in _SHOWN:
        schema_editor.execute(f"DROP POLICY registry_service ON {table}", None)
        schema_editor.execute(f"DROP POLICY registry_viewer ON {table}", None)
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", None)
    for function in ("figures_of", "open_audiences", "is_service", "claim"):
        schema_editor.execute(f"DROP FUNCTION registry_{function}()", None)
    schema_editor.execute("DROP TABLE registry_claimkey", None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_audit_triggers")]

    operations = [migrations.RunPython(protect, unprotect)]
