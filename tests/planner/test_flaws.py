"""Flaws of a body: what a declaration must refuse, and nothing that no declaration refuses."""

from __future__ import annotations

from comfrey.model.schema import Property, Schema
from comfrey.model.value import Literal, Mapping
from comfrey.planner.flaws import of_value, refused


def test_what_nobody_checks_is_not_asked_to_be_refused() -> None:
    told = Schema(type="integer", minimum=1, unchecked=True)
    body = Schema(type="object", properties=(Property(name="berths", schema=told),))

    assert not list(refused(body, Mapping(members=(("berths", Literal(value=4)),))))
    assert list(of_value("berths", told.replace(unchecked=False)))
