"""The follower: carries a handler out with symbolic values and keeps the journal of what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Table
from contextlib import contextmanager
from typing import Any

from comfrey.model.place import Place
from comfrey.model.record import Record
from comfrey.model.service import Service, ServiceCall
from comfrey.reader.following import attribute as attributes
from comfrey.reader.following import calls, exchange, express, perform, tabled
from comfrey.reader.following.delegates import Delegates
from comfrey.reader.following.dialect import Dialect
from comfrey.reader.following.element import subscript
from comfrey.reader.following.frame import Frame
from comfrey.reader.following.golang import entities, faults
from comfrey.reader.following.golang.faults import is_failure
from comfrey.reader.following.journal import UNDER, Assumption, Journal
from comfrey.reader.following.meaning import Meaning
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.store import Store
from comfrey.reader.following.value import (
    All,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Pending,
    Row,
    Rows,
    Session,
    either,
)
from comfrey.source import node as n
from comfrey.source.codebase import Codebase
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    ModuleValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.requests import Strategy
from comfrey.stacks.shapes import Shapes

LASTING = (ClassValue, FunctionValue, External, ModuleValue, Const)
COMPOSED = (DictValue, ListValue, UnknownValue, BoundExternal)
"""What the evaluator makes of module constants that are built from columns."""
OPAQUE = (UnknownValue, Method, Derived)
MAX_STEPS = 60_000


class Machine:
    """Follows one request. `supply` says what a framework passes for a parameter."""

    def __init__(
        self,
        codebase: Codebase,
        records: Table[str, Record],
        meaning: Meaning,
        services: Table[tuple[str, int], tuple[Service, ServiceCall]],
    ) -> None:
        self.codebase = codebase
        self.records = records
        """By the qualified name of the class, `app.models:User`."""
        self.classes = {record.name: _class_of(codebase, name) for name, record in records.items()}
        self.meaning = meaning
        self.services = services
        self.journal = Journal()
        self.store = Store(self)
        self.delegates = Delegates(self)
        self.handling: list[tuple[str, ...]] = []
        self.depth = 0
        self.steps = 0
        self.active: list[int] = []
        self.user: Record | None = None
        self.crossed: set[tuple[str, str]] = set()
        """(record, key) of the rows through which code goes on without asking whether they are there."""
        self.asked: set[str] = set()
        """The dotted names of members of the body that code reads and no schema tells of."""
        self.strategies: dict[str, Strategy] = {}
        """How passport finds the caller, by the strategy's name."""
        self.ambient: dict[str, Callable[[], Value] | Value] = {}
        """What names from outside the tree stand for while this request is answered."""
        self.dialect = Dialect()
        """What the framework's own names mean."""
        self.method = ""
        """The method of the request that is followed."""
        self.paired = False
        """Whether functions are given the request and the reply, and inputs are plain objects."""
        self.returns = False
        """Whether what such a function gives back is answered where nothing was sent."""
        self.shapes: Shapes | None = None
        self.goes = codebase.language.name == "go"
        """Whether errors are given back, and calls fill what they are given."""
        self.generated = entities.generated(records) if self.goes else frozenset()
        """The packages of a client that a mapper has made, which are understood and not followed."""
        self.handling_words: dict[str, Any] = {}
        """What the methods of a handler's context mean."""
        self.rescues: tuple[Value, ...] = ()
        """The functions that stand before the handler and answer errors which it leaves with the context."""
        self.context: Instance | None = None
        """What collects the answers of the request at hand."""
        made = codebase.evaluator.made(*meaning.owners) if meaning.owners else ()
        bases = (each.kwarg("model_class") for each in made)
        self.model_bases = tuple(each for each in bases if isinstance(each, ClassValue))
        """What every record descends from by a word to its ORM: `SQLAlchemy(model_class=Base)`."""
        self._spelled: dict[str, dict[str, str]] = {}
        self._others: dict[str, Record] | None = None
        self._made = {(e.place.file, e.place.line): e for e in records.values()}
        self._known: dict[tuple[int, str], Value] = {}
        self._defined: dict[tuple[str, str], Value | None] = {}

    composed = COMPOSED

    # --- the parts ---------------------------------------------------------------

    def value(self, frame: Frame, node: n.Expression) -> Value:
        """What an expression stands for."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            return UnknownValue("too much code to follow", node.place)
        return express.value(self, frame, node)

    def perform(self, frame: Frame, statements: tuple[n.Statement, ...]) -> None:
        """Carries out statements."""
        perform.block(self, frame, statements)

    def bind(self, frame: Frame, target: n.Expression, found: Value) -> None:
        """Assigns."""
        perform.bind(self, frame, target, found)

    def attribute(self, of: Value, name: str, node: n.Expression | None) -> Value:
        """`of.name`."""
        return attributes.attribute(self, of, name, node)

    def set(self, of: Value, name: str, found: Value, at: n.Expression) -> None:
        """`of.name = found`."""
        perform.set_attribute(self, of, name, found, at)

    def call_node(self, frame: Frame, node: n.Call) -> Value:
        """A call as written."""
        return calls.call_node(self, frame, node)

    def call(
        self,
        function: Value,
        args: tuple[Value, ...] = (),
        kwargs: tuple[tuple[str, Value], ...] = (),
        at: n.Expression | None = None,
    ) -> Value:
        """Calls whatever can be called, and waits for it."""
        return self.passing(function, Passed(args, kwargs), at)

    def passing(self, function: Value, passed: Passed, at: n.Expression | None = None) -> Value:
        """Likewise, with all that was passed to something else, what `**` spreads included."""
        return self.force(calls.call(self, function, passed, at))

    def force(self, value: Value) -> Value:
        """The value once it has been awaited."""
        if isinstance(value, Pending):
            return calls.run_pending(self, value)
        return tabled.sent(self, value) if isinstance(value, tabled.Tabled) else value

    def exhausted(self) -> bool:
        """Whether more was followed than any request deserves."""
        return self.steps > MAX_STEPS

    # --- what holds --------------------------------------------------------------

    def assume(self, test: Value, how: str = UNDER) -> None:
        """From here on the condition holds."""
        self.journal.assumptions.append(Assumption(test, how))

    @contextmanager
    def assuming(self, test: Value) -> Iterator[None]:
        """The condition holds inside."""
        mark = len(self.journal.assumptions)
        self.assume(test)
        yield
        del self.journal.assumptions[mark:]

    # --- the world outside the function --------------------------------------------

    def static(self, node: n.Expression, frame: Frame) -> Value:
        """What a name of the module means; the body of a method does not see its class's names."""
        scope = frame.scope.chain()[1] if frame.scope.kind == "class" else frame.scope
        key = (id(scope), node.name) if isinstance(node, n.Name) else None
        if key is not None and key in self._known:
            return self._known[key]
        found = self.codebase.value(node, scope if key else frame.scope)
        if self.ambient and isinstance(found, External) and found.name in self.ambient:
            return self.surrounding(found.name)
        if isinstance(node, n.Name) and isinstance(found, COMPOSED) and not _is_told(found):
            return self.defined(frame.scope.module, node.name) or found
        if key is not None and isinstance(found, LASTING):
            self._known[key] = found
        return found

    def surrounding(self, name: str) -> Value:
        """What a name of `ambient` stands for, worked out once per request."""
        found = self.ambient[name]
        if not isinstance(found, Value):
            self.ambient[name] = UnknownValue("asks for itself")
            found = self.ambient[name] = found()
        return found

    def defined(self, module: str, name: str, depth: int = 4) -> Value | None:
        """A name that a module binds to an expression of columns or statements, worked out here."""
        key = (module, name)
        if key not in self._defined:
            self._defined[key] = None
            self._defined[key] = self._worked_out(module, name, depth)
        return self._defined[key]

    def _worked_out(self, module: str, name: str, depth: int) -> Value | None:
        parsed = self.codebase.parsed(module)
        for each in parsed.body.statements if parsed and depth else ():
            if isinstance(each, n.Import) and not each.whole:
                target = self.codebase.graph.target(module, each)
                for original, local in each.names:
                    if local == name and self.codebase.parsed(target):
                        return self.defined(target, original, depth - 1)
            if isinstance(each, n.Assign) and each.value is not None:
                names = [t.name for t in each.targets if isinstance(t, n.Name)]
                if name in names:
                    return self.value(Frame(scope=self.codebase.scope(module)), each.value)
        return None

    def import_into(self, frame: Frame, node: n.Import) -> None:
        """An import inside a function."""
        names = [local for _, local in node.names] or [node.alias or node.module.partition(".")[0]]
        with self.codebase.evaluator.quietly():
            shadow = type(frame.scope)(frame.scope.module, frame.scope.file, frame.scope)
            self.codebase.evaluator.bind_import(node, shadow)
            for name in names:
                found = self.codebase.evaluator.name(name, shadow, n.Name(node.span, name))
                frame.names[name] = found

    def typed(self, found: Value, annotation: n.Expression, scope: Scope) -> Value:
        """A value that only its annotation tells something about."""
        kind = self.codebase.type_of(annotation, scope)
        if isinstance(kind, ClassValue) and not self.record_of(kind):
            return Instance(of=kind, symbolic=True)
        return found

    def as_annotated(self, found: Value, function: FunctionValue) -> Value:
        """What a function gives by its own word, where following it told nothing."""
        node = function.node
        if not isinstance(node, n.FunctionDef):
            return found
        if node.returns and _is_stub(node):
            return self.codebase.some(node.returns, function.scope)
        if not isinstance(found, OPAQUE):
            return found
        if isinstance(found, Derived) and found.name not in ("attribute", "call"):
            return found
        return self.typed(found, node.returns, function.scope) if node.returns else found

    def record_of(self, value: Value) -> Record | None:
        """The record that a class declares, also under another name than its own, or that an object made at its
        place stands for."""
        if isinstance(value, Instance) and isinstance(value.of, External | BoundExternal):
            place = value.place
            return self._made.get((place.file, place.line)) if place is not None else None
        if not isinstance(value, ClassValue):
            return None
        known = self.records.get(value.qualified)
        known = known or self._made.get((value.place.file, value.place.line))
        return known or self._standing().get(value.qualified)

    def _standing(self) -> dict[str, Record]:
        """Structs that are no records and stand for a table of one, where the mapper knows such."""
        if self._others is None:
            self._others = {}
            for orm in {each.orm for each in self.records.values()} if self.goes else ():
                folder = shelf.folder("orms", orm)
                known = folder is not None and folder.has("hooks.py")
                tell = (
                    getattr(folder.module("hooks"), "standing", None) if known and folder else None
                )
                self._others |= tell(self.codebase, self.records.values()) if tell else {}
        return self._others

    def last_sent(self) -> Value | None:
        """The answer that was sent last, under all that holds here; None where none was."""
        said = self.context.fields.get(exchange.SENT) if self.context is not None else None
        held = len(self.journal.assumptions)
        for each in reversed(said.items if isinstance(said, Items) else []):
            if isinstance(each, exchange._Sent) and len(each.assumptions) >= held:
                return each.value
        return None

    def field_name(self, record: Record, name: str) -> str:
        """The record's field that a struct calls by that name."""
        if not self.goes:
            return name
        if record.name not in self._spelled:
            folder = shelf.folder("orms", record.orm)
            known = folder is not None and folder.has("hooks.py")
            tell = getattr(folder.module("hooks"), "names", None) if known and folder else None
            self._spelled[record.name] = tell(self.codebase, record) if tell else {}
        return self._spelled[record.name].get(name, name)

    def setter(self, of: Row, name: str) -> Value | None:
        """What `row.name = value` runs, where the class has a property that may be set so."""
        owner = self.classes.get(of.record.name)
        member = self.codebase.member(owner, name) if owner is not None else None
        function = member.value if member is not None else None
        if not isinstance(function, FunctionValue) or not isinstance(function.node, n.FunctionDef):
            return None
        if any(each.text == f"{name}.setter" for each in function.node.decorators):
            return BoundMethod(of, function)
        return None

    def user_record(self) -> Record | None:
        """The record of callers, once a token has led to a row of it."""
        return self.user

    def is_type(self, value: Value) -> bool:
        """Whether the value is a class, so that `value[X]` is a type."""
        return isinstance(value, ClassValue | Generic) or (
            isinstance(value, External) and value.last[:1].isupper()
        )

    def part(self, found: Value, position: int) -> Value:
        """One of the values that a tuple of unknown making is unpacked into."""
        if isinstance(found, Either):
            options = found.options
            if self.goes and not _is_flag(found, position):
                options = faults.worth(options, position)
                if not any(position >= size - 1 for size in _sizes(found)):
                    options = tuple(o for o in options if is_failure(o[1]) is not True) or options
            if self.goes and len(options) == 1:
                return self.part(options[0][1], position)
            return either(tuple((test, self.part(each, position)) for test, each in options))
        if isinstance(found, Items) and position < len(found.items):
            return found.items[position]
        if isinstance(found, Items) and found.each:
            return found.each
        if isinstance(found, Given) and found.kind == "credential":
            return found
        if isinstance(found, Derived) and found.name in ("verified", "part"):
            return found.of[0] if position == 0 else Derived("part", found.of)
        if isinstance(found, Rows):
            return self.store.fetched(found, "one")
        if isinstance(found, Mapping) and str(position) in found.entries:
            return found.entries[str(position)]
        return Derived("part", (found, Const(position)))

    def member(self, of: Value, name: str, node: n.Expression | None) -> Value:
        """The member of that name that an object is taken apart into."""
        match of:
            case Mapping(entries=entries) if name in entries:
                return entries[name]
            case Mapping(spreads=spreads) if spreads:
                return self.member(spreads[-1], name, node)
            case Mapping() | DictValue():
                return subscript(self, of, Const(name))
            case Dump(of=inner):
                return self.member(inner, name, node)
            case Derived(name="count" | "aggregate", of=(Rows(), *_)):
                return of
            case _:
                return self.attribute(of, name, node)

    def rest(self, of: Value, taken: tuple[str, ...]) -> Value:
        """What is left of an object once these members are taken out."""
        if isinstance(of, Mapping):
            left = {key: value for key, value in of.entries.items() if key not in taken}
            spreads = list(of.spreads)
            for name in taken:
                spreads = [_less(each, name) for each in spreads]
            return Mapping(entries=left, spreads=spreads)
        return Dump(of, without=taken) if isinstance(of, Given | Row) else of

    def _dropped(self, of: Value, name: str) -> None:
        """A member is taken out of the body on purpose."""
        whole = of.of if isinstance(of, Dump) else of
        if isinstance(whole, Given) and whole.kind in ("body", "form") and not whole.name:
            self.journal.dropped.append(name)

    def without(self, of: Value, index: Value, frame: Frame, node: n.Expression) -> None:
        """`del of[index]`, `delete of.index`; an input is from then on what is left of it."""
        name = index.value if isinstance(index, Const) else None
        if not isinstance(name, str):
            return
        self._dropped(of, name)
        if isinstance(of, Mapping):
            of.entries.pop(name, None)
            of.spreads[:] = [_less(each, name) for each in of.spreads]
        elif isinstance(of, Dump) or (self.paired and isinstance(of, Given) and not of.name):
            self._renamed(frame, node, _less(of, name))

    def _renamed(self, frame: Frame, node: n.Expression, value: Value) -> None:
        """A local name, or a member of the request in hand, stands for another value from here on."""
        match node:
            case n.Name(name=name):
                frame.names[name] = value
            case n.Attribute(of=holder, name=name):
                whole = self.value(frame, holder)
                if isinstance(whole, Instance) and name in whole.fields:
                    whole.fields[name] = value

    def enter(self, frame: Frame, node: n.Expression) -> tuple[Value, bool]:
        """What `with node` gives, and whether leaving it commits."""
        found = self.force(self.value(frame, node))
        if isinstance(found, Derived) and found.name == "begin":
            return Session(), True
        return found, False

    def both(self, first: Value, second: Value) -> Value:
        """Two conditions at once."""
        return All((first, second))

    # --- exceptions ----------------------------------------------------------------

    def as_exception(self, value: Value) -> Value:
        """`raise Class` makes an instance of it; `throw httpErrors.notFound()` throws what a package made."""
        match value:
            case ClassValue() | External():
                return self.call(value)
            case Derived(of=(External() as maker, *given)):
                return Instance(maker, tuple(given))
            case _:
                return value

    def exception_names(self, frame: Frame, catch: n.Catch) -> tuple[str, ...]:
        """The names of what an `except` takes; `Exception` for a bare one."""
        if not catch.kinds:
            return ("Exception",)
        found = [self.value(frame, kind) for kind in catch.kinds]
        return tuple(name for each in found for name in self._names(each))

    def _names(self, value: Value) -> tuple[str, ...]:
        match value:
            case ClassValue(qualified=qualified):
                return (qualified,)
            case External(name=name):
                return (name,)
            case Items(items=items):
                return tuple(name for each in items for name in self._names(each))
            case Method(name=name) | BoundExternal(name=name):
                return (name,)  # `except Book.DoesNotExist`
            case _:
                return ()

    def catches(self, names: tuple[str, ...], raised: Value) -> bool:
        """Whether an `except` of these names takes the exception."""
        lineage = self.lineage(raised)
        short = {each.rpartition(".")[2] for each in lineage if ":" not in each}
        wanted = {each for each in names if ":" in each}
        loose = {each.rpartition(".")[2] for each in names if ":" not in each}
        if loose & {"Exception", "BaseException"}:
            return True
        return bool(wanted.intersection(lineage) or loose & short)

    def lineage(self, raised: Value) -> tuple[str, ...]:
        """The names of an exception's class and its ancestors."""
        match raised:
            case Instance(of=ClassValue() as of):
                return self.codebase.ancestry(of)
            case Instance(of=External(name=name)) if name and name == self.meaning.absent:
                return tuple(sorted(self.meaning.missing))
            case Instance(of=External(name=name)):
                return (name,)
            case _:
                return ()

    def class_names(self, value: Value) -> tuple[str, ...]:
        """The name of an exception's class, as `lineage` says it."""
        return self._names(value)

    def place(self, node: n.Expression | None) -> Place:
        """Where an expression stands."""
        return node.place if node is not None else Place(file="")


def _sizes(found: Either) -> list[int]:
    """How many results each way of a call gives."""
    return [len(e.items) for _, e in found.options if isinstance(e, Items) and e.kind == "tuple"]


def _is_flag(found: Either, position: int) -> bool:
    """Whether one of the results is a plain yes or no, which counts beside an error too (`found, ok, err`)."""
    given = [e.items for _, e in found.options if isinstance(e, Items) and e.kind == "tuple"]
    parts = [each[position] for each in given if position < len(each) - 1]
    return any(isinstance(each, Const) and isinstance(each.value, bool) for each in parts)


def _is_told(found: Value) -> bool:
    """Whether an object's members are all constants and settings, so that nothing is left to work out."""
    return (
        isinstance(found, DictValue)
        and bool(found.items)
        and all(isinstance(each, Const | SettingValue | Text) for _, each in found.items)
    )


def _is_stub(node: n.FunctionDef) -> bool:
    """Whether a function only declares what others will do (`...`)."""
    return all(
        (isinstance(each, n.Evaluate) and isinstance(each.value, n.Constant))
        or isinstance(each, n.Pass)
        for each in node.body.statements
    )


def _class_of(codebase: Codebase, qualified: str) -> ClassValue | None:
    found = codebase.resolve(*qualified.split(":", 1))
    return found if isinstance(found, ClassValue) else None


def _less(value: Value, name: str) -> Value:
    if isinstance(value, Dump):
        return Dump(value.of, value.sent_only, (*value.without, name), value.only)
    return Dump(value, without=(name,)) if isinstance(value, Given) else value
