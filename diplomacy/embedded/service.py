"""What PostgreSQL and Valkey have in common: passwords and ports that are kept, a start and a stop."""

import contextlib
import importlib.util
import json
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
DATABASE, OWNER, APP = "diplomacy", "diplomacy_owner", "diplomacy_app"
PASSWORDS = {"postgres": 24, OWNER: 24, APP: 24, "valkey": 24, "secret_key": 48}  # and their bytes
PATIENCE = 60.0


class CannotStart(Exception):
    """Said to the person at the terminal, who can do something about it."""


class Memory:
    """Passwords and ports of one var directory, in a file that only its owner reads."""

    def __init__(self, at: Path) -> None:
        self.path = at / "services.json"
        self.values: dict[str, Any] = json.loads(self.path.read_text()) if self.path.exists() else {}
        names = [name for name in PASSWORDS if name not in self.values]
        if names:
            self.keep(**{name: secrets.token_urlsafe(PASSWORDS[name]) for name in names})

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def keep(self, **values: object) -> None:
        """In one step, so that whoever reads meanwhile finds all of it or none."""
        self.values |= values
        draft = self.path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self.values, indent=1))
        draft.replace(self.path)

    def port(self, name: str) -> int:
        """The port of last time while it is free, another one otherwise."""
        for port in (self.values.get(name, 0), 0):
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((HOST, port))
                self.keep(**{name: probe.getsockname()[1]})
                break
        return int(self.values[name])


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def package(name: str) -> Path:
    """Where it is installed; importing these two would make folders and users on the machine."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"{name} is not installed; set DATABASE_URL and REDIS_URL, or run make setup.")
    return Path(spec.origin).parent


class Service:
    """Started once, found again by its password, and stopped through itself: never by a remembered process id."""

    name = ""

    def __init__(self, at: Path, memory: Memory, *, fast: bool) -> None:
        self.at, self.memory, self.fast = at, memory, fast
        self.log = at / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def is_up(self) -> bool:
        raise NotImplementedError

    def launch(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def ask_to_stop(self) -> None:
        raise NotImplementedError

    def spawn(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for the command, which may still need its database to finish.
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)

    def start(self) -> None:
        for _attempt in range(3):
            process = self.process = self.launch()
            wait_until(lambda: self.is_up() or process.poll() is not None)  # noqa: B023
            if self.is_up():
                return
            process.kill()
            process.wait()
            time.sleep(1)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise CannotStart(f"{self.name} did not start. The end of {self.log}:\n{tail}")

    def stop(self) -> None:
        self.ask_to_stop()
        if self.process:
            if self.process.poll() is None:  # It was not up yet, and so could not be asked in its own words.
                self.process.terminate()
            self.process.wait(PATIENCE)

    def prepare(self) -> None:
        """What a new one needs once before it is of use."""
