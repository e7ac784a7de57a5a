from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.operations import KEYS, Protect, any_key
from diplomacy.lib.rls.roles import KEEPER, ROLES, SYSTEM

OWN_NOTICE = any_key("'person:' || recipient_id")
# A line whose subject has no readers of its own: everybody's registers, and an office's own affairs. Apps with
# protected subjects add a policy for theirs.
LINES = f"""
(SELECT rls.has('audit'))
OR EXISTS (SELECT FROM activity_notice n WHERE n.entry_id = activity_entry.id)
OR (readers = '{{}}' OR readers && {KEYS}) AND (
    subject_type LIKE 'counterparts.%' AND (SELECT rls.has('everyone'))
    OR (subject_type LIKE 'accounts.%' OR subject_type LIKE 'records.%') AND {any_key("'office:' || office_id")}
)
"""
# What seals and what expires content looks at every line, whoever may read it.
SEALER = f"""
GRANT SELECT, INSERT ON activity_seal TO {KEEPER};
GRANT CREATE ON SCHEMA public TO {KEEPER};
GRANT SELECT ON activity_retention, activity_hold TO {KEEPER};
GRANT UPDATE (data, salt, expired_at) ON activity_entry TO {KEEPER};
CREATE POLICY keeper_expires ON activity_entry FOR UPDATE TO {KEEPER} USING (true);
ALTER FUNCTION activity_seal_entries(integer, boolean) OWNER TO {KEEPER};
ALTER FUNCTION activity_expire_content(integer) OWNER TO {KEEPER};
REVOKE CREATE ON SCHEMA public FROM {KEEPER};
REVOKE INSERT, UPDATE, DELETE ON activity_seal, activity_retention FROM {", ".join(ROLES)};
REVOKE DELETE ON activity_hold FROM {", ".join(ROLES)};
"""


def hand_over(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("activity_seal_entries(integer, boolean)", "activity_expire_content(integer)"):
        editor.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {SYSTEM}")
    editor.execute(SEALER)


class Migration(migrations.Migration):
    dependencies = [("activity", "0006_retention"), ("diplomacy", "0002_second_wall")]
    operations = [
        Protect("activity_notice", reads=OWN_NOTICE, writes=OWN_NOTICE),
        # Written by activity.actions.record alone, as the system: no reader adds to the log or rewrites it.
        Protect("activity_entry", reads=LINES, privileges="SELECT, INSERT"),
        migrations.RunPython(hand_over, migrations.RunPython.noop),
    ]
