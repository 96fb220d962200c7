"""Doubles of the services that the app talks to: they fail when they are told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from smtplib import SMTPDataError, SMTPServerDisconnected
from typing import Any
from urllib.parse import parse_qsl

import requests
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

Answers = dict[tuple[str, str], tuple[int, Any]]
FAILURES: dict[str, tuple[int, Any]] = {
    "declined": (402, {"error": {"message": "declined"}}),
    "rate_limit": (429, {"error": {"message": "too many requests"}}),
    "shape": (200, {"unexpected": True}),
    "status500": (500, {"error": {"message": "internal error"}}),
}


@dataclass
class Call:
    """One thing that a service was asked to do."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Double:
    """Answers well until it is told to fail, and remembers what it was asked."""

    calls: list[Call]

    def __init__(self, answers: Answers | None = None) -> None:
        self.answers = answers or {}
        self.forget()

    def forget(self) -> None:
        """Start anew: nothing asked, nothing wrong."""
        self.calls = []
        self._answer: tuple[int, Any] | None = None
        self._kind = ""
        self._times = 0

    def answer(self, status: int = 200, body: Any = None) -> None:
        """Answer so from now on."""
        self._answer = (status, body)

    def fail(self, kind: str, times: int = 0) -> None:
        """Fail so from now on, or only `times` times."""
        self._kind = kind
        self._times = times

    def calls_to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def asked(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> str:
        """Remember a call; returns how to fail it, or nothing."""
        self.calls.append(Call(method, path, headers, body))
        kind = self._kind
        if self._times:
            self._times -= 1
            if not self._times:
                self._kind = ""
        return kind

    def known(self, method: str, path: str) -> tuple[int, Any]:
        """The good answer to a request."""
        return self._answer or self.answers.get((method, path), (200, {}))


def parsed(content: bytes, media: str) -> Any:
    """A request's body as data, by its content type."""
    if "json" in media:
        return json.loads(content)
    if "form-urlencoded" in media:
        return dict(parse_qsl(content.decode()))
    return content


class ServerDouble(Double):
    """An HTTP service on a port of this machine."""

    @contextmanager
    def serving(self, port: int) -> Iterator[Double]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", 0)))
                body = parsed(content, self.headers.get("content-type", ""))
                path = self.path.partition("?")[0]
                kind = double.asked(self.command, path, self.headers, body)
                if kind in ("timeout", "network"):
                    time.sleep(2 if kind == "timeout" else 0)
                    self.close_connection = True
                    return
                known = double.known(self.command, path)
                status, document = FAILURES[kind] if kind else known
                shown = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(shown)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(shown)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

            def log_message(self, *_: Any) -> None:
                pass

        ThreadingHTTPServer.allow_reuse_address = True
        with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
            yield double
            server.shutdown()


REFUSED: dict[str, OSError] = {
    "status500": SMTPDataError(554, b"failed"),
    "rate_limit": SMTPDataError(451, b"later"),
    "shape": SMTPDataError(-1, b"what?"),
    "timeout": TimeoutError("timed out"),
    "network": SMTPServerDisconnected("Connection unexpectedly closed"),
}


class Outbox(Double):
    """Takes mails as Django's tests do; told to fail, it takes none, as a mail server would."""

    def taking(self, keep: Callable[..., int]) -> Callable[..., int]:
        """What a backend does with messages: `keep` is what it did before."""

        def send_messages(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
            kind = self.asked("SEND", "", {}, messages)
            if not kind:
                return keep(backend, messages)
            if not backend.fail_silently:
                raise REFUSED[kind]
            return 0

        return send_messages


class RequestsDouble(Double):
    """An HTTP service, in the place of its host."""

    def respond(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        content = request.body or b""
        content = content.encode() if isinstance(content, str) else content
        body = parsed(content, request.headers.get("content-type", ""))
        path = request.path_url.partition("?")[0]
        kind = self.asked(request.method or "", path, request.headers, body)
        if kind == "timeout":
            raise requests.ReadTimeout("the service does not answer")
        if kind == "network":
            raise requests.ConnectionError("the service is away")
        status, document = FAILURES[kind] if kind else self.known(request.method or "", path)
        return status, {"Content-Type": "application/json"}, json.dumps(document)


class StorageDouble(ServerDouble):
    """Object storage: what was put can be got again."""

    def known(self, method: str, path: str) -> tuple[int, Any]:
        if self._answer or method not in ("GET", "HEAD"):
            return self._answer or (200, b"")
        puts = [call.body for call in self.calls_to(path) if call.method == "PUT"]
        return (200, puts[-1]) if puts else (404, b"")
