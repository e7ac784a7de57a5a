from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PARTS = """
CREATE FUNCTION briefing_parts_change_in_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_briefing bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.briefing_id ELSE NEW.briefing_id END;
BEGIN
    IF EXISTS (SELECT FROM briefings_briefing WHERE id = of_briefing AND status <> 'draft')
       OR (TG_OP = 'UPDATE' AND NEW.briefing_id <> OLD.briefing_id) THEN
        RAISE EXCEPTION 'A briefing that is not a draft keeps its text and its audience'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'briefing_text_stays';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER section_changes_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON briefings_section
    FOR EACH ROW EXECUTE FUNCTION briefing_parts_change_in_drafts();
CREATE TRIGGER audience_changes_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON briefings_audiencerule
    FOR EACH ROW EXECUTE FUNCTION briefing_parts_change_in_drafts();
"""
WHOLE = """
CREATE FUNCTION briefing_changes_in_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A briefing that is not a draft keeps its title, dates and author'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'briefing_text_stays';
END $$;
CREATE TRIGGER briefing_changes_in_drafts BEFORE UPDATE ON briefings_briefing FOR EACH ROW
    WHEN (OLD.status <> 'draft' AND
          (OLD.title, OLD.office_id, OLD.author_id, OLD.engagement_id, OLD.acknowledge_by, OLD.expires_on)
          IS DISTINCT FROM
          (NEW.title, NEW.office_id, NEW.author_id, NEW.engagement_id, NEW.acknowledge_by, NEW.expires_on))
    EXECUTE FUNCTION briefing_changes_in_drafts();
"""
CUT = """
CREATE FUNCTION briefing_cut_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A reader''s copy keeps its sections'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'briefing_cut_stays';
END $$;
CREATE TRIGGER briefing_cut_stays BEFORE UPDATE OR DELETE ON briefings_delivery_sections
    FOR EACH ROW EXECUTE FUNCTION briefing_cut_stays();
"""
UNDO = """
DROP TRIGGER briefing_cut_stays ON briefings_delivery_sections;
DROP FUNCTION briefing_cut_stays();
DROP TRIGGER briefing_changes_in_drafts ON briefings_briefing;
DROP TRIGGER audience_changes_in_drafts ON briefings_audiencerule;
DROP TRIGGER section_changes_in_drafts ON briefings_section;
DROP FUNCTION briefing_changes_in_drafts();
DROP FUNCTION briefing_parts_change_in_drafts();
"""


def forbid_taking_a_copy_away(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    editor.execute(f"REVOKE DELETE ON briefings_delivery FROM {app}")


class Migration(migrations.Migration):
    dependencies = [("briefings", "0001_initial")]
    operations = [
        migrations.RunSQL(PARTS + WHOLE + CUT, UNDO),
        migrations.RunPython(forbid_taking_a_copy_away, migrations.RunPython.noop),
    ]
