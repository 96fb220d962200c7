"""One panic is one fault, at whatever endpoint it is met."""

from __future__ import annotations

import pytest

from comfrey.model.ailment import CRASHED, Ailment
from comfrey.model.place import Place
from comfrey.verdict.clusters import clustered
from comfrey.verdict.traceback import error_of

NIL = "runtime error: invalid memory address or nil pointer dereference"
GIN = f"""2026/05/01 [Recovery] 2026/05/01 - 09:00:00 panic recovered:
POST /kilns HTTP/1.1
Host: 127.0.0.1:4000

{NIL}
/usr/local/go/src/runtime/panic.go:262 (0x44e1d7)
/home/ada/kilns/store.go:31 (0x8d2a44)
"""
SERVED = f"2026/05/01 09:00:00 http: panic serving 127.0.0.1:5000: {NIL}\ngoroutine 34 [running]:\n"
ECHO = f"[PANIC RECOVER] {NIL} goroutine 12 [running]:\nmain.fire()\n"
CHI = f"\x1b[31;1m panic: \x1b[0m\x1b[37;1m{NIL}\x1b[0m\n"


@pytest.mark.parametrize("log", [GIN, SERVED, ECHO, CHI, f"panic: {NIL} [recovered]\n"])
def test_a_panic_is_found_as_its_recovery_tells_it(log: str) -> None:
    assert error_of(f"started\n{log}") == f"panic: {NIL}"


def crash(subject: str, line: int, error: str, *fields: str) -> Ailment:
    place = Place(file="store.go", line=line)
    cases = ((f"{subject} {fields}", ""),)
    return Ailment(
        subject=subject,
        symptom=CRASHED,
        cases=cases,
        kind="validation",
        expected=(400,),
        fields=fields,
        error=error,
        trace=(place,),
    )


def test_one_panic_is_one_cluster_that_names_its_endpoints() -> None:
    found = clustered(
        [
            crash(
                "POST /kilns",
                31,
                "panic: Undefined validation function 'hot' on field 'Heat'",
                "heat",
            ),
            crash(
                "POST /kilns",
                31,
                "panic: Undefined validation function 'hot' on field 'Name'",
                "name",
            ),
            crash(
                "PUT /kilns/{id}", 31, "panic: Undefined validation function 'hot' on field 'Heat'"
            ),
            crash("PUT /kilns/{id}", 48, f"panic: {NIL}", "heat"),
        ]
    )

    assert [(each.subject, len(each.cases), each.trace[0].line) for each in found] == [
        ("POST /kilns", 3, 31),
        ("PUT /kilns/{id}", 1, 48),
    ]
    assert [each.text for each in found[0].because] == ["the same happens at PUT /kilns/{id}"]


def test_a_refusal_of_the_database_is_told_apart_by_what_was_sent() -> None:
    refused = "DataError: value too long"

    assert (
        len(clustered([crash("POST /a", 9, refused, "name"), crash("POST /a", 9, refused, "note")]))
        == 2
    )
