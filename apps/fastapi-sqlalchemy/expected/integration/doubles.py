"""Doubles of the services that the app talks to: they fail when they are told to."""

import json
import socketserver
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import aio_pika
import httpx

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


class MailDouble(Double):
    """A mail server on a port of this machine; a call's body is `to subject text`."""

    @contextmanager
    def serving(self, port: int) -> Iterator[Double]:
        double = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                if double._kind == "network":
                    return
                self.say("220 ready")
                for line in self.rfile:
                    word = line[:4].strip().upper()
                    if word == b"DATA":
                        self.receive()
                    elif word in (b"EHLO", b"HELO"):
                        self.say("250-here", "250 AUTH PLAIN LOGIN")
                    elif word == b"AUTH":
                        self.say("235 welcome")
                    elif word == b"QUIT":
                        self.say("221 bye")
                        break
                    else:
                        self.say("250 fine")

            def receive(self) -> None:
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                content = b"".join(line.removeprefix(b".") for line in lines)
                mail = message_from_bytes(content, policy=policy.default)
                text = mail.get_body(("plain", "html"))
                body = {
                    "to": mail["To"],
                    "from": mail["From"],
                    "subject": mail["Subject"],
                    "text": text.get_content() if text else "",
                }
                kind = double.asked("SEND", body["to"] or "", dict(mail.items()), body)
                if kind == "timeout":
                    time.sleep(2)
                refusals = {"status500": "554 failed", "rate_limit": "451 later", "shape": "what?"}
                self.say(refusals.get(kind, "250 sent"))

            def say(self, *lines: str) -> None:
                self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
            yield double
            server.shutdown()


class HttpDouble(Double):
    """An HTTP service, in the place of its host."""

    def respond(self, request: httpx.Request) -> httpx.Response:
        body = parsed(request.content, request.headers.get("content-type", ""))
        kind = self.asked(request.method, request.url.path, request.headers, body)
        if kind == "timeout":
            raise httpx.ReadTimeout("the service does not answer", request=request)
        if kind == "network":
            raise httpx.ConnectError("the service is away", request=request)
        known = self.known(request.method, request.url.path)
        status, document = FAILURES[kind] if kind else known
        return httpx.Response(status, json=document)


class QueueDouble(Double):
    """A broker: stands for connection, channel, exchange and queue alike. A call's path is its
    routing key, its body the message."""

    async def connect(self, *_: Any, **__: Any) -> "QueueDouble":
        if self._kind == "timeout":
            raise TimeoutError("the broker does not answer")
        if self._kind:
            raise ConnectionError("the broker is away")
        return self

    async def itself(self, *_: Any, **__: Any) -> "QueueDouble":
        return self

    channel = declare_exchange = declare_queue = get_exchange = get_queue = bind = itself
    set_qos = close = __aenter__ = itself

    @property
    def default_exchange(self) -> "QueueDouble":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def publish(self, message: aio_pika.Message, routing_key: str, **_: Any) -> None:
        media = "json" if message.body.startswith((b"{", b"[")) else ""
        self.asked("PUBLISH", routing_key, message.headers, parsed(message.body, media))


class StorageDouble(ServerDouble):
    """Object storage: what was put can be got again."""

    def known(self, method: str, path: str) -> tuple[int, Any]:
        if self._answer or method not in ("GET", "HEAD"):
            return self._answer or (200, b"")
        puts = [call.body for call in self.calls_to(path) if call.method == "PUT"]
        return (200, puts[-1]) if puts else (404, b"")


def replace(patch: Any, function: Any, double: Any) -> None:
    """Put `double` wherever a module holds `function`, however it was imported."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is function:
                patch.setattr(module, name, double)
