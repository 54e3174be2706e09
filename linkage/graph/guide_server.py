"""Serving the guide on loopback, to the Browser that plays it and to no other page.

Browser asks first (a CORS preflight with `pragma` and `cache-control`), which plain file servers refuse.
"""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Served(ThreadingHTTPServer):
    """Answers GET for a few fixed documents, path to (type, bytes), on a port of 127.0.0.1 (0: any)."""

    daemon_threads = True

    def __init__(self, documents: Mapping[str, tuple[str, bytes]], *, port: int, origins: frozenset[str]):
        super().__init__(("127.0.0.1", port), _Answer)
        self.documents = documents
        self.origins = origins

    @property
    def port(self) -> int:
        """The port it got."""
        return int(self.server_address[1])

    def admits(self, origin: str) -> bool:
        """Whether a page from there may read: one on this machine, or the Browser that is known."""
        return origin in self.origins or _host(urlsplit(origin).netloc) in LOOPBACK

    def named(self, host: str) -> bool:
        """Whether we were asked by our own name; another one means that a stranger's page points here."""
        return _host(host) in LOOPBACK


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].rpartition(":")[0] if ":" in netloc.rpartition("]")[2] else netloc


class _Answer(BaseHTTPRequestHandler):
    server: Served
    server_version = "linkage"
    sys_version = ""
    timeout = 10

    def do_OPTIONS(self) -> None:
        if self._refused():
            return
        self.send_response(204)
        self._allow()
        self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
        self.send_header(
            "Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", "*")
        )
        if self.headers.get("Access-Control-Request-Private-Network"):
            self.send_header("Access-Control-Allow-Private-Network", "true")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self._document(with_body=True)

    def do_HEAD(self) -> None:
        self._document(with_body=False)

    def _document(self, *, with_body: bool) -> None:
        if self._refused():
            return
        found = self.server.documents.get(urlsplit(self.path).path)
        if found is None:
            self.send_error(404)
            return
        kind, body = found
        self.send_response(200)
        self._allow()
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _refused(self) -> bool:
        origin = self.headers.get("Origin")
        if self.server.named(self.headers.get("Host", "")) and (not origin or self.server.admits(origin)):
            return False
        self.send_error(403)
        return True

    def _allow(self) -> None:
        origin = self.headers.get("Origin")
        if origin:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Vary", "Origin")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: only the command line prints."""
