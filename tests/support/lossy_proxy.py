"""A server in front of another one, whose answers can be lost on the way, as in a tunnel."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class LossyProxy:
    """Passes connections on to upstream, the address of a server, which may change meanwhile.

    While lost is a path, no answer to a POST below it comes back: the server has it all the same.
    lost_answers counts them.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.lost: str | None = None
        self.lost_answers = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _join(self, client: socket.socket) -> None:
        where = urlsplit(self.upstream)
        with client, contextlib.suppress(OSError):
            server = socket.create_connection((where.hostname or "", where.port or 0))
            doomed = threading.Event()
            back = threading.Thread(target=self._back, args=(server, client, doomed), daemon=True)
            back.start()
            with server:
                while part := client.recv(65_536):
                    if self.lost and part.startswith(f"POST {self.lost}".encode()):
                        doomed.set()
                    server.sendall(part)

    def _back(self, server: socket.socket, client: socket.socket, doomed: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while part := server.recv(65_536):
                if doomed.is_set():
                    self.lost_answers += 1
                    break
                client.sendall(part)
        for one in (server, client):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def lossy_proxy(upstream: str) -> Iterator[LossyProxy]:
    """Serve at an address of its own for the duration of a block."""
    proxy = LossyProxy(upstream)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
