"""Small faults put in front of real servers: an HTTP proxy that fails the first requests, or cuts them."""

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Fault = Callable[[BaseHTTPRequestHandler, int], bool]
"""Given a request and its number (from 1): answer it wrongly and return True, or leave it to the server."""


def answer_500(first: int) -> Fault:
    """Answer the first requests with 500."""

    def fault(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number > first:
            return False
        request.send_error(500)
        return True

    return fault


def cut(first: int) -> Fault:
    """Close the connection of the first requests in the middle of an answer."""

    def fault(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number > first:
            return False
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        request.close_connection = True
        return True

    return fault


@contextlib.contextmanager
def proxy(upstream: str, fault: Fault) -> Iterator[str]:
    """Forward requests to a server, but for those that the fault answers; give the proxy's address."""
    handler = type("Handler", (_Handler,), {"upstream": urlsplit(upstream).netloc, "fault": staticmethod(fault)})
    handler.count = 0  # type: ignore[attr-defined]
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: str
    fault: Fault
    count: int

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).count += 1
        if type(self).fault(self, self.count):
            return
        with contextlib.closing(http.client.HTTPConnection(self.upstream, timeout=30)) as connection:
            try:
                self._pass_on(connection, body)
            except OSError:  # one side hung up in the middle: so do we
                self.close_connection = True

    def _pass_on(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection"}:
                self.send_header(name, value)
        if answer.getheader("Content-Length") is None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward  # noqa: N815 - the library's names
