import django.contrib.postgres.fields
from django.db import migrations, models

from diplomacy.lib.rls.roles import KEEPER, SYSTEM

OVERLAP, COUNTRIES = "engagements_overlap", "engagements_engagementcountry"
ABROAD = "k.country <> 'US' AND k.engagement_id"
# Where and when plans cross, on the overlap itself: asked of both plans at each look, a page of a desk read every overlap,
# two engagements and their countries. Kept by whoever may look everything up, as the index of footprints is, for given
# overlaps (`settle` holds them) or for a part of all (the migration that fills it).
KEEP = f"""
GRANT UPDATE (crosses_on, countries) ON {OVERLAP} TO {KEEPER};
CREATE POLICY keeper_places ON {OVERLAP} FOR UPDATE TO {KEEPER} USING (true) WITH CHECK (true);
CREATE FUNCTION rls.overlap_places(wanted bigint[]) RETURNS TABLE (id bigint, crosses_on date, countries varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, greatest(f.starts_on, s.starts_on), coalesce(
        nullif(ARRAY(
            SELECT k.country FROM {COUNTRIES} k
            WHERE {ABROAD} = o.first_id INTERSECT
            SELECT k.country FROM {COUNTRIES} k WHERE {ABROAD} = o.second_id ORDER BY 1
        ), '{{}}'),
        nullif(ARRAY(
            SELECT DISTINCT k.country FROM {COUNTRIES} k WHERE {ABROAD} IN (o.first_id, o.second_id) ORDER BY 1
        ), '{{}}'),
        '{{ZZ}}'
    )::varchar[]
    FROM {OVERLAP} o JOIN engagements_engagement f ON f.id = o.first_id
    JOIN engagements_engagement s ON s.id = o.second_id
    WHERE o.id = ANY (wanted)
$$;
CREATE FUNCTION rls.keep_overlap_places(wanted bigint[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE {OVERLAP} o SET crosses_on = p.crosses_on, countries = p.countries FROM rls.overlap_places(wanted) p
    WHERE p.id = o.id AND (o.crosses_on, o.countries) IS DISTINCT FROM (p.crosses_on, p.countries)
$$;
CREATE FUNCTION rls.overlaps_misplaced(changed bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id FROM {OVERLAP} o JOIN rls.overlap_places(ARRAY(
        SELECT h.id FROM {OVERLAP} h
        WHERE h.ended_at IS NULL AND (h.first_id = ANY (changed) OR h.second_id = ANY (changed))
    )) p USING (id)
    WHERE (o.crosses_on, o.countries) IS DISTINCT FROM (p.crosses_on, p.countries)
$$;
"""
FUNCTIONS = (
    "rls.overlap_places(bigint[])",
    "rls.keep_overlap_places(bigint[])",
    "rls.overlaps_misplaced(bigint[])",
)
HAND_OVER = "".join(
    f"ALTER FUNCTION {name} OWNER TO {KEEPER}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC;"
    f"GRANT EXECUTE ON FUNCTION {name} TO {SYSTEM};"
    for name in FUNCTIONS
)
UNDO = (
    f"SET LOCAL ROLE {KEEPER};"
    + "".join(f"DROP FUNCTION {name};" for name in reversed(FUNCTIONS))
    + f"RESET ROLE; DROP POLICY keeper_places ON {OVERLAP};"
    + f"REVOKE UPDATE (crosses_on, countries) ON {OVERLAP} FROM {KEEPER};"
)


class Migration(migrations.Migration):
    dependencies = [("engagements", "0014_referrals_second_wall")]
    operations = [
        migrations.AddField(
            model_name="overlap",
            name="crosses_on",
            field=models.DateField(
                editable=False,
                help_text="The first day on which both have begun: the later first day",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="overlap",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                db_default=[],
                default=list,
                editable=False,
                help_text="Where both go or whom both meet; where they share none, those of either",
                size=None,
            ),
        ),
        migrations.RunSQL(KEEP + HAND_OVER, UNDO),
    ]
