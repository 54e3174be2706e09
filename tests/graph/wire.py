"""A line to a server that can be cut: a TCP proxy whose faults are chosen while it runs."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""The message by which a Bolt client asks for its transaction to be made to last."""


class Wire:
    """The proxy. While `down` it takes no connection; `lose_commits` answers to COMMIT get lost."""

    def __init__(self, target: int) -> None:
        self._target, self.down, self.lose_commits, self.lost = target, False, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop every connection, and take none until `mend`."""
        self.down = True
        for pair in self._pairs:
            _close(*pair)
        self._pairs.clear()

    def mend(self) -> None:
        """Work again."""
        self.down = False

    def close(self) -> None:
        """End the proxy."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if self.down:
                _close(client)
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            self._pairs.append((client, server))
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Bytes both ways. An answer to COMMIT that is to be lost is read, and the line cut instead."""
        awaited = False
        with selectors.DefaultSelector() as ready, contextlib.suppress(OSError, ValueError):
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _events in ready.select():
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        raise OSError
                    if key.fileobj is server and awaited:
                        self.lost += 1
                        raise OSError
                    if key.fileobj is client and self.lose_commits and data.endswith(COMMIT):
                        self.lose_commits -= 1
                        awaited = True
                    key.data.sendall(data)
        _close(client, server)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def wire(target: int) -> Iterator[Wire]:
    """A proxy before the server on port `target`."""
    made = Wire(target)
    try:
        yield made
    finally:
        made.close()
