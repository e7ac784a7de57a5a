"""PostgreSQL and Valkey from their Python packages, for a machine that has neither.

Whoever comes first starts them, whoever leaves last stops them: users hold a shared lock, which the kernel
lets go of when they die, so that a killed process leaves nothing to tidy up by hand.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from diplomacy.embedded.postgres import Postgres
from diplomacy.embedded.service import APP, DATABASE, HOST, OWNER, CannotStart, Memory, Service
from diplomacy.embedded.valkey import Valkey

__all__ = ["BASE_DIR", "CannotStart", "Service", "locked", "services"]
BASE_DIR = Path(__file__).resolve().parent.parent.parent


@contextlib.contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield handle
    finally:
        os.close(handle)


def is_last_user(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def variables(memory: Memory, wanted: list[type[Service]]) -> dict[str, str]:
    found = {}
    if Postgres in wanted:
        where = f"{HOST}:{memory['postgres_port']}/{DATABASE}"
        found["DATABASE_URL"] = f"postgresql://{APP}:{memory[APP]}@{where}"
        found["DATABASE_OWNER_URL"] = f"postgresql://{OWNER}:{memory[OWNER]}@{where}"
    if Valkey in wanted:
        found["REDIS_URL"] = f"redis://:{memory['valkey']}@{HOST}:{memory['valkey_port']}/0"
    return found


def defaults(at: Path, memory: Memory) -> dict[str, str]:
    """For somebody who configured nothing: a demonstration on this machine, mail kept in files."""
    return {
        "VAR_DIR": str(at),
        "SECRET_KEY": memory["secret_key"],
        "DEBUG": "1",
        "DEMO": "1",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    }


def unnamed() -> list[type[Service]]:
    """What the environment leaves to us."""
    pairs = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
    found = [kind for name, kind in pairs.items() if not os.environ.get(name)]
    if found and os.environ.get("EMBEDDED") == "0":
        raise CannotStart("Set DATABASE_URL and REDIS_URL: embedded services are switched off by EMBEDDED=0.")
    return found


def own(at: Path) -> None:
    at.mkdir(parents=True, exist_ok=True)
    if at.stat().st_uid != os.geteuid():
        raise CannotStart(f"{at} belongs to another account; use that, or set VAR_DIR to another folder.")


def start(found: list[Service], handle: int) -> None:
    try:
        for service in found:
            if not service.is_up():
                service.start()
            service.prepare()
    except BaseException:
        stop(found, handle)
        raise


def stop(found: list[Service], handle: int) -> None:
    if is_last_user(handle):
        for service in reversed(found):
            service.stop()


@contextlib.contextmanager
def services(at: Path | None = None, *, fast: bool = False) -> Iterator[list[Service]]:
    """Whatever the environment does not name is started, or joined, and named in the environment."""
    if not (wanted := unnamed()):
        yield []
        return
    at = (at or Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")).resolve()
    own(at)
    with contextlib.ExitStack() as use:
        with locked(at / "starting.lock"):
            memory = Memory(at)
            found = [kind(at, memory, fast=fast) for kind in wanted]
            handle = use.enter_context(locked(at / "in-use.lock", fcntl.LOCK_SH))
            start(found, handle)
        if Postgres in wanted:
            os.environ.update({**defaults(at, memory), **os.environ})
        os.environ.update(variables(memory, wanted))
        try:
            yield found
        finally:
            with locked(at / "starting.lock"):
                stop(found, handle)
