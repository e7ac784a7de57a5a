import importlib

from django.db import migrations

before = importlib.import_module("engagements.migrations.0006_title_search")
# NULL: the words are so frequent among what the reader may see that the list, read on from its beginning, is full before
# the index has said where they are. The 500 newest tell how frequent both are: reading on looks at 26 / (words * seen) of
# all rows, the index at `words` of them. An office sees a twentieth of all; asked only whether the page is full after 500
# rows, it had every row with a frequent word looked up first.
SEARCH = """
CREATE OR REPLACE FUNCTION rls.engagements_titled(pattern text, most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held varchar[] := rls.keys();
    is_federal boolean := 'federal' = ANY (held);
    is_system boolean := held[1] LIKE 'system:%';
    titled numeric;
    seen numeric;
BEGIN
    SELECT count(*) FILTER (WHERE title ILIKE pattern) / 500.0,
        count(*) FILTER (WHERE is_system OR readers && held OR (is_federal AND federal_reads)) / 500.0
    INTO titled, seen FROM (
        SELECT title, readers, federal_reads FROM public.engagements_engagement WHERE filed_at IS NOT NULL
        ORDER BY starts_on DESC NULLS FIRST, id DESC LIMIT 500
    ) newest;
    IF 26 <= titled * titled * seen * (
        SELECT greatest(reltuples, 0)::numeric FROM pg_class WHERE oid = 'public.engagements_engagement'::regclass
    ) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY(
        SELECT id FROM public.engagements_engagement
        WHERE title ILIKE pattern AND (is_system OR readers && held OR (is_federal AND federal_reads))
        LIMIT most
    );
END $$;
"""
AS_KEEPER = "SET LOCAL ROLE diplomacy_keeper; {} RESET ROLE;"
AGAIN = before.SEARCH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").split("ALTER FUNCTION")[0]


class Migration(migrations.Migration):
    dependencies = [("engagements", "0007_fill_countries")]
    operations = [migrations.RunSQL(AS_KEEPER.format(SEARCH), AS_KEEPER.format(AGAIN))]
