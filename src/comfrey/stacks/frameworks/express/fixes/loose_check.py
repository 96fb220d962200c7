"""A field that express-validator checks less strictly than its column asks, or leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import method, spelling
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, DictOf
from comfrey.stacks.frameworks.express.chains import Checked, checked
from comfrey.stacks.keywords import choices, member
from comfrey.stacks.lacking import Loose, Rule, bare, lacking, left_out, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
OPTIONS = {
    "minimum": "min",
    "maximum": "max",
    "exclusive_minimum": "gt",
    "exclusive_maximum": "lt",
    "min_length": "min",
    "max_length": "max",
}
NUMBERS = ("isInt", "isFloat")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`body('size').isInt()` → `body('size').isInt({ max: 52 })`; `optional()` gone where nothing may be missing."""
    found = loose(ailment, project)
    field = ailment.fields[0] if ailment.fields else ""
    chain = checked(codebase, found.place or found.own.place, field) if found else None
    if found is None or chain is None:
        return None
    edits = [*_bounded(chain, found)]
    if left_out(ailment, project) is not None:
        edits += _demanded(chain)
    summary = f"{field} is checked as its column asks"
    return Cure(summary=summary, edits=tuple(edits), place=chain.whole.place) if edits else None


def _demanded(chain: Checked) -> Iterator[Edit]:
    """The chain without `optional()`."""
    for each in chain.calls:
        if method(each) == "optional" and isinstance(each.function, Attribute):
            start, end = each.function.of.span.end, each.span.end
            yield Edit(file=each.span.source.path, start=start, end=end, text="")


def _bounded(chain: Checked, found: Loose) -> Iterator[Edit]:
    rules = [each for each in lacking(found.own, found.due) if each[0] in OPTIONS]
    lengths = [each for each in rules if each[0].endswith("length")]
    yield from _with(chain, ("isLength",), lengths, add=True)
    yield from _with(chain, NUMBERS, [e for e in rules if e not in lengths], add=False)
    if found.due.enum and not bare(found.own).enum:
        text = f".isIn([{choices(chain.module, found.due.enum)}])"
        yield mending.appended(chain.whole, text)


def _with(chain: Checked, names: tuple[str, ...], rules: list[Rule], add: bool) -> Iterator[Edit]:
    """The call of one of these names with the rules among its options; a new one at the end, where that may be."""
    call = next((each for each in chain.calls if method(each) in names), None)
    said = [f"{OPTIONS[name]}: {spelling(chain.module, value)}" for name, value in rules]
    if not rules or (call is None and not add):
        return
    if call is None:
        yield mending.appended(chain.whole, f".{names[0]}({{ {', '.join(said)} }})")
    elif not call.arguments:
        end = call.span.end - 1
        text = f"{{ {', '.join(said)} }}"
        yield Edit(file=call.span.source.path, start=end, end=end, text=text)
    else:
        yield from _changed(chain, call, rules)


def _changed(chain: Checked, call: Call, rules: list[Rule]) -> Iterator[Edit]:
    given = call.positional[0] if call.positional else None
    for name, value in rules if isinstance(given, DictOf) and given.items else ():
        text = spelling(chain.module, value)
        old = member(given, OPTIONS[name]) if isinstance(given, DictOf) else None
        if old is not None:
            yield mending.replaced(old[1], text)
        elif isinstance(given, DictOf):
            yield mending.appended(given.items[-1][1], f", {OPTIONS[name]}: {text}")
