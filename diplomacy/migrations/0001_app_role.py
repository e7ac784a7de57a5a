from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Runs first: default privileges reach only what is made after them.
GRANTS = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
"""


def grant(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = str(settings.DATABASES["default"]["USER"])
    if app == editor.connection.settings_dict["USER"]:
        raise ImproperlyConfigured(
            f"DATABASE_URL and DATABASE_OWNER_URL both name the role {app}. Web and workers must be given one that "
            "owns nothing: CREATE ROLE diplomacy_app LOGIN PASSWORD '…', and name it in DATABASE_URL."
        )
    editor.execute(GRANTS.format(app=editor.quote_name(app)))


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
