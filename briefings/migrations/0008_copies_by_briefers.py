import importlib

from django.db import migrations

from diplomacy.lib.rls.roles import KEEPER, READERS
from diplomacy.lib.rls.roles import ROLES as ALL

wall = importlib.import_module("briefings.migrations.0003_second_wall")
ROLES = ", ".join(READERS)
# Whoever has a copy reads that its briefing is there, and the sections in it: who could write themselves one, or move theirs,
# read the title of any; who writes briefings could put anybody's sections into a copy of their own. A reader opens theirs and
# takes note; its briefers put their own sections into it. Policies of sections and copies that asked each other would never end.
WRITTEN = f"""
SET LOCAL ROLE {KEEPER};
CREATE FUNCTION rls.sections_written() RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held varchar[] := rls.keys();
BEGIN
    RETURN ARRAY(
        SELECT s.id FROM public.briefings_section s JOIN public.briefings_briefing b ON b.id = s.briefing_id
        WHERE ('office:' || b.office_id || ':briefer')::varchar = ANY (held)
    );
END $$;
REVOKE ALL ON FUNCTION rls.sections_written() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.sections_written() TO {", ".join(ALL)};
RESET ROLE;
"""
UNWRITTEN = f"SET LOCAL ROLE {KEEPER}; DROP FUNCTION rls.sections_written(); RESET ROLE;"
BY_BRIEFERS = wall.parent(
    wall.DELIVERY,
    "delivery_id",
    f"EXISTS (SELECT FROM {wall.BRIEFING} b WHERE b.id = p.briefing_id AND {wall.BRIEFER.format('b.')})",
)
THEIR_OWN = f"section_id = ANY ((SELECT rls.sections_written())::bigint[]) AND {BY_BRIEFERS}"
ADDS = f"DROP POLICY writer_adds ON {{0}}; CREATE POLICY writer_adds ON {{0}} FOR INSERT TO {ROLES} WITH CHECK ({{1}});"


def _closed(copies: str, sections: str) -> str:
    return f"""
{ADDS.format(wall.DELIVERY, copies)}
{ADDS.format(wall.COPIES, sections)}
ALTER POLICY writer_changes ON {wall.COPIES} WITH CHECK ({sections});
"""


CLOSE = f"""
{_closed(wall.BY_BRIEFERS, THEIR_OWN)}
REVOKE UPDATE ON {wall.DELIVERY} FROM {ROLES};
GRANT UPDATE (opened_at, acknowledged_at) ON {wall.DELIVERY} TO {ROLES};
"""
OPEN = f"""
{_closed(f"{wall.OWN} OR {wall.BY_BRIEFERS}", BY_BRIEFERS)}
GRANT UPDATE ON {wall.DELIVERY} TO {ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [("briefings", "0007_received_by_readers")]
    operations = [migrations.RunSQL(WRITTEN, UNWRITTEN), migrations.RunSQL(CLOSE, OPEN)]
