"""django-allauth looks here at sign-in, and for where to write of a changed passkey: a row of somebody else's making kept an
address's owner out, and took their letters. Nothing of ours needs a row (decision 0025)."""

from django.db import migrations

from diplomacy.lib.rls.operations import Guard

EMPTY = """
DELETE FROM account_emailconfirmation;
DELETE FROM account_emailaddress;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_letters_of_declined_requests"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        Guard("account_emailaddress"),
    ]
