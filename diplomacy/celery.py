import os
import sys

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.management.base import SystemCheckError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")

app = Celery("diplomacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_to_start(**_: object) -> None:
    """Celery starts without manage.py, and so without its checks."""
    import django

    django.setup()
    from diplomacy import checks

    try:
        checks.refuse_to_start()
    except SystemCheckError as reason:
        sys.exit(str(reason))  # Celery logs what a handler raises and goes on, unless it is this.
