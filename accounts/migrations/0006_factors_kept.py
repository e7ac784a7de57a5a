"""Recovery codes are kept as digests, and nobody but its owner's way of adding and removing one touches a passkey."""

from django.db import migrations

GUARD = """
CREATE FUNCTION accounts_passkey_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.type = 'webauthn' OR NEW.type = 'webauthn') AND (
        NEW.type IS DISTINCT FROM OLD.type
        OR NEW.user_id IS DISTINCT FROM OLD.user_id
        OR NEW.data -> 'credential' IS DISTINCT FROM OLD.data -> 'credential'
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'A passkey stays as it was made, and its owner''s.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER passkey_stays BEFORE UPDATE ON mfa_authenticator
FOR EACH ROW EXECUTE FUNCTION accounts_passkey_stays();
"""
FREE = """
DROP TRIGGER passkey_stays ON mfa_authenticator;
DROP FUNCTION accounts_passkey_stays();
"""


def end_short_codes(apps, schema_editor):
    """Eight digits from a sealed seed cannot be kept as digests that say nothing: their owners make new ones, and are told."""
    here = schema_editor.connection.alias
    factors = apps.get_model("mfa", "Authenticator").objects.using(here)
    codes = factors.filter(type="recovery_codes", data__has_key="seed")
    letters = apps.get_model("accounts", "Letter").objects.using(here)
    for address in codes.values_list("user__email", flat=True):
        letters.create(kind="codes", address=address)
    codes.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_letters_and_recovery"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.RunPython(end_short_codes, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, FREE),
    ]
