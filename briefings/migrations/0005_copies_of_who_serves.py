from django.db import migrations

# A reader who has left the office that brought a copy no longer reads it, by PostgreSQL's word too. The owner, whom
# policies hold as well, is let through for the one statement.
KEYS = """
ALTER TABLE briefings_delivery NO FORCE ROW LEVEL SECURITY;
UPDATE briefings_delivery d SET readers = array_replace(d.readers, {before}, {after})
FROM accounts_member m WHERE m.id = d.member_id;
ALTER TABLE briefings_delivery FORCE ROW LEVEL SECURITY;
"""
PERSON = "('person:' || d.recipient_id)::varchar"
COLLEAGUE = "('office:' || m.office_id || ':person:' || d.recipient_id)::varchar"


class Migration(migrations.Migration):
    dependencies = [("briefings", "0004_lines_of_briefings"), ("accounts", "0004_external_identities")]
    operations = [
        migrations.RunSQL(
            KEYS.format(before=PERSON, after=COLLEAGUE), KEYS.format(before=COLLEAGUE, after=PERSON)
        )
    ]
