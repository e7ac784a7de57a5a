from django.db import migrations

from diplomacy.lib.rls.operations import KEYS
from diplomacy.lib.rls.roles import ROLES

BEFORE = f"""
(readers = '{{}}' OR readers && {KEYS}) AND (
    subject_type = 'briefings.briefing'
        AND EXISTS (SELECT FROM briefings_briefing p WHERE p.id = subject_id AND p.readers && {KEYS})
    OR subject_type = 'briefings.delivery' AND EXISTS (SELECT FROM briefings_delivery p WHERE p.id = subject_id)
)
"""
# Asked for lines of briefings alone. Written into the policy, PostgreSQL planned these questions, and those that the
# policies of briefings and copies ask in turn, for every statement that meets the log: a third of a page of notices.
ASK = f"""
CREATE FUNCTION rls.reads_lines_of_briefing(bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.briefings_briefing WHERE id = $1 AND readers && rls.keys());
END $$;
CREATE FUNCTION rls.reads_lines_of_delivery(bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.briefings_delivery WHERE id = $1);
END $$;
REVOKE ALL ON FUNCTION rls.reads_lines_of_briefing(bigint), rls.reads_lines_of_delivery(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.reads_lines_of_briefing(bigint), rls.reads_lines_of_delivery(bigint)
    TO {", ".join(ROLES)};
ALTER POLICY briefing_lines ON activity_entry USING (
    subject_type LIKE 'briefings.%' AND (readers = '{{}}' OR readers && {KEYS}) AND (
        subject_type = 'briefings.briefing' AND rls.reads_lines_of_briefing(subject_id)
        OR subject_type = 'briefings.delivery' AND rls.reads_lines_of_delivery(subject_id)
    )
);
"""
UNDO = f"""
ALTER POLICY briefing_lines ON activity_entry USING ({BEFORE});
DROP FUNCTION rls.reads_lines_of_briefing(bigint), rls.reads_lines_of_delivery(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("briefings", "0003_second_wall")]
    operations = [migrations.RunSQL(ASK, UNDO)]
