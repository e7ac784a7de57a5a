"""Runs one command with PostgreSQL and Valkey at hand: `python -m diplomacy.embedded [--at DIR] -- COMMAND…`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from diplomacy.embedded import CannotStart, services


def obey(command: list[str], environment: Mapping[str, str]) -> int:
    """Runs one command, passing on what it is asked; a terminal's Ctrl-C reaches the command by itself."""
    child: subprocess.Popen[bytes] | None = None
    asked: list[int] = []

    def pass_on(number: int, frame: object) -> None:
        if number == signal.SIGINT and sys.stdin.isatty():
            return
        if child:
            child.send_signal(number)
        else:
            asked.append(number)

    # First this: a signal that came between would leave the command behind without us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    child = subprocess.Popen(command, env=environment)
    for missed in asked:
        child.send_signal(missed)
    code = child.wait()
    return code if code >= 0 else 128 - code


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m diplomacy.embedded", description=__doc__)
    parser.add_argument("--at", type=Path, help="the folder that keeps the data (VAR_DIR, or var/)")
    parser.add_argument(
        "--fast", action="store_true", help="for tests: nothing is kept safe from a power cut"
    )
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    # A shell starts what it puts in the background deaf to this, and then it would not stop before the command runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with services(given.at, fast=given.fast):
            return obey(given.command, os.environ)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
