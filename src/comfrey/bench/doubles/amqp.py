"""The double of a message broker: as much of AMQP 0-9-1 as publishing with confirms needs.

Frames, methods and their numbers: AMQP 0-9-1 specification, sections 2.3 and 4.2; confirms are RabbitMQ's.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Any

from comfrey.bench.doubles.double import WELL, Double, Plan, Received
from comfrey.stacks.services import protocol_failures

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
END = b"\xce"
FRAME_MAX = 131072
START_OK, TUNE_OK, OPEN, CLOSE, CLOSE_OK = (10, 11), (10, 31), (10, 40), (10, 50), (10, 51)
CHANNEL_OPEN, CHANNEL_CLOSE = (20, 10), (20, 40)
EXCHANGE_DECLARE, QUEUE_DECLARE = (40, 10), (50, 10)
CONSUME, CANCEL, PUBLISH, GET, CONFIRM_SELECT = (60, 20), (60, 30), (60, 40), (60, 70), (85, 10)
ACK, NACK = (60, 80), (60, 120)
PLAIN_ANSWERS = {
    OPEN: ((10, 41), b"\0"),
    CHANNEL_OPEN: ((20, 11), b"\0\0\0\0"),
    CHANNEL_CLOSE: ((20, 41), b""),
    (20, 20): ((20, 21), b"\1"),
    EXCHANGE_DECLARE: ((40, 11), b""),
    (40, 20): ((40, 21), b""),
    (40, 30): ((40, 31), b""),
    (40, 40): ((40, 51), b""),
    (50, 20): ((50, 21), b""),
    (50, 30): ((50, 31), b"\0\0\0\0"),
    (50, 40): ((50, 41), b"\0\0\0\0"),
    (50, 50): ((50, 51), b""),
    (60, 10): ((60, 11), b""),
    GET: ((60, 72), b"\0"),
    (90, 10): ((90, 11), b""),
    (90, 20): ((90, 21), b""),
    (90, 30): ((90, 31), b""),
}
"""Method → the method that answers it, and its arguments. `Get` finds every queue empty."""


class AmqpDouble(Double):
    """`calls` are the messages: `path` is the routing key, `headers` hold the exchange and the message's
    own headers, `body` is its JSON (or text).

    What fails is a connection that is opened meanwhile. A standing one stays, as what follows needs it: its
    messages are not confirmed then, or refused where they wait for that."""

    scheme = "amqp"
    late = True

    def __init__(self, name: str, port: int = 0) -> None:
        super().__init__(name)
        self._listener = socket.create_server((self.host, port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"

    def stop(self) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=_Connection(self, connection).serve, daemon=True).start()


@dataclass
class _Channel:
    """Where a channel is: whether it confirms, and the message that is coming in over it."""

    confirms: bool = False
    tag: int = 0
    exchange: str = ""
    key: str = ""
    size: int = 0
    body: bytes = b""
    properties: dict[str, Any] = field(default_factory=dict)


class _Connection:
    def __init__(self, double: AmqpDouble, connection: socket.socket) -> None:
        self.double = double
        self.socket = connection
        self.channels: dict[int, _Channel] = {}

    def serve(self) -> None:
        """Talks until the client is done or hangs up."""
        with contextlib.suppress(OSError, EOFError, struct.error), self.socket:
            if self._read(8)[:4] != b"AMQP":
                self.socket.sendall(b"AMQP\0\0\x09\x01")
                return
            start = b"\0\x09" + _table({}) + _long(b"PLAIN AMQPLAIN") + _long(b"en_US")
            self._method(0, (10, 10), start)
            while True:
                self._frame()

    def _frame(self) -> None:
        kind, number, size = struct.unpack(">BHI", self._read(7))
        payload = self._read(size)
        self._read(1)
        channel = self.channels.setdefault(number, _Channel())
        if kind == METHOD:
            self._on_method(number, channel, struct.unpack(">HH", payload[:4]), payload[4:])
        elif kind == HEADER:
            channel.size = struct.unpack(">Q", payload[4:12])[0]
            channel.properties = _properties(payload[12:])
            channel.body = b""
            if not channel.size:
                self._arrived(number, channel)
        elif kind == BODY:
            channel.body += payload
            if len(channel.body) >= channel.size:
                self._arrived(number, channel)
        elif kind == HEARTBEAT:
            self.socket.sendall(struct.pack(">BHI", HEARTBEAT, 0, 0) + END)

    def _on_method(
        self, number: int, channel: _Channel, method: tuple[int, ...], arguments: bytes
    ) -> None:
        if method == START_OK:
            self._method(0, (10, 30), struct.pack(">HIH", 2047, FRAME_MAX, 0))
        elif method == CLOSE:
            self._method(0, CLOSE_OK, b"")
            raise EOFError
        elif method == CLOSE_OK:
            raise EOFError
        elif method == OPEN and (plan := self.double.opened()).kind not in WELL:
            self._fail(plan)
        elif method == PUBLISH:
            channel.exchange, rest = _short(arguments[2:])
            channel.key, _ = _short(rest)
        elif method == CONFIRM_SELECT:
            channel.confirms = True
            if not arguments[0] & 1:
                self._method(number, (85, 11), b"")
        elif method == QUEUE_DECLARE:
            name, rest = _short(arguments[2:])
            self._unless_nowait(rest, number, (50, 11), _short_of(name or "amq.gen-1") + b"\0" * 8)
        elif method == EXCHANGE_DECLARE:
            self._unless_nowait(_short(_short(arguments[2:])[1])[1], number, (40, 11), b"")
        elif method in (CONSUME, CANCEL):
            name = (
                _short(_short(arguments[2:])[1])[0] if method == CONSUME else _short(arguments)[0]
            )
            self._method(number, (method[0], method[1] + 1), _short_of(name or "ctag1"))
        elif method in PLAIN_ANSWERS:
            self._method(number, *PLAIN_ANSWERS[method])

    def _unless_nowait(
        self, bits: bytes, number: int, method: tuple[int, int], rest: bytes
    ) -> None:
        if not bits[0] & 0b10000:
            self._method(number, method, rest)

    def _arrived(self, number: int, channel: _Channel) -> None:
        plan = self.double.note(_received(channel))
        channel.tag += 1
        tag = struct.pack(">QB", channel.tag, 0)
        if channel.confirms and plan.kind != "timeout":
            self._method(number, ACK if plan.kind == "ok" else NACK, tag)

    def _fail(self, plan: Plan) -> None:
        failure = protocol_failures("amqp")[plan.kind]
        if failure.seconds:
            self.double.hang()
        if failure.seconds or failure.drop:
            linger = struct.pack("ii", 1, 0)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            raise EOFError
        said = struct.pack(">H", failure.status) + _short_of(failure.answer) + b"\0\0\0\0"
        self._method(0, CLOSE, said)

    def _method(self, channel: int, method: tuple[int, ...], arguments: bytes) -> None:
        payload = struct.pack(">HH", *method) + arguments
        self.socket.sendall(struct.pack(">BHI", METHOD, channel, len(payload)) + payload + END)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data


def _received(channel: _Channel) -> Received:
    text: Any = None
    with contextlib.suppress(UnicodeDecodeError):
        text = channel.body.decode()
        with contextlib.suppress(ValueError):
            text = json.loads(text)
    headers = {"exchange": channel.exchange, "routing_key": channel.key, **channel.properties}
    return Received(
        method="PUBLISH",
        path=channel.key,
        headers={name: str(value) for name, value in headers.items()},
        body=text,
        raw=channel.body,
        call="publish",
    )


NAMES = (
    *("content-type", "content-encoding", "headers", "delivery-mode", "priority", "correlation-id"),
    *(
        "reply-to",
        "expiration",
        "message-id",
        "timestamp",
        "type",
        "user-id",
        "app-id",
        "cluster-id",
    ),
)


def _properties(data: bytes) -> dict[str, Any]:
    """The basic properties that are set, by their names; tables are left out."""
    flags = struct.unpack(">H", data[:2])[0]
    found: dict[str, Any] = {}
    rest = data[2:]
    for bit, name in enumerate(NAMES):
        if not flags & (1 << (15 - bit)):
            continue
        if name == "headers":
            rest = rest[4 + struct.unpack(">I", rest[:4])[0] :]
        elif name in ("delivery-mode", "priority"):
            found[name], rest = rest[0], rest[1:]
        elif name == "timestamp":
            found[name], rest = struct.unpack(">Q", rest[:8])[0], rest[8:]
        else:
            found[name], rest = _short(rest)
    return found


def _short(data: bytes) -> tuple[str, bytes]:
    """A short string and what follows it."""
    size = data[0]
    return data[1 : 1 + size].decode(errors="replace"), data[1 + size :]


def _short_of(text: str) -> bytes:
    data = text.encode()[:255]
    return bytes([len(data)]) + data


def _long(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _table(capabilities: dict[str, bool]) -> bytes:
    """Server properties: publishers ask whether confirms are there before they select them."""
    told = {
        "publisher_confirms": True,
        "basic.nack": True,
        "connection.blocked": False,
        **capabilities,
    }
    inner = b"".join(_short_of(name) + b"t" + bytes([value]) for name, value in told.items())
    return _long(_short_of("capabilities") + b"F" + _long(inner))
