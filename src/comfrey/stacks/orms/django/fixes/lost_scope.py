"""A view that shows the rows of others: the caller's own, as its siblings ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, TOLD, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.record import Record, Relation
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, ClassDef, FunctionDef, Name

SYMPTOMS = (TOLD, LET_IN, ANSWERED, CHANGED)
RANK = 25
METHOD = "get_queryset"
OWN = ("own", "another", "other")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Order.objects` becomes `Order.objects.filter(user=self.request.user)`."""
    endpoint = project.endpoint(ailment.subject)
    told = set(ailment.title.replace("'", " ").split())
    about_owner = ailment.kind == "auth" or any(word in told for word in OWN)
    if endpoint is None or not about_owner or {401, 403} >= {*ailment.expected, 401}:
        return None
    kind = mending.class_at(codebase, endpoint.handler.place)
    for record, relation in _owned(project, endpoint):
        found = next(_unscoped(codebase, endpoint, kind, record), None)
        if found is not None:
            rows, function = found
            caller = "self.request.user" if kind is not None else "request.user"
            if kind is not None and "request" in {each.name for each in function.parameters}:
                caller = "request.user"
            edit = mending.replaced(rows, f"{rows.text}.filter({relation.name}={caller})")
            summary = f"only the caller's own rows of {record.name} are asked for"
            return Cure(summary=summary, edits=(edit,), place=rows.place)
    return None


def _owned(project: Project, endpoint: Endpoint) -> Iterator[tuple[Record, Relation]]:
    """The records that the endpoint reads, with the relation that leads to their owner."""
    user = project.authentication.user if project.authentication else "User"
    names = [endpoint.listing.record] if endpoint.listing else []
    names += [each.record for each in endpoint.effects]
    for name in dict.fromkeys(names):
        record = project.record(name)
        for each in record.relations if record else ():
            if record is not None and each.to == user and each.kind == "many_to_one":
                yield record, each


def _unscoped(
    codebase: Codebase, endpoint: Endpoint, kind: ClassDef | None, record: Record
) -> Iterator[tuple[Attribute, FunctionDef]]:
    """`Order.objects` in a function that does not look at who is calling."""
    for function in _functions(codebase, endpoint, kind):
        if f"{record.name}.objects" not in function.text or ".user" in function.text:
            continue
        for each in mending.inside(function):
            plain = isinstance(each, Attribute) and isinstance(each.of, Name)
            if plain and isinstance(each, Attribute) and each.text == f"{record.name}.objects":
                yield each, function


def _functions(
    codebase: Codebase, endpoint: Endpoint, kind: ClassDef | None
) -> Iterator[FunctionDef]:
    handler = mending.function_at(codebase, endpoint.handler.place)
    if kind is not None:
        own = [each for each in kind.body if isinstance(each, FunctionDef)]
        yield from sorted(own, key=lambda each: each.name != METHOD)
    elif handler is not None:
        yield handler
