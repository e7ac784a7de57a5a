"""Who somebody is, and what they show for it, is written by named work of the product alone (decision 0025)."""

from django.db import migrations

from diplomacy.lib.rls.operations import Guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provider_answers"),
        ("diplomacy", "0004_signatures_in_constant_time"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        Guard("accounts_official"),
        Guard("accounts_term"),
        Guard("accounts_coalition"),
        Guard("accounts_coalitionmember"),
        Guard("accounts_officerequest"),
        Guard("accounts_recovery"),
        Guard("accounts_externalidentity"),
        Guard("accounts_provideranswer"),
        Guard("accounts_user_groups"),
        Guard("accounts_user_user_permissions"),
        Guard("accounts_invitation"),
        Guard("accounts_delegation"),
        Guard("mfa_authenticator", open_columns=("last_used_at",)),
        Guard("accounts_office"),
        Guard("accounts_member"),
        Guard("accounts_apitoken"),
        Guard("accounts_user", open_columns=("last_login", "name", "time_zone")),
    ]
