from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from diplomacy.lib.rls.roles import KEEPER, ROLES

# Behind a policy no index over words is used, because `ILIKE` could tell of rows that it was not to see: the search is
# made here, by who may look everything up, and answers for the reader alone. NULL: of the 500 newest so many have the
# words that the list, read on from its beginning, is full at once.
SEARCH = f"""
CREATE FUNCTION rls.engagements_titled(pattern text, most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held varchar[] := rls.keys();
    is_federal boolean := 'federal' = ANY (held);
    is_system boolean := held[1] LIKE 'system:%';
BEGIN
    IF most <= (
        SELECT count(*) * 40 FROM (
            SELECT title, readers, federal_reads FROM public.engagements_engagement WHERE filed_at IS NOT NULL
            ORDER BY starts_on DESC NULLS FIRST, id DESC LIMIT 500
        ) newest
        WHERE title ILIKE pattern AND (is_system OR readers && held OR (is_federal AND federal_reads))
    ) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY(
        SELECT id FROM public.engagements_engagement
        WHERE title ILIKE pattern AND (is_system OR readers && held OR (is_federal AND federal_reads))
        LIMIT most
    );
END $$;
ALTER FUNCTION rls.engagements_titled(text, integer) OWNER TO {KEEPER};
REVOKE ALL ON FUNCTION rls.engagements_titled(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.engagements_titled(text, integer) TO {", ".join(ROLES)};
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("engagements", "0005_countries")]
    operations = [
        AddIndexConcurrently(
            "engagement",
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="engagement_title_words"),
        ),
        migrations.RunSQL(SEARCH, "DROP FUNCTION rls.engagements_titled(text, integer)"),
    ]
