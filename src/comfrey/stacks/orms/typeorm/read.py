"""Understands TypeORM entities: decorated classes, their columns and relations, and the data source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from comfrey.languages.javascript import container
from comfrey.languages.javascript.options import (
    constant,
    flag,
    given_back,
    items,
    last,
    number,
    option,
    said,
    text,
    values,
    words,
)
from comfrey.languages.javascript.options import (
    marks as decorators_of,
)
from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Constant, Expression, Name, Subscript, TupleOf
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    SettingValue,
    Value,
)
from comfrey.stacks import ddl, shelf
from comfrey.stacks.addresses import is_written
from comfrey.stacks.orms.typeorm import ormconfig

STAMPS = {"CreateDateColumn": False, "UpdateDateColumn": True}
ZONED = ("timestamptz", "timestamp with time zone")
MANY = ("Promise", "Relation", "Array")


@dataclass(frozen=True)
class Mark:
    """One decorator of a property: its name and arguments."""

    name: str
    args: tuple[Value, ...]

    @property
    def options(self) -> Value | None:
        return next((each for each in reversed(self.args) if isinstance(each, DictValue)), None)

    @property
    def first(self) -> str:
        found = constant(self.args[0]) if self.args else None
        return found if isinstance(found, str) else ""


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every entity outside of tests, in file order; what abstract bases bring is theirs too."""
    kinds = [
        kind
        for kind in codebase.classes((*needles, b"@Entity"))
        if _mark(codebase, kind, "Entity", "ChildEntity", "ViewEntity")
        and not codebase.language.is_test(kind.scope.file)
    ]
    snake = _is_snake(codebase)
    return tuple(_Entity(codebase, kind, kinds, snake).record() for kind in kinds)


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "typeorm")
    return folder.about.data if folder else {}


def _mark(codebase: Codebase, kind: ClassValue, *names: str) -> Mark | None:
    for each in decorators_of(codebase, kind):
        if last(each) in names:
            return Mark(last(each), each.args if isinstance(each, Instance) else ())
    return None


def _is_snake(codebase: Codebase) -> bool:
    """Whether the project names its columns in snake case."""
    return bool(codebase.modules((b"new SnakeNamingStrategy",)))


def snaked(name: str) -> str:
    """`orderItem` → `order_item`, as TypeORM does it."""
    found = re.sub(r"([A-Z])([A-Z])([a-z])", r"\1_\2\3", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", found).lower()


class _Entity:
    def __init__(
        self, codebase: Codebase, kind: ClassValue, kinds: list[ClassValue], snake: bool
    ) -> None:
        self.codebase = codebase
        self.kind = kind
        self.kinds = kinds
        self.snake = snake
        self.members = [
            (each, marks)
            for each in codebase.members(kind, inherited=True)
            if (marks := tuple(self._marks(each)))
        ]

    def _marks(self, member: Member) -> Iterator[Mark]:
        scope = self.codebase.body_of(member.owner)
        for each in member.decorators:
            value = self.codebase.value(each, scope)
            yield Mark(last(value), value.args if isinstance(value, Instance) else ())

    def record(self) -> Record:
        fields = tuple(self._fields())
        unique = [self._named(each) for each in self._unique()]
        checks = tuple(ddl.named(each, fields) for each in self._checks())
        return Record(
            name=self.kind.name,
            table=self._table(),
            place=self.kind.place,
            module=self.kind.scope.module,
            orm="typeorm",
            schema=self._schema(),
            fields=tuple(
                each.replace(unique=each.unique or (each.name,) in unique) for each in fields
            ),
            unique=tuple(each for each in unique if len(each) > 1),
            checks=checks,
            relations=tuple(self._relations()),
            soft_delete=next(
                (m.name for m, marks in self.members if _of(marks, "DeleteDateColumn")), ""
            ),
        )

    def _table(self) -> str:
        mark = _mark(self.codebase, self.kind, "Entity", "ViewEntity")
        named = (mark.first or text(mark.options, "name")) if mark else ""
        return named or snaked(self.kind.name)

    def _schema(self) -> str:
        mark = _mark(self.codebase, self.kind, "Entity")
        return text(mark.options, "schema") if mark else ""

    # --- fields --------------------------------------------------------------

    def _fields(self) -> Iterator[Field]:
        for member, marks in self.members:
            column = _of(marks, *_data()["columns"])
            relation = _of(marks, "ManyToOne", "OneToOne")
            if column is not None:
                yield self._column(member, marks, column)
            elif relation is not None and self._owns(marks, relation):
                key = self._key(member, marks, relation)
                if key is not None:
                    yield key

    def _column(self, member: Member, marks: tuple[Mark, ...], mark: Mark) -> Field:
        options = mark.options
        kind, enum = self._type(member, mark)
        nullable = flag(options, "nullable") or mark.name == "DeleteDateColumn"
        default, source = self._default(mark)
        length = _length(options)
        listed = flag(options, "array") or kind == "array"
        primary = mark.name.startswith("Primary") or flag(options, "primary")
        return Field(
            name=member.name,
            column=text(options, "name") or self._stored(member.name),
            type="array" if listed else kind,
            items=kind if listed and kind != "array" else "string" if listed else "",
            required=not (nullable or source),
            nullable=nullable,
            unique=flag(options, "unique") or _is_unique_index(marks),
            primary_key=primary or mark.name == "ObjectIdColumn",
            default=default,
            default_from=source,
            on_update=mark.name == "UpdateDateColumn",
            timezone=_kind(mark) in ZONED,
            textual=kind == "date",
            length=length,
            precision=number(options, "precision"),
            scale=number(options, "scale"),
            enum=() if listed else enum,
            computed=option(options, "generatedType") is not None,
            version=mark.name == "VersionColumn",
            references=self._referred(member.name),
            rules=tuple(_rules(length, enum)),
            place=member.place,
        )

    def _stored(self, name: str) -> str:
        return snaked(name) if self.snake and snaked(name) != name else ""

    def _type(self, member: Member, mark: Mark) -> tuple[str, tuple[Any, ...]]:
        tables = _data()
        word = _kind(mark)
        enum = values(option(mark.options, "enum"))
        if mark.name == "PrimaryGeneratedColumn":
            strategy = mark.first or text(mark.options, "strategy")
            return ("uuid" if strategy == "uuid" else tables["types"].get(word, "integer")), ()
        if mark.name in ("CreateDateColumn", "UpdateDateColumn", "DeleteDateColumn"):
            return tables["types"].get(word, "datetime"), ()
        if mark.name == "VersionColumn":
            return "integer", ()
        if enum:
            return "enum", enum
        if word:
            return tables["types"].get(word, "any"), ()
        return tables["annotated"].get(_annotated(member.annotation), "any"), ()

    def _default(self, mark: Mark) -> tuple[Any, str]:
        if mark.name == "PrimaryGeneratedColumn":
            return None, "database" if mark.first == "uuid" else "auto"
        if mark.name in ("CreateDateColumn", "UpdateDateColumn", "VersionColumn"):
            return None, "database"
        if mark.name == "ObjectIdColumn":
            return None, "code"
        if option(mark.options, "generated") is not None:
            return None, "auto"
        found = option(mark.options, "default")
        if found is None or (isinstance(found, Const) and found.value is None):
            return None, ""
        known = constant(found)
        return (None if isinstance(found, FunctionValue) else known), "database"

    def _owns(self, marks: tuple[Mark, ...], relation: Mark) -> bool:
        joined = relation.name == "OneToOne" and _of(marks, "JoinColumn") is not None
        return relation.name == "ManyToOne" or joined

    def _key(self, member: Member, marks: tuple[Mark, ...], relation: Mark) -> Field | None:
        """The column that a relation stands for, unless the entity declares it itself."""
        target = self._target(relation)
        if target is None:
            return None
        join = _of(marks, "JoinColumn")
        column = text(join.options, "name") if join else ""
        name = column or f"{member.name}Id"
        if any(each.name == name or _column_name(m) == name for each, m in self.members
               if _of(m, *_data()["columns"])):  # fmt: skip
            return None
        nullable = said(relation.options, "nullable") is not False
        return Field(
            name=name,
            column=column or (snaked(name) if self.snake else ""),
            type=self._key_type(target),
            required=not nullable,
            nullable=nullable,
            unique=relation.name == "OneToOne",
            references=f"{target.name}.{self._primary(target)}",
            through=member.name,
            place=member.place,
        )

    def _key_type(self, target: ClassValue) -> str:
        for field in _Entity(self.codebase, target, [], self.snake)._fields():
            if field.primary_key:
                return field.type
        return "integer"

    def _primary(self, target: ClassValue) -> str:
        for field in _Entity(self.codebase, target, [], self.snake)._fields():
            if field.primary_key:
                return field.name
        return "id"

    def _referred(self, name: str) -> str:
        """What a key column stands for that a relation beside it joins by."""
        for member, marks in self.members:
            relation = _of(marks, "ManyToOne", "OneToOne")
            join = _of(marks, "JoinColumn")
            named = (text(join.options, "name") if join else "") or f"{member.name}Id"
            own = next((m for e, m in self.members if e.name == name), ())
            if relation is not None and named in (name, _column_name(own)):
                target = self._target(relation)
                return f"{target.name}.{self._primary(target)}" if target and self.kinds else ""
        return ""

    # --- relations -----------------------------------------------------------

    def _relations(self) -> Iterator[Relation]:
        for member, marks in self.members:
            mark = _of(marks, *_data()["relations"])
            target = self._target(mark) if mark else None
            if mark is None or target is None:
                continue
            owner = mark if self._owns(marks, mark) else self._far(member, target)
            yield Relation(
                name=member.name,
                to=target.name,
                kind=snaked(mark.name),
                on_delete=_on_delete(owner, mark),
                field=self._local(member, marks) if self._owns(marks, mark) else "",
                back=_back(mark),
                through=_join_table(self, member, marks, target),
                place=member.place,
            )

    def _local(self, member: Member, marks: tuple[Mark, ...]) -> str:
        join = _of(marks, "JoinColumn")
        named = (text(join.options, "name") if join else "") or f"{member.name}Id"
        for each, own in self.members:
            if each.name == named or _column_name(own) == named:
                return each.name
        return named

    def _far(self, member: Member, target: ClassValue) -> Mark | None:
        """The key's side of a relation that this entity does not hold."""
        other = _Entity(self.codebase, target, [], self.snake)
        for _, marks in other.members:
            mark = _of(marks, "ManyToOne", "OneToOne")
            if mark is not None and other._target(mark) is self.kind:
                return mark
        return None

    def _target(self, mark: Mark) -> ClassValue | None:
        """`() => User`, or the class's name."""
        first = mark.args[0] if mark.args else None
        found = given_back(self.codebase, first) if isinstance(first, FunctionValue) else first
        if isinstance(found, ClassValue):
            return found
        name = constant(found)
        return next((each for each in self.kinds if name in (each.name, snaked(each.name))), None)

    # --- constraints ---------------------------------------------------------

    def _unique(self) -> Iterator[tuple[str, ...]]:
        for each in decorators_of(self.codebase, self.kind):
            args = each.args if isinstance(each, Instance) else ()
            unique = any(flag(a, "unique") for a in args if isinstance(a, DictValue))
            if last(each) == "Unique" or (last(each) == "Index" and unique):
                yield next((w for a in args if (w := words(a) or self._picked(a))), ())

    def _picked(self, value: Value) -> tuple[str, ...]:
        """`(x) => [x.a, x.b]`."""
        found = given_back(self.codebase, value) if isinstance(value, FunctionValue) else None
        names = (getattr(e, "name", "") or getattr(e, "spelling", "") for e in items(found))
        return tuple(str(each).rpartition(".")[2] for each in names if each)

    def _named(self, group: tuple[str, ...]) -> tuple[str, ...]:
        """The group by fields, where it names relations."""
        known = {each.name: marks for each, marks in self.members}
        return tuple(
            self._local(next(m for m, _ in self.members if m.name == name), known[name])
            if name in known and _of(known[name], *_data()["relations"])
            else name
            for name in group
        )

    def _checks(self) -> Iterator[CheckConstraint]:
        for each in decorators_of(self.codebase, self.kind):
            if last(each) == "Check" and isinstance(each, Instance) and each.args:
                said = [constant(arg) for arg in each.args]
                found = [str(arg) for arg in said if isinstance(arg, str)]
                if found:
                    name = found[0] if len(found) > 1 else ""
                    sql = found[-1].replace('"', "")
                    yield CheckConstraint(sql=sql, name=name, place=self.kind.place)


def _of(marks: tuple[Mark, ...], *names: str) -> Mark | None:
    return next((each for each in marks if each.name in names), None)


def _kind(mark: Mark) -> str:
    """The type that a decorator names: its first argument or an option."""
    generated = mark.name in ("PrimaryGeneratedColumn",)
    found = option(mark.options, "type")
    word = constant(found) if found is not None else ("" if generated else mark.first)
    if isinstance(word, str) and word:
        return word
    named = last(found) if found is not None else last(mark.args[0]) if mark.args else ""
    return {"String": "string", "Number": "number", "Boolean": "boolean"}.get(named, "")


def _column_name(marks: tuple[Mark, ...]) -> str:
    column = _of(marks, *_data()["columns"])
    return text(column.options, "name") if column else ""


def _length(options: Value | None) -> int | None:
    found = said(options, "length")
    return (
        int(found)
        if isinstance(found, int) or (isinstance(found, str) and found.isdigit())
        else None
    )


def _is_unique_index(marks: tuple[Mark, ...]) -> bool:
    index = _of(marks, "Index")
    return index is not None and flag(index.options, "unique")


def _annotated(note: Expression | None) -> str:
    """The name of a property's type; `string | null` is `string`."""
    match note:
        case Name(name=name) | Attribute(name=name):
            return name
        case Subscript(of=Attribute(name="Union" | "Optional"), index=TupleOf(items=parts)):
            kept = [_annotated(e) for e in parts if not isinstance(e, Constant)]
            return next((each for each in kept if each not in ("null", "undefined")), "")
        case Subscript(of=Attribute(name="Union" | "Optional"), index=inner):
            return _annotated(inner)
        case _:
            return ""


def _on_delete(owner: Mark | None, mark: Mark) -> str:
    if mark.name == "ManyToMany" or owner is None:
        return ""
    return text(owner.options, "onDelete").lower().replace(" ", "_") or "no_action"


def _back(mark: Mark) -> str:
    """`(review) => review.book`, as it is written."""
    second = mark.args[1] if len(mark.args) > 1 else None
    if isinstance(second, FunctionValue):
        found = re.search(r"\.\s*(\w+)\s*;?\s*}?$", second.node.text.strip())
        return found[1] if found else ""
    found = constant(second)
    return found if isinstance(found, str) else ""


def _join_table(
    entity: _Entity, member: Member, marks: tuple[Mark, ...], target: ClassValue
) -> str:
    join = _of(marks, "JoinTable")
    if join is None:
        return ""
    own, other = (
        _mark(entity.codebase, entity.kind, "Entity"),
        _mark(entity.codebase, target, "Entity"),
    )
    first = (own.first if own else "") or snaked(entity.kind.name)
    second = (other.first if other else "") or snaked(target.name)
    return join.first or text(join.options, "name") or f"{first}_{snaked(member.name)}_{second}"


def _rules(length: int | None, enum: tuple[Any, ...]) -> Iterator[str]:
    if length is not None:
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)


# --- the way to the database -------------------------------------------------

DIALECTS = {
    "postgres": "postgresql",
    "cockroachdb": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "better-sqlite3": "sqlite",
    "sqljs": "sqlite",
    "mongodb": "mongodb",
    "mssql": "sqlserver",
}
CONVERTING = ("parseInt", "Number", "String", "Boolean")
PARTS = {
    "host": "host",
    "port": "port",
    "username": "user",
    "password": "password",
    "database": "name",
}


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`new DataSource({ type, url, … })`, or the options that Nest's module is given."""
    for path, options in _options(codebase):
        kind = _variable(option(options, "type"))
        said_so = constant(kind.default) or kind.fallback if kind is not None else ""
        word = text(options, "type") or str(said_so or "")
        url = _variable(option(options, "url"))
        known = {part: _variable(option(options, name)) for name, part in PARTS.items()}
        return DatabaseHook(
            engine=path,
            url_setting=url.name if url is not None else "",
            url_parts=tuple((part, each.name) for part, each in known.items() if each is not None),
            dialect=DIALECTS.get(word, ""),
            asynchronous=True,
            create_all=flag(options, "synchronize"),
            configured=_is_written(options),
        )
    return ormconfig.configured(codebase) or (DatabaseHook(asynchronous=True) if found else None)


def _is_written(options: DictValue) -> bool:
    """Whether the code itself says which database it is: no setting leads to another one."""
    return any(is_written(option(options, each)) for each in ("url", "database"))


def _variable(value: Value | None) -> SettingValue | None:
    """The setting that an option holds, perhaps converted: `PORT ? parseInt(PORT, 10) : 5432`."""
    match value:
        case SettingValue():
            return value
        case Choice(options=options):
            return next((found for each in options if (found := _variable(each))), None)
        case Instance(args=args) if args and last(value) in CONVERTING:
            return _variable(args[0])
        case _:
            return None


def _options(codebase: Codebase) -> Iterator[tuple[str, DictValue]]:
    for module in codebase.modules(
        (b"DataSource(", b"TypeOrmModule.forRoot", b"createConnection(")
    ):
        if codebase.language.is_test(codebase.graph.file(module) or ""):
            continue
        for name, value in list(codebase.scope(module).names.items()):
            args = value.args if isinstance(value, Instance) else ()
            if last(value) == "DataSource" and args and isinstance(args[0], DictValue):
                yield f"{module}:{name}", args[0]
    for event in codebase.evaluator.events:
        named = any(_is_called(event, each) for each in ("forRoot", "createConnection"))
        given = event.args[0] if named and event.args else None
        if isinstance(given, DictValue) and (given.get("type") or given.get("url")) is not None:
            yield "", given
        if _is_called(event, "forRootAsync") and event.args:
            made = _made(codebase, event.args[0])
            if isinstance(made, DictValue) and made.get("type") is not None:
                yield "", made


def _is_called(event: Event, name: str) -> bool:
    receiver = event.receiver
    inner = receiver.name if isinstance(receiver, BoundExternal | External) else ""
    return event.name == name or inner.rpartition(".")[2] == name


def _made(codebase: Codebase, said: Value) -> Value | None:
    """What Nest's module is given by `useFactory`, or by the method of `useClass`."""
    kind = said.get("useClass") or said.get("useExisting") if isinstance(said, DictValue) else None
    if not isinstance(kind, ClassValue):
        return container.produced(codebase.evaluator, said)
    method = codebase.method(Instance(kind, symbolic=True), "createTypeOrmOptions")
    return codebase.evaluator.call(method) if method is not None else None
