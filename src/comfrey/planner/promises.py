"""What a list promises by its declared names, where its code says otherwise or nothing."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Filter, Listing, Origin, Sort
from comfrey.model.record import Record
from comfrey.planner.auth import owned
from comfrey.planner.builders import persona, plain_persona
from comfrey.planner.world import World, bare, parameters, path_names

PARTNERS = {"min": "ge", "max": "le", "from": "ge", "to": "le", "after": "ge", "before": "le"}
PAIRS = {
    "min": "max",
    "max": "min",
    "from": "to",
    "to": "from",
    "after": "before",
    "before": "after",
}


def promised(world: World, endpoint: Endpoint, listing: Listing) -> Listing:
    """The listing as its names promise it: `-price` descends, `max_price` bounds what `min_price` does."""
    return listing.replace(
        first_page=_first_page(endpoint, listing),
        sorts=tuple(_sort(each, listing.sorts) for each in listing.sorts),
        filters=(*(_bound(e, listing) for e in listing.filters), *_partners(endpoint, listing)),
        scope=(*listing.scope, *_own(world, endpoint, listing)),
    )


def _first_page(endpoint: Endpoint, listing: Listing) -> int:
    """Pages count from the parameter's declared default, else as the code does."""
    for each in parameters(endpoint, "query"):
        schema = bare(each.schema)
        counts = listing.style == "page" and each.name == listing.page
        if counts and schema.has_default and schema.default in (0, 1):
            return int(schema.default)
    return listing.first_page


def _sort(sort: Sort, sorts: tuple[Sort, ...]) -> Sort:
    """A leading minus descends, and so does `newest`; their twins ascend."""
    values = {each.value for each in sorts}
    if sort.value.startswith("-") or sort.value in ("newest", "latest"):
        return sort.replace(descending=True)
    if f"-{sort.value}" in values or sort.value == "oldest":
        return sort.replace(descending=False)
    return sort


def _bound(found: Filter, listing: Listing) -> Filter:
    """`min_price` leaves its own bound out, and `max_price` takes its own in: so should both."""
    head, _, rest = found.origin.name.partition("_")
    twin = f"{PAIRS.get(head, '')}_{rest}" if rest else PAIRS.get(head, "")
    other = next((each for each in listing.filters if each.origin.name == twin), None)
    taken_in = other is not None and other.field == found.field and other.operator in ("ge", "le")
    if head not in ("min", "max") or found.operator not in ("gt", "lt") or not taken_in:
        return found
    return found.replace(operator=PARTNERS[head])


def _partners(endpoint: Endpoint, listing: Listing) -> list[Filter]:
    """A declared bound that the code does not use, while it uses the other end of the range."""
    used = {each.origin.name: each for each in listing.filters}
    found = []
    for each in parameters(endpoint, "query"):
        head, _, rest = each.name.partition("_")
        twin = f"{PAIRS.get(head, '')}_{rest}" if rest else PAIRS.get(head, "")
        known = used.get(twin)
        if each.name in used or known is None or known.origin.via:
            continue
        origin = Origin(kind="query", name=each.name)
        found.append(
            Filter(
                field=known.field,
                operator=PARTNERS[head],
                origin=origin,
                optional=True,
                place=each.place,
            )
        )
    return found


def _own(world: World, endpoint: Endpoint, listing: Listing) -> list[Filter]:
    """Only the caller's own rows, where every other way to a row of the record asks whose it is."""
    record = world.project.record(listing.record)
    field = world.owner_field(record) if record else None
    told = any(each.origin.kind == "caller" for each in listing.scope)
    plain = persona(world, world.requirements(endpoint)) == plain_persona(world)
    if record is None or field is None or told or not plain or not endpoint.auth:
        return []
    if path_names(endpoint.path) or not _is_kept(world, record):
        return []
    _, _, key = field.references.partition(".")
    return [Filter(field=field.name, origin=Origin(kind="caller", name=key))]


def _is_kept(world: World, record: Record) -> bool:
    """True when all plain callers' endpoints by the record's key, two or more, check the owner; or some
    do, and it takes a role to list everybody's rows."""
    beside = []
    for each in world.endpoints:
        names = path_names(each.path)
        key = world.path_key(each, names[-1]) if names else None
        plain = persona(world, world.requirements(each)) == plain_persona(world)
        if each.auth and plain and key and key[0] == record:
            beside.append(each)
    checked = [each for each in beside if owned(world, each)]
    every = len(beside) > 1 and len(checked) == len(beside)
    return every or (bool(checked) and needs_role_to_list(world, record))


def needs_role_to_list(world: World, record: Record) -> bool:
    """True when the rows of every owner are listed, to callers of a role."""
    return any(
        each.listing is not None
        and each.listing.record == record.name
        and not any(scope.origin.kind == "caller" for scope in each.listing.scope)
        and bool(world.requirements(each))
        and persona(world, world.requirements(each)) != plain_persona(world)
        for each in world.endpoints
    )
