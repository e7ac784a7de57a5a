import os
import sys
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.core.management.base import SystemCheckError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")

app = Celery("diplomacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def write_lines_as_the_web_does(loglevel: int | str | None = None, **_: object) -> None:
    """Celery would write them in a form of its own. How many is what --loglevel says."""
    from django.conf import settings

    lines: dict[str, Any] = settings.LOGGING
    root = lines["root"] | {"level": loglevel or lines["root"]["level"]}
    dictConfig(lines | {"root": root})


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
