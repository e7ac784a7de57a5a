from django.db import migrations, models

from diplomacy.lib.rls.roles import KEEPER

# As before (0002), with one more change that is let through: the text goes, once, by the keeper's function (records 0003).
PARTS = f"""
CREATE OR REPLACE FUNCTION briefing_parts_change_in_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_briefing bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.briefing_id ELSE NEW.briefing_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'briefings_section' AND current_user = '{KEEPER}' THEN
        IF OLD.disposed_at IS NULL AND NEW.disposed_at IS NOT NULL AND NEW.body = '' THEN
            RETURN NEW;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM briefings_briefing WHERE id = of_briefing AND status <> 'draft')
       OR (TG_OP = 'UPDATE' AND NEW.briefing_id <> OLD.briefing_id) THEN
        RAISE EXCEPTION 'A briefing that is not a draft keeps its text and its audience'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'briefing_text_stays';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
GRANT UPDATE (heading, body, digest, disposed_at) ON briefings_section TO {KEEPER};
CREATE POLICY keeper_disposes ON briefings_section FOR UPDATE TO {KEEPER} USING (true);
"""


class Migration(migrations.Migration):
    dependencies = [("briefings", "0005_copies_of_who_serves"), ("diplomacy", "0002_second_wall")]
    operations = [
        migrations.AddField("section", "disposed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "section",
            "digest",
            models.CharField(
                blank=True,
                default="",
                db_default="",
                editable=False,
                help_text="SHA-256 of what it said",
                max_length=64,
            ),
        ),
        migrations.RunSQL(PARTS, f"DROP POLICY keeper_disposes ON briefings_section -- {KEEPER}"),
    ]
