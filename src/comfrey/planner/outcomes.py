"""What follows from an accepted request: the answer's members and the stored row."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Assignment, Effect, Filter, Origin, Refusal
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Body, Row, Rows, Seed, Step
from comfrey.model.value import Computed, Literal, Mapping, Ref, Repeated, Sequence, Value
from comfrey.planner.builders import password_field
from comfrey.planner.scenes import Scene
from comfrey.planner.states import holds
from comfrey.planner.world import (
    World,
    answer_schema,
    bare,
    conditions,
    effects,
    main_effect,
    path_names,
    plain,
)

Path = tuple[str | int, ...]
PLAIN = ("strip", "lower", "upper")
INEXACT = ("date-time", "time", "decimal", "duration", "password", "binary", "byte")
KEEPING = ("str", "int", "strip", "UUID", "uuid.UUID", "date", "EmailStr", "normalize_email")
JSON_KINDS = {
    "string": "string",
    "text": "string",
    "integer": "integer",
    "bigint": "integer",
    "smallint": "integer",
    "boolean": "boolean",
    "enum": "string",
    "uuid": "string",
    "date": "string",
}


def members(schema: Schema | None) -> dict[str, tuple[Path, Schema]]:
    """The scalar members of an answer by name, the shallowest first; not inside lists."""
    found: dict[str, tuple[Path, Schema]] = {}
    level: list[tuple[Path, Schema]] = [((), bare(schema))] if schema else []
    for _ in range(3):
        below: list[tuple[Path, Schema]] = []
        for path, each in level:
            for member in each.properties:
                inner = bare(member.schema)
                spot = (*path, member.name)
                if inner.properties:
                    below.append((spot, inner))
                elif inner.type != "array":
                    found.setdefault(member.attribute or member.name, (spot, inner))
                    found.setdefault(member.name, (spot, inner))
        level = below
    return found


def same_kind(field: Field, schema: Schema) -> bool:
    """True when a stored field comes out as this member unchanged, as far as types tell."""
    kind = JSON_KINDS.get(field.type)
    if kind is None or schema.format in INEXACT:
        return False
    return schema.type in (kind, "any") or bool(schema.enum)


def is_direct(origin: Origin) -> bool:
    """True when the value arrives as it was sent, or through calls that keep our values as they are."""
    return origin.kind in ("body", "form") and all(_keeps(each) for each in origin.via)


def _keeps(call: str) -> bool:
    last = call.rpartition(".")[2]
    return call in KEEPING or last in (*PLAIN, "lower", "strip", "casefold")


def keeps_value(schema: Schema, value: Value) -> bool:
    """True when the schema's own transforms leave the value alone."""
    if not schema.transform:
        return True
    if isinstance(value, Repeated):
        return "upper" not in schema.transform
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        return True
    text = value.value
    for each in schema.transform:
        if each not in PLAIN:
            return False
        text = getattr(text, each)()
    return text == value.value


def echoes(world: World, scene: Scene, sent: dict[str, Value]) -> tuple[Step, ...]:
    """The sent members that the declared answer returns under the name of the field they are stored in."""
    answer = members(answer_schema(scene.endpoint))
    steps: list[Step] = []
    for effect in effects(scene.endpoint, "create", "update"):
        record = world.project.record(effect.record)
        if record is None or is_per_item(effect) or not _is_answered(scene, effect):
            continue
        if effect.conditional and not effect.partial and not happens(world, scene, effect):
            continue
        for each in effect.values:
            value = sent_value(scene, each, sent)
            field = record.field(each.field)
            if value is None or field is None or field.name not in answer:
                continue
            path, schema = answer[field.name]
            if same_kind(field, schema) and not _is_secret(world, record, field):
                steps.append(Body(path=path, value=value))
    return tuple(dict.fromkeys(steps))


def _is_answered(scene: Scene, effect: Effect) -> bool:
    """True when the answer's members surely belong to this effect's record: it is the main one."""
    main = main_effect(scene.endpoint, scene.record)
    return main is not None and effect.record == main.record


def is_per_item(effect: Effect) -> bool:
    """True when the effect happens once per item of a list in the body."""
    return effect.many or any("[]" in each.origin.name for each in effect.values)


def _is_secret(world: World, record: Record, field: Field) -> bool:
    return field.name == password_field(world, record)


OF_TOKEN = ("jti", "exp", "iat", "nbf", "iss", "aud", "typ", "type", "token_type", "fresh", "csrf")
"""Claims about the token itself."""


def sent_value(scene: Scene, assignment: Assignment, sent: dict[str, Value]) -> Value | None:
    """The value that a column must hold after the request, where its origin tells; else None."""
    origin = assignment.origin
    if is_direct(origin):
        name = plain(origin.name)
        value = next(
            (v for key, v in sent.items() if plain(key) == name and not _in_list(key)), None
        )
        schema = schema_at(scene.endpoint, name)
        fits = value is not None and (schema is None or keeps_value(schema, value))
        return value if fits else None
    if origin.via:
        return None
    if origin.operation:
        return _computed(scene, origin, sent)
    if origin.kind == "constant":
        return Literal(value=origin.value)
    if origin.kind == "caller" and scene.caller:
        return _of_caller(scene, origin)
    if origin.kind == "row":
        return _of_row(scene, origin)
    if origin.kind == "path":
        return next((v for name, v in scene.call.parameters if name == origin.name), None)
    return None


def _of_caller(scene: Scene, origin: Origin) -> Value | None:
    """A field of the caller's row; what a token says of itself no row holds."""
    return None if origin.name in OF_TOKEN else Ref(name=scene.caller, path=(origin.name,))


def _in_list(path: str) -> bool:
    """Whether a leaf of a body is an element of a list of plain values: `tags.0` is not `tags`."""
    return path.rpartition(".")[2].isdigit()


def known_value(world: World, scene: Scene, origin: Origin) -> Value | None:
    """What a value from this origin is in the scene, where the scene tells: before the request, if stored."""
    match origin.kind:
        case "caller":
            return _of_caller(scene, origin) if scene.caller else None
        case "row":
            return _before(scene, origin)
        case "path":
            return next((v for name, v in scene.call.parameters if name == origin.name), None)
        case "query":
            return next((v for name, v in scene.call.query if name == origin.name), None)
        case "body" | "form":
            found = [v for key, v in scene.sent.items() if plain(key) == plain(origin.name)]
            schema = schema_at(scene.endpoint, plain(origin.name))
            fits = len(found) == 1 and (schema is None or keeps_value(schema, found[0]))
            return found[0] if fits else None
        case "constant" if isinstance(origin.value, str):
            return Literal(value=origin.value)
        case _:
            return None


def told_value(world: World, scene: Scene, origin: Origin) -> Value | None:
    """What a value from this origin is when the request tells somebody: of a row that it makes what is stored."""
    known = known_value(world, scene, origin)
    if known is not None or origin.kind != "row":
        return known
    record, _, field = origin.name.partition(".")
    made = [each for each in effects(scene.endpoint, "create") if each.record == record]
    if len(made) != 1 or is_per_item(made[0]):
        return None if made else _of_row(scene, origin)
    found = (each for each in made[0].values if each.field == field)
    assignment = next(found, None)
    return sent_value(scene, assignment, scene.sent) if assignment is not None else None


def _computed(scene: Scene, origin: Origin, sent: dict[str, Value]) -> Value | None:
    """Arithmetic over stored and sent values, as it was before the request; for a single item."""
    parts = [_operand(scene, each, sent) for each in origin.of]
    known = [each for each in parts if each is not None]
    if len(known) != len(parts):
        return None
    if origin.operation == "add" and known[0] == Literal(value=0):
        return known[1]
    return Computed(operation=origin.operation, of=tuple(known))


def _operand(scene: Scene, origin: Origin, sent: dict[str, Value]) -> Value | None:
    if origin.via:
        return None
    if origin.operation:
        return _computed(scene, origin, sent)
    match origin.kind:
        case "row":
            return _before(scene, origin)
        case "body" | "form":
            name = plain(origin.name)
            values = [each for key, each in sent.items() if plain(key) == name]
            return values[0] if len(values) == 1 and _is_number(values[0]) else None
        case "constant":
            return Literal(value=origin.value or 0)
        case _:
            return None


def _is_number(value: Value) -> bool:
    return (
        isinstance(value, Literal)
        and isinstance(value.value, (int, float))
        and not isinstance(value.value, bool)
    )


def _before(scene: Scene, origin: Origin) -> Value | None:
    """A field of the only seeded row of a record, as it was seeded."""
    record, _, field = origin.name.partition(".")
    seeds = [each for each in scene.seeds if each.record == record]
    if len(seeds) == 1 and "." in field:
        return _held(seeds[0], field)
    return Ref(name=seeds[0].name, path=(field,)) if len(seeds) == 1 else None


def _held(seed: Seed, path: str) -> Value | None:
    """What a seeded row holds at a dotted path, where that is one value: of the only item of an array."""
    found: Value | None = Mapping(members=seed.values)
    for name in path.split("."):
        if isinstance(found, Sequence):
            found = found.items[0] if len(found.items) == 1 else None
        found = dict(found.members).get(name) if isinstance(found, Mapping) else None
    return found


def _of_row(scene: Scene, origin: Origin) -> Value | None:
    """A field of the only seeded row of another record, when the handler does not change that field."""
    record, _, field = origin.name.partition(".")
    seeds = [each for each in scene.seeds if each.record == record]
    seeds = [each for each in seeds if each.name != scene.caller] or seeds
    changed = any(
        value.field == field
        for each in effects(scene.endpoint, "update")
        if each.record == record
        for value in each.values
    )
    if len(seeds) != 1 or changed or record not in scene.rows:
        return None
    return Ref(name=seeds[0].name, path=(field,))


def schema_at(endpoint: Endpoint, name: str) -> Schema | None:
    """The schema of the body member with this dotted name, list items seen through."""
    schema = bare(endpoint.body.schema) if endpoint.body else None
    for part in plain(name).split("."):
        if schema is not None and schema.type == "array":
            schema = bare(schema.items) if schema.items else None
        member = schema.property(part) if schema else None
        schema = bare(member.schema) if member else None
    return schema


def stored(world: World, scene: Scene, sent: dict[str, Value]) -> tuple[Step, ...]:
    """The rows that must stand in the database after the request."""
    steps: list[Step] = []
    for effect in effects(scene.endpoint, "create", "update"):
        record = world.project.record(effect.record)
        if record is None or not happens(world, scene, effect):
            continue
        per_item = effect.action == "create" and is_per_item(effect)
        made = _created_many if per_item else _created if effect.action == "create" else _updated
        steps += made(world, scene, effect, record, sent)
    return tuple(steps)


TEXTS = ("string", "text")


def happens(world: World, scene: Scene, effect: Effect) -> bool:
    """True when the effect surely takes place: unconditionally, or because the seeded rows are as it waits for."""
    if not effect.conditional:
        return True
    return bool(effect.when) and all(_stands(world, scene, each) for each in effect.when)


def _stands(world: World, scene: Scene, wanted: Filter) -> bool:
    name, _, item = wanted.field.partition(".")
    record = world.project.record(name)
    field = record.field(item) if record else None
    seed = next((each for each in scene.seeds if each.name == scene.rows.get(name)), None)
    if seed is None or field is None:
        return False
    value = dict(seed.values).get(item, Literal(value=field.default))
    if not isinstance(value, Literal) or value.value is None:
        return False
    state = Refusal(status=0, operator=wanted.operator, value=wanted.origin.value)
    return holds(state, value.value) is True


def _values(
    scene: Scene, effect: Effect, record: Record, sent: dict[str, Value]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for each in effect.values:
        field = record.field(each.field)
        value = sent_value(scene, each, sent)
        if field is not None and value is not None and not field.computed:
            found[each.field] = typed(field, value)
    return found


def typed(field: Field, value: Value) -> Value:
    """The literal with the format of the column it is compared with."""
    forms = {"date": "date", "datetime": "date-time", "uuid": "uuid", "decimal": "decimal"}
    if isinstance(value, Literal) and not value.format and field.type in forms:
        return value.replace(format=forms[field.type])
    return value


def _created(
    world: World, scene: Scene, effect: Effect, record: Record, sent: dict[str, Value]
) -> list[Step]:
    values = _values(scene, effect, record, sent)
    where = _found_by(world, scene.endpoint, record, values) or _told_by(scene, record, values)
    if not where:
        gone = any(e.record == record.name for e in effects(scene.endpoint, "delete"))
        counted: list[Step] = [Rows(record=record.name, count=_count(scene, record) + 1)]
        return counted if values and not gone else []
    chosen = {each.field for each in effect.values}
    defaults = {
        each.name: Literal(value=each.default)
        for each in record.fields
        if each.name not in chosen and _has_plain_default(each)
    }
    hashed = (*_hashed(world, scene, effect, record, sent), *_owed(world, scene, effect, record))
    rest = {**values, **defaults}
    for name in (*dict(where), *(each for each, _, _ in hashed)):
        rest.pop(name, None)
    row = Row(record=record.name, where=where, values=tuple(rest.items()), matches=hashed)
    return [row] if rest or hashed or where else []


def _owed(
    world: World, scene: Scene, effect: Effect, record: Record
) -> tuple[tuple[str, str, Value], ...]:
    """Texts that the model asks for, that the answer shows or lists are searched by, and that nobody sends: an ORM
    that stores an empty text for one that is missing leaves them empty without a word."""
    if record.orm not in EMPTY_FOR_MISSING or record is world.user:
        return ()
    shown = {*members(answer_schema(scene.endpoint)), *_asked_for(world, record)}
    known = {each.field for each in effect.values}
    return tuple(
        (each.name, "not", Literal(value=""))
        for each in record.fields
        if each.type in ("string", "text") and each.required and each.name in shown
        if each.name not in known and not (each.nullable or each.default_from or each.computed)
        if each.default is None and not each.on_update and not each.primary_key
    )


EMPTY_FOR_MISSING = ("django",)


def _asked_for(world: World, record: Record) -> set[str]:
    """The columns by which endpoints look for rows of a record."""
    looked = (each for endpoint in world.endpoints for each in conditions(endpoint))
    return {
        name
        for effect, each in looked
        if effect.record == record.name
        for name in (each.field, *each.others)
    }


def _has_plain_default(field: Field) -> bool:
    return isinstance(field.default, (str, int, float, bool)) and not field.version


def _count(scene: Scene, record: Record) -> int:
    return sum(1 for each in scene.seeds if each.record == record.name)


def _found_by(
    world: World, endpoint: Endpoint, record: Record, values: dict[str, Value]
) -> tuple[tuple[str, Value], ...]:
    """How to find the created row: by the key in the answer, else by a unique value that was sent."""
    answer = members(answer_schema(endpoint))
    for key in record.primary_key:
        if (
            len(record.primary_key) == 1
            and key.name in answer
            and _is_told(world, endpoint, record)
        ):
            return ((key.name, Ref(name="response", path=answer[key.name][0])),)
    for field in record.fields:
        if field.unique and field.name in values:
            return ((field.name, values[field.name]),)
    for names in record.unique:
        if all(name in values for name in names):
            return tuple((name, values[name]) for name in names)
    return ()


def _told_by(
    scene: Scene, record: Record, values: dict[str, Value]
) -> tuple[tuple[str, Value], ...]:
    """How to find the one row of a record that is there: by a text that was sent, which the model leaves as it is."""
    if _count(scene, record):
        return ()
    for field in record.fields:
        value = values.get(field.name)
        plain_text = field.type in TEXTS and isinstance(value, Literal) and not field.rewritten
        if plain_text and value is not None:
            return ((field.name, value),)
    return ()


def _is_told(world: World, endpoint: Endpoint, record: Record) -> bool:
    """Whether the answer is about this one of the records that the request makes, or changes by the key in its
    path: it has most of its members."""
    answer = members(answer_schema(endpoint))
    names = path_names(endpoint.path)
    key = world.path_key(endpoint, names[-1]) if names else None
    changed = [e.record for e in effects(endpoint, "update") if key and e.record == key[0].name]
    made = dict.fromkeys([*(each.record for each in effects(endpoint, "create")), *changed])
    found = [each for each in map(world.project.record, made) if each is not None]
    shown = {each.name: sum(e.name in answer for e in each.fields) for each in found}
    return record.name not in shown or shown[record.name] == max(shown.values())


def _hashed(
    world: World, scene: Scene, effect: Effect, record: Record, sent: dict[str, Value]
) -> tuple[tuple[str, str, Value], ...]:
    """The password's column verifies the sent password and is not the text itself."""
    name = password_field(world, record)
    for each in effect.values:
        if each.field != name or each.origin.kind not in ("body", "form"):
            continue
        if each.origin.via or (name and _hashes_elsewhere(world, record, name)):
            value = sent.get(plain(each.origin.name))
            if value is not None:
                return ((name, "hash_of", value),)
    return ()


def _hashes_elsewhere(world: World, record: Record, name: str) -> bool:
    """Whether some endpoint stores the field hashed: then none may store it as it was sent."""
    return any(
        value.field == name and value.origin.via
        for endpoint in world.endpoints
        for effect in effects(endpoint, "create", "update")
        if effect.record == record.name
        for value in effect.values
    )


def _created_many(
    world: World, scene: Scene, effect: Effect, record: Record, sent: dict[str, Value]
) -> list[Step]:
    """One row per sent item, each under the row that the answer names."""
    head = next((each for each in effects(scene.endpoint, "create") if not is_per_item(each)), None)
    parent = world.project.record(head.record) if head else None
    key = next(
        (f for f in record.fields if parent and f.references.startswith(f"{parent.name}.")), None
    )
    if effect.action != "create" or head is None or parent is None or key is None:
        return []
    found = _found_by(world, scene.endpoint, parent, {})
    values = _values(scene, effect, record, sent)
    items = next((v for _, v in scene.body.members if isinstance(v, Sequence)), None)
    if not found or items is None:
        return []
    under = (key.name, found[0][1])
    steps: list[Step] = [Rows(record=record.name, count=len(items.items), where=(under,))]
    if len(items.items) == 1 and values:
        values.pop(key.name, None)
        steps = [Row(record=record.name, where=(under,), values=tuple(values.items()))]
    return steps


def _updated(
    world: World, scene: Scene, effect: Effect, record: Record, sent: dict[str, Value]
) -> list[Step]:
    seed = (
        scene.caller
        if record is world.user and not scene.target
        else scene.rows.get(record.name, "")
    )
    if record.name == scene.record:
        seed = scene.target
    key = record.primary_key[0].name if len(record.primary_key) == 1 else ""
    if not seed or not key or not _selects(effect, record, seed, scene):
        return []
    values = _values(scene, effect, record, sent)
    hashed = _hashed(world, scene, effect, record, sent)
    where = ((key, Ref(name=seed, path=(key,))),)
    for name, _, _ in hashed:
        values.pop(name, None)
    if not values and not hashed:
        return []
    return [Row(record=record.name, where=where, values=tuple(values.items()), matches=hashed)]


def _selects(effect: Effect, record: Record, seed: str, scene: Scene) -> bool:
    """True when the effect's row is surely the seed's: selected by the path or by the caller."""
    kinds = {each.origin.kind for each in effect.where}
    if record.name == scene.record:
        return not effect.where or "path" in kinds or "row" in kinds
    return "caller" in kinds or any(_points_at(scene, each, seed) for each in effect.where)


def _points_at(scene: Scene, condition: Filter, seed: str) -> bool:
    """True when the condition's value is the seed's: sent in the body, or held by the seeded row of another."""
    if condition.operator not in ("eq", "in") or condition.origin.via:
        return False
    if condition.origin.kind in ("body", "form"):
        name = plain(condition.origin.name)
        values = [each for key, each in scene.sent.items() if plain(key) == name]
        row = next((each for each in scene.seeds if each.name == seed), None)
        held = dict(row.values).get(condition.field) if row else None
        return bool(values) and all(
            (isinstance(v, Ref) and v.name == seed) or v == held for v in values
        )
    if condition.origin.kind != "row":
        return False
    name, _, item = condition.origin.name.partition(".")
    holder = next((each for each in scene.seeds if each.name == scene.rows.get(name)), None)
    value = _held(holder, item) if holder else None
    return isinstance(value, Ref) and value.name == seed
