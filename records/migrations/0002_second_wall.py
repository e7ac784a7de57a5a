from django.db import migrations

from diplomacy.lib.rls.operations import Protect, any_key, parent

LEAD = any_key("'office:' || {0}office_id || ':lead'")
OF_RECORD = parent("engagements_engagement", "engagement_id", LEAD.format("p."))


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
        ("engagements", "0003_second_wall"),
        ("diplomacy", "0002_second_wall"),
    ]
    operations = [
        Protect("records_request", reads=LEAD.format(""), writes=LEAD.format("")),
        Protect("records_exemption", reads=OF_RECORD, writes=OF_RECORD),
    ]
