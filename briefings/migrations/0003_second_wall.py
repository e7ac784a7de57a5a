from django.db import migrations

from diplomacy.lib.rls.operations import KEYS, OWN, Protect, any_key, parent
from diplomacy.lib.rls.roles import KEEPER, READERS, ROLES

BRIEFER = any_key("'office:' || {0}office_id || ':briefer'")
BRIEFING, DELIVERY = "briefings_briefing", "briefings_delivery"
OF_BRIEFERS = parent(BRIEFING, "briefing_id", f"p.{OWN}")
BY_BRIEFERS = parent(BRIEFING, "briefing_id", BRIEFER.format("p."))
COPIES = "briefings_delivery_sections"
# Whoever has a copy reads of the briefing that it is there. Policies that asked each other would never end.
RECEIVED = f"""
CREATE FUNCTION rls.briefings_received() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN ARRAY(SELECT briefing_id FROM public.{DELIVERY} WHERE readers && rls.keys());
ALTER FUNCTION rls.briefings_received() OWNER TO {KEEPER};
REVOKE ALL ON FUNCTION rls.briefings_received() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.briefings_received() TO {", ".join(ROLES)};
"""
GONE = "DROP FUNCTION rls.briefings_received()"
LINES = f"""
CREATE POLICY briefing_lines ON activity_entry FOR SELECT TO {", ".join(READERS)} USING (
    (readers = '{{}}' OR readers && {KEYS}) AND (
        subject_type = 'briefings.briefing' AND {parent(BRIEFING, "subject_id", f"p.{OWN}")}
        OR subject_type = 'briefings.delivery' AND {parent(DELIVERY, "subject_id")}
    )
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("briefings", "0002_released_stays"),
        ("activity", "0007_second_wall"),
        ("engagements", "0003_second_wall"),
    ]
    operations = [
        migrations.RunSQL(RECEIVED, GONE),
        Protect(
            BRIEFING,
            reads=f"{OWN} OR id = ANY ((SELECT rls.briefings_received())::bigint[])",
            writes=BRIEFER.format(""),
        ),
        Protect(
            "briefings_section",
            reads=f"{OF_BRIEFERS} OR EXISTS (SELECT FROM {COPIES} c WHERE c.section_id = briefings_section.id)",
            writes=BY_BRIEFERS,
        ),
        Protect("briefings_audiencerule", reads=OF_BRIEFERS, writes=BY_BRIEFERS),
        # Its reader says that they opened it and took note; its briefers release it.
        Protect(
            DELIVERY,
            reads=f"{OWN} OR {OF_BRIEFERS}",
            writes=f"{OWN} OR {BY_BRIEFERS}",
            privileges="SELECT, INSERT, UPDATE",
        ),
        Protect(
            COPIES,
            reads=parent(DELIVERY, "delivery_id"),
            writes=parent(
                DELIVERY,
                "delivery_id",
                f"EXISTS (SELECT FROM {BRIEFING} b WHERE b.id = p.briefing_id AND {BRIEFER.format('b.')})",
            ),
        ),
        Protect(
            "briefings_readerquestion",
            reads=parent(DELIVERY, "delivery_id"),
            writes=parent(DELIVERY, "delivery_id"),
        ),
        migrations.RunSQL(LINES, "DROP POLICY briefing_lines ON activity_entry"),
    ]
