"""Lists: whose rows they show, in which order, page by page, filtered alone and together, searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Filter, Listing, Origin, Sort
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Record
from comfrey.model.schema import Schema
from comfrey.model.step import Body, Seed, Status, Step
from comfrey.model.value import Literal, Mapping, Ref, Sequence, Value
from comfrey.planner import law
from comfrey.planner.acceptance import accepts
from comfrey.planner.builders import builder, plain_persona
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import column, draft
from comfrey.planner.needs import scene
from comfrey.planner.promises import promised
from comfrey.planner.scenes import Scene
from comfrey.planner.shelves import (
    COUNT,
    ORDINALS,
    SIZE,
    Shelf,
    holds,
    ordered,
    probe,
    shelf,
)
from comfrey.planner.wording import called, plural, snake, words
from comfrey.planner.world import (
    World,
    answer_schema,
    bare,
    effects,
    parameters,
    reference_of,
)

Pairs = tuple[tuple[str, Value], ...]
Query = dict[str, Any]
ALL = list(range(COUNT))


COMBINED = ("combine", "combine_min", "combine_max")
COUNT_SHORT = 3
"""How many rows are surely more than a page holds."""
WHOLE_DAYS = (("ge", "combine_min"), ("le", "combine_max"))
"""Filters by a day that surely let in what happened on that very day."""


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Every promise of a list that was understood; the plain one for any other."""
    if endpoint.listing is None or endpoint.method != "GET":
        return []
    listing = promised(world, endpoint, endpoint.listing)
    play = scene(world, endpoint)
    record = world.project.record(listing.record)
    item = item_schema(endpoint, listing)
    if record is None or item is None or builder(world, record) is None:
        return [_plain(world, play)]
    rows = shelf(world, record, listing, item)
    scope = _scope(world, play, record, listing)
    short = _short(world, play, record, listing) if scope is not None else None
    if rows is None or scope is None or not _is_calm(world, play, record, listing):
        return [each for each in (_plain(world, play), short) if each is not None]
    desk = _Desk(world, play, record, listing, rows, scope)
    found = [desk.own(), desk.pages() or short, desk.filters(), desk.sorts()]
    return [each for each in (*found, *desk.by_parent()) if each is not None]


def item_schema(endpoint: Endpoint, listing: Listing) -> Schema | None:
    """The declared shape of one row in the answer."""
    shape = bare(answer_schema(endpoint) or Schema())
    for part in _path(listing.items):
        member = shape.property(str(part))
        if member is None:
            return None
        shape = bare(member.schema)
    return bare(shape.items) if shape.type == "array" and shape.items else None


def _path(dotted: str) -> tuple[str | int, ...]:
    return tuple(dotted.split(".")) if dotted else ()


def _is_calm(world: World, play: Scene, record: Record, listing: Listing) -> bool:
    """True when no other row of the record can be in the answer and nothing must be sent along; a list may
    make the rows itself that it shows."""
    others = {each.record for each in play.seeds}
    others |= {each.record for each in effects(play.endpoint, "create")}
    required = {each.name for each in parameters(play.endpoint, "query") if each.required}
    tables = world.facts.tables if world.facts else ()
    held = any(each.name == record.table and each.rows for each in tables)
    is_user = world.user is not None and world.user.name == record.name
    parent_of_itself = any(each.references.startswith(f"{record.name}.") for each in record.fields)
    return not (record.name in others or required or held or is_user or parent_of_itself)


Scope = tuple[Pairs, Pairs | None]


def _scope(world: World, play: Scene, record: Record, listing: Listing) -> Scope | None:
    """The fields that put a row into the list, and those that keep one out (None: nothing does)."""
    inside: list[tuple[str, Value]] = []
    outside: Pairs | None = None
    for each in listing.scope:
        if (held := _through(play, record, each)) is not None:
            inside.append(held)
            outside = ()
            continue
        found = record.field(each.field)
        if found is None or each.operator != "eq" or each.origin.via:
            return None
        if each.origin.kind == "caller" and play.caller:
            inside.append((each.field, Ref(name=play.caller, path=(each.origin.name,))))
            outside = ()
        elif each.origin.kind == "path":
            given = dict(play.call.parameters).get(each.origin.name)
            if not isinstance(given, Ref):
                return None
            inside.append((each.field, given))
            outside = ()
        elif each.origin.kind == "constant" and found.type == "boolean":
            inside.append((each.field, Literal(value=each.origin.value)))
            outside = ((each.field, Literal(value=not each.origin.value)),)
        else:
            return None
    return tuple(inside), outside


def _through(play: Scene, record: Record, scope: Filter) -> tuple[str, Value] | None:
    """The key to the caller's row through which the list is theirs (`Profile.user_id`), or None."""
    holder = scope.field.rpartition(".")[0]
    keys = [each for each in record.fields if holder and reference_of(each)[0] == holder]
    named = play.rows.get(holder)
    if scope.origin.kind != "caller" or scope.operator != "eq" or len(keys) != 1 or named is None:
        return None
    return keys[0].name, Ref(name=named, path=(reference_of(keys[0])[1],))


def _plain(world: World, play: Scene) -> Case:
    """A list of which only the declared shape is known."""
    expected = law.success(play.endpoint)
    listing = play.endpoint.listing
    shape = answer_schema(play.endpoint)
    path = _path(listing.items) if listing else ()
    looks: tuple[Step, ...] = ()
    if shape is not None and (path or bare(shape).type == "array"):
        looks = (Body(path=path, match="type", value=Literal(value="array")),)
    steps = (*play.arrange, play.call, Status(codes=expected.codes), *looks)
    return draft(
        world,
        play.endpoint,
        deed(world, play.endpoint),
        steps,
        kind="listing",
        column="happy",
        because=(expected.because,),
        witnessed=play.sure,
    )


def _short(world: World, play: Scene, record: Record, listing: Listing) -> Case | None:
    """A page holds as many rows as were asked for, whatever else is in the list."""
    declared = {each.name: each for each in parameters(play.endpoint, "query")}
    size = declared.get(listing.size)
    narrowed = listing.scope or any(not each.optional for each in listing.filters)
    if listing.style not in ("page", "offset") or size is None or narrowed:
        return None
    if not accepts(bare(size.schema), SIZE):
        return None
    name = called(record.name)
    seeds = tuple(
        Seed(record=record.name, name=f"{said}_{name}") for said in ORDINALS[:COUNT_SHORT]
    )
    if {each.name for each in seeds} & {each.name for each in play.seeds}:
        return None
    expected = law.success(play.endpoint)
    query = (*(p for p in play.call.query if p[0] != size.name), (size.name, Literal(value=SIZE)))
    steps = (
        *play.arrange,
        *seeds,
        play.call.replace(query=query),
        Status(codes=expected.codes),
        Body(path=_path(listing.items), match="length", value=Literal(value=SIZE)),
    )
    because = Because(text=f"{size.name} is how many are asked for", place=size.place)
    return draft(
        world,
        play.endpoint,
        f"lists no more {plural(words(record.name))} than are asked for",
        steps,
        kind="listing",
        column="happy",
        because=(because,),
        witnessed=play.sure,
    )


class _Desk:
    """One list endpoint with its five rows laid out."""

    def __init__(
        self,
        world: World,
        play: Scene,
        record: Record,
        listing: Listing,
        rows: Shelf,
        scope: Scope,
    ) -> None:
        self.world = world
        self.play = play
        self.record = record
        self.listing = listing
        self.rows = rows
        self.inside, self.outside = scope
        self.expected = law.success(play.endpoint)
        self.because = Because(text=f"lists {plural(words(record.name))}", place=listing.place)

    # --- parts --------------------------------------------------------------

    @property
    def noun(self) -> str:
        return plural(words(self.record.name))

    def seeds(self, fields: Iterable[str] = (), count: int = COUNT) -> tuple[Seed, ...]:
        """Rows that hold what tells them apart, and the `fields` that the case is about."""
        name = called(self.record.name)
        return tuple(
            Seed(
                record=self.record.name,
                name=f"{ORDINALS[at]}_{name}",
                values=(*self.inside, *self.rows.seed_values(at, fields)),
            )
            for at in range(count)
        )

    def shows(self, found: Value, *, in_order: bool) -> Body:
        match = "ids" if in_order else "set"
        return Body(path=_path(self.listing.items), match=match, key=self.rows.label, value=found)

    def total(self, count: int) -> tuple[Body, ...]:
        if not self.listing.total:
            return ()
        return (Body(path=_path(self.listing.total), value=Literal(value=count)),)

    def arranged(self, seeds: tuple[Seed, ...]) -> tuple[Step, ...]:
        return self.play.with_seeds(*seeds).arrange

    def draft(self, title: str, steps: tuple[Step, ...], **more: Any) -> Case:
        more.setdefault("column", "edge")
        more.setdefault("because", (self.expected.because, self.because))
        return draft(
            self.world,
            self.play.endpoint,
            title,
            steps,
            kind="listing",
            witnessed=self.play.sure,
            **more,
        )

    def table(
        self,
        title: str,
        rows: dict[str, tuple[Query, list[Any]]],
        fields: Iterable[str],
        *,
        in_order: bool,
    ) -> Case:
        """One row per query: what is asked, and the labels that must come back."""
        steps = (
            *self.arranged(self.seeds(fields)),
            self.play.call.replace(query_of=column("query")),
            Status(codes=self.expected.codes),
            self.shows(column("found"), in_order=in_order),
        )
        variations = tuple(
            Variation(id=said, cells=(("query", _mapping(query)), ("found", _labels(found))))
            for said, (query, found) in rows.items()
        )
        return self.draft(title, steps, variations=variations, columns=("query", "found"))

    def matching(self, query: Query) -> list[int] | None:
        """The rows that pass every filter that `query` sends; None when that cannot be told."""
        found = []
        for at in ALL:
            verdict = self._passes(at, query)
            if verdict is None:
                return None
            if verdict:
                found.append(at)
        return found

    def _passes(self, at: int, query: Query) -> bool | None:
        by_input: dict[str, list[bool]] = {}
        for each in self.listing.filters:
            if each.origin.name not in query:
                continue
            if each.field not in self.rows.values or not self._is_direct(each):
                return None
            verdict = holds(
                each.operator, self.rows.values[each.field][at], query[each.origin.name]
            )
            if verdict is None:
                return None
            by_input.setdefault(each.origin.name, []).append(verdict)
        return all(any(verdicts) for verdicts in by_input.values())

    def _passes_one(self, each: Filter, at: int, sent: Any) -> bool | None:
        """A search over several fields is passed by any; a field that is not laid out never matches."""
        if each.field not in self.rows.values or not self._is_direct(each):
            return None
        columns = (
            self.rows.values[name]
            for name in (each.field, *each.others)
            if name in self.rows.values
        )
        verdicts = [holds(each.operator, column[at], sent) for column in columns]
        return None if None in verdicts else any(verdicts)

    def _is_direct(self, each: Filter) -> bool:
        """True when the input is compared as it is, or as the begin or end of a day that no row stands on."""
        found = self.record.field(each.field)
        whole_day = all(name.rpartition(".")[2] in COMBINED for name in each.origin.via)
        return whole_day and (
            not each.origin.via or (found is not None and found.type == "datetime")
        )

    # --- cases ----------------------------------------------------------------

    def own(self) -> Case:
        """All rows that belong here and none that does not, in the default order where there is one."""
        count = 3
        rows = list(range(count))
        order = ordered(self.rows, self.listing.order, rows)
        found = self.rows.labels(order if order is not None else rows)
        stray = self._stray()
        steps = (
            *self.arranged((*self.seeds(_fields(self.listing.order), count), *stray)),
            self.play.call,
            Status(codes=self.expected.codes),
            self.shows(_labels(found), in_order=order is not None),
            *self.total(count),
        )
        return self.draft(self._own_title(), steps, column="happy")

    def _stray(self) -> tuple[Seed, ...]:
        """A row that must not show: another's, or in another state."""
        if self.outside is None:
            return ()
        name = f"other_{called(self.record.name)}"
        return (Seed(record=self.record.name, name=name, values=self.outside),)

    def _own_title(self) -> str:
        kinds = {each.origin.kind for each in self.listing.scope}
        if "caller" in kinds:
            return f"lists only the caller's own {self.noun}"
        if "path" in kinds:
            return f"{deed(self.world, self.play.endpoint)} and of no other"
        return deed(self.world, self.play.endpoint)

    def pages(self) -> Case | None:
        """First, middle, last and beyond the last, each row exactly once."""
        order = ordered(self.rows, self._page_order(), ALL)
        sizes = self._schema(self.listing.size)
        if self.listing.style not in ("page", "offset") or sizes is None or not self.listing.page:
            return None
        if not accepts(sizes, SIZE):
            return None
        if order is None:
            return self._page_lengths()
        said = ("the first page", "the middle page", "the last page", "beyond the last page")
        rows = {}
        for at, label in enumerate(said):
            if at == 3 and self._may_miss():
                continue
            found = order[at * SIZE : (at + 1) * SIZE]
            rows[label] = ({**self._sorting(), **self._slice(at)}, self.rows.labels(found))
        fields = _fields(self._page_order())
        case = self.table(f"pages through {self.noun}", rows, fields, in_order=True)
        return case.replace(steps=(*case.steps, *self.total(COUNT)))

    def _may_miss(self) -> bool:
        """True when an empty page may be answered as missing."""
        refusals = law.of(self.play.endpoint, "missing", self.record.name)
        if self.listing.style == "page" and law.convention(self.world, "beyond_last_page"):
            return True
        return any(each.origin is None or each.origin.kind != "path" for each in refusals)

    def _page_lengths(self) -> Case:
        """Where no order is promised, only how many rows each page holds."""
        said = (("the first page", 2), ("the middle page", 2), ("the last page", 1))
        steps = (
            *self.arranged(self.seeds()),
            self.play.call.replace(query_of=column("query")),
            Status(codes=self.expected.codes),
            Body(path=_path(self.listing.items), match="length", value=column("count")),
            *self.total(COUNT),
        )
        variations = tuple(
            Variation(
                id=label,
                cells=(("query", _mapping(self._slice(at))), ("count", Literal(value=count))),
            )
            for at, (label, count) in enumerate(said)
        )
        title = f"pages through {self.noun}"
        return self.draft(title, steps, variations=variations, columns=("query", "count"))

    def _page_order(self) -> tuple[Any, ...]:
        if ordered(self.rows, self.listing.order, ALL) is not None or not self.listing.sorts:
            return self.listing.order
        usable = (
            each for each in self.listing.sorts if ordered(self.rows, (each,), ALL) is not None
        )
        return tuple(usable)[:1]

    def _sorting(self) -> Query:
        """The sort to ask for when the default order is not one that our rows show."""
        order = self._page_order()
        if order and order != self.listing.order and self.listing.sort:
            return {self.listing.sort: order[0].value}
        return {}

    def _slice(self, at: int) -> Query:
        first = self.listing.first_page + at if self.listing.style == "page" else at * SIZE
        return {self.listing.page: first, self.listing.size: SIZE}

    def _schema(self, name: str) -> Schema | None:
        found = (e for e in parameters(self.play.endpoint, "query") if e.name == name)
        return next((bare(each.schema) for each in found), None)

    def sorts(self) -> Case | None:
        """Each accepted sort, over rows that stand in none of these orders."""
        rows: dict[str, tuple[Query, list[Any]]] = {}
        for each in self.listing.sorts:
            order = ordered(self.rows, (each,), ALL)
            if order is not None and self.listing.sort:
                way = "descending" if each.descending else "ascending"
                label = f"{words(each.field)} {way}"
                rows.setdefault(label, ({self.listing.sort: each.value}, self.rows.labels(order)))
        if not rows:
            return None
        fields = _fields(self.listing.sorts)
        return self.table(f"sorts {self.noun}", rows, fields, in_order=True)

    def filters(self) -> Case | None:
        """Each filter alone, all of them together, and a search that finds nothing."""
        rows: dict[str, tuple[Query, list[Any]]] = {}
        asked: Query = {}
        for each in self.listing.filters:
            value = self._value_for(each)
            if value is None:
                continue
            for said, query in self._questions(each, value):
                self._add(rows, said, query)
            if each.origin.name not in asked:
                together = {**asked, each.origin.name: value}
                if self.matching(together):
                    asked = together
        if len(asked) > 1:
            self._add(rows, "all together", asked)
        if not rows:
            return None
        fields = [name for each in self.listing.filters for name in (each.field, *each.others)]
        return self.table(f"filters {self.noun}", rows, fields, in_order=False)

    def _value_for(self, each: Filter) -> Any:
        values = self.rows.values.get(each.field)
        schema = self._schema(each.origin.name)
        if values is None or schema is None or each.origin.kind != "query":
            return None
        if not self._is_direct(each):
            return None
        value = probe(each, values)
        if (each.operator, *each.origin.via) in WHOLE_DAYS and isinstance(value, str):
            value = sorted(values)[len(values) // 2]
        if schema.format == "date" and isinstance(value, str):
            value = value[:10]
        if isinstance(value, list):
            return value if schema.type == "array" else None
        if value is None or not accepts(schema, value):
            return None
        found = self.matching({each.origin.name: value})
        return value if found and len(found) < COUNT else None

    def _questions(self, each: Filter, value: Any) -> list[tuple[str, Query]]:
        name = each.origin.name
        said = words(name)
        if each.operator in ("contains", "icontains", "startswith"):
            found = [
                (f"{said} that matches", {name: value}),
                (f"{said} without match", {name: "zzzz"}),
            ]
            if each.operator == "icontains":
                found.insert(1, (f"{said} in capitals", {name: str(value).upper()}))
            return found
        return [(said, {name: value})]

    def _add(self, rows: dict[str, tuple[Query, list[Any]]], said: str, query: Query) -> None:
        found = self.matching(query)
        if found is not None:
            rows.setdefault(said, (query, self.rows.labels(found)))

    def by_parent(self) -> list[Case]:
        """Filters over foreign keys: only the rows of the named parent."""
        found = []
        for each in (*self.listing.filters, *self._unused()):
            key = self.record.field(each.field)
            parent = self.world.target(key) if key else None
            plain = each.origin.kind == "query" and each.operator == "eq" and not each.origin.via
            inside = {name for name, _ in self.inside}
            if key and parent and plain and key.name not in inside and len(parent.primary_key) == 1:
                found.append(self._of_parent(each, key.name, parent))
        return found

    def _unused(self) -> Iterator[Filter]:
        """Foreign keys that a schema lets one ask for by name, and that the handler makes nothing of."""
        used = {each.origin.name for each in (*self.listing.filters, *self.listing.scope)}
        for each in parameters(self.play.endpoint, "query"):
            key = self.record.field(each.name)
            told = each.place is not None and not each.lenient
            if key is not None and key.references and told and each.name not in used:
                origin = Origin(kind="query", name=each.name)
                yield Filter(field=key.name, origin=origin, optional=True, place=each.place)

    def _of_parent(self, each: Filter, key: str, parent: Record) -> Case:
        is_user = self.world.user is not None and parent.name == self.world.user.name
        name = plain_persona(self.world).name if is_user else snake(parent.name)
        if name in {seed.name for seed in self.play.seeds}:
            name = f"other_{name}"
        ref = Ref(name=name, path=(parent.primary_key[0].name,))
        first, second, third, *_ = self.seeds()
        seeds = (
            Seed(record=parent.name, name=name),
            first.replace(values=((key, ref), *first.values)),
            second,
            third.replace(values=((key, ref), *third.values)),
        )
        steps = (
            *self.arranged(seeds),
            self.play.call.replace(query=(*self.play.call.query, (each.origin.name, ref))),
            Status(codes=self.expected.codes),
            self.shows(_labels(self.rows.labels([0, 2])), in_order=False),
        )
        asked = Because(text=f"{each.origin.name} may be asked for", place=each.place)
        why = (self.expected.because, self.because)
        return self.draft(
            f"filters {self.noun} by {words(each.origin.name).removesuffix(' id')}",
            steps,
            because=why if each in self.listing.filters else (*why, asked),
        )


def _fields(sorts: Iterable[Sort]) -> list[str]:
    return [each.field for each in sorts]


def _mapping(query: Query) -> Mapping:
    return Mapping(members=tuple((name, _value(each)) for name, each in query.items()))


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return Sequence(items=tuple(Literal(value=each) for each in value))
    return Literal(value=value)


def _labels(found: list[Any]) -> Sequence:
    return Sequence(items=tuple(Literal(value=each) for each in found))
