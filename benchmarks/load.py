"""`python -m benchmarks.load PORT PATH COOKIE SECONDS`: asks for one page over kept connections, prints answers a second."""

import socket
import sys
import threading
import time

CONNECTIONS = 8


def read_answer(peer: socket.socket) -> int:
    """Bytes of the body; raises when the answer is not 200, so that no error page is counted as fast."""
    held = b""
    while b"\r\n\r\n" not in held:
        if not (more := peer.recv(65536)):
            raise SystemExit("The server hung up.")
        held += more
    head, _, body = held.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(head.decode())
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    missing = length - len(body)
    while missing > 0:
        missing -= len(peer.recv(min(missing, 65536)))
    return length


def ask(port: int, request: bytes, until: float, counted: list[int]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as peer:
        while time.monotonic() < until:
            peer.sendall(request)
            read_answer(peer)
            counted.append(1)


def main() -> None:
    port, path, cookie, seconds = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
    cookies = f"Cookie: {cookie}\r\n" if cookie else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{cookies}\r\n".encode()
    counted: list[int] = []
    until = time.monotonic() + seconds
    asking = [threading.Thread(target=ask, args=(port, request, until, counted)) for _ in range(CONNECTIONS)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    print(len(counted) / seconds)


if __name__ == "__main__":
    main()
