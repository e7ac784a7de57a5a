"""`make run`: services, migrations, the demonstration once, then every process of the Procfile until one ends or you
say so. Processes ask the kernel to be ended with this one, so that even `kill -9` leaves none behind (on Linux)."""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command, get_commands
from django.db import connections

from diplomacy.embedded import BASE_DIR, CannotStart, Service, services

HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1


@contextmanager
def only_copy(var: Path, address: str) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "running.lock").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note.seek(0)
            raise CannotStart(f"Already running: {note.read().strip()}. Nothing was started.") from None
        note.truncate(0)
        note.write(f"{address}, process {os.getpid()}, data in {var}")
        note.flush()
        yield


def answers(port: int) -> bool:
    """A page, not only a connection: the port is open before the first worker could read the code."""
    web = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        web.request("HEAD", "/")
        return web.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def refuse_taken(port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as reason:
        raise CannotStart(
            f"Port {port} cannot be used ({reason.strerror}). Choose another with PORT: make run PORT={port + 1}"
        ) from None


def load_demo_once(var: Path) -> None:
    done = var / "demo-loaded"
    if os.environ.get("DEMO") == "1" and "load_demo" in get_commands() and not done.exists():
        call_command("load_demo")
        done.touch()


def end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(procfile: Path) -> dict[str, subprocess.Popen[bytes]]:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"}
    pairs = [line.split(":", 1) for line in procfile.read_text().splitlines() if ":" in line]
    return {
        name: subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=BASE_DIR,
            env=environment,
            start_new_session=True,  # Ctrl-C comes to this process alone, which stops the others in order.
            preexec_fn=end_with_parent,  # noqa: PLW1509 (no threads here)
        )
        for name, command in pairs
    }


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + 20
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def watch(
    processes: dict[str, subprocess.Popen[bytes]], embedded: list[Service], port: int, address: str
) -> str:
    """Returns what ended, and with it the reason to stop the rest."""
    told, beat = False, 0
    while True:
        for name, process in processes.items():
            if (code := process.poll()) is not None:
                return f"{name} ended with code {code}"
        if not told and (told := answers(port)):
            print(f"\n  Ready at {address}/   (Ctrl-C stops everything and keeps the data)\n", flush=True)
        beat += 1
        if beat % 10 == 0:
            for service in embedded:
                if not service.is_up():
                    return f"{service.name} ended; see {service.log}"
        time.sleep(0.5)


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def run(var: Path, port: int, address: str) -> int:
    with only_copy(var, address):
        refuse_taken(port)
        with services(var) as embedded:
            os.environ.setdefault("VAR_DIR", str(var))
            django.setup()
            call_command("migrate", verbosity=1)
            load_demo_once(var)
            connections.close_all()
            processes = start(BASE_DIR / "Procfile")
            try:
                print(f"\nStopping everything: {watch(processes, embedded, port, address)}.", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                print("\nStopping.", file=sys.stderr)
                return 0
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                stop(processes)


def main() -> int:
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):  # deaf to the first, if started from a script
        signal.signal(number, interrupt)
    port = os.environ.get("PORT", "8000")
    address = os.environ.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diplomacy.settings")
    try:
        return run(Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve(), int(port), address)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
