"""Plan values as Python expressions inside one test."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from comfrey.model.record import Field
from comfrey.model.step import Call
from comfrey.model.value import (
    Column,
    Computed,
    Data,
    Literal,
    Mapping,
    Missing,
    Moment,
    Ref,
    Repeated,
    Sequence,
    Value,
    Variable,
    With,
)
from comfrey.stacks import shelf
from comfrey.stacks.testers import names
from comfrey.stacks.testers.pytest import literals, positional
from comfrey.stacks.testers.pytest.client import client_of
from comfrey.stacks.testers.scope import Binding, Scope

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
OPERATORS = {"add": " + ", "sub": " - ", "mul": " * "}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Speaker:
    """Writes values and requests; the imports and fixtures they need go into `scope`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.client = client_of(scope.project, asynchronous=scope.asynchronous)
        mapper = shelf.folder("orms", scope.project.stack.orm)
        self.links: dict[str, Any] = mapper.about.data.get("links", {}) if mapper else {}

    # --- values ------------------------------------------------------------------

    def sent(self, value: Value) -> str:
        """`value` as JSON carries it."""
        return self._say(value, None)

    def stored(self, value: Value, field: Field | None) -> str:
        """`value` as the column wants it."""
        return self._say(value, field)

    def _say(self, value: Value, field: Field | None) -> str:
        match value:
            case Literal():
                return self._literal(value, field)
            case Ref():
                return self._ref(value, field)
            case Column(name=name):
                return self._cell(name, field) if field else name
            case Moment():
                return self._moment(value, field)
            case Repeated(unit=unit, times=times):
                return f"{literals.text(unit)} * {times}"
            case Data():
                return self.data(value)
            case Computed():
                return self._computed(value, field)
            case Mapping(members=members):
                return "{" + ", ".join(self.member(key, each) for key, each in members) + "}"
            case Sequence(items=items):
                return "[" + ", ".join(self._say(each, None) for each in items) + "]"
            case With():
                return self._with(value)
            case Variable(name=name):
                self.scope.need("import os")
                return f"os.environ[{literals.text(name)}]"
            case Missing():
                self.scope.need("from .answers import MISSING")
                return "MISSING"

    def _with(self, value: With) -> str:
        base, changed = self._say(value.base, None), self._say(value.value, None)
        if self._is_plain(value):
            member = f"{{{self._say(value.path, None)}: {changed}}}"
            return member if base == "{}" else f"{base} | {member}"
        self.scope.need("from .answers import altered")
        return f"altered({base}, {self._say(value.path, None)}, {changed})"

    def _is_plain(self, value: With) -> bool:
        """Whether every variant only sets a member of the outermost object."""
        paths, values = self._each(value.path), self._each(value.value)
        flat = all(isinstance(each, Literal) and "." not in str(each.value) for each in paths)
        return flat and not any(isinstance(each, Missing) for each in values)

    def _each(self, value: Value) -> tuple[Value, ...]:
        return self.scope.cells(value.name) if isinstance(value, Column) else (value,)

    def member(self, key: str, value: Value) -> str:
        return f"{literals.text(key)}: {self._say(value, None)}"

    def _cell(self, name: str, field: Field) -> str:
        """A cell as the column wants it; some cells may hold nothing."""
        converted = self._converted(name, field)
        empty = any(each == Literal(value=None) for each in self.scope.cells(name))
        return f"{name} and {converted}" if empty and converted != name else converted

    def _literal(self, value: Literal, field: Field | None) -> str:
        if field is None:
            return literals.plain(value.value)
        if field.enum_class and value.value is not None:
            named = dict(zip(field.enum, field.enum_names, strict=False))
            if value.value in named:
                return self._source(literals.enum_name(named[value.value], field.enum_class))
            return self._source(literals.enum_member(value.value, field.enum_class))
        return self._source(literals.typed(value.value, self._kind(field), timezone=field.timezone))

    def _kind(self, field: Field) -> str:
        """The neutral type of a column; documents refer to each other by identities of their own."""
        database = self.scope.project.database
        documents = database is not None and database.dialect == "mongodb"
        return "identity" if documents and field.type == "reference" else field.type

    # --- fields that refer to others --------------------------------------------

    def holds_row(self, field: Field | None) -> bool:
        """Whether a field is given the row that it refers to, and is compared with one."""
        return bool(field is not None and field.references and self.links.get("row"))

    def asked_of(self, field: Field | None) -> str:
        """How a condition names the key behind a field that refers to a row: `.id`, or ""."""
        return str(self.links.get("where", "")) if field is not None and field.references else ""

    def spells_key(self, field: Field | None) -> bool:
        """Whether a field keeps the key of another document as a text."""
        return field is not None and bool(field.references) and field.type in ("string", "text")

    def access(self, path: tuple[str | int, ...]) -> str:
        """How a row is read: by attributes, or by keys where rows are dictionaries."""
        if self.links.get("mapping"):
            return "".join(f"[{literals.plain(each)}]" for each in path)
        return _attributes(path)

    def collection(self, record: str) -> str:
        """The name under which the suite's own module gives a collection of dictionaries away."""
        found = self.scope.project.record(record)
        name = names.identifier(found.table if found else record)
        self.scope.need(f"from .database import {name}")
        self.scope.locals.add(name)
        return name

    def key_of(self, field: Field) -> str:
        """How the key is read from a field that holds more than that: `.id`, or ""."""
        return str(self.links.get("key", "")) if field.references else ""

    def _source(self, source: literals.Source) -> str:
        self.scope.need(*source.imports)
        return source.text

    def _ref(self, value: Ref, field: Field | None) -> str:
        binding = self.scope.bindings.get(value.name, Binding("value"))
        if binding.kind == "row":
            return self._of_row(value, binding, field)
        if binding.kind == "response":
            return self._converted(self.json(value.name, value.path), field)
        return value.name + self.access(value.path)

    def _of_row(self, value: Ref, binding: Binding, field: Field | None) -> str:
        said = value.name + self.access(value.path)
        if value.path and value.path[0] in binding.empty:
            return "None"
        record = self.scope.project.record(binding.record)
        column = record.field(str(value.path[0])) if record and value.path else None
        if self.holds_row(field) and column is not None and column.primary_key:
            return value.name
        if column is not None and len(value.path) == 1 and not self.holds_row(field):
            said += self.key_of(column)
        if self.spells_key(field) and column is not None and column.primary_key:
            return f"str({said})"
        if field is not None or column is None:
            return said
        return self._source(literals.as_json(said, self._kind(column)))

    def _converted(self, said: str, field: Field | None) -> str:
        return self._source(literals.converted(said, self._kind(field))) if field else said

    def _moment(self, value: Moment, field: Field | None) -> str:
        self.scope.need("from datetime import UTC, datetime")
        now = "datetime.now(UTC)"
        if value.seconds:
            self.scope.need("from datetime import timedelta")
            sign = "+" if value.seconds > 0 else "-"
            now = f"{now} {sign} {_span(abs(value.seconds))}"
        if field is not None and field.type in ("date", "datetime"):
            return f"({now}).date()" if field.type == "date" else now
        forms = {"iso": "({}).isoformat()", "date": "({}).date().isoformat()"}
        return forms.get(value.form, "int(({}).timestamp())").format(now)

    def data(self, value: Data) -> str:
        head = bytes.fromhex(value.head)
        rest = max(value.size - len(head), 0)
        if not rest:
            return literals.raw(head)
        return f"{literals.raw(head)} + bytes({rest})" if head else f"bytes({rest})"

    def _computed(self, value: Computed, field: Field | None) -> str:
        parts = [self._say(each, field) for each in value.of]
        if value.operation in OPERATORS:
            return OPERATORS[value.operation].join(parts)
        if value.operation == "sum":
            return " + ".join(parts)
        if value.operation == "concat":
            return "f" + literals.text("".join(_piece(each) for each in parts))
        if value.operation in ("lower", "upper"):
            return f"{parts[0]}.{value.operation}()"
        if value.operation == "strip":
            return f"{parts[0]}.strip()"
        if value.operation == "str":
            return f"str({parts[0]})"
        if value.operation == "json":
            self.scope.need("import json")
            return f"json.dumps({parts[0]})"
        return self._hashed(parts[0])

    def _hashed(self, password: str) -> str:
        authentication = self.scope.project.authentication
        if authentication is None or authentication.hash is None:
            return password
        self.scope.need("from .factories import hashed")
        return f"{'await ' if authentication.hash.asynchronous else ''}hashed({password})"

    # --- answers -----------------------------------------------------------------

    def json(self, name: str, path: tuple[str | int, ...] = ()) -> str:
        """What stands at `path` of the answer bound to `name`."""
        binding = self.scope.bindings.get(name)
        whole = (binding.alias if binding else "") or f"{name}.{self.client.json}"
        return whole + "".join(f"[{literals.plain(each)}]" for each in path)

    # --- requests ----------------------------------------------------------------

    def request(self, call: Call) -> str:
        """The client's call as an expression, without `await`."""
        client = "strict_client" if call.astray else "client"
        self.scope.fixtures.add(client)
        opening = self._opening(call)
        if self.client.files == "django":
            said = [opening, *positional.arguments(self, call)]
            return f"{self.scope.owner}{client}.{', '.join(said)})"
        arguments = self._payload(call)
        query = self.query(call)
        if query:
            arguments.append(f"{self.client.query}={query}")
        if call.cookies:
            arguments.append("cookies=" + self._object(call.cookies))
        headers = self.headers(call)
        if headers:
            arguments.append(f"headers={headers}")
        return f"{self.scope.owner}{client}.{', '.join([opening, *arguments])})"

    def _opening(self, call: Call) -> str:
        """The call up to its further arguments: `get("/books"`, `request(method, path`."""
        method, path = call.method, self.url(call)
        if isinstance(method, Column):
            return self.client.any.format(method=method.name, path=path)
        if str(method) in self.client.bodiless and call.body is not None:
            return self.client.any.format(method=literals.text(str(method)), path=path)
        return f"{str(method).lower()}({path}"

    def url(self, call: Call) -> str:
        """The path with its parameters filled in: a string, or an f-string where it must be."""
        if isinstance(call.path, Column):
            return call.path.name
        given = dict(call.parameters)
        pieces = PARAMETER.split(str(call.path))
        said, dynamic = "", False
        for position, piece in enumerate(pieces):
            value = given.get(piece) if position % 2 else None
            if position % 2 == 0 or value is None:
                said += _braced(piece if position % 2 == 0 else f"{{{piece}}}")
            elif isinstance(value, Literal):
                said += quote(str(value.value), safe="~@:")
            else:
                dynamic = True
                said += "{" + _inner(self._path_value(value)) + "}"
        if dynamic:
            return "f" + literals.text(said)
        return literals.text(said.replace("{{", "{").replace("}}", "}"))

    def _path_value(self, value: Value) -> str:
        if isinstance(value, Ref) and self._is_row(value.name):
            return value.name + self.access(value.path)
        return self.sent(value)

    def _is_row(self, name: str) -> bool:
        return name in self.scope.bindings and self.scope.bindings[name].kind == "row"

    def query(self, call: Call) -> str:
        pairs = tuple(pair for pair in call.query if not isinstance(pair[1], Missing))
        whole = self.sent(call.query_of) if call.query_of is not None else ""
        shown = self._object(pairs) if pairs else ""
        return " | ".join(each for each in (whole, shown) if each)

    def _payload(self, call: Call) -> list[str]:
        if call.body is None:
            return []
        if call.media == JSON or call.media.endswith("+json"):
            if isinstance(call.body, Literal) and call.body.value is None:
                return [f'{self.client.content}="null"']
            if isinstance(call.body, Data):
                return [f"{self.client.content}={self.sent(call.body)}"]
            return [f"json={self.sent(call.body)}"]
        if call.media == FORM:
            return [f"data={self.sent(call.body)}"]
        if call.media == MULTIPART and isinstance(call.body, Mapping):
            return self._multipart(call.body)
        return [f"{self.client.content}={self.sent(call.body)}"]

    def _multipart(self, body: Mapping) -> list[str]:
        files = [(key, each) for key, each in body.members if isinstance(each, Data)]
        fields = [(key, each) for key, each in body.members if not isinstance(each, Data)]
        if self.client.files == "werkzeug":
            return ["data={" + ", ".join(self._part(key, e) for key, e in body.members) + "}"]
        shown = [f"{literals.text(key)}: {self._file(each)}" for key, each in files]
        arguments = ["files={" + ", ".join(shown) + "}"] if files else []
        return arguments + (["data=" + self._object(tuple(fields))] if fields else [])

    def _part(self, key: str, value: Value) -> str:
        """One part of a form where files lie among the fields."""
        if not isinstance(value, Data):
            return self.member(key, value)
        self.scope.need("from io import BytesIO")
        parts = [f"BytesIO({self.data(value)})", literals.text(value.filename or "file")]
        media = [literals.text(value.media)] if value.media else []
        return f"{literals.text(key)}: ({', '.join([*parts, *media])})"

    def _file(self, value: Data) -> str:
        parts = [literals.text(value.filename or "file"), self.data(value)]
        return f"({', '.join(parts + ([literals.text(value.media)] if value.media else []))})"

    def _object(self, members: tuple[tuple[str, Value], ...]) -> str:
        names = [name for name, _ in members]
        if len(set(names)) == len(names):
            return "{" + ", ".join(self.member(key, each) for key, each in members) + "}"
        pairs = (f"({literals.text(key)}, {self.sent(each)})" for key, each in members)
        return "[" + ", ".join(pairs) + "]"

    def headers(self, call: Call) -> str:
        explicit = list(call.headers)
        named = {name.lower() for name, _ in explicit}
        if self.client.files == "django":
            explicit = [each for each in explicit if each[0].lower() != "content-type"]
            named.add("content-type")
        raw = call.body is not None and not _has_own_type(call)
        if raw and "content-type" not in named:
            explicit.append(("Content-Type", Literal(value=call.media)))
        shown = self._object(tuple(explicit)) if explicit else ""
        login = self.credential(call.login)
        return " | ".join(each for each in (login, shown) if each)

    def credential(self, login: str | Value) -> str:
        """The headers of a login by name, "" for none."""
        if not login:
            return ""
        self.scope.fixtures.add("auth_headers")
        if not isinstance(login, str):
            return f"{self._headers()}({self.sent(login)})"
        binding = self.scope.bindings.get(login)
        step = binding.login if binding else None
        if step is None:
            return login
        arguments = [step.user] if step.user else []
        if step.flaw:
            flaw = literals.text(step.flaw) if isinstance(step.flaw, str) else self.sent(step.flaw)
            arguments.append(f"flaw={flaw}" if step.user else f"None, flaw={flaw}")
        return f"{self._headers()}({', '.join(arguments)})"

    def _headers(self) -> str:
        wait = "await " if self.scope.waits_for_token else ""
        return f"{wait}{self.scope.owner}auth_headers"


def _has_own_type(call: Call) -> bool:
    """True when the client sets the content type by itself."""
    bare = isinstance(call.body, Data) or call.body == Literal()
    return call.media in (JSON, FORM, MULTIPART) and not (call.media == JSON and bare)


def _attributes(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)


def _inner(expression: str) -> str:
    """An expression fit to stand inside a double-quoted f-string of any Python."""
    return expression.replace('"', "'") if "'" not in expression else expression


def _braced(text: str) -> str:
    """Text as it stands in an f-string: its braces are no expression."""
    return text.replace("{", "{{").replace("}", "}}")


def _piece(said: str) -> str:
    if said.startswith('"') and said.endswith('"'):
        return _braced(said[1:-1])
    return "{" + _inner(said) + "}"


def _span(seconds: int) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds % size == 0:
            return f"timedelta({unit}={seconds // size})"
    return f"timedelta(seconds={seconds})"
