"""The double of a service that speaks HTTP: programmable answers, everything asked is kept."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from comfrey.bench.doubles.double import Double, Plan, Received
from comfrey.stacks.services import Call, Failure, Product, protocol_failures

DECLINED = Failure(
    status=402,
    answer='{"error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}}',
)


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpDouble(Double):
    """One service. `calls_known` say what a good answer to each request is."""

    def __init__(
        self,
        name: str,
        product: Product | None = None,
        calls_known: Sequence[Call] = (),
        tls: ssl.SSLContext | None = None,
        address: str = "127.0.0.1",
        port: int = 0,
        host: str = "",
    ) -> None:
        super().__init__(name)
        self.host = host or address
        self.product = product
        self.known = (*calls_known, *(product.calls if product else ()))
        self._server = _Server((address, port), _Handler)
        self._server.double = self
        self.port = self._server.server_address[1]
        if tls is not None:
            self.scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def call_of(self, method: str, path: str) -> Call | None:
        """The operation that this request is, by method and path; the most literal path wins, and of two
        the one with an answer."""
        matching = [each for each in self.known if each.method == method and _fits(each.path, path)]
        return min(matching, key=lambda each: (each.path.count("{"), not each.answer), default=None)

    def name_of(self, method: str, path: str) -> str:
        """The operation's name, "" for a request that nobody described."""
        known = self.call_of(method, path)
        return known.name if known else ""

    def respond(self, received: Received, plan: Plan, target: str) -> Answer:
        """The good answer to a request; `target` is its path and query as sent."""
        known = self.call_of(received.method, received.path)
        good = known.body if known else {"id": "bench_1", "status": "ok"}
        status = plan.status or (known.status if known else 200)
        body = good if plan.body is None else plan.body
        return Answer(status, known.answers if known else "application/json", _encoded(body))

    def failure(self, kind: str) -> Failure:
        if self.product and kind in self.product.failures:
            return self.product.failures[kind]
        return DECLINED if kind == "declined" else protocol_failures("http")[kind]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    double: HttpDouble

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *words: Any) -> None:
        """The double is silent: what it was asked is in its `calls`."""

    def handle_any(self) -> None:
        double = cast(_Server, self.server).double
        received = self._received(double)
        plan = double.note(received)
        if plan.kind == "ok":
            self._send(double.respond(received, plan, self.path))
        else:
            self._badly(plan, double)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def _received(self, double: HttpDouble) -> Received:
        parts = urlsplit(self.path)
        raw = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Received(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers,
            body=decoded(raw, headers.get("content-type", "")),
            raw=raw,
            call=double.name_of(self.command, unquote(parts.path)),
        )

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            parts = []
            while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _badly(self, plan: Plan, double: HttpDouble) -> None:
        failure = double.failure(plan.kind)
        if failure.seconds:
            double.hang()
        if failure.drop or failure.seconds:
            self._hang_up()
            return
        body = failure.answer if plan.body is None else plan.body
        status = plan.status or failure.status
        self._send(Answer(status, failure.answers, _encoded(body), failure.headers))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _hang_up(self) -> None:
        """The connection is reset, as by a host that went away."""
        with contextlib.suppress(OSError):
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        self.close_connection = True


def decoded(raw: bytes, media: str) -> Any:
    """JSON and forms as values, other text as text, other bytes as None."""
    kind = media.split(";")[0].strip().lower()
    with contextlib.suppress(ValueError):
        if "json" in kind:
            return json.loads(raw)
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(raw.decode(), keep_blank_values=True))
        return raw.decode() if raw else None
    return None


def _fits(pattern: str, path: str) -> bool:
    literal = re.split(r"\{[^}]*\}", pattern)
    return re.fullmatch("[^/]+".join(map(re.escape, literal)), path) is not None


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()
