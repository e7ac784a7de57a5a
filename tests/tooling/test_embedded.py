"""Short real runs of the embedded services, in folders of their own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from diplomacy.embedded import BASE_DIR
from diplomacy.embedded.postgres import Postgres
from diplomacy.embedded.service import Memory, wait_until
from diplomacy.embedded.valkey import Valkey

OUR_OWN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "VAR_DIR",
    "SECRET_KEY",
    "DEBUG",
    "DEMO",
    "TESTING",
)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # Long, deep and with a space: none of it may matter.
    folder = tmp_path_factory.mktemp("embedded") / "a folder" / ("deep" * 20) / "var"
    folder.parent.mkdir(parents=True)
    yield folder
    stop(folder)


def stop(at: Path) -> None:
    for kind in (Valkey, Postgres):
        kind(at, Memory(at), fast=True).stop()


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OUR_OWN}
    return kept | {"HOME": "/nonexistent", "PYTHONWARNINGS": ""} | more


def start(at: Path, *command: str, **more: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "diplomacy.embedded", "--at", str(at), "--fast", "--", *command]
    return subprocess.Popen(
        line,
        cwd=BASE_DIR,
        env=environment(**more),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 (this process has one thread when it forks)
    )


def hear_interrupts() -> None:
    """As at a terminal: what a shell puts in the background is deaf to them, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(at: Path, *command: str, **more: str) -> tuple[int, str]:
    process = start(at, *command, **more)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def is_up(at: Path) -> bool:
    if not (at / "services.json").exists():
        return False  # Reading it would make it, while the command that was just started is making it too.
    memory = Memory(at)
    return Postgres(at, memory, fast=True).is_up() or Valkey(at, memory, fast=True).is_up()


def are_both_up(at: Path) -> bool:
    return is_up(at) and all(service(at, Memory(at), fast=True).is_up() for service in (Postgres, Valkey))


PRINT = ("sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"')


def urls(at: Path) -> tuple[str, str]:
    code, said = run(at, *PRINT)
    assert code == 0, said
    database, broker = said.split()
    return database, broker


def test_a_command_gets_both_services_and_they_stop_after_it(at: Path) -> None:
    database, broker = urls(at)
    assert database.startswith("postgresql://diplomacy_app:")
    assert broker.startswith("redis://:")
    assert not is_up(at)
    assert (at / "services.json").stat().st_mode & 0o077 == 0


def test_the_code_of_the_command_is_handed_on(at: Path) -> None:
    assert run(at, "sh", "-c", "exit 7")[0] == 7


def test_nothing_starts_when_both_are_named(tmp_path: Path) -> None:
    names = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", "REDIS_URL": "redis://127.0.0.1:1/0"}
    assert run(tmp_path / "var", *PRINT, **names) == (0, "{DATABASE_URL} {REDIS_URL}\n".format(**names))
    assert not (tmp_path / "var").exists()


def test_a_second_command_joins_and_the_last_one_out_stops_both(at: Path) -> None:
    first = start(at, "sleep", "60")
    assert wait_until(lambda: is_up(at))
    second = start(at, "sleep", "60")
    time.sleep(3)
    first.terminate()
    first.communicate(timeout=60)
    assert is_up(at)
    second.terminate()
    second.communicate(timeout=60)
    assert not is_up(at)


@pytest.mark.parametrize("killed", [signal.SIGKILL, signal.SIGINT])
def test_data_outlives_a_kill_and_the_next_start_needs_no_tidying(at: Path, killed: int) -> None:
    process = start(at, "sleep", "60")
    assert wait_until(lambda: is_up(at))
    with Postgres(at, Memory(at), fast=True).connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO kept DEFAULT VALUES")
        before = connection.execute("SELECT count(*) FROM kept").fetchone()
    process.send_signal(killed)
    process.communicate(timeout=60)
    urls(at)
    assert not is_up(at)
    again = start(at, "sleep", "60")
    assert wait_until(lambda: is_up(at))
    with Postgres(at, Memory(at), fast=True).connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == before
    again.terminate()
    again.communicate(timeout=60)


def test_a_stale_process_id_of_another_program_is_no_obstacle(at: Path) -> None:
    urls(at)
    (at / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{at}\n0\n1\n")
    urls(at)


def test_a_taken_port_is_left_to_its_owner(at: Path) -> None:
    urls(at)
    memory = Memory(at)
    taken = [("127.0.0.1", memory[name]) for name in ("postgres_port", "valkey_port")]
    with socket.create_server(taken[0]), socket.create_server(taken[1]):
        database, broker = urls(at)
        assert f":{memory['postgres_port']}/" not in database
        assert f":{memory['valkey_port']}/" not in broker


def test_services_answer_to_their_passwords_only(at: Path) -> None:
    process = start(at, "sleep", "60")
    assert wait_until(lambda: are_both_up(at))
    memory = Memory(at)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=memory["postgres_port"], user="postgres", password="guess")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=memory["valkey_port"]).ping()
    process.terminate()
    process.communicate(timeout=60)


def test_a_second_run_says_so_and_harms_nothing(tmp_path: Path) -> None:
    with (tmp_path / "running.lock").open("w+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:8000, process 1")
        lock.flush()
        code, said = run_product(tmp_path)
    assert code == 1
    assert "Already running: http://127.0.0.1:8000" in said
    assert not (tmp_path / "services.json").exists()


def test_a_port_in_use_is_named_with_the_variable_to_change(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        code, said = run_product(tmp_path, PORT=str(port))
    assert code == 1
    assert f"Port {port}" in said
    assert f"PORT={port + 1}" in said


def run_product(var: Path, **more: str) -> tuple[int, str]:
    line = [sys.executable, "-m", "diplomacy.run"]
    process = subprocess.run(
        line,
        cwd=BASE_DIR,
        env=environment(VAR_DIR=str(var), **more),
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return process.returncode, process.stdout + process.stderr


def test_the_product_hears_an_interrupt_though_a_script_has_started_it_deaf(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "diplomacy.run"],
        cwd=BASE_DIR,
        env=environment(VAR_DIR=str(tmp_path / "var"), PORT=str(a_free_port())),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=be_deaf,  # noqa: PLW1509 (this process has one thread when it forks)
    )
    assert wait_until((tmp_path / "var" / "services.json").exists)
    process.send_signal(signal.SIGINT)
    try:
        assert "Stopp" in process.communicate(timeout=30)[0]
    finally:
        process.terminate()
    assert not is_up(tmp_path / "var")


def be_deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets this")
def test_root_changes_nobody_elses_permissions(at: Path) -> None:
    at.parent.chmod(0o700)
    urls(at)
    assert at.parent.stat().st_mode & 0o777 == 0o700
