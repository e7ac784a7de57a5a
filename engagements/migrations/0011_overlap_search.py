from django.db import migrations

from diplomacy.lib.rls.operations import KEYS, NOBODY, OWN, Protect, parent
from diplomacy.lib.rls.roles import KEEPER, READERS, SYSTEM

FOOTPRINT, OVERLAP, SIDE = (
    "engagements_overlapfootprint",
    "engagements_overlap",
    "engagements_overlapside",
)
NOBODY_AND_LOUDLY = f"{KEYS} IS NULL"
"""No reader; and without one named it fails, as every other table does."""
FEDERAL = "federal_reads AND (SELECT rls.has('federal'))"
# What an engagement touches, worked out again: `changed` are its ids, `windows` days by kind ('' for the rest).
# Restricted engagements, and those that are not (or no longer) filed, leave nothing here: they take no part.
KEEP = f"""
GRANT INSERT, UPDATE, DELETE ON {FOOTPRINT} TO {KEEPER};
GRANT SELECT (subdivision, city, parent_id) ON counterparts_counterpart TO {KEEPER};
CREATE POLICY keeper_keeps ON {FOOTPRINT} TO {KEEPER} USING (true) WITH CHECK (true);
CREATE FUNCTION rls.overlap_key(said text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp RETURN hashtextextended(said, 0);
CREATE FUNCTION rls.keep_footprints(changed bigint[], windows jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH live AS (
        SELECT e.id, e.office_id, e.topics, e.starts_on, e.coordination = 'blind' AS is_blind,
            daterange(e.starts_on, e.ends_on, '[]') AS dates,
            daterange(e.starts_on - w.days, e.ends_on + w.days, '[]') AS reach
        FROM engagements_engagement e
        CROSS JOIN LATERAL (SELECT coalesce((windows ->> e.kind)::int, (windows ->> '')::int) AS days) w
        WHERE e.id = ANY (changed) AND e.status = 'filed' AND e.visibility <> 'restricted'
    ), met AS (
        SELECT m.engagement_id, c.id, c.parent_id, c.country, c.subdivision, lower(btrim(c.city)) AS city
        FROM engagements_engagement_counterparts m JOIN counterparts_counterpart c ON c.id = m.counterpart_id
        WHERE m.engagement_id = ANY (changed)
    ), places AS (
        SELECT p.engagement_id, p.country, p.subdivision, p.city, topic
        FROM (
            SELECT engagement_id, country, subdivision, lower(btrim(city)) AS city
            FROM engagements_stop WHERE engagement_id = ANY (changed)
            UNION SELECT engagement_id, country, subdivision, city FROM met
        ) p
        JOIN live l ON l.id = p.engagement_id CROSS JOIN LATERAL unnest(l.topics) topic
        WHERE p.country NOT IN ('', 'US')
    ), touched (engagement_id, touch, key, seeks) AS (
        SELECT engagement_id, 1, k, ARRAY[k] FROM met, LATERAL rls.overlap_key('c' || id) k
        UNION
        SELECT engagement_id, 2, k, ARRAY[k]
        FROM met CROSS JOIN LATERAL unnest(ARRAY[id, parent_id]) body, LATERAL rls.overlap_key('f' || body) k
        WHERE body IS NOT NULL
        UNION
        SELECT engagement_id, 3, k, ARRAY[k]
        FROM places, LATERAL rls.overlap_key('s' || subdivision || ' ' || topic) k WHERE subdivision <> ''
        UNION  -- of two that say a region, the region decides; a city speaks where one says none
        SELECT engagement_id, 3, CASE WHEN subdivision = '' THEN bare ELSE within END,
            CASE WHEN subdivision = '' THEN ARRAY[bare, within] ELSE ARRAY[bare] END
        FROM places, LATERAL rls.overlap_key('b' || country || ' ' || topic || ' ' || city) bare,
            LATERAL rls.overlap_key('w' || country || ' ' || topic || ' ' || city) within
        WHERE city <> ''
    ), said AS (
        SELECT t.engagement_id, l.office_id, t.key, t.seeks, t.touch, l.dates, l.reach, l.starts_on, l.is_blind
        FROM touched t JOIN live l ON l.id = t.engagement_id
    ), gone AS (
        DELETE FROM {FOOTPRINT} f WHERE f.engagement_id = ANY (changed) AND NOT EXISTS (
            SELECT FROM said s WHERE s.engagement_id = f.engagement_id AND s.key = f.key)
    )
    INSERT INTO {FOOTPRINT} AS f
        (engagement_id, office_id, key, seeks, touch, dates, reach, starts_on, is_blind)
    SELECT * FROM said ORDER BY engagement_id, key
    ON CONFLICT (engagement_id, key) DO UPDATE SET office_id = excluded.office_id, dates = excluded.dates,
        reach = excluded.reach, starts_on = excluded.starts_on, is_blind = excluded.is_blind
    WHERE (f.office_id, f.dates, f.reach, f.starts_on, f.is_blind)
        IS DISTINCT FROM (excluded.office_id, excluded.dates, excluded.reach, excluded.starts_on, excluded.is_blind)
$$;
"""
# `&&` is not leakproof: behind a policy its index is of no use, so that the keeper looks. Each index is read from the
# nearest first day on, and no further than `most` rows (by way of touching): a place and topic that 100,000 share costs what any other does.
# Those that only coordinators hear of are counted apart: how many there are changes nothing of what an office sees.
NEAR = """
(SELECT g.engagement_id, g.is_blind, abs(g.starts_on - f.starts_on) AS away FROM engagements_overlapfootprint g
 WHERE g.key = sought.key AND {within} AND g.is_blind = hidden.is_blind AND g.office_id <> f.office_id
    AND g.dates && CASE WHEN upper(f.dates) > today THEN daterange(NULL, NULL) ELSE daterange(today, NULL) END
 ORDER BY g.starts_on <-> f.starts_on LIMIT most[f.touch])
"""
FIND = f"""
CREATE FUNCTION rls.overlaps_found(changed bigint[], today date, most integer[])
RETURNS TABLE (first_id bigint, second_id bigint, touch smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH near AS (
        SELECT f.engagement_id AS own, n.engagement_id AS other, n.is_blind, min(f.touch) AS touch, min(n.away) AS away
        FROM {FOOTPRINT} f CROSS JOIN LATERAL unnest(f.seeks) AS sought(key)
        CROSS JOIN (VALUES (false), (true)) AS hidden(is_blind)
        CROSS JOIN LATERAL ({NEAR.format(within="g.dates && f.reach")} UNION ALL {NEAR.format(within="g.reach && f.dates")}) n
        WHERE f.engagement_id = ANY (changed)
        GROUP BY 1, 2, 3
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY own, is_blind, touch ORDER BY away, other) AS place FROM near
    )
    SELECT least(own, other), greatest(own, other), min(touch)::smallint FROM ranked WHERE place <= most[touch]
    GROUP BY 1, 2 ORDER BY 1, 2
$$;
CREATE FUNCTION rls.overlaps_standing(wanted bigint[], today date) RETURNS TABLE (id bigint, touch smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, min(f.touch)::smallint
    FROM {OVERLAP} o JOIN {FOOTPRINT} f ON f.engagement_id = o.first_id
    JOIN {FOOTPRINT} g ON g.engagement_id = o.second_id AND g.key = ANY (f.seeks)
    WHERE o.id = ANY (wanted) AND (g.dates && f.reach OR g.reach && f.dates)
        AND greatest(upper(f.dates), upper(g.dates)) > today
    GROUP BY o.id
$$;
"""
FUNCTIONS = (
    "rls.overlap_key(text)",
    "rls.keep_footprints(bigint[], jsonb)",
    "rls.overlaps_found(bigint[], date, integer[])",
    "rls.overlaps_standing(bigint[], date)",
)
HAND_OVER = "".join(
    f"ALTER FUNCTION {name} OWNER TO {KEEPER}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC;"
    f"GRANT EXECUTE ON FUNCTION {name} TO {SYSTEM};"
    for name in FUNCTIONS
)
UNDO = (
    f"SET LOCAL ROLE {KEEPER};"
    + "".join(f"DROP FUNCTION {name};" for name in reversed(FUNCTIONS))
    + f"RESET ROLE; DROP POLICY keeper_keeps ON {FOOTPRINT};"
)
LINES = f"""
CREATE POLICY overlap_lines ON activity_entry FOR SELECT TO {", ".join(READERS)} USING (
    (readers = '{{}}' OR readers && {KEYS}) AND (
        subject_type = 'engagements.overlapside' AND {parent(SIDE, "subject_id")}
        OR subject_type = 'engagements.overlap' AND {parent(OVERLAP, "subject_id")}
    )
)
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0010_overlaps"), ("activity", "0009_oversight_second_wall")]
    # Only the system's named work writes here: what one side does is told to the other in the other's own words.
    operations = [
        Protect(FOOTPRINT, reads=NOBODY_AND_LOUDLY, privileges="SELECT"),
        Protect(OVERLAP, reads=NOBODY, federal_reads=FEDERAL),
        Protect(SIDE, reads=OWN),
        Protect("engagements_overlapmessage", reads=OWN),
        Protect("engagements_coordinatorquestion", reads=OWN, federal_reads=f"({FEDERAL}) OR {OWN}"),
        migrations.RunSQL(KEEP + FIND + HAND_OVER, UNDO),
        migrations.RunSQL(LINES, "DROP POLICY overlap_lines ON activity_entry"),
    ]
