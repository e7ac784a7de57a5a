from django.db import migrations

from diplomacy.lib.rls.operations import Protect, any_key

OVERSIGHT = "(SELECT rls.has('audit')) OR " + any_key(
    "'office:' || office_id || ':lead'", "'office:' || office_id || ':desk_lead'"
)


class Migration(migrations.Migration):
    dependencies = [("activity", "0008_own_notices")]
    operations = [
        # Raised by the system, about whoever reads: they do not take it back.
        Protect("activity_alarm", reads=OVERSIGHT, privileges="SELECT, INSERT"),
        Protect("activity_hold", reads=OVERSIGHT, writes=OVERSIGHT, privileges="SELECT, INSERT, UPDATE"),
    ]
