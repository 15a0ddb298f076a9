"""Every change of figures, rights, people and documentation leaves a row, also past the application."""

from django.db import migrations, models

# Table: what its rows are told by, what leads from them to a participant, columns that are no change, and
# whether the columns that changed are told. Tables of figures take thousands of rows per statement: there,
# rows are only counted.
_WATCHED = {
    "registry_series": ("dataset_id", "dataset_id", "", False),
    "registry_seriesrevision": ("dataset_id", "dataset_id", "", False),
    "registry_stagedseries": ("submission_id", "submission_id", "", False),
    "registry_submission": ("id", "dataset_id", "", True),
    "registry_release": ("id", "dataset_id", "", True),
    "registry_dataset": ("id", "owner_id", "", True),
    "registry_documentation": ("id", "dataset_id", "reminded_on", True),
    "registry_documentation_legal_references": ("documentation_id", "", "", True),
    "registry_legalreference": ("id", "participant_id", "", True),
    "registry_accessgrant": ("id", "dataset_id", "", True),
    "registry_datasetaudience": ("dataset_id", "dataset_id", "", True),
    "registry_releaseaudience": ("release_id", "", "", False),
    "registry_audience": ("id", "", "", True),
    "registry_audiencetoken": ("audience_id", "", "", True),
    "registry_participant": ("id", "id", "", True),
    "registry_user": ("id", "participant_id", "last_login", True),
    "registry_roleassignment": ("id", "user_id", "", True),
    "registry_user_groups": ("user_id", "user_id", "", True),
    "registry_user_user_permissions": ("user_id", "user_id", "", True),
    "auth_group_permissions": ("group_id", "", "", True),
    "registry_indicator": ("id", "owner_id", "", True),
    "registry_indicatordimension": ("indicator_id", "", "", True),
    "registry_codelist": ("id", "", "", True),
    "registry_code": ("codelist_id", "", "", False),
}

_FUNCTIONS = """
    CREATE FUNCTION registry_transaction() RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT pg_current_xact_id()::text || '.' || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint
    $$;

    CREATE FUNCTION registry_analyze(named text, columns text[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        IF named NOT LIKE 'registry\\_%' THEN
            RAISE EXCEPTION 'not a table of the registry: %', named;
        END IF;
        EXECUTE format('ANALYZE %I (%s)', named, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c));
    END $$;
    REVOKE ALL ON FUNCTION registry_analyze(text, text[]) FROM PUBLIC;

    CREATE FUNCTION registry_record_change() RETURNS trigger
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
                    WHERE n.value IS DISTINCT FROM to_jsonb(b) -> n.key AND n.key <> $1'
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
                    WHEN link = 'user_id' THEN 'JOIN registry_user u ON u.id = l.id
                        JOIN registry_participant p ON p.id = u.participant_id
                        LEFT JOIN registry_dataset d ON false'
                    ELSE 'JOIN registry_participant p ON p.id = l.id LEFT JOIN registry_dataset d ON false' END)
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

_LOCK = """
    CREATE TRIGGER registry_auditevent_truncate BEFORE TRUNCATE ON registry_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
    CREATE TRIGGER registry_rowchange_lock BEFORE UPDATE OR DELETE ON registry_rowchange
        FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
    CREATE TRIGGER registry_rowchange_truncate BEFORE TRUNCATE ON registry_rowchange
        FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
"""


def _triggers(table, told, link, ignored, tells_columns):
    given = f"('{told}', '{link}', '{ignored}', '{'columns' if tells_columns else ''}')"
    before = "OLD TABLE AS before " if tells_columns else ""
    for act, rows in (
        ("INSERT", "REFERENCING NEW TABLE AS changed"),
        ("UPDATE", f"REFERENCING {before}NEW TABLE AS changed"),
        ("DELETE", "REFERENCING OLD TABLE AS changed"),
        ("TRUNCATE", ""),
    ):
        yield (
            f"CREATE TRIGGER registry_watch_{act.lower()} AFTER {act} ON {table} {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION registry_record_change{given}"
        )


def watch(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(_FUNCTIONS.replace("{schema}", schema), None)
    schema_editor.execute(_LOCK, None)
    for table, how in _WATCHED.items():
        for statement in _triggers(table, *how):
            schema_editor.execute(statement, None)


def unwatch(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in _WATCHED:
        for act in ("insert", "update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER registry_watch_{act} ON {table}", None)
    schema_editor.execute("DROP TRIGGER registry_auditevent_truncate ON registry_auditevent", None)
    schema_editor.execute("DROP FUNCTION registry_record_change() CASCADE", None)
    schema_editor.execute("DROP FUNCTION registry_analyze(text, text[])", None)
    schema_editor.execute("DROP FUNCTION registry_transaction()", None)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("registry", "0003_countries_in_charge"),
    ]

    operations = [
        migrations.CreateModel(
            name="RowChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("table", models.CharField(max_length=63, verbose_name="table")),
                ("operation", models.CharField(choices=[("insert", "Added"), ("update", "Changed"), ("delete", "Deleted"), ("truncate", "Emptied")], max_length=10, verbose_name="operation")),
                ("rows", models.BigIntegerField(verbose_name="rows")),
                ("objects_told", models.TextField(db_column="objects", verbose_name="objects")),
                ("columns", models.TextField(verbose_name="columns")),
                ("participant", models.CharField(max_length=20, null=True, verbose_name="participant")),
                ("dataset", models.CharField(max_length=60, verbose_name="dataset")),
                ("database_user", models.CharField(max_length=63, verbose_name="database user")),
                ("actor", models.CharField(max_length=150, verbose_name="person")),
                ("transaction", models.CharField(max_length=40, verbose_name="transaction")),
            ],
            options={
                "verbose_name": "change of rows",
                "verbose_name_plural": "changes of rows",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["-at"], name="rowchange_at"),
                    models.Index(fields=["participant", "-at"], name="rowchange_participant"),
                ],
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="transaction",
            field=models.CharField(editable=False, max_length=40, null=True, verbose_name="transaction"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["-at"], name="audit_at"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["transaction"], name="audit_transaction"),
        ),
        migrations.RunPython(watch, unwatch),
    ]
