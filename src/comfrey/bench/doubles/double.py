"""What every double can do, whatever protocol it speaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FAILURES = ("status500", "timeout", "shape", "rate_limit", "network", "declined")
WELL = ("ok", "declined")
"""Plans by which a connection may be opened: what is declined is what is asked over it."""
LATEST = 1.0
"""Seconds that are given to what may arrive late."""
LONGEST_HANG = 30.0
"""Seconds that a `timeout` holds a connection open before it is dropped."""


@dataclass(frozen=True)
class Received:
    """One request, mail, object or message. `body` is decoded: fields of a form or JSON, the mail's
    `from to subject text`, the message's own JSON. `call` is the operation as the source writes it."""

    method: str = ""
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    raw: bytes = b""
    call: str = ""


@dataclass(frozen=True)
class Plan:
    """How a double answers: `ok` or a failure, `left` times (-1: always)."""

    kind: str = "ok"
    status: int = 0
    body: Any = None
    left: int = -1


class Double:
    """The double of one service. `host`, `port` and `url` are its address on the loopback."""

    scheme = "http"
    host = "127.0.0.1"
    late = False
    """Whether what is sent may arrive after the answer to the request that sends it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = 0
        self.environ: dict[str, str] = {}
        """Further variables that the service's client libraries read."""
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._plans: dict[str, Plan] = {}
        self._good: dict[str, Plan] = {}
        """How to answer once a plan that counts down has run out."""
        self.released = threading.Event()

    @property
    def url(self) -> str:
        usual = {"http": 80, "https": 443}.get(self.scheme) == self.port
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")

    @property
    def calls(self) -> tuple[Received, ...]:
        """Everything that came in since the last `reset`, in order."""
        with self._lock:
            return tuple(self._received)

    @property
    def sent(self) -> tuple[Received, ...]:
        return self.calls

    def answer(self, call: str = "", *, status: int = 0, body: Any = None, times: int = 0) -> None:
        """From now on `call` (empty: any) is answered well, with this status and body where given."""
        self._plan(call, Plan("ok", status, body, times or -1))

    def fail(
        self, kind: str, call: str = "", *, times: int = 0, status: int = 0, body: Any = None
    ) -> None:
        """From now on `call` (empty: any) fails so, `times` times (0: until `reset`)."""
        if kind not in FAILURES:
            raise ValueError(f"{kind} is no failure of a double: {', '.join(FAILURES)}")
        self._plan(call, Plan(kind, status, body, times or -1))

    def reset(self) -> None:
        """Forgets what came in and how to fail; lets go of those that wait in a `timeout`."""
        with self._lock:
            self._received.clear()
            self._plans.clear()
            self._good.clear()
        self.released.set()
        self.released = threading.Event()

    def stop(self) -> None:
        """Closes the port."""

    def note(self, received: Received) -> Plan:
        """Remembers a request and takes the plan for it; one plan counts down per request."""
        with self._lock:
            self._received.append(received)
            for key in (received.call, ""):
                plan = self._plans.get(key)
                if plan is not None:
                    return self._take(key, plan)
        return Plan()

    def opened(self) -> Plan:
        """The plan for a connection that is opened now; it counts down where it fails."""
        with self._lock:
            plan = self._plans.get("", Plan())
            return plan if plan.kind in WELL else self._take("", plan)

    def await_calls(self, count: int) -> None:
        """Waits until so many have come in, where they may come late."""
        latest = time.monotonic() + LATEST
        while self.late and len(self.calls) < count and time.monotonic() < latest:
            time.sleep(0.01)

    def hang(self) -> None:
        """Waits as a service that does not answer, until `reset`."""
        self.released.wait(LONGEST_HANG)

    def _plan(self, call: str, plan: Plan) -> None:
        with self._lock:
            self._plans[call] = plan
            if plan.kind == "ok" and plan.left < 0:
                self._good[call] = plan

    def _take(self, key: str, plan: Plan) -> Plan:
        if plan.left == 1 and key in self._good:
            self._plans[key] = self._good[key]
        elif plan.left == 1:
            del self._plans[key]
        elif plan.left > 1:
            self._plans[key] = Plan(plan.kind, plan.status, plan.body, plan.left - 1)
        return plan
