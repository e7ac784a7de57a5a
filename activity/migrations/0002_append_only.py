from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forbid_changes(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON activity_entry FROM {app}")


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]
    operations = [migrations.RunPython(forbid_changes, migrations.RunPython.noop)]
