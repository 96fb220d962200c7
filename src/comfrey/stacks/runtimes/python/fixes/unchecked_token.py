"""A token whose expiry or signature is read, but told not to be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, DictOf, Expression, walk

SYMPTOMS = (LET_IN, ANSWERED)
RANK = 8
ABOUT_TOKENS = re.compile(r"expired|forged|unsigned|signed|signature|token", re.I)
CHECKS = ("verify_exp", "verify_signature", "verify_aud", "verify_iss", "verify_nbf")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`options={"verify_exp": False}` without the exception."""
    told = " ".join((ailment.title, *(variation for _, variation in ailment.cases)))
    if ailment.kind != "auth" or not ABOUT_TOKENS.search(told):
        return None
    edits = tuple(_loose(codebase))
    if not edits:
        return None
    return Cure(summary="an expired token is refused", edits=edits[:1])


def _loose(codebase: Codebase) -> Iterator[Edit]:
    """The members of a decoder's options that switch a check off."""
    for name in codebase.modules([each.encode() for each in CHECKS]):
        file = codebase.graph.file(name) or ""
        module = None if codebase.language.is_test(file) else codebase.parsed(name)
        for function in mending.functions(module) if module else ():
            for each in mending.inside(function):
                if isinstance(each, Call) and each.function.text.endswith("decode"):
                    yield from (edit for node in walk(each) for edit in _members(each, node))


def _members(call: Call, node: object) -> Iterator[Edit]:
    if not isinstance(node, DictOf):
        return
    off = [key for key, value in node.items if key is not None and _is_off(key, value)]
    kept = [(k, v) for k, v in node.items if k not in off]
    if not off:
        return
    if kept:
        text = ", ".join(f"{k.text}: {v.text}" if k else f"**{v.text}" for k, v in kept)
        yield mending.replaced(node, f"{{{text}}}")
    else:
        yield mending.without(call, "options")


def _is_off(key: Expression, value: Expression) -> bool:
    named = isinstance(key, Constant) and key.value in CHECKS
    return named and isinstance(value, Constant) and value.value is False
