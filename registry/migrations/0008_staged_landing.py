"""Staged series get a table where COPY may write, and from which nobody reads but through row-level security.

PostgreSQL refuses COPY into a table whose policies hold the writer. So the table with the policies becomes a
partitioned one. Its only partition takes COPY from services; what lies there is read through the table alone.
"""

from django.db import migrations

# The policies and triggers of the table go to the partitioned one as they are.
_FORWARD = """
    ALTER TABLE registry_stagedseries RENAME TO registry_stagedseries_landing;
    ALTER INDEX registry_stagedseries_pkey RENAME TO registry_stagedseries_landing_pkey;
    CREATE TABLE registry_stagedseries (LIKE registry_stagedseries_landing INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
        PARTITION BY LIST (submission_id);
    ALTER TABLE registry_stagedseries ADD CONSTRAINT registry_stagedseries_pkey PRIMARY KEY (submission_id, key);
    ALTER TABLE registry_stagedseries ENABLE ROW LEVEL SECURITY;

    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN SELECT polname, polcmd, pg_get_expr(polqual, polrelid) AS shown,
                pg_get_expr(polwithcheck, polrelid) AS taken
            FROM pg_policy WHERE polrelid = 'registry_stagedseries_landing'::regclass
        LOOP
            EXECUTE format('CREATE POLICY %I ON registry_stagedseries FOR %s USING (%s)%s', found.polname,
                CASE found.polcmd WHEN 'r' THEN 'SELECT' ELSE 'ALL' END,
                replace(found.shown, 'registry_stagedseries_landing.', 'registry_stagedseries.'),
                coalesce(' WITH CHECK (' || found.taken || ')', ''));
            EXECUTE format('DROP POLICY %I ON registry_stagedseries_landing', found.polname);
        END LOOP;
        FOR found IN SELECT tgname, pg_get_triggerdef(oid) AS made
            FROM pg_trigger WHERE tgrelid = 'registry_stagedseries_landing'::regclass AND NOT tgisinternal
                AND tgname <> 'registry_watch_truncate'
        LOOP
            EXECUTE replace(found.made, 'registry_stagedseries_landing', 'registry_stagedseries');
            IF found.tgname <> 'registry_watch_insert' THEN
                EXECUTE format('DROP TRIGGER %I ON registry_stagedseries_landing', found.tgname);
            END IF;
        END LOOP;
        FOR found IN SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = 'registry_stagedseries_landing'::regclass AND a.grantee <> c.relowner
        LOOP
            EXECUTE format('REVOKE ALL ON registry_stagedseries_landing FROM %I', found.rolname);
        END LOOP;
    END $$;

    ALTER TABLE registry_stagedseries_landing DISABLE ROW LEVEL SECURITY;
    ALTER TABLE registry_stagedseries ATTACH PARTITION registry_stagedseries_landing DEFAULT;

    CREATE FUNCTION registry_require_service() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF row_security_active('registry_stagedseries'::regclass) AND NOT registry_is_service() THEN
            RAISE EXCEPTION 'only services stage series' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER registry_require_service BEFORE INSERT OR UPDATE OR DELETE ON registry_stagedseries_landing
        FOR EACH STATEMENT EXECUTE FUNCTION registry_require_service();
"""

_BACKWARD = """
    DROP TRIGGER registry_require_service ON registry_stagedseries_landing;
    DROP FUNCTION registry_require_service();
    ALTER TABLE registry_stagedseries DETACH PARTITION registry_stagedseries_landing;
    ALTER TABLE registry_stagedseries_landing ENABLE ROW LEVEL SECURITY;

    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN SELECT polname, polcmd, pg_get_expr(polqual, polrelid) AS shown,
                pg_get_expr(polwithcheck, polrelid) AS taken
            FROM pg_policy WHERE polrelid = 'registry_stagedseries'::regclass
        LOOP
            EXECUTE format('CREATE POLICY %I ON registry_stagedseries_landing FOR %s USING (%s)%s', found.polname,
                CASE found.polcmd WHEN 'r' THEN 'SELECT' ELSE 'ALL' END,
                replace(found.shown, 'registry_stagedseries.', 'registry_stagedseries_landing.'),
                coalesce(' WITH CHECK (' || found.taken || ')', ''));
        END LOOP;
        FOR found IN SELECT pg_get_triggerdef(oid) AS made
            FROM pg_trigger WHERE tgrelid = 'registry_stagedseries'::regclass AND NOT tgisinternal
                AND tgname <> 'registry_watch_insert'
        LOOP
            EXECUTE replace(found.made, 'registry_stagedseries', 'registry_stagedseries_landing');
        END LOOP;
    END $$;

    DROP TABLE registry_stagedseries;
    ALTER TABLE registry_stagedseries_landing RENAME TO registry_stagedseries;
    ALTER INDEX registry_stagedseries_landing_pkey RENAME TO registry_stagedseries_pkey;
"""


def _on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, None)

    return run


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_watched_rights")]

    operations = [migrations.RunPython(_on_postgresql(_FORWARD), _on_postgresql(_BACKWARD))]
