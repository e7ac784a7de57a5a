#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL and REDIS_URL they run on the embedded services."""

import contextlib
import os
import signal
import sys

# These touch neither database nor broker, and some run where there is none.
WITHOUT_SERVICES = {"help", "version", "--help", "--version", "collectstatic", "findstatic", "startapp"}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")
    from django.core.management import execute_from_command_line

    from diplomacy.embedded import CannotStart, services

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    needs = len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVICES
    try:
        with services() if needs else contextlib.nullcontext():
            execute_from_command_line(sys.argv)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
