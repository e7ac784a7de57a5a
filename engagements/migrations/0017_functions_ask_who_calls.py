import importlib

from django.db import migrations

from diplomacy.lib.rls.roles import KEEPER, ROLES, SYSTEM

overlaps = importlib.import_module("engagements.migrations.0011_overlap_search")
places = importlib.import_module("engagements.migrations.0015_where_plans_cross")
words = importlib.import_module("engagements.migrations.0012_fewer_letters_of_frequent_words")
# A function of the keeper sees past the policies, and so past the signature that they ask for: it asks for it itself. With
# windows of their own choosing, whoever called these could measure how many days a plan that nobody hears of lies away.
AS_SYSTEM = f"""
CREATE FUNCTION rls.as_system() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF rls.is_system() THEN
        RETURN true;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'Only named work of the system asks this.';
END $$;
ALTER FUNCTION rls.as_system() OWNER TO {KEEPER};
"""
ASKING = (
    (overlaps.KEEP + overlaps.FIND).split("RETURN hashtextextended(said, 0);")[1]
    + "CREATE FUNCTION"
    + places.KEEP.split("CREATE FUNCTION", 1)[1]
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
GUARDED = ASKING.replace("AS $$\n", "AS $$\n    SELECT rls.as_system();\n")
# Their rights were taken from PUBLIC after the keeper owned them, by the owner before: that took nothing.
RIGHTS = "".join(
    f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO {roles};"
    for names, roles in (
        ((*overlaps.FUNCTIONS, *places.FUNCTIONS, "rls.as_system()"), SYSTEM),
        (["rls.engagements_titled(text, integer)"], ", ".join(ROLES)),
    )
    for name in names
)
# Two things told of titles that the reader may not see. An escape at the end of a pattern is complained of when the letters
# before it fit a title, and only then; and “frequent” was counted among everybody's. What is counted now is the reader's: of
# the newest 2,000 rows, because an office sees a twentieth of them, and 25 titles say nothing of how frequent a word is.
UNFINISHED = """
BEGIN
    IF pattern ~ '(^|[^\\\\])(\\\\\\\\)*\\\\$' THEN
        RAISE invalid_escape_sequence USING MESSAGE = 'A pattern does not end in an escape.';
    END IF;
    SELECT count(*) FILTER (WHERE title ILIKE pattern)::numeric / greatest(count(*), 1),
        count(*)::numeric / CASE WHEN is_federal OR is_system THEN 500 ELSE 2000 END
    INTO titled, seen FROM (
        SELECT title, readers, federal_reads FROM public.engagements_engagement WHERE filed_at IS NOT NULL
        ORDER BY starts_on DESC NULLS FIRST, id DESC LIMIT CASE WHEN is_federal OR is_system THEN 500 ELSE 2000 END
    ) newest WHERE is_system OR readers && held OR (is_federal AND federal_reads);
    IF 26 <="""
BEFORE, AFTER = words.SEARCH.split("BEGIN\n", 1)[0], words.SEARCH.split("IF 26 <=", 1)[1]
SEARCH = BEFORE + UNFINISHED.lstrip() + AFTER
AS_KEEPER = f"SET LOCAL ROLE {KEEPER}; {{}} RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("engagements", "0016_overlaps_by_day")]
    operations = [
        migrations.RunSQL(AS_SYSTEM, f"SET LOCAL ROLE {KEEPER}; DROP FUNCTION rls.as_system(); RESET ROLE;"),
        migrations.RunSQL(AS_KEEPER.format(RIGHTS), migrations.RunSQL.noop),
        migrations.RunSQL(AS_KEEPER.format(GUARDED + SEARCH), AS_KEEPER.format(ASKING + words.SEARCH)),
    ]
