from django.db import migrations

from diplomacy.lib.rls.operations import KEYS, OWN, Protect, any_key, parent
from diplomacy.lib.rls.roles import FEDERAL, OFFICE, READERS

REFERRAL, ENGAGEMENT = "engagements_referral", "engagements_engagement"
WRITERS, DESK = ("staff", "lead"), ("liaison", "desk_lead")


def _serve(column: str, *roles: str) -> str:
    return any_key(*(f"'office:' || {column} || ':{role}'" for role in roles))


SENDER = _serve("sender_id", *WRITERS)
BOTH = f"{SENDER} OR {_serve('receiver_id', *WRITERS, *DESK)}"
# Who answers a referral does not send one in another office's name.
ADDS = "DROP POLICY writer_adds ON {0}; CREATE POLICY writer_adds ON {0} FOR INSERT TO {1} WITH CHECK ({2})"
LINES = f"""
CREATE POLICY referral_lines ON activity_entry FOR SELECT TO {", ".join(READERS)} USING (
    subject_type = 'engagements.referral' AND (readers = '{{}}' OR readers && {KEYS})
    AND {parent(REFERRAL, "subject_id")}
)
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0013_referrals"), ("activity", "0009_oversight_second_wall")]
    operations = [
        Protect(REFERRAL, reads=OWN, writes=BOTH, privileges="SELECT, INSERT, UPDATE"),
        migrations.RunSQL(
            ADDS.format(REFERRAL, f"{OFFICE}, {FEDERAL}", SENDER),
            ADDS.format(REFERRAL, f"{OFFICE}, {FEDERAL}", BOTH),
        ),
        Protect(
            "engagements_referral_counterparts",
            reads=parent(REFERRAL, "referral_id"),
            writes=parent(REFERRAL, "referral_id", _serve("p.sender_id", *WRITERS)),
        ),
        # Of what it came from, and of what it led to: only with the right to read the engagement itself.
        Protect(
            "engagements_referralengagement",
            reads=f"{parent(REFERRAL, 'referral_id')} AND {parent(ENGAGEMENT, 'engagement_id')}",
            writes=f"{parent(REFERRAL, 'referral_id')}"
            f" AND {parent(ENGAGEMENT, 'engagement_id', _serve('p.office_id', *WRITERS))}",
        ),
        migrations.RunSQL(LINES, "DROP POLICY referral_lines ON activity_entry"),
    ]
