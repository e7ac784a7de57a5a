import importlib

from django.db import migrations

before = importlib.import_module("engagements.migrations.0008_title_search_for_offices")
# Of frequent words the index holds long lists, one for each three letters, and intersecting a dozen of them took longer than
# all that follows. Four letters from the middle of each word find nearly the same titles by two lists a word; the whole of
# what was asked is then looked at in those, past the index (`title || ''`).
SEARCH = """
CREATE OR REPLACE FUNCTION rls.engagements_titled(pattern text, most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held varchar[] := rls.keys();
    is_federal boolean := 'federal' = ANY (held);
    is_system boolean := held[1] LIKE 'system:%';
    titled numeric;
    seen numeric;
    fragments text;
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
    IF titled > 0 THEN
        SELECT '%' || string_agg(substr(word, 1 + greatest(0, length(word) - 4) / 2, 4), '%' ORDER BY place) || '%'
        INTO fragments
        FROM regexp_matches(pattern, '[[:alnum:]]+', 'g') WITH ORDINALITY found (words, place),
            LATERAL (SELECT words[1] AS word) each_word;
    END IF;
    IF fragments IS NULL THEN
        RETURN ARRAY(
            SELECT id FROM public.engagements_engagement
            WHERE title ILIKE pattern AND (is_system OR readers && held OR (is_federal AND federal_reads))
            LIMIT most
        );
    END IF;
    RETURN ARRAY(
        SELECT id FROM public.engagements_engagement
        WHERE title ILIKE fragments AND (is_system OR readers && held OR (is_federal AND federal_reads))
            AND (title || '') ILIKE pattern
        LIMIT most
    );
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0011_overlap_search")]
    operations = [migrations.RunSQL(before.AS_KEEPER.format(SEARCH), before.AS_KEEPER.format(before.SEARCH))]
