import django.db.models.deletion
from django.db import migrations, models

from diplomacy.lib.rls.operations import Protect, any_key, parent
from diplomacy.lib.rls.roles import KEEPER

ENGAGEMENT, COUNTRIES = "engagements_engagement", "engagements_engagementcountry"
MET = "engagements_engagement_counterparts"
OWNER = any_key("'office:' || p.office_id || ':staff'", "'office:' || p.office_id || ':lead'")
FOUND = """
    SELECT engagement_id, country FROM public.engagements_stop WHERE country <> '' {and_stop}
    UNION
    SELECT m.engagement_id, c.country FROM public.engagements_engagement_counterparts m
        JOIN public.counterparts_counterpart c ON c.id = m.counterpart_id WHERE c.country <> '' {and_met}
"""
# An index that PostgreSQL cannot keep by itself, over two tables. It is kept by whoever may look everything up, so that
# it is whole whoever writes: a counterpart's place is corrected by people who see only some of its engagements.
KEEP = f"""
GRANT INSERT, DELETE ON {COUNTRIES} TO {KEEPER};
GRANT SELECT (id, country), UPDATE (id) ON counterparts_counterpart TO {KEEPER};
CREATE POLICY keeper_keeps ON {COUNTRIES} TO {KEEPER} USING (true) WITH CHECK (true);
CREATE FUNCTION engagements_keep_countries(changed bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A counterpart that moves meanwhile waits for us, or we for it: neither reads what the other replaces.
    PERFORM FROM public.counterparts_counterpart c JOIN public.{MET} m ON m.counterpart_id = c.id
        WHERE m.engagement_id = ANY (changed) FOR SHARE OF c;
    DELETE FROM public.{COUNTRIES} k WHERE k.engagement_id = ANY (changed) AND NOT EXISTS (
        SELECT FROM ({FOUND.format(and_stop="AND engagement_id = ANY (changed)", and_met="AND m.engagement_id = ANY (changed)")}) found
        WHERE found.engagement_id = k.engagement_id AND found.country = k.country
    );
    INSERT INTO public.{COUNTRIES} (engagement_id, country)
    {FOUND.format(and_stop="AND engagement_id = ANY (changed)", and_met="AND m.engagement_id = ANY (changed)")}
    ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION engagements_part_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.engagements_keep_countries(ARRAY(SELECT DISTINCT engagement_id FROM changed_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION engagements_counterpart_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.engagements_keep_countries(ARRAY(
        SELECT engagement_id FROM public.{MET} WHERE counterpart_id = NEW.id
    ));
    RETURN NULL;
END $$;
"""
TRIGGERS = "\n".join(
    f"CREATE TRIGGER countries_after_{event.lower()} AFTER {event} ON {table} REFERENCING {age} TABLE AS changed_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION engagements_part_changed();"
    for table in ("engagements_stop", MET)
    for event, age in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)
HAND_OVER = f"""
REVOKE ALL ON FUNCTION engagements_keep_countries(bigint[]), engagements_part_changed(),
    engagements_counterpart_moved() FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO {KEEPER};
ALTER FUNCTION engagements_keep_countries(bigint[]) OWNER TO {KEEPER};
ALTER FUNCTION engagements_part_changed() OWNER TO {KEEPER};
ALTER FUNCTION engagements_counterpart_moved() OWNER TO {KEEPER};
REVOKE CREATE ON SCHEMA public FROM {KEEPER};
"""
MOVED = """
CREATE TRIGGER countries_after_move AFTER UPDATE OF country ON counterparts_counterpart
    FOR EACH ROW WHEN (OLD.country <> NEW.country) EXECUTE FUNCTION engagements_counterpart_moved();
"""
UNDO = f"""
DROP TRIGGER countries_after_move ON counterparts_counterpart;
{"".join(f"DROP TRIGGER countries_after_{event} ON {table};" for table in ("engagements_stop", MET) for event in ("insert", "update", "delete"))}
SET LOCAL ROLE {KEEPER};
DROP FUNCTION engagements_part_changed(), engagements_counterpart_moved(), engagements_keep_countries(bigint[]);
RESET ROLE;
DROP POLICY keeper_keeps ON {COUNTRIES};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0004_guesses_behind_the_wall"),
        ("counterparts", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="EngagementCountry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                (
                    "engagement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="countries",
                        to="engagements.engagement",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["country", "engagement"], name="engagement_by_country")],
                "constraints": [
                    models.UniqueConstraint(fields=("engagement", "country"), name="one_row_a_country")
                ],
            },
        ),
        Protect(
            COUNTRIES,
            reads=parent(ENGAGEMENT, "engagement_id"),
            writes=parent(ENGAGEMENT, "engagement_id", OWNER),
            privileges="SELECT, DELETE",
        ),
        migrations.RunSQL(KEEP + TRIGGERS + MOVED + HAND_OVER, UNDO),
    ]
