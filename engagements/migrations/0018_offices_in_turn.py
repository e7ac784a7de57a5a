import importlib

from django.db import migrations

before = importlib.import_module("engagements.migrations.0017_functions_ask_who_calls")
# The 20 nearest may all be of one office, with a trade mission of twenty meetings, or with plans filed to stand between two
# others: those were then told nothing of each other. Four times as many are looked at, and each office's nearest comes before
# any office's second.
NEAR = """
(SELECT g.engagement_id, g.office_id, g.is_blind, abs(g.starts_on - f.starts_on) AS away FROM engagements_overlapfootprint g
 WHERE g.key = sought.key AND {within} AND g.is_blind = hidden.is_blind AND g.office_id <> f.office_id
    AND g.dates && CASE WHEN upper(f.dates) > today THEN daterange(NULL, NULL) ELSE daterange(today, NULL) END
 ORDER BY g.starts_on <-> f.starts_on LIMIT 4 * most[f.touch])
"""
FIND = f"""
CREATE OR REPLACE FUNCTION rls.overlaps_found(changed bigint[], today date, most integer[])
RETURNS TABLE (first_id bigint, second_id bigint, touch smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT rls.as_system();
    WITH near AS (
        SELECT f.engagement_id AS own, n.engagement_id AS other, n.office_id, n.is_blind, min(f.touch) AS touch,
            min(n.away) AS away
        FROM engagements_overlapfootprint f CROSS JOIN LATERAL unnest(f.seeks) AS sought(key)
        CROSS JOIN (VALUES (false), (true)) AS hidden(is_blind)
        CROSS JOIN LATERAL ({NEAR.format(within="g.dates && f.reach")} UNION ALL {NEAR.format(within="g.reach && f.dates")}) n
        WHERE f.engagement_id = ANY (changed)
        GROUP BY 1, 2, 3, 4
    ), turns AS (
        SELECT *, row_number() OVER (PARTITION BY own, is_blind, touch, office_id ORDER BY away, other) AS turn FROM near
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY own, is_blind, touch ORDER BY turn, away, other) AS place FROM turns
    )
    SELECT least(own, other), greatest(own, other), min(touch)::smallint FROM ranked WHERE place <= most[touch]
    GROUP BY 1, 2 ORDER BY 1, 2
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0017_functions_ask_who_calls")]
    operations = [migrations.RunSQL(before.AS_KEEPER.format(FIND), before.AS_KEEPER.format(before.GUARDED))]
