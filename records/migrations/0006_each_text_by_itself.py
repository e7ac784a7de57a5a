import importlib

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.roles import KEEPER, SYSTEM

before = importlib.import_module("records.migrations.0003_disposal")
# What is due, and what a hold keeps, is as before.
VERSIONS, SECTIONS = (
    part.split("), took AS")[0].replace("LIMIT most", "ORDER BY 1 LIMIT most")
    for part in before.DISPOSE.split("WITH due AS (")[1:]
)
# Each text by itself: one that the database refuses stays as it was, and the disposal is not finished.
DISPOSE = f"""
CREATE FUNCTION records_dispose(disposal bigint, most integer) RETURNS TABLE (gone integer, stuck text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said public.records_disposal;
    before timestamptz;
    text_id bigint;
    one text;
    digests text := '';
BEGIN
    gone := 0;
    stuck := '{{}}';
    SELECT * INTO STRICT said FROM public.records_disposal WHERE id = disposal AND finished_at IS NULL FOR UPDATE;
    -- The years that held when the lead agreed.
    SELECT least(said.confirmed_at, now()) - make_interval(years => r.years) INTO before
    FROM public.activity_retention r WHERE r.kind = 'text.' || said.sort AND r.since <= said.confirmed_at
    ORDER BY r.since DESC, r.id DESC LIMIT 1;
    IF before IS NULL THEN
        RAISE EXCEPTION 'nothing is scheduled' USING ERRCODE = 'check_violation', CONSTRAINT = 'records_scheduled';
    END IF;
    IF said.sort = 'versions' THEN
        FOR text_id IN {VERSIONS} LOOP
            BEGIN
                UPDATE public.engagements_engagementversion v
                SET digest = encode(sha256(convert_to(v.said::text, 'UTF8')), 'hex'), said = '{{}}', disposed_at = now()
                WHERE v.id = text_id RETURNING v.digest INTO STRICT one;
                gone := gone + 1;
                digests := digests || one;
            EXCEPTION WHEN OTHERS THEN
                stuck := stuck || format('%s (%s)', text_id, SQLSTATE);
            END;
        END LOOP;
    ELSE
        FOR text_id IN {SECTIONS} LOOP
            BEGIN
                UPDATE public.briefings_section s
                SET digest = encode(sha256(convert_to(s.heading || E'\\n' || s.body, 'UTF8')), 'hex'),
                    heading = 'Disposed of under the records schedule', body = '', disposed_at = now()
                WHERE s.id = text_id RETURNING s.digest INTO STRICT one;
                gone := gone + 1;
                digests := digests || one;
            EXCEPTION WHEN OTHERS THEN
                stuck := stuck || format('%s (%s)', text_id, SQLSTATE);
            END;
        END LOOP;
    END IF;
    UPDATE public.records_disposal d
    SET texts = d.texts + gone,
        digest = CASE WHEN gone = 0 THEN d.digest
                 ELSE encode(sha256(convert_to(d.digest || digests, 'UTF8')), 'hex') END,
        finished_at = CASE WHEN gone < most AND stuck = '{{}}' THEN now() END
    WHERE d.id = disposal;
    RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION records_dispose(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_dispose(bigint, integer) TO {{app}}, {SYSTEM};
GRANT CREATE ON SCHEMA public TO {KEEPER};
ALTER FUNCTION records_dispose(bigint, integer) OWNER TO {KEEPER};
REVOKE CREATE ON SCHEMA public FROM {KEEPER};
"""


def install(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    before.remove(apps, editor)
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    editor.execute(DISPOSE.replace("{app}", app), params=None)


def put_back(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    before.remove(apps, editor)
    editor.execute("DROP POLICY keeper_finishes ON records_disposal")
    before.install(apps, editor)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_referrals_kept_back")]
    operations = [migrations.RunPython(install, put_back)]
