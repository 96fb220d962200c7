"""The double of a mail server: takes every mail, or refuses it as planned."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from comfrey.bench.doubles.double import Double, Received
from comfrey.stacks.services import protocol_failures

REFUSED = "550 5.1.1 mailbox unavailable"


class SmtpDouble(Double):
    """`calls` are the mails: `body` holds `from to subject text html`, `to` a list of addresses."""

    scheme = "smtp"

    def __init__(self, name: str, port: int = 0) -> None:
        super().__init__(name)
        self._controller = _Controller(
            _Handler(self),
            hostname=self.host,
            port=port,
            auth_require_tls=False,
            authenticator=lambda *words: AuthResult(success=True),
        )
        self._controller.start()
        self.port = int(self._controller.port)

    def stop(self) -> None:
        self.released.set()
        self._controller.stop()


class _Controller(Controller):
    """Port 0 is only known once the server listens."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Handler:
    def __init__(self, double: SmtpDouble) -> None:
        self.double = double

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        plan = self.double.note(mail(envelope))
        if plan.kind == "ok":
            return "250 2.0.0 queued"
        if plan.kind == "declined":
            return REFUSED
        failure = protocol_failures("smtp")[plan.kind]
        if failure.seconds:
            await asyncio.to_thread(self.double.hang)
        if failure.drop or failure.seconds:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 closing"
        return f"{failure.status} {failure.answer}"


def mail(envelope: Envelope) -> Received:
    """What arrived, read as a mail."""
    content = envelope.content or b""
    raw = content.encode() if isinstance(content, str) else content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body: dict[str, Any] = {
        "from": envelope.mail_from,
        "to": list(envelope.rcpt_tos),
        "subject": str(message.get("subject", "")),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
    }
    headers = {name.lower(): str(value) for name, value in message.items()}
    return Received(method="SEND", path="", headers=headers, body=body, raw=raw, call="send")


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).strip() if part is not None else ""
