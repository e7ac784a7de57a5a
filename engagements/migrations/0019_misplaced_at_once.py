import importlib

from django.db import migrations

from diplomacy.lib.rls.roles import SYSTEM

places = importlib.import_module("engagements.migrations.0015_where_plans_cross")
turns = importlib.import_module("engagements.migrations.0018_offices_in_turn")
AS_KEEPER = turns.before.AS_KEEPER
# Looked up for each overlap by itself, and for each twice, this was half of the nightly run. Now the countries of a part's plans
# are read once, compared only where they differ, and each overlap is looked at with its first plan when all of them are.
MISPLACED = f"""
DROP FUNCTION rls.overlaps_misplaced(bigint[]);
CREATE FUNCTION rls.overlaps_misplaced(changed bigint[], are_all boolean) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT rls.as_system();
    WITH held AS (
        SELECT o.id, o.first_id, o.second_id, o.crosses_on, o.countries FROM {places.OVERLAP} o
        WHERE o.ended_at IS NULL AND o.first_id = ANY (changed)
        UNION
        SELECT o.id, o.first_id, o.second_id, o.crosses_on, o.countries FROM {places.OVERLAP} o
        WHERE NOT are_all AND o.ended_at IS NULL AND o.second_id = ANY (changed)
    ), abroad AS MATERIALIZED (
        SELECT k.engagement_id, array_agg(k.country ORDER BY k.country) AS countries FROM {places.COUNTRIES} k
        WHERE k.country <> 'US' AND k.engagement_id IN (SELECT first_id FROM held UNION SELECT second_id FROM held)
        GROUP BY 1
    )
    SELECT h.id FROM held h
    JOIN engagements_engagement f ON f.id = h.first_id JOIN engagements_engagement s ON s.id = h.second_id
    LEFT JOIN abroad a ON a.engagement_id = h.first_id LEFT JOIN abroad b ON b.engagement_id = h.second_id
    WHERE h.crosses_on IS DISTINCT FROM greatest(f.starts_on, s.starts_on)
        OR h.countries IS DISTINCT FROM CASE WHEN a.countries = b.countries THEN a.countries ELSE coalesce(
            nullif(ARRAY(SELECT unnest(a.countries) INTERSECT SELECT unnest(b.countries) ORDER BY 1), '{{}}'),
            nullif(ARRAY(SELECT unnest(a.countries) UNION SELECT unnest(b.countries) ORDER BY 1), '{{}}'),
            '{{ZZ}}'
        ) END
$$;
REVOKE ALL ON FUNCTION rls.overlaps_misplaced(bigint[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.overlaps_misplaced(bigint[], boolean) TO {SYSTEM};
"""
BEFORE = (
    "CREATE FUNCTION rls.overlaps_misplaced" + places.KEEP.split("CREATE FUNCTION rls.overlaps_misplaced")[1]
)
UNDO = f"""
DROP FUNCTION rls.overlaps_misplaced(bigint[], boolean);
{BEFORE.replace("AS $$", "AS $$ SELECT rls.as_system();")}
REVOKE ALL ON FUNCTION rls.overlaps_misplaced(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.overlaps_misplaced(bigint[]) TO {SYSTEM};
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0018_offices_in_turn")]
    operations = [migrations.RunSQL(AS_KEEPER.format(MISPLACED), AS_KEEPER.format(UNDO))]
