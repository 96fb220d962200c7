"""What must be there for an endpoint to succeed: the scene of rows, caller and request."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Refusal
from comfrey.model.plan import Persona
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.model.step import Call, Seed
from comfrey.model.value import (
    Computed,
    Data,
    Literal,
    Mapping,
    Ref,
    Sequence,
    Value,
    nested,
)
from comfrey.planner import cast, kept, law
from comfrey.planner.answering import doubtful, stubs
from comfrey.planner.builders import (
    builder,
    embedded,
    persona,
    plain_persona,
    stored_value,
    value_of,
)
from comfrey.planner.enrolment import enrolled
from comfrey.planner.files import accepted_media, file_of
from comfrey.planner.harmless import is_easy, is_harmless
from comfrey.planner.holders import behind, holders, hung_on
from comfrey.planner.passwords import AGAIN, is_present, is_text
from comfrey.planner.scenes import (
    NoScene,
    Pairs,
    Scene,
    asks_for_a_key,
    headers_of,
    keys_of,
    leaves,
    signs_in_elsewhere,
)
from comfrey.planner.states import moment, must_match, passing
from comfrey.planner.wording import a, called, listed, snake, words
from comfrey.planner.world import (
    World,
    bare,
    conditions,
    effects,
    is_served,
    main_effect,
    parameters,
    path_names,
    plain,
    properties,
    reference_of,
)

DOUBTFUL = (400, 403, 409, 412, 422, 423, 428)
"""Refusals with these statuses, when not understood, may meet even a well-made request."""
OUTSIDE = (402, 502, 503, 504)
"""Answers for a service that may be one which was not read."""
MADE_BY_THE_APP = ("token", "code", "otp", "signature", "key", "secret", "nonce", "state")


OWN = 4
"""Which of the cast's values a row is told apart by, where its column lets others hold the same."""
BASIC = "basic"
RENEWAL = "renewal"


def scene(
    world: World,
    endpoint: Endpoint,
    *,
    nth: int = 1,
    given: MappingOf[str, Pairs] | None = None,
    caller: Persona | None = None,
    owner: str = "",
    signed: bool = True,
) -> Scene:
    """An accepted request to `endpoint` and all that it needs; `NoScene` says why there is none.

    `nth` chooses the cast's values, `given` sets fields of seeded rows by record, `caller` another
    kind of caller, `owner` the seed that owned rows belong to instead of the caller. Not `signed` is a
    request that is well made but for its signature.
    """
    if asks_for_a_key(endpoint, world.authentication):
        raise NoScene("which key its guard lets in is not known")
    return _Stage(world, endpoint, nth, dict(given or {}), caller, owner, signed).play()


def _made_by_the_app(name: str) -> str:
    return f"only the app can make {a(words(name))} that it accepts"


class _Stage:
    """Builds one scene; a class because its parts fill the same lists."""

    def __init__(
        self,
        world: World,
        endpoint: Endpoint,
        nth: int,
        given: dict[str, Pairs],
        caller: Persona | None,
        owner: str,
        signed: bool,
    ) -> None:
        self.signed = signed
        self.world = world
        self.endpoint = endpoint
        self.nth = nth
        self.given = given
        self.persona = caller
        self.owner = owner
        self.seeds: list[Seed] = []
        self.rows: dict[str, str] = {}
        self.caller = ""
        self.target = ("", "")
        unread = () if endpoint.services else OUTSIDE
        unclear = {each.status for each in law.of(endpoint, "unknown")}
        self.sure = unclear.isdisjoint((*DOUBTFUL, *unread))

    def play(self) -> Scene:
        self._check()
        self._add_caller()
        self._add_holders(hung=False)
        path = tuple((each, self._path_value(each)) for each in path_names(self.endpoint.path))
        self._add_holders(hung=True)
        self._add_behind()
        body = self._body()
        self._add_named(body)
        self._add_held()
        self._add_fixed()
        self._add_reached()
        call = Call(
            method=self.endpoint.method,
            path=self.endpoint.path,
            parameters=path,
            query=self._inputs("query"),
            headers=(*self._inputs("header"), *keys_of(self.endpoint)),
            cookies=self._inputs("cookie"),
            body=body,
            media=self._media(body),
            login=headers_of(self.caller) if self.caller else "",
        )
        return Scene(
            endpoint=self.endpoint,
            call=call,
            seeds=tuple(self.seeds),
            caller=self.caller,
            rows=dict(self.rows),
            target=self.target[1],
            record=self.target[0],
            answers=stubs(self.world.project, self.endpoint),
            sure=self.sure and not doubtful(self.world.project, self.endpoint),
        )

    def _media(self, body: Value | None) -> str:
        if isinstance(body, Data):
            return body.media
        return self.endpoint.body.media if self.endpoint.body and body else "application/json"

    def _check(self) -> None:
        if self.signed and law.of(self.endpoint, "signature"):
            raise NoScene("its requests are signed")
        for each in law.of(self.endpoint, "invalid"):
            name = law.tail(each.origin.name) if each.origin else ""
            made = name in MADE_BY_THE_APP or name.endswith("token")
            if made and not self._is_kept(each):
                raise NoScene(_made_by_the_app(name))
            asks_for_any = each.operator == "eq" and each.value is False  # `if not title`
            if self._is_shown(each):
                continue
            self.sure = self.sure and (not name or "password" in name or asks_for_any)
        if (name := self._sent_token()) and not self.endpoint.auth:
            raise NoScene(_made_by_the_app(name))
        if self.endpoint.withheld:
            raise NoScene(f"{self.endpoint.withheld} answers whoever has done no more than sign in")
        if self.endpoint.pressed:
            buttons = listed(self.endpoint.pressed)
            raise NoScene(f"which form is meant hangs on the button that was pressed: {buttons}")
        if signs_in_elsewhere(self.endpoint):
            raise NoScene("its callers sign in elsewhere and come back")
        if any(each.scopes for each in self.endpoint.guards):
            raise NoScene("it asks for scopes of a token")
        if self.endpoint.conditional and not is_served(self.endpoint, self.world.facts):
            raise NoScene(f"it exists only when {self.endpoint.conditional}")

    def _is_shown(self, refusal: Refusal) -> bool:
        """Whether it is about the credential itself, which whoever signs in shows as it must be."""
        name = refusal.origin.name if refusal.origin else ""
        carried = {each.carrier.partition(":")[2].lower() for each in self.endpoint.guards}
        return bool(name) and name.lower() in carried and refusal.status in (401, 403)

    def _is_kept(self, refusal: Refusal) -> bool:
        """Whether the request stores the input as it is: then its caller chooses it, and nobody else."""
        made = effects(self.endpoint, "create")
        return any(value.origin == refusal.origin for each in made for value in each.values)

    def _sent_token(self) -> str:
        """The required input that carries a token which the handler reads, and no row holds as it is."""
        if not any(each.late for each in law.of(self.endpoint, "credentials")):
            return ""
        held = {
            law.tail(e.origin.name)
            for e in law.of(self.endpoint, "missing")
            if e.origin and e.record and e.record != getattr(self.world.user, "name", "")
            if not self._is_opened(e)
        }
        body = bare(self.endpoint.body.schema).properties if self.endpoint.body else ()
        inputs = [each.name for each in self.endpoint.parameters if each.required]
        inputs += [each.name for each in body if each.required]
        tokens = (name for name in inputs if snake(name).endswith("token") and name not in held)
        return next(tokens, "")

    def _is_opened(self, refusal: Refusal) -> bool:
        """Whether a row is looked up by an input and by what was read out of it: a signed token."""
        return any(
            any(each.origin == refusal.origin for each in effect.where)
            and any(each.origin.kind == "derived" for each in effect.where)
            for effect in effects(self.endpoint, "read")
            if effect.record == refusal.record
        )

    # --- the caller ---------------------------------------------------------

    def _add_caller(self) -> None:
        if not self.endpoint.auth:
            return
        if all(each.key for each in self.endpoint.guards if not each.optional):
            return
        if self.world.user is None or not self.world.has_credentials:
            raise NoScene("how its caller gets a credential is not known")
        if self._asks_otherwise(BASIC):
            raise NoScene("it asks for a name and a password where others ask for a token")
        if self._asks_otherwise(RENEWAL):
            raise NoScene("it asks for a token that only renews others")
        if self.world.asks_apart(self.endpoint):
            raise NoScene("it asks for another credential than most others do")
        if any(each.operator == "unknown" for each in self.world.requirements(self.endpoint)):
            raise NoScene("what its guard asks of a caller is not known")
        who = self.persona or self._wanted_persona()
        self.caller = who.name
        held = enrolled(self.world, who, self._shared)
        if held is None:
            raise NoScene(f"how {a(words(who.name))} comes to be one is not known")
        self._seed(self.world.user, who.name, held.values)
        for each in held.between:
            each.seeded(self._seed, who.name)

    def _shared(self, record: Record, name: str, values: Pairs) -> str:
        """A row that callers have in common: the role of two of them is one."""
        alike = (e for e in self.seeds if (e.record, e.values) == (record.name, values))
        found = next(alike, None)
        return found.name if found is not None and values else self._seed(record, name, values)

    def _asks_otherwise(self, scheme: str) -> bool:
        """Whether only this scheme lets a caller in here, and not the credential of all others."""
        known = self.world.authentication
        schemes = {each.scheme for each in self.endpoint.guards if not each.optional}
        return schemes == {scheme} and known is not None and known.scheme != scheme

    def _wanted_persona(self) -> Persona:
        return persona(self.world, self.world.requirements(self.endpoint))

    # --- rows ---------------------------------------------------------------

    def _seed(self, record: Record, name: str, values: Pairs = ()) -> str:
        if builder(self.world, record) is None:
            raise NoScene(f"no valid {words(record.name)} can be made from its rules")
        taken = {each.name for each in self.seeds}
        unique = name if name not in taken else f"other_{name}"
        pairs = dict(values)
        pairs.update(self.given.get(record.name, ()))
        self.seeds.append(Seed(record=record.name, name=unique, values=tuple(pairs.items())))
        return unique

    def _row(self, record: Record, name: str) -> str:
        """Seeds a row of `record`, joined to what is already there and in a state that lets it pass."""
        return self._seed(record, name, (*self._joined(record), *self._state(record)))

    def _joined(self, record: Record) -> Pairs:
        owner = self.world.owner_field(record)
        pairs: list[tuple[str, Value]] = []
        for each in record.fields:
            to, key = reference_of(each)
            if owner and each.name == owner.name:
                who = self.owner or (self.caller if self._owns(record) else "")
                if who:
                    pairs.append((each.name, Ref(name=who, path=(key,))))
            elif to in self.rows and to != record.name:
                pairs.append((each.name, Ref(name=self.rows[to], path=(key,))))
        return tuple(pairs)

    def _owns(self, record: Record) -> bool:
        own = self.world.owner_field(record)
        looked = (
            each for effect, each in conditions(self.endpoint) if effect.record == record.name
        )
        scoped = any(own and e.field == own.name and e.origin.kind == "caller" for e in looked)
        privileged = bool(self.world.requirements(self.endpoint)) and not scoped
        return bool(self.caller) and not (
            privileged and not law.of(self.endpoint, "owner", record.name)
        )

    def _state(self, record: Record) -> Pairs:
        found: dict[str, Value] = {}
        for refusal in law.of(self.endpoint, "state"):
            if refusal.record == record.name and "." in refusal.field:
                self.sure = False
            if refusal.record == record.name and (item := record.field(refusal.field)):
                if must_match(refusal):
                    continue
                if when := moment(item, refusal):
                    found[item.name] = when
                    continue
                value = passing(record, item, self._of_field(record, item))
                if value is None:
                    self.sure = False
                elif value != item.default:
                    found[item.name] = Literal(value=value)
        return tuple(found.items())

    def _of_field(self, record: Record, item: Field) -> tuple[Refusal, ...]:
        states = law.of(self.endpoint, "state")
        return tuple(
            each for each in states if (each.record, each.field) == (record.name, item.name)
        )

    def _path_value(self, name: str) -> Value:
        found = self.world.path_key(self.endpoint, name)
        if found is None:
            return self._free_path_value(name)
        record, key = found
        if self._is_caller(record):
            seed = self.caller
        elif record.name in self.rows and self.target[0] != record.name:
            seed = self.rows[record.name]
        else:
            alone = key.unique or key.primary_key
            told = () if alone else ((key.name, stored_value(self.world, record, key, OWN)),)
            pairs = (*self._joined(record), *self._state(record), *told)
            seed = self._seed(record, self._row_name(record), pairs)
        self.rows[record.name] = seed
        self.target = (record.name, seed)
        return Ref(name=seed, path=(key.name,))

    def _add_holders(self, *, hung: bool) -> None:
        """Rows of the caller's through which the handler looks for others: first those that others hang on (the
        profile of an address), then those that hang on what is looked for (a place in a project)."""
        found = hung_on(self.world, self.endpoint)
        for name in dict.fromkeys(holders(self.endpoint)) if self.caller else ():
            record = self.world.project.record(name)
            known = record is None or record is self.world.user or name in self.rows
            ready = not hung or (found.get(name) in self.rows and not self.owner)
            if record is not None and not known and ready and (name in found) == hung:
                self.rows[name] = self._row(record, snake(name))

    def _add_behind(self) -> None:
        """Rows that the handler finds by what the row in the path refers to: it is about them then."""
        for name, to in behind(self.endpoint).items():
            record, seed = self.world.project.record(name), self.rows.get(to, "")
            if record is None or not seed or name in self.rows or self.target[0] != to:
                continue
            keys = [reference_of(each) for each in record.fields]
            held = {
                each.name: Ref(name=seed, path=(key,))
                for each, (one, key) in zip(record.fields, keys, strict=True)
                if one == to
            }
            if held:
                known = {**dict(self._joined(record)), **dict(self._state(record)), **held}
                self.rows[name] = self._seed(record, called(name), tuple(known.items()))
                self.target = (name, self.rows[name])

    def _row_name(self, record: Record) -> str:
        user = self.world.user
        return (
            plain_persona(self.world).name
            if user and user.name == record.name
            else called(record.name)
        )

    def _is_caller(self, record: Record) -> bool:
        user = self.world.user
        is_user = bool(self.caller) and user is not None and user.name == record.name
        owners = law.of(self.endpoint, "owner")
        return is_user and bool(owners) and not self._is_spared(owners)

    def _is_spared(self, owners: tuple[Refusal, ...]) -> bool:
        """Whether the chosen caller may have what is another's."""
        values = self.persona.values if self.persona else ()
        held = {(name, each.value) for name, each in values if isinstance(each, Literal)}
        return all(any((f, v) in held and o == "eq" for f, o, v in each.unless) for each in owners)

    def _free_path_value(self, name: str) -> Value:
        declared = next((e for e in parameters(self.endpoint, "path") if e.name == name), None)
        if declared is None or not bare(declared.schema).enum:
            raise NoScene(f"what {{{name}}} names is not known")
        return Literal(value=bare(declared.schema).enum[0])

    def _add_named(self, body: Value | None) -> None:
        """Rows that the handler looks up by a sent value and misses when they are not there: a refresh token."""
        sent = {plain(name): value for name, value in leaves(body)} if body else {}
        for each in law.of(self.endpoint, "missing"):
            record = self.world.project.record(each.record)
            item = record.field(each.field) if record else None
            given = each.origin is not None and each.origin.kind in ("body", "form")
            value = sent.get(plain(each.origin.name)) if given and each.origin else None
            if (
                record is None
                or item is None
                or record.name in self.rows
                or record is self.world.user
            ):
                continue
            if isinstance(value, Literal) and item.type in ("string", "text", "uuid"):
                known = {**dict(self._joined(record)), **dict(self._state(record))}
                pairs = {**known, item.name: value}
                self.rows[record.name] = self._seed(
                    record, called(record.name), tuple(pairs.items())
                )

    def _add_held(self) -> None:
        """Rows that the handler looks up by the caller and the row in the path: the item of their cart (or of
        the `owner`'s, who has one and the caller has none). What the request may make itself is not there."""
        made = {each.record for each in effects(self.endpoint, "create")}
        for each in law.of(self.endpoint, "missing"):
            record = self.world.project.record(each.record)
            item = record.field(each.field) if record else None
            if record is None or item is None or each.origin is None:
                continue
            if record.name in {*self.rows, *made}:
                continue
            holder = self._holder(reference_of(item)[0], each.origin.kind)
            if self.owner and each.origin.kind == "row":
                continue
            if not holder or record is self.world.user:
                continue
            known = dict((*self._joined(record), *self._state(record), *self._by_caller(record)))
            known[item.name] = Ref(name=holder, path=(reference_of(item)[1],))
            if self.owner and (own := self.world.owner_field(record)):
                known[own.name] = Ref(name=self.owner, path=(reference_of(own)[1],))
            self.rows[record.name] = self._seed(record, called(record.name), tuple(known.items()))
            self._aim(record)

    def _add_fixed(self) -> None:
        """Rows that the handler looks up by values of its own and cannot do without: the role that newcomers get."""
        for each in effects(self.endpoint, "read"):
            record = self.world.project.record(each.record)
            fixed = [e for e in each.where if e.operator == "eq" and e.origin.kind == "constant"]
            known = record is None or record is self.world.user or record.name in self.rows
            if known or record is None or not fixed or len(fixed) != len(each.where):
                continue
            if each.demanded or self._is_fixed(record):
                pairs = tuple((e.field, Literal(value=e.origin.value)) for e in fixed)
                self.rows[record.name] = self._seed(record, called(record.name), pairs)
        for record, key, value in self.world.referred(self.endpoint):
            if record.name not in self.rows:
                self.rows[record.name] = self._seed(record, called(record.name), ((key, value),))

    def _is_fixed(self, record: Record) -> bool:
        """Whether the handler refuses for want of such a row, or links what it creates to it."""
        missed = law.of(self.endpoint, "missing")
        made = (self.world.project.record(e.record) for e in effects(self.endpoint, "create"))
        return any(
            e.record == record.name and e.origin and e.origin.kind == "constant" for e in missed
        ) or any(
            relation.kind == "many_to_many" and relation.to == record.name
            for each in made
            for relation in (each.relations if each else ())
        )

    def _holder(self, name: str, kind: str) -> str:
        """The seed that a foreign key to `name` points at, when its value comes from the caller or the path."""
        user = self.world.user
        if kind == "caller":
            return self.caller if user is not None and user.name == name else ""
        return self.rows.get(name, "") if kind in ("path", "row") else ""

    def _by_caller(self, record: Record) -> Pairs:
        """The fields by which the handler selects rows of `record` that are the caller's."""
        found: dict[str, Value] = {}
        for effect in self.endpoint.effects:
            for each in effect.where if effect.record == record.name else ():
                item = record.field(each.field) if each.origin.kind == "caller" else None
                if item is not None and self._holder(reference_of(item)[0], "caller"):
                    found[item.name] = Ref(name=self.caller, path=(reference_of(item)[1],))
        return tuple(found.items())

    def _aim(self, record: Record) -> None:
        """The row is what the request is about when it is changed, and the one in the path is not."""
        changed = {each.record for each in effects(self.endpoint, "update", "delete")}
        if self.target[0] not in changed and record.name in changed:
            self.target = (record.name, self.rows[record.name])

    def _add_reached(self) -> None:
        """What the handler changes through rows of another record: an order's books through its items; and what a
        look finds by the row that the path names."""
        for record in self.world.hung(self.endpoint, tuple(self.rows)):
            self.rows[record.name] = self._row(record, called(record.name))
        for effect in effects(self.endpoint, "update", "delete"):
            for each in effect.where:
                if each.origin.kind == "row" and not each.origin.via:
                    self._reach(effect.record, *each.origin.name.split(".", 1))

    def _reach(self, name: str, through: str, key: str = "") -> None:
        record, holder = self.world.project.record(name), self.world.project.record(through)
        if record is not None and holder is not None and "." in key:
            self._embed(record, holder, key)
            return
        item = holder.field(key) if holder else None
        if record is None or holder is None or item is None or {name, through} & {*self.rows}:
            return
        held = {reference_of(each)[0] for each in holder.fields} & {*self.rows}
        if reference_of(item)[0] == name and held:
            self.rows[name] = self._row(record, snake(name))
            self.rows[through] = self._row(holder, snake(through))

    def _embed(self, record: Record, holder: Record, path: str) -> None:
        """A document that the seeded row of `holder` refers to from inside: the book of an order's line."""
        outer, _, inner = path.partition(".")
        field, item = holder.field(outer), holder.within(path)
        at = next(
            (n for n, e in enumerate(self.seeds) if e.name == self.rows.get(holder.name)), None
        )
        if field is None or item is None or at is None or record.name in self.rows or "." in inner:
            return
        if reference_of(item)[0] != record.name or outer in dict(self.seeds[at].values):
            return
        self.rows[record.name] = self._row(record, called(record.name))
        made = self.seeds.pop()
        given = ((inner, Ref(name=made.name, path=(reference_of(item)[1],))),)
        try:
            held: Value = embedded(self.world, holder, field, self.nth, given)
        except cast.NoValue as problem:
            raise NoScene(str(problem)) from None
        held = Sequence(items=(held,)) if field.type == "array" else held
        row = self.seeds[at]
        self.seeds[at] = row.replace(values=(*row.values, (outer, held)))
        self.seeds.insert(at, made)

    # --- inputs -------------------------------------------------------------

    def _inputs(self, location: str) -> Pairs:
        guards = {each.carrier.partition(":")[2].lower() for each in self.endpoint.guards}
        pairs: list[tuple[str, Value]] = []
        for each in parameters(self.endpoint, location):
            if not each.required or each.name.lower() in guards:
                continue
            if each.schema.properties:
                raise NoScene(f"the parameter {each.name} is an object")
            pairs.append((each.name, self._scalar(each.name, each.schema)))
        return tuple(pairs)

    def _scalar(self, name: str, *schemas: Schema) -> Value:
        try:
            return value_of(name, schemas, self.nth, self._main_record())
        except cast.NoValue as problem:
            raise NoScene(str(problem)) from None

    def _main_record(self) -> str:
        main = main_effect(self.endpoint, self.target[0])
        return main.record if main else self.target[0]

    def _body(self) -> Value | None:
        body = self.endpoint.body
        if body is None:
            kinds = accepted_media(self.endpoint)
            return file_of(kinds[0]) if kinds else None
        schema = bare(body.schema)
        if login := self._login_body():
            return login
        if schema.properties:
            return self._object(schema, "")
        accepted = body.accepts or accepted_media(self.endpoint)
        if schema.format == "binary" or accepted or "json" not in body.media:
            return file_of((accepted or (body.media,))[0])
        if schema.type == "array" and schema.items:
            return self._member("items", schema, "")
        raise NoScene("the shape of its body is not known")

    def _login_body(self) -> Mapping | None:
        known, login = self.world.authentication, self.world.sign_in(self.endpoint)
        if known is None or login is None or self.world.user is None:
            return None
        fields = dict(login.fields)
        who = self._seed(
            self.world.user, plain_persona(self.world).name, plain_persona(self.world).values
        )
        self.rows[self.world.user.name] = who
        identifier = Ref(name=who, path=(known.identifier,))
        pairs = [(fields.get("identifier", known.identifier), identifier)]
        members: list[tuple[str, Value]] = [
            *pairs,
            (fields.get("password", "password"), Literal(value=self.world.password)),
        ]
        return nested(tuple(members))

    def _object(self, schema: Schema, head: str) -> Mapping:
        self.sure = self.sure and all(map(is_harmless, schema.checks))
        pairs = []
        for each in properties(schema):
            value = self._property(each, head)
            if value is not None:
                pairs.append((each.name, value))
        return Mapping(members=tuple(pairs))

    def _property(self, member: Property, head: str) -> Value | None:
        name = f"{head}{member.name}"
        schema = bare(member.schema)
        matched = self._matched(plain(name))
        if matched is not None:
            return matched
        known = self.world.body_key(self.endpoint, plain(name))
        telling = kept.is_telling(self.world, self.endpoint, name, schema)
        needed = member.required or telling or kept.is_awaited(self.endpoint, member)
        if known and not needed and schema.type == "any":
            return None  # one key or several, nothing says
        if known and kept.is_key_shaped(schema, known[1]):
            return self._reference(name, schema, *known, required=member.required)
        if known and member.required and kept.holds_number_as_text(schema, known[1]):
            number = self._reference(name, schema, *known, required=True)
            return Computed(operation="str", of=(number,)) if number else None
        if not needed and not is_easy(schema):
            return None
        try:
            return self._member(name, schema, head)
        except NoScene:
            if member.required:
                raise
            return None

    def _matched(self, name: str) -> Value | None:
        """What the stored row holds, where the request must send just that (the version that it has read)."""
        for each in law.of(self.endpoint, "state"):
            same = must_match(each) and each.origin and plain(each.origin.name) == name
            if same and each.record in self.rows:
                return Ref(name=self.rows[each.record], path=(each.field,))
        return None

    def _reference(
        self, name: str, schema: Schema, record: Record, key: Field, *, required: bool
    ) -> Value | None:
        if not required and record.name == self.target[0]:
            return None
        stem = snake(name.rpartition(".")[2]).removesuffix("_ids").removesuffix("_id")
        generic = stem in (key.name, "id", "ids") or self.world.record_called(stem) is not None
        generic = generic or schema.type == "array"
        seed = self._row(record, called(record.name) if generic else stem)
        if record.name not in self.rows:
            self.rows[record.name] = seed
        value = Ref(name=seed, path=(key.name,))
        return Sequence(items=(value,)) if schema.type == "array" else value

    def _member(self, name: str, schema: Schema, head: str) -> Value:
        self.sure = self.sure and all(map(is_harmless, schema.checks))
        last = snake(name.rpartition(".")[2])
        if is_present(last, self.endpoint):
            return Literal(value=self.world.password)
        if schema.format == "binary":
            return file_of("text/plain" if not schema.examples else str(schema.examples[0]))
        if schema.type == "array":
            return self._items(name, schema)
        if schema.type == "object":
            if not schema.properties and not schema.values:
                return Mapping()
            return self._object(schema, f"{name}.")
        last = AGAIN.get(last, last)
        columns = kept.columns(self.world, self.endpoint, name)
        if schema.type in ("any", "null") and not schema.any_of:
            if not columns and not is_text(last, self.endpoint):
                raise NoScene(f"the type of {name} is not known")
            return self._scalar(last, *columns or (Schema(type="string"),))
        return self._scalar(last, schema, *columns)

    def _items(self, name: str, schema: Schema) -> Value:
        count = max(schema.min_length or 0, 1)
        inner = schema.items
        if inner is None:
            raise NoScene(f"what {name} holds is not known")
        if inner.properties:
            return Sequence(
                items=tuple(self._object(bare(inner), f"{name}.") for _ in range(count))
            )
        singular_name = snake(name.rpartition(".")[2])
        return Sequence(
            items=tuple(
                value_of(singular_name, (bare(inner),), self.nth + at, "") for at in range(count)
            )
        )
