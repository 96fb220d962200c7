"""Builders: a valid row of each record. Personas: the callers that guards ask for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from keyword import iskeyword

from comfrey.model.endpoint import Endpoint, Requirement
from comfrey.model.plan import Builder, Case, Persona
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Seed
from comfrey.model.value import Literal, Mapping, Sequence, Value
from comfrey.planner import cast
from comfrey.planner.checks import column_schema
from comfrey.planner.wording import called, snake
from comfrey.planner.world import (
    World,
    bare,
    effects,
    path_names,
    plain,
    properties,
    reference_of,
)

SPARE = (0, 3, 4, 5, 6, 7)
"""Which of the cast's values unique fields of stored rows take: 1 and 2 are what requests send."""
MANY = 100
RIGHT = re.compile(r"permission|privilege|scope|authorit|claim|right", re.I)
"""Relations to rows that are no kind of caller, but what one may do."""
RESERVED = frozenset(
    [
        "default",
        "func",
        "new",
        "package",
        "private",
        "protected",
        "public",
        "static",
        "super",
        "type",
    ]
)
"""Words of JavaScript and Go by which no row can be called there."""
PLAIN_ROLE = "member"
"""What a role is called of which nothing is asked but to be there."""


def builders(world: World, cases: Iterable[Case] = ()) -> tuple[Builder, ...]:
    """One per record that can be built, in the project's order; with as many unique values as the
    hungriest of the cases takes."""
    found = (builder(world, each) for each in world.project.records)
    known = {each.record: each for each in found if each is not None}
    taken: Counter[str] = Counter()
    for case in cases:
        taken |= _taken(case, known)
    joins = {each.name for each in world.project.records if each.joins}
    return tuple(
        _stretched(world, each, taken[each.record])
        for each in known.values()
        if each.record not in joins or taken[each.record]
    )


def _taken(case: Case, known: dict[str, Builder]) -> Counter[str]:
    """How many rows of each record a case makes, parents that come along included."""
    found: Counter[str] = Counter()
    waiting = [(s.record, {n for n, _ in s.values}) for s in case.steps if isinstance(s, Seed)]
    while waiting and found.total() < MANY:
        record, given = waiting.pop()
        found[record] += 1
        parents = known[record].parents if record in known else ()
        waiting += [(to, set()) for name, to in parents if name not in given and to != record]
    return found


def _stretched(world: World, made: Builder, count: int) -> Builder:
    record = world.project.record(made.record)
    if count <= len(SPARE) or not made.sequences or record is None:
        return made
    more = range(SPARE[-1] + 1, SPARE[-1] + 1 + count - len(SPARE))
    longer = []
    for name, values in made.sequences:
        field = record.field(name)
        extra = [stored_value(world, record, field, nth) for nth in more] if field else []
        longer.append((name, tuple(dict.fromkeys((*values, *extra)))))
    return made.replace(sequences=tuple(longer))


def builder(world: World, record: Record) -> Builder | None:
    """How to make a valid row of `record`, or None when a required field has no value."""
    if record.name not in world.built:
        world.built[record.name] = _built(world, record)
    return world.built[record.name]


def _built(world: World, record: Record) -> Builder | None:
    password = password_field(world, record)
    defaults: list[tuple[str, Value]] = []
    parents: list[tuple[str, str]] = []
    sequences: list[tuple[str, tuple[Value, ...]]] = []
    told_apart = _told_apart(record)
    for field in record.fields:
        wanted = _is_held(field) or field.name == identifier_field(world, record)
        wanted = (
            wanted
            or _is_relied_on(world, record, field)
            or _is_stamped(world, field)
            or field.name in record.along.split(",")
        )
        if field.name == password or not wanted:
            continue
        if field.references:
            parents.append((field.name, reference_of(field)[0]))
            continue
        try:
            _add(world, record, field, defaults, sequences, apart=field.name in told_apart)
        except cast.NoValue:
            return None
    apart = {name for name, _ in sequences}
    told = {link[2]: PLAIN_ROLE for _, link in _links(world) if link[1] == record.name}
    defaults = [each for each in defaults if each[0] not in told]
    defaults += [(name, Literal(value=said)) for name, said in told.items() if name not in apart]
    flags = world.authentication.active if _is_user(world, record) and world.authentication else ()
    known = {name for name, _ in defaults}
    defaults += [
        (name, said(world, record, name, Literal(value=value)))
        for name, value in flags
        if name not in known
    ]
    return Builder(
        record=record.name,
        defaults=tuple(defaults),
        parents=tuple(parents),
        sequences=tuple(sequences),
        password=password,
        links=tuple(link for owner, link in _links(world) if owner == record.name),
        instead=record.along,
    )


Link = tuple[str, str, str]
"""A relation, the record at its other end, and the field there by which rows are named."""


def _links(world: World) -> tuple[tuple[str, Link], ...]:
    """The relations through which some endpoint asks its caller for a role, where no record stands between; each with
    the record that has it."""
    every = (each for e in world.endpoints for each in world.requirements(e))
    found = (each for one in every if world.user for each in _along(world, world.user, one.field))
    return tuple(dict.fromkeys(found))


def _along(world: World, record: Record, path: str) -> Iterator[tuple[str, Link]]:
    """The links on the way along a dotted path."""
    link = link_of(world, record, path) or passage_of(world, record, path)
    if link is not None:
        yield record.name, link
    name, _, rest = path.partition(".")
    relation = next((each for each in record.relations if each.name == name), None)
    target = world.project.record(relation.to) if relation is not None else None
    if target is not None and "." in rest:
        yield from _along(world, target, rest)


def passage_of(world: World, record: Record, path: str) -> Link | None:
    """The first relation of a dotted path that goes on behind it, and what tells the rows there apart."""
    name, _, rest = path.partition(".")
    relation = record.linked(name) if "." in rest else None
    other = world.project.record(relation.to) if relation is not None else None
    for each in other.fields if other is not None else ():
        if each.unique and each.type in ("string", "text"):
            return link_of(world, record, f"{name}.{each.name}")
    return None


def link_of(world: World, record: Record, path: str) -> Link | None:
    """The relation that a dotted field goes through, the record at its other end and the field there, where the
    ORM keeps by itself which rows belong together: suites in JavaScript tell it of these alone."""
    name, _, member = path.rpartition(".")
    relation = record.linked(name)
    other = world.project.record(relation.to) if relation and not relation.ends else None
    speaks = world.project.stack.language in ("javascript", "typescript")
    if other is None or other.field(member) is None or not speaks:
        return None
    return name, other.name, member


def said(world: World, record: Record, name: str, value: Value) -> Value:
    """A flag as its field holds it: a moment is there, or it is not (`email_confirmed_at`)."""
    field = record.field(name)
    flagged = isinstance(value, Literal) and isinstance(value.value, bool)
    if field is None or not flagged or field.type not in ("date", "datetime"):
        return value
    told = isinstance(value, Literal) and value.value
    try:
        return stored_value(world, record, field) if told else Literal(value=None)
    except cast.NoValue:
        return value


def _add(
    world: World,
    record: Record,
    field: Field,
    defaults: list[tuple[str, Value]],
    sequences: list[tuple[str, tuple[Value, ...]]],
    *,
    apart: bool = False,
) -> None:
    named = field.name == identifier_field(world, record)
    alone = field.primary_key and len(record.primary_key) == 1
    if apart or field.unique or named or alone:
        values = [stored_value(world, record, field, nth) for nth in SPARE]
        sequences.append((field.name, tuple(dict.fromkeys(values))))
    else:
        defaults.append((field.name, stored_value(world, record, field)))


def _is_relied_on(world: World, record: Record, field: Field) -> bool:
    """Whether code goes on through the row that a key refers to; one that needs a row of this record first has
    none before it."""
    if not field.crossed:
        return False
    waiting, seen = [reference_of(field)[0]], {""}
    while waiting:
        name = waiting.pop()
        target = world.project.record(name)
        if name not in seen and target is not None:
            seen.add(name)
            waiting += [reference_of(e)[0] for e in target.fields if e.crossed or needs_value(e)]
    return record.name not in seen and len(seen) > 1


def _is_stamped(world: World, field: Field) -> bool:
    """Whether code fills in what its column wants, in a language whose suites write rows without that code."""
    written = world.project.stack.language == "go" and not field.primary_key
    return written and field.default_from == "code" and not field.nullable


def _told_apart(record: Record) -> set[str]:
    """A field of each unique group of which no other row that it points to makes the difference."""
    key = tuple(each.name for each in record.primary_key)
    groups = [tuple(e for e in map(record.field, names) if e) for names in (*record.unique, key)]
    plain = (g for g in groups if len(g) > 1 and not any(e.references for e in g))
    return {g[-1].name for g in plain if all(needs_value(e) for e in g)}


def _is_user(world: World, record: Record) -> bool:
    return world.user is not None and world.user.name == record.name


def password_field(world: World, record: Record) -> str:
    """The field of `record` that holds a caller's hash, or ""."""
    if world.authentication is None or not _is_user(world, record):
        return ""
    return world.authentication.password


def identifier_field(world: World, record: Record) -> str:
    """The field of `record` by whose value a caller logs in, required or not; ""."""
    if world.authentication is None or not _is_user(world, record):
        return ""
    return world.authentication.identifier


def _is_held(field: Field) -> bool:
    """True when a row needs a value for `field`: to be stored, or to be read again."""
    filled = field.default is not None or field.default_from or field.computed
    return needs_value(field) or (field.held and not filled)


def needs_value(field: Field) -> bool:
    """True when a row cannot be stored without a value for `field`."""
    filled = field.default is not None or field.default_from or field.computed
    return (field.required or not field.nullable) and not filled


def stored_value(world: World, record: Record, field: Field, nth: int = 0) -> Value:
    """The `nth` value that both the column and the requests that write it let in."""
    if field.members and field.type == "object":
        return embedded(world, record, field, nth)
    return value_of(field.name, row_schemas(world, record, field), nth, record.name)


OTHER = 5
"""Which of a column's values a second row has that must not be taken for the first."""


def told_apart(world: World, endpoint: Endpoint, record: Record) -> tuple[tuple[str, Value], ...]:
    """What a second row of the record needs where the path names rows by a column that several may hold alike."""
    names = path_names(endpoint.path)
    key = world.path_key(endpoint, names[-1]) if names else None
    if key is None or key[0] != record or key[1].unique or key[1].primary_key:
        return ()
    return ((key[1].name, stored_value(world, record, key[1], OTHER)),)


def row_schemas(world: World, record: Record, field: Field) -> tuple[Schema, ...]:
    """What a stored value must fit: its column, the requests that write it, the answers that show it."""
    found = (column_schema(record, field), *input_schemas(world, record, field))
    if any(each.enum for each in found) or bare(found[0]).type != "string":
        return found
    return (*found, *answer_schemas(world, record, field))


def answer_schemas(world: World, record: Record, field: Field) -> tuple[Schema, ...]:
    """The enumerations that answers declare for the column: a row outside of them cannot be shown."""
    shown = (
        member
        for endpoint in world.endpoints
        if any(each.record == record.name for each in endpoint.effects)
        for each in endpoint.responses
        if each.status < 300 and each.body is not None
        for whole in _objects(each.body)
        if _is_of(record, whole)
        for member in properties(whole)
    )
    found = (bare(each.schema) for each in shown if each.name == field.name)
    return tuple(dict.fromkeys(each for each in found if each.enum))


def _objects(schema: Schema, depth: int = 4) -> Iterator[Schema]:
    """Every object in an answer, from outside in."""
    inner = bare(schema)
    if inner.properties:
        yield inner
    below = [each.schema for each in properties(inner)] if inner.properties else []
    for each in (*below, *((inner.items,) if inner.items is not None else ())):
        if depth:
            yield from _objects(each, depth - 1)


def _is_of(record: Record, shown: Schema) -> bool:
    """Whether an object of an answer is a row: it has the key and other columns."""
    names = {each.name for each in properties(shown)}
    keys = {each.name for each in record.primary_key}
    return bool(keys) and keys <= names and len(names & {e.name for e in record.fields}) > len(keys)


def embedded(
    world: World,
    record: Record,
    field: Field,
    nth: int = 0,
    given: tuple[tuple[str, Value], ...] = (),
    head: str = "",
) -> Mapping:
    """A document that stands in another's `field`: what it cannot do without, and what is `given`."""
    known = dict(given)
    path = f"{head}{field.name}"
    for each in field.members:
        if each.name in known or not needs_value(each):
            continue
        if each.references:
            raise cast.NoValue(f"{path}.{each.name} refers to another document")
        if each.members and each.type == "object":
            known[each.name] = embedded(world, record, each, nth, head=f"{path}.")
            continue
        here = f"{path}.{each.name}"
        schemas = (column_schema(record, each, here), *input_schemas(world, record, field, here))
        known[each.name] = value_of(each.name, schemas, nth, record.name)
    return Mapping(members=tuple(known.items()))


def value_of(name: str, schemas: tuple[Schema, ...], nth: int, record: str = "") -> Value:
    """A scalar from the cast as a `Literal` that knows its format; empty containers as such."""
    first = bare(schemas[0])
    if first.type == "array":
        return Sequence()
    if first.type == "object":
        return Mapping()
    value = cast.pick(name, *(bare(each) for each in schemas), nth=nth, record=record)
    return Literal(value=value, format=first.format)


def input_schemas(world: World, record: Record, field: Field, path: str = "") -> tuple[Schema, ...]:
    """The body members, over all endpoints, that are written to `field` as they are, or to what stands at
    `path` in it."""
    found: list[Schema] = []
    below = path.partition(".")[2]
    for endpoint in world.endpoints:
        sent = {each.name: each.schema for each in body_properties(endpoint)}
        for effect in effects(endpoint, "create", "update"):
            if effect.record != record.name:
                continue
            for each in effect.values:
                name = plain(f"{each.origin.name}.{below}" if below else each.origin.name)
                schema = sent.get(name) if each.field == field.name else None
                if (
                    schema is not None
                    and schema.format != "binary"  # of a file the column holds its name
                    and each.origin.kind in ("body", "form")
                    and not each.origin.via
                ):
                    found.append(schema.replace(has_default=False, default=None))
    return tuple(dict.fromkeys(found))


def body_properties(endpoint: Endpoint) -> tuple[NamedSchema, ...]:
    """Every scalar member of the body by its dotted name, list items included."""
    return tuple(_flat(endpoint.body.schema, "")) if endpoint.body else ()


class NamedSchema:
    """A member's dotted name and its schema."""

    def __init__(self, name: str, schema: Schema) -> None:
        self.name = name
        self.schema = schema


def _flat(schema: Schema, head: str) -> list[NamedSchema]:
    found: list[NamedSchema] = []
    for each in properties(schema):
        inner = bare(each.schema)
        name = f"{head}{each.name}"
        if inner.type == "array" and inner.items is not None and inner.items.properties:
            found += _flat(inner.items, f"{name}.")
        elif inner.properties:
            found += _flat(inner, f"{name}.")
        else:
            found.append(NamedSchema(name, inner))
    return found


def personas(world: World) -> tuple[Persona, ...]:
    """Every kind of caller that some guard asks for, the plain one first."""
    if world.user is None:
        return ()
    found = {plain_persona(world).name: plain_persona(world)}
    for endpoint in world.endpoints:
        each = persona(world, world.requirements(endpoint))
        found.setdefault(each.name, each)
    return tuple(found.values())


def plain_persona(world: World) -> Persona:
    """A caller with no privilege: named by the default role, else by the record."""
    user = world.user
    if user is None:
        return Persona(name="user")
    role = user.field(world.authentication.role_field) if world.authentication else None
    if role is None or not role.enum:
        return Persona(name=called(user.name))
    default = role.default if role.default in role.enum else _humblest(role)
    pairs = () if role.default == default else ((role.name, Literal(value=default)),)
    return Persona(name=_word(role.name, default), values=pairs)


def _humblest(role: Field) -> str:
    mighty = ("admin", "owner", "root", "super", "staff", "manager")
    humble = [each for each in role.enum if not any(word in str(each).lower() for word in mighty)]
    return str((humble or list(role.enum))[0])


def persona(world: World, requirements: tuple[Requirement, ...]) -> Persona:
    """The caller whose row holds all `requirements`; the plain one when there are none."""
    plain = plain_persona(world)
    pairs: dict[str, Value] = {}
    names: list[str] = []
    for each in requirements:
        if _is_met(world, plain, each):
            continue
        value = each.value[0] if isinstance(each.value, tuple) and each.value else each.value
        if value is None or isinstance(value, tuple) or each.operator not in ("eq", "in", "is"):
            continue
        if world.authentication and (each.field, value) in world.authentication.active:
            continue
        field = world.user.field(each.field) if world.user else None
        several = field is not None and field.type == "array"
        pairs[each.field] = Literal(value=[value] if several else value)
        names.append(_persona_name(each.field, value))
    if not pairs:
        return plain
    return Persona(name="_".join(dict.fromkeys(names)), values=tuple(pairs.items()))


def _is_met(world: World, who: Persona, wanted: Requirement) -> bool:
    """Whether the caller's row holds what is required, by what it says or by the column's default."""
    field = world.user.field(wanted.field) if world.user else None
    held = dict(who.values).get(wanted.field, Literal(value=field.default if field else None))
    among = wanted.value if isinstance(wanted.value, tuple) else (wanted.value,)
    known = held.value if isinstance(held, Literal) else None
    if isinstance(known, list | tuple):
        return any(each in among for each in known)
    return known is not None and known in among


def _persona_name(field: str, value: str | bool | int) -> str:
    if "." in field and RIGHT.search(field.split(".")[-2]):
        return f"{snake(str(value))}_holder"
    if isinstance(value, bool):
        return snake(field).removeprefix("is_").removeprefix("has_")
    return _word(field, value)


def _word(field: str, value: object) -> str:
    """What a caller is called for a value: with its field's name before it where the value alone is no name (`role_1`)."""
    said = snake(str(value))
    if not said:
        return snake(field)
    taken = iskeyword(said) or said in RESERVED
    return said if said[0].isalpha() and not taken else f"{snake(field)}_{said}"
