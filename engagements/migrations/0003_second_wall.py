from django.db import migrations

from diplomacy.lib.rls.operations import FEDERAL_TOO, KEYS, OWN, Protect, any_key, parent
from diplomacy.lib.rls.roles import READERS

OWNER = any_key("'office:' || {0}office_id || ':staff'", "'office:' || {0}office_id || ':lead'")
DESK = any_key("'office:' || {0}desk_id || ':liaison'", "'office:' || {0}desk_id || ':desk_lead'")
ENGAGEMENT = "engagements_engagement"
REQUEST = "engagements_advicerequest"
READ_WITH_IT = parent(ENGAGEMENT, "engagement_id")
WRITTEN_WITH_IT = parent(ENGAGEMENT, "engagement_id", OWNER.format("p."))
OF_REQUEST = parent(REQUEST, "request_id")
BY_DESK = parent(REQUEST, "request_id", DESK.format("p."))
MINE = any_key("'person:' || user_id")

PARTS = [
    "engagements_engagement_counterparts",
    "engagements_stop",
    "engagements_participant",
    "engagements_attentionflag",
    "engagements_engagementversion",
    "engagements_outcomereport",
    "engagements_commitment",
]
GRANTS = ["engagements_engagementuserpermission", "engagements_engagementgrouppermission"]
LINES = f"""
CREATE POLICY engagement_lines ON activity_entry FOR SELECT TO {", ".join(READERS)} USING (
    subject_type = 'engagements.engagement' AND (readers = '{{}}' OR readers && {KEYS})
    AND {parent(ENGAGEMENT, "subject_id")}
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0002_filed_date_index"),
        ("activity", "0007_second_wall"),
        ("diplomacy", "0002_second_wall"),
    ]
    operations = [
        # The office owns its engagement: no other reader, federal or not, changes a row of it.
        Protect(ENGAGEMENT, reads=OWN, federal_reads=FEDERAL_TOO, writes=OWNER.format("")),
        *(Protect(table, reads=READ_WITH_IT, writes=WRITTEN_WITH_IT) for table in PARTS),
        *(
            Protect(
                table,
                reads=parent(ENGAGEMENT, "content_object_id"),
                writes=parent(ENGAGEMENT, "content_object_id", OWNER.format("p.")),
            )
            for table in GRANTS
        ),
        Protect(
            "engagements_officenote",
            reads=parent(ENGAGEMENT, "engagement_id", any_key("'office:' || p.office_id")),
            writes=WRITTEN_WITH_IT,
        ),
        Protect("engagements_reading", reads=MINE, writes=MINE),
        Protect(
            REQUEST,
            reads=OWN,
            federal_reads=FEDERAL_TOO,
            writes=f"{WRITTEN_WITH_IT} OR {DESK.format('')}",
        ),
        Protect("engagements_question", reads=OF_REQUEST, writes=OF_REQUEST),
        Protect("engagements_advice", reads=OWN, federal_reads=FEDERAL_TOO, writes=BY_DESK),
        Protect("engagements_desknote", reads=OWN, federal_reads=FEDERAL_TOO, writes=BY_DESK),
        Protect(
            "engagements_adviceresponse",
            reads=parent("engagements_advice", "advice_id"),
            writes=parent("engagements_advice", "advice_id"),
        ),
        migrations.RunSQL(LINES, "DROP POLICY engagement_lines ON activity_entry"),
    ]
