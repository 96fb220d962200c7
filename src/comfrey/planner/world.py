"""What planners ask about a project: owners, keys, references, groups, personas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from comfrey.model.endpoint import Endpoint, Parameter, Requirement
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect, Filter, Origin
from comfrey.model.plan import Builder
from comfrey.model.project import Authentication, Login, Project
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.model.value import Literal, Value
from comfrey.planner import cast
from comfrey.planner.wording import singular, snake

SESSION = "session"
TOKENS = frozenset(("bearer", "apikey", "basic"))
BY_ITSELF = ("row", "caller", "constant", "now", "random")
WRITES = ("create", "update", "delete")
SENT = ("body", "form")
SECRET = re.compile(r"passw(?:or)?d|pwd")
VERSION = ("api", "rest", "v", "public", "internal")
LOOKS = ("read", "lock")
ONE_ROW = (*LOOKS, "update", "delete")
WORDED = ("string", "text", "uuid", "integer", "bigint", "smallint")


@dataclass(frozen=True)
class World:
    """A project (its records grounded in the real catalog, when there are facts) and what it tells."""

    project: Project
    facts: Facts | None = None

    @cached_property
    def built(self) -> dict[str, Builder | None]:
        """The builders made so far, by record."""
        return {}

    @cached_property
    def authentication(self) -> Authentication | None:
        return self.project.authentication

    @cached_property
    def user(self) -> Record | None:
        """The record of callers."""
        return self.project.record(self.authentication.user) if self.authentication else None

    def sign_in(self, endpoint: Endpoint) -> Login | None:
        """How callers sign in by an endpoint: the project's login, or another that looks its user up by the same
        name and takes a password with it."""
        known = self.authentication
        if known is None or self.user is None:
            return None
        if known.login and known.login.endpoint == endpoint.key:
            return known.login
        if endpoint.auth or endpoint.body is None or endpoint.method != "POST":
            return None
        own = [each for each in endpoint.effects if each.record == self.user.name]
        asked = [each for effect in own if effect.action == "read" for each in effect.where]
        by = [e.origin.name for e in asked if e.field == known.identifier and e.origin.kind in SENT]
        members = [each.name for each in bare(endpoint.body.schema).properties]
        secrets = [each for each in members if "password" in each.lower()]
        if len(by) != 1 or len(secrets) != 1 or any(each.action in WRITES for each in own):
            return None
        fields = (("identifier", by[0]), ("password", secrets[0]))
        return Login(endpoint=endpoint.key, fields=fields, media=endpoint.body.media)

    @property
    def has_credentials(self) -> bool:
        """Whether the source tells how a caller comes by a credential: by a function that makes it, a login, or what it
        says. Before there is a bench it is taken for granted."""
        known = self.authentication
        if self.facts is None:
            return True
        return known is not None and (
            known.scheme == "basic" or bool(known.mint or known.login or known.claims)
        )

    def asks_apart(self, endpoint: Endpoint) -> bool:
        """Whether a session lets in where others ask for a token, or the other way round."""
        known = self.authentication
        schemes = {each.scheme for each in endpoint.guards if not each.optional}
        wanted = known.scheme if known is not None else ""
        sessions = {SESSION} if wanted in TOKENS else TOKENS if wanted == SESSION else frozenset()
        return bool(schemes) and schemes <= sessions

    @cached_property
    def password(self) -> str:
        """What every user of the suite logs in with."""
        return cast.password(self._secrets) if self._secrets else cast.PASSWORD

    @cached_property
    def wrong_password(self) -> str:
        """What none of them logs in with, though its form is right."""
        return cast.password(self._secrets, cast.WRONG)

    @cached_property
    def _secrets(self) -> tuple[Schema, ...]:
        """What is asked of a password where callers show theirs: at the login, and where they register."""
        known = self.authentication
        doors = {e.endpoint for e in (known.login, known.register) if e} if known else set()
        bodies = (e.body for e in self.project.endpoints if e.key in doors and e.body is not None)
        members = (each for body in bodies for each in bare(body.schema).properties)
        found = (bare(each.schema) for each in members if SECRET.search(each.name.lower()))
        return tuple(each for each in found if each.type in ("string", "any"))

    @cached_property
    def dialect(self) -> str:
        """`postgresql`, `mysql`, `sqlite` or ""."""
        if self.facts and self.facts.database:
            return self.facts.database.split()[0].lower()
        hook = self.project.database
        if hook and hook.dialect:
            return hook.dialect
        return next(iter(self.project.stack.databases), "")

    @property
    def strict_database(self) -> bool:
        """True where lengths, ranges and foreign keys are enforced (SQLite does neither by default)."""
        return self.dialect in ("postgresql", "postgres", "mysql", "mariadb")

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints that are tested: HTTP, of this tree, served."""
        return tuple(each for each in self._tested if each not in self.looks)

    @cached_property
    def looks(self) -> tuple[Endpoint, ...]:
        """Of those that are served the ones that a look alone should not carry out: nothing else is asked of them."""
        known = self.project.endpoints
        looks = (each for each in self._tested if each.method == "GET")
        return tuple(each for each in looks if careful_sibling(known, each))

    @cached_property
    def _tested(self) -> tuple[Endpoint, ...]:
        return tuple(each for each in self.project.endpoints if is_tested(each, self.facts))

    @cached_property
    def shared_prefix(self) -> tuple[str, ...]:
        """The fixed segments that come before any resource (`api`, `v1`)."""
        found: list[str] = []
        paths = [fixed(each.path) for each in self.endpoints]
        for path in paths:
            for segment in path:
                if segment not in found and is_version(segment):
                    found.append(segment)
        return tuple(found)

    def group(self, endpoint: Endpoint) -> str:
        """The file that an endpoint's cases are written into: its resource in snake case."""
        segments = [each for each in fixed(endpoint.path) if each not in self.shared_prefix]
        return snake(segments[0]) if segments else "root"

    def owner_field(self, record: Record) -> Field | None:
        """The foreign key from `record` to the record of callers, when there is exactly one."""
        if self.user is None or record.name == self.user.name:
            return None
        keys = [each for each in record.fields if reference_of(each)[0] == self.user.name]
        return keys[0] if len(keys) == 1 else None

    def target(self, field: Field) -> Record | None:
        """The record that a foreign key points at."""
        return self.project.record(reference_of(field)[0])

    def path_key(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        """The record and field that a path parameter selects, by the handler, else by its name."""
        return (
            self._key_by_effects(endpoint, name)
            or self._key_by_both(endpoint, name)
            or self._key_by_name(endpoint, name)
            or self._key_by_lookup(endpoint, name)
        )

    def _key_by_both(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        """Of the record that the path speaks of, the column by which the handler takes its row, whatever the
        parameter is called (`User.findOne({ username: id })`)."""
        named = self._key_by_name(endpoint, name)
        spoken = self.record_called(singular(snake(segment_before(endpoint.path, name))))
        record = named[0] if named else spoken
        found = self._key_by_lookup(endpoint, name, ONE_ROW) if record else None
        return found if found and found[0] == record else None

    def _key_by_lookup(
        self, endpoint: Endpoint, name: str, actions: tuple[str, ...] = LOOKS
    ) -> tuple[Record, Field] | None:
        """A column that the handler takes one row by, though the database lets several hold the same."""
        for effect, condition in conditions(endpoint):
            record = self.project.record(effect.record)
            field = record.field(condition.field) if record else None
            plainly = condition.operator == "eq" and not condition.origin.via
            by_path = condition.origin.kind == "path" and condition.origin.name == name
            alone = effect.action in actions and (not effect.many or effect.action in WRITES)
            if record and field and alone and by_path and plainly and field.type in WORDED:
                return record, field
        return None

    def _key_by_effects(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        for effect, condition in conditions(endpoint):
            if (
                condition.origin.kind != "path"
                or condition.origin.name != name
                or condition.origin.via
            ):
                continue
            record = self.project.record(effect.record)
            found = self._named(record, condition.field) or self._behind(record, condition.field)
            if condition.operator == "eq" and found:
                return found
        for effect in endpoint.effects:
            for each in effect.values:
                if each.origin.kind == "path" and each.origin.name == name:
                    found = self._named(self.project.record(effect.record), each.field)
                    if found:
                        return found
        return None

    def _named(self, record: Record | None, name: str) -> tuple[Record, Field] | None:
        field = record.field(name) if record else None
        if record is None or field is None:
            return None
        if field.references:
            return self._referenced(field)
        return (record, field) if field.primary_key or field.unique else None

    def _behind(self, record: Record | None, name: str) -> tuple[Record, Field] | None:
        """The column of a row that the looked up one refers to: `Profile.objects.get(user__login=login)`."""
        to, _, rest = name.partition(".")
        target = self.project.record(to) if rest else None
        field = target.field(rest) if target else None
        refers = record is not None and any(reference_of(each)[0] == to for each in record.fields)
        return (target, field) if target and field and field.unique and refers else None

    def _referenced(self, field: Field) -> tuple[Record, Field] | None:
        target = self.target(field)
        key = target.field(reference_of(field)[1]) if target else None
        return (target, key) if target and key else None

    def _key_by_name(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        stem, _, last = snake(name).rpartition("_")
        before = segment_before(endpoint.path, name)
        for noun in (stem, singular(snake(before))):
            record = self.record_called(noun)
            field = record.field(last) if record else None
            if record and field and (field.primary_key or field.unique):
                return record, field
        record = self.record_called(stem or singular(snake(before)))
        if record and last in ("id", "pk", "uuid") and len(record.primary_key) == 1:
            return record, record.primary_key[0]
        return None

    def record_called(self, noun: str) -> Record | None:
        """The record whose name or table is `noun` in snake case."""
        return self._called.get(noun)

    @cached_property
    def _called(self) -> dict[str, Record]:
        """The records by what they are called: the first of a name, and before a `…_model` of that name."""
        found: dict[str, Record] = {}
        for record in self.project.records:
            table = snake(record.table)
            for noun in (snake(record.name), singular(table), table):
                found.setdefault(noun, record)
        for record in self.project.records:
            noun = re.sub(r"_(model|entity)$", "", snake(record.name))
            found.setdefault(noun, record)
        found.pop("", None)
        return found

    def body_key(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        """The record and field that a body member (`author_id`, `items.book_id`) refers to."""
        for effect in endpoint.effects:
            record = self.project.record(effect.record)
            for each in effect.values:
                if same_input(each.origin, "body", name) and record and not each.origin.via:
                    field = record.field(each.field)
                    if field and field.references:
                        return self._referenced(field)
        for effect, condition in conditions(endpoint):
            if same_input(condition.origin, "body", name) and condition.operator in ("eq", "in"):
                found = self._named(self.project.record(effect.record), condition.field)
                if found and (
                    found[1].primary_key
                    or self.project.record(effect.record) != found[0]
                    or _must_be_there(endpoint, effect.record, name)
                ):
                    return found
        return self._chosen_among(endpoint, name) or self._body_key_by_name(name)

    def _chosen_among(self, endpoint: Endpoint, name: str) -> tuple[Record, Field] | None:
        """The rows at the other end of a relation to many, where a member is called as it is."""
        for effect in effects(endpoint, "create", "update"):
            record = self.project.record(effect.record)
            for to in self._many_at(record, name) if record else ():
                if to.primary_key:
                    return to, to.primary_key[0]
        return None

    def _many_at(self, record: Record, name: str) -> Iterator[Record]:
        """The records of which a row of `record` has several under a name, also where those alone say so."""
        for each in record.relations:
            to = self.project.record(each.to)
            if each.kind in ("many_to_many", "one_to_many") and each.name == name and to:
                yield to
        for other in self.project.records:
            if any((each.to, each.back) == (record.name, name) for each in other.relations):
                yield other

    def _body_key_by_name(self, name: str) -> tuple[Record, Field] | None:
        last = snake(name.rpartition(".")[2])
        for ending in ("_ids", "_id"):
            record = (
                self.record_called(last.removesuffix(ending)) if last.endswith(ending) else None
            )
            if record and len(record.primary_key) == 1:
                return record, record.primary_key[0]
        return None

    def referred(self, endpoint: Endpoint) -> Iterator[tuple[Record, str, Literal]]:
        """The rows that a handler gives what it creates by keys of its own (`role_id: 3`), unless they are there."""
        for each in effects(endpoint, "create"):
            made = self.project.record(each.record)
            for told in each.values if made is not None else ():
                field = made.field(told.field) if made is not None else None
                name, key = reference_of(field) if field is not None else ("", "")
                record = self.project.record(name)
                fixed = told.origin.kind == "constant" and told.origin.value is not None
                absent = (
                    record is not None and record is not self.user and not self._holds_rows(record)
                )
                if record is not None and fixed and absent:
                    yield record, key, Literal(value=told.origin.value)

    def hung(self, endpoint: Endpoint, known: tuple[str, ...]) -> Iterator[Record]:
        """The records of which a look finds the one row that belongs to a known row of the path, at which itself it does
        not look: a ticket's seat."""
        looked_at = {each.record for each in endpoint.effects}
        for each in effects(endpoint, "read") if endpoint.method == "GET" else ():
            record = self.project.record(each.record)
            by = each.where[0] if len(each.where) == 1 else None
            field = record.field(by.field) if record is not None and by is not None else None
            told = by is not None and by.origin.kind == "path" and by.operator == "eq"
            owner = reference_of(field)[0] if field is not None and not field.primary_key else ""
            held = owner in known and owner not in looked_at
            fresh = record is not self.user and record is not None and record.name not in known
            if record is not None and fresh and told and held:
                yield record

    def _holds_rows(self, record: Record) -> bool:
        """Whether the migrations themselves have put rows into its table."""
        tables = self.facts.tables if self.facts else ()
        return any(each.rows and each.name == record.table for each in tables)

    def requirements(self, endpoint: Endpoint) -> tuple[Requirement, ...]:
        """What the caller's row must hold, by the guards and by what the handler refuses."""
        declared = [each for guard in endpoint.guards for each in guard.requirements]
        for each in endpoint.refusals:
            flag = each.operator == "eq" and each.value is False
            if (
                each.condition == "role"
                and each.field
                and (flag or each.operator in ("ne", "not_in"))
            ):
                value = tuple(each.value) if isinstance(each.value, list) else each.value
                value = True if flag else value
                declared.append(
                    Requirement(field=each.field, value=value, status=each.status, place=each.place)
                )
        return tuple(map(self._of_row, declared))

    def _of_row(self, asked: Requirement) -> Requirement:
        """What is asked of a token's claim, as it is asked of the field that the claim tells."""
        known = dict(self.authentication.claims) if self.authentication else {}
        told = known.get(asked.field, "").partition(".")[2]
        own = self.user.field(asked.field) if self.user else None
        return asked if own is not None or not told else asked.replace(field=told)


def is_tested(endpoint: Endpoint, facts: Facts | None) -> bool:
    """True for HTTP endpoints of the tree that the live app serves, as far as that is known."""
    if (
        endpoint.kind != "http"
        or endpoint.handler.external
        or endpoint.method in ("ANY", "HEAD", "OPTIONS")
    ):
        return False
    return facts is None or not facts.routes or is_served(endpoint, facts)


def careful_sibling(endpoints: tuple[Endpoint, ...], endpoint: Endpoint) -> Endpoint | None:
    """For a change that a mere look carries out: one of the changes beside it that no look does, when most are so."""
    if not endpoint.any_method or not (is_write(endpoint) or effects(endpoint, *WRITES)):
        return None
    beside = [
        each
        for each in endpoints
        if each.handler.file == endpoint.handler.file and each.key != endpoint.key
        if is_write(each) and each.any_method is not None
    ]
    careful = [each for each in beside if not each.any_method]
    return careful[0] if 2 * len(careful) > len(beside) else None


def is_served(endpoint: Endpoint, facts: Facts | None) -> bool:
    """True when the live app is known to serve the endpoint."""
    served = {(each.method, _anonymous(each.path)) for each in facts.routes} if facts else set()
    path = _anonymous(endpoint.path)
    return (endpoint.method, path) in served or ("ANY", path) in served


def _anonymous(path: str) -> str:
    segments = ["{}" if each.startswith("{") else each for each in path.split("/")]
    return "/".join(segments)


def is_version(segment: str) -> bool:
    return segment in VERSION or (segment[:1] == "v" and segment[1:].replace(".", "").isdigit())


def fixed(path: str) -> tuple[str, ...]:
    """The path's segments that are no parameters."""
    return tuple(each for each in path.split("/") if each and "{" not in each)


def path_names(path: str) -> tuple[str, ...]:
    """The names of the path's parameters, in order."""
    return tuple(
        each[1:-1] for each in path.split("/") if each.startswith("{") and each.endswith("}")
    )


def segment_before(path: str, name: str) -> str:
    """The fixed segment just before the parameter `name`."""
    segments = path.split("/")
    at = segments.index(f"{{{name}}}") if f"{{{name}}}" in segments else 0
    return next((each for each in reversed(segments[:at]) if "{" not in each), "")


def reference_of(field: Field) -> tuple[str, str]:
    """The record and field that a foreign key names, or two empty texts."""
    record, _, name = field.references.partition(".")
    return record, name


def conditions(endpoint: Endpoint) -> Iterator[tuple[Effect, Filter]]:
    """Every condition of every effect, in the handler's order."""
    for effect in sorted(endpoint.effects, key=lambda each: each.order):
        for each in effect.where:
            yield effect, each


def _must_be_there(endpoint: Endpoint, record: str, name: str) -> bool:
    """Whether the handler refuses a body whose member names no row."""
    return any(
        each.condition == "missing"
        and each.record == record
        and each.origin is not None
        and same_input(each.origin, "body", name)
        for each in endpoint.refusals
    )


def same_input(origin: Origin, kind: str, name: str) -> bool:
    """True when `origin` is the input `name`, whatever the indexes in its dotted name."""
    return origin.kind in (kind, "form" if kind == "body" else kind) and plain(
        origin.name
    ) == plain(name)


def plain(name: str) -> str:
    """`items[].book_id`, `items.0.book_id` → `items.book_id`; a `body.` head falls away."""
    parts = [each for each in name.replace("[]", "").split(".") if each and not each.isdigit()]
    return ".".join(parts)


def addressed(endpoint: Endpoint) -> tuple[tuple[str, Value], ...]:
    """The headers by which a request finds this endpoint at all: those that are required and have one value only."""
    return tuple(
        (each.name, Literal(value=each.schema.enum[0]))
        for each in parameters(endpoint, "header")
        if each.required and len(each.schema.enum) == 1
    )


def effects(endpoint: Endpoint, *actions: str) -> tuple[Effect, ...]:
    """The endpoint's effects of these actions, in the handler's order."""
    ordered = sorted(endpoint.effects, key=lambda each: each.order)
    return tuple(each for each in ordered if each.action in actions)


def main_effect(endpoint: Endpoint, target: str = "") -> Effect | None:
    """The write that a request is about: what it creates, else its change of the row in its path."""
    found = effects(endpoint, "create", "update")
    heads = [each for each in found if not any("[]" in value.origin.name for value in each.values)]
    changed = next((each for each in heads if each.record == target), None)
    for each in heads:
        if each.action == "create" and (changed is None or _is_asked_for(each, target)):
            return each
    return changed or next(iter(heads), None)


def _is_asked_for(effect: Effect, target: str) -> bool:
    """Whether a new row holds something of the request or of the row in its path: a notice beside does not."""
    origins = [each.origin for each in effect.values]
    sent = any(each.kind in ("body", "form", "file", "path", "query") for each in origins)
    return sent or any(each.name.partition(".")[0] == target for each in origins)


def written(endpoint: Endpoint) -> tuple[str, ...]:
    """The records that an endpoint writes, each once, in order."""
    return tuple(dict.fromkeys(each.record for each in effects(endpoint, *WRITES)))


def comes_by_itself(endpoint: Endpoint, record: str) -> bool:
    """Whether rows of a record are only made where one is looked for and not there, with nothing of the request in
    them: a profile of whoever is asked about, which may come along with a refused request as well."""
    order = sorted(endpoint.effects, key=lambda each: each.order)
    about = [each for each in order if each.record == record and each.action != "list"]
    made = [each for each in about if each.action in WRITES]
    plainly = all(
        each.action == "create"
        and each.conditional
        and all(value.origin.kind in BY_ITSELF for value in each.values)
        for each in made
    )
    return bool(made) and plainly and about[0].action == "read"


def is_write(endpoint: Endpoint) -> bool:
    return endpoint.method not in ("GET", "HEAD", "OPTIONS")


def parameters(endpoint: Endpoint, location: str) -> tuple[Parameter, ...]:
    return tuple(each for each in endpoint.parameters if each.location == location)


def answer_schema(endpoint: Endpoint) -> Schema | None:
    """The declared shape of the success answer."""
    found = (each for each in endpoint.responses if each.status == endpoint.status)
    return next((each.body for each in found), None)


def bare(schema: Schema) -> Schema:
    """The schema behind `X | None`, for looking at its shape."""
    if schema.any_of:
        some = [each for each in schema.any_of if each.type != "null"]
        if len(some) == 1:
            return some[0].replace(nullable=True)
    return schema


def properties(schema: Schema | None) -> tuple[Property, ...]:
    """The members that a request may carry."""
    if schema is None:
        return ()
    return tuple(each for each in bare(schema).properties if not each.read_only)


def replaces_or_creates(endpoint: Endpoint, record: str) -> bool:
    """Whether a request to the address of a row that is not there makes it (RFC 9110, 9.3.4): the code does both,
    each under its condition."""
    made = [each for each in effects(endpoint, "create") if each.record == record]
    changed = any(each.record == record for each in effects(endpoint, "update"))
    return endpoint.method == "PUT" and changed and any(each.conditional for each in made)
