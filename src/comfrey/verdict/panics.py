"""Panics in the log of a Go program, as its runtime and the recoveries of frameworks print them."""

from __future__ import annotations

import re

FORMS = (
    re.compile(r"panic recovered:\s*\n(?:.*\n)*?(?P<said>[^\n]+)\n(?=/\S+\.go:\d+ \(0x)"),
    re.compile(r"\[PANIC RECOVER\] (?P<said>.+?)(?:\\n| )goroutine \d+ \["),
    re.compile(r"http: panic serving \S+: (?P<said>[^\n]+)"),
    re.compile(r"^(?:\x1b\[[\d;]*m|\s)*panic: (?:\x1b\[[\d;]*m)*(?P<said>[^\n\x1b]+)", re.M),
)
"""Gin's, echo's, the standard library's; chi's, fiber's and the runtime's."""


def error_of(log: str) -> str:
    """`panic: text` of the last panic that is told, "" where there was none."""
    found = [match for form in FORMS for match in form.finditer(log)]
    last = max(found, key=lambda each: each.start(), default=None)
    return f"panic: {last['said'].partition(' [recovered]')[0].strip()}"[:500] if last else ""
