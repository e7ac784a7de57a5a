import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")

application = get_wsgi_application()

from diplomacy.checks import refuse_to_start  # noqa: E402 (what it asks about is ready now)

refuse_to_start()
