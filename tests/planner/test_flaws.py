"""Flaws of a body: what a declaration must refuse, and nothing that no declaration refuses."""

from __future__ import annotations

from comfrey.model.schema import Property, Schema
from comfrey.model.value import Literal, Mapping
from comfrey.planner.flaws import odd, of_value, refused


def test_what_nobody_checks_is_not_asked_to_be_refused() -> None:
    told = Schema(type="integer", minimum=1, unchecked=True)
    body = Schema(type="object", properties=(Property(name="berths", schema=told),))

    assert not list(refused(body, Mapping(members=(("berths", Literal(value=4)),))))
    assert list(of_value("berths", told.replace(unchecked=False)))


def test_a_type_that_is_gone_at_run_time_is_only_no_error_where_other_rules_are_kept() -> None:
    told = Schema(type="string", min_length=1, annotated=True)
    body = Schema(type="object", properties=(Property(name="motto", schema=told, required=True),))
    control = Mapping(members=(("motto", Literal(value="ahoy")),))

    assert {each.rule for each in refused(body, control)} == {"required", "null", "min_length"}
    assert [each.words for each in odd(body)] == ["a motto that is no text"]
