"""Plan values as JavaScript expressions inside one test."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, urlencode

from comfrey.model.record import Field, Record
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
from comfrey.stacks.testers import names
from comfrey.stacks.testers.scope import Binding, Scope
from comfrey.stacks.testers.vitest import literals

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
OPERATORS = {"add": " + ", "sub": " - ", "mul": " * ", "sum": " + "}
METHODS = {"lower": "toLowerCase", "upper": "toUpperCase", "strip": "trim"}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """arguments await break case catch class const continue debugger default delete do else enum
        eval export extends false finally for function if implements import in instanceof interface let
        new null package private protected public return static super switch this throw true try typeof
        undefined var void while with yield app request expect describe""",
    )
)


def variable(name: str) -> str:
    """A plan's name as a JavaScript variable."""
    said = names.camel(name) or "value"
    return f"{said}Row" if said in RESERVED else said


def is_document_id(record: Record, field: Field) -> bool:
    """Whether the field is a document's own `_id`, which documents also give as a text."""
    return record.store == "document" and field.primary_key and field.name == "_id"


class Speaker:
    """Writes values and requests; what they need from helpers goes into `scope.imports`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

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
                return literals.typed(value.value, literals.kind(field))
            case Ref():
                return self._ref(value, field)
            case Column(name=name):
                return self._cell(variable(name), name, field)
            case Moment():
                return self._moment(value, field)
            case Repeated(unit=unit, times=times):
                return f"{literals.text(unit)}.repeat({times})"
            case Data():
                return self._data(value)
            case Computed():
                return self._computed(value, field)
            case Mapping(members=members):
                return literals.members((key, self._say(each, None)) for key, each in members)
            case Sequence(items=items):
                return "[" + ", ".join(self._say(each, None) for each in items) + "]"
            case With():
                return self._with(value)
            case Variable(name=name):
                return f"process.env.{name} ?? ''"
            case Missing():
                return "undefined"

    def _with(self, value: With) -> str:
        base, changed = self._say(value.base, None), self._say(value.value, None)
        path = self._say(value.path, None)
        if not self._is_flat(value.path):
            self.scope.need("answers:altered")
            return f"altered({base}, {path}, {changed})"
        set_to = f"{_computed_key(value.path, path)}: {changed}"
        if base == "{}":
            return f"{{ {set_to} }}"
        spread = (
            base.removeprefix("{ ").removesuffix(" }") if base.startswith("{") else f"...{base}"
        )
        return f"{{ {spread}, {set_to} }}"

    def _is_flat(self, path: Value) -> bool:
        """Whether every variant only sets a member of the outermost object."""
        paths = self.scope.cells(path.name) if isinstance(path, Column) else (path,)
        return all(isinstance(each, Literal) and "." not in str(each.value) for each in paths)

    def _cell(self, said: str, name: str, field: Field | None) -> str:
        if field is None:
            return said
        converted = literals.converted(said, literals.kind(field))
        empty = any(each == Literal(value=None) for each in self.scope.cells(name))
        return f"{said} && {converted}" if empty and converted != said else converted

    def _ref(self, value: Ref, field: Field | None) -> str:
        binding = self.scope.bindings.get(value.name, Binding("value"))
        if binding.kind == "row":
            return self._of_row(value, binding, field)
        if binding.kind == "response":
            said = self.json(value.name, value.path)
            return literals.converted(said, literals.kind(field)) if field else said
        return variable(value.name) + literals.access(value.path)

    def _of_row(self, value: Ref, binding: Binding, field: Field | None) -> str:
        if value.path and value.path[0] in binding.empty:
            return "null"
        record = self.scope.project.record(binding.record)
        column = record.field(str(value.path[0])) if record and value.path else None
        said = _reached(value, column)
        if field is not None or column is None:
            return said
        if record is not None and is_document_id(record, column):
            return f"{variable(value.name)}.id"
        return literals.as_json(said, literals.kind(column))

    def _moment(self, value: Moment, field: Field | None) -> str:
        now = "Date.now()"
        if value.seconds:
            sign = "+" if value.seconds > 0 else "-"
            now = f"{now} {sign} {_span(abs(value.seconds))}"
        if value.form == "epoch" and field is None:
            return f"Math.floor(({now}) / 1000)"
        moment = f"new Date({now})" if value.seconds else "new Date()"
        if field is not None and literals.kind(field) in literals.DATED:
            return moment
        return f"{moment}.toISOString()" + (".slice(0, 10)" if value.form == "date" else "")

    def _data(self, value: Data) -> str:
        head = bytes.fromhex(value.head)
        rest = max(value.size - len(head), 0)
        if not rest:
            return literals.raw(head)
        zeros = f"Buffer.alloc({rest})"
        return f"Buffer.concat([{literals.raw(head)}, {zeros}])" if head else zeros

    def _computed(self, value: Computed, field: Field | None) -> str:
        parts = [self._say(each, field) for each in value.of]
        if value.operation in OPERATORS:
            return OPERATORS[value.operation].join(parts)
        if value.operation == "concat":
            return "`" + "".join(_piece(each) for each in parts) + "`"
        if value.operation in METHODS:
            return f"{parts[0]}.{METHODS[value.operation]}()"
        if value.operation == "str":
            return f"String({parts[0]})"
        if value.operation == "json":
            return f"JSON.stringify({parts[0]})"
        return self._hashed(parts[0])

    def _hashed(self, password: str) -> str:
        authentication = self.scope.project.authentication
        if authentication is not None and authentication.hashes_itself:
            return password
        self.scope.need("factories:hashed")
        return f"await hashed({password})"

    # --- answers -----------------------------------------------------------------

    def json(self, name: str, path: tuple[str | int, ...] = ()) -> str:
        """What stands at `path` of the answer bound to `name`."""
        return f"{variable(name)}.body{literals.access(path)}"

    # --- requests ----------------------------------------------------------------

    def request(self, call: Call) -> str:
        """The request as an expression, without `await`."""
        return self._opened(call) + self._query(call) + self._headers(call) + self._payload(call)

    def _opened(self, call: Call) -> str:
        method = call.method.name if isinstance(call.method, Column) else str(call.method)
        column = isinstance(call.method, Column)
        if call.login:
            self.scope.need("auth:authenticatedRequest")
            shown = variable(method) if column else literals.text(method)
            return f"authenticatedRequest({shown}, {self.url(call)}, {self.credential(call.login)})"
        if column:
            self.scope.need("app:anonymousRequest")
            return f"anonymousRequest({variable(method)}, {self.url(call)})"
        self.scope.need("request", "app:buildApp")
        return f"request(app).{method.lower()}({self.url(call)})"

    def url(self, call: Call) -> str:
        """The path with its parameters filled in: a string, or a template where it must be."""
        if isinstance(call.path, Column):
            return variable(call.path.name)
        given = dict(call.parameters)
        pieces = PARAMETER.split(str(call.path))
        said, dynamic = "", False
        for position, piece in enumerate(pieces):
            value = given.get(piece) if position % 2 else None
            if position % 2 == 0 or value is None:
                said += piece if position % 2 == 0 else f"{{{piece}}}"
            elif isinstance(value, Literal):
                said += quote(str(value.value), safe="~@:")
            else:
                dynamic = True
                said += "${" + self._path_value(value) + "}"
        return f"`{said}`" if dynamic else literals.text(said)

    def _path_value(self, value: Value) -> str:
        if isinstance(value, Ref) and self._is_row(value.name):
            record = self.scope.project.record(self.scope.bindings[value.name].record)
            key = record.field(str(value.path[0])) if record and value.path else None
            if record is not None and key is not None and is_document_id(record, key):
                return f"{variable(value.name)}.id"
            return _reached(value, key)
        return self.sent(value)

    def _is_row(self, name: str) -> bool:
        return name in self.scope.bindings and self.scope.bindings[name].kind == "row"

    def _query(self, call: Call) -> str:
        pairs = tuple(pair for pair in call.query if not isinstance(pair[1], Missing))
        keys = [key for key, _ in pairs]
        whole = f".query({self.sent(call.query_of)})" if call.query_of is not None else ""
        if not pairs:
            return whole
        if len(set(keys)) == len(keys) and not any(_is_list(each) for _, each in pairs):
            return whole + f".query({self._object(pairs)})"
        flat = [(key, each) for key, value in pairs for each in _items(value)]
        if all(isinstance(each, Literal) for _, each in flat):
            shown = urlencode([(key, _bare(each)) for key, each in flat])
            return whole + f".query({literals.text(shown)})"
        said = ", ".join(f"[{literals.text(key)}, String({self.sent(each)})]" for key, each in flat)
        return whole + f".query(new URLSearchParams([{said}]).toString())"

    def _headers(self, call: Call) -> str:
        explicit = list(call.headers)
        if call.cookies:
            cookie = "; ".join(f"{key}=${{{self.sent(each)}}}" for key, each in call.cookies)
            said = f".set('Cookie', `{cookie}`)"
        else:
            said = ""
        given = {name.lower() for name, _ in explicit}
        if call.body is not None and not self._has_own_type(call) and "content-type" not in given:
            explicit.append(("Content-Type", Literal(value=call.media)))
        for name, value in explicit:
            if not isinstance(value, Missing):
                said += f".set({literals.text(name)}, {self.sent(value)})"
        return said

    def _has_own_type(self, call: Call) -> bool:
        """True when the client sets the content type by itself."""
        if call.media == JSON:
            return _is_object(call.body)
        return call.media in (FORM, MULTIPART)

    def _payload(self, call: Call) -> str:
        body = call.body
        if body is None:
            return ""
        if call.media == JSON or call.media.endswith("+json"):
            said = self.sent(body)
            if _is_object(body):
                return f".send({said})"
            if isinstance(body, Literal):
                return f".send({literals.text(_json_text(body))})"
            if isinstance(body, Data):
                return f".send({literals.text(bytes.fromhex(body.head).decode())})"
            return f".send(JSON.stringify({said}))"
        if call.media == FORM:
            return f".type('form').send({self.sent(body)})"
        if call.media == MULTIPART and isinstance(body, Mapping):
            return "".join(self._part(key, each) for key, each in body.members)
        return f".send({self.sent(body)})"

    def _part(self, key: str, value: Value) -> str:
        if not isinstance(value, Data):
            return f".field({literals.text(key)}, {self.sent(value)})"
        options = [("filename", literals.text(value.filename or "file"))]
        if value.media:
            options.append(("contentType", literals.text(value.media)))
        return f".attach({literals.text(key)}, {self._data(value)}, {literals.members(options)})"

    def _object(self, pairs: tuple[tuple[str, Value], ...]) -> str:
        return literals.members((key, self.sent(each)) for key, each in pairs)

    def credential(self, login: str | Value) -> str:
        """Who sends the request, as the arguments behind the path."""
        if not isinstance(login, str):
            return self.sent(login)
        binding = self.scope.bindings.get(login)
        step = binding.login if binding else None
        if step is None:
            return variable(login)
        arguments = [variable(step.user)] if step.user else []
        if step.flaw:
            flaw = literals.text(step.flaw) if isinstance(step.flaw, str) else self.sent(step.flaw)
            arguments = [*(arguments or ["null"]), flaw]
        said = ", ".join(arguments) or "null"
        if not self.scope.waits_for_token:
            return said
        self.scope.need("auth:signIn")
        return f"await signIn({said})"


def _reached(value: Ref, field: Field | None) -> str:
    """What a row holds, by its variable."""
    way = literals.way(field, value.path[0]) if field else value.path[:1]
    return variable(value.name) + literals.access((*way, *value.path[1:]))


def _is_object(body: Value | None) -> bool:
    """Whether superagent sends the body as JSON by itself."""
    if isinstance(body, Mapping | Sequence | With):
        return True
    return isinstance(body, Literal) and isinstance(body.value, dict | list)


def _json_text(body: Literal) -> str:
    return json.dumps(body.value)


def _is_list(value: Value) -> bool:
    listed = isinstance(value, Literal) and isinstance(value.value, list | tuple)
    return listed or isinstance(value, Sequence)


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Sequence):
        return value.items
    if isinstance(value, Literal) and isinstance(value.value, list | tuple):
        return tuple(Literal(value=each) for each in value.value)
    return (value,)


def _bare(value: Value) -> str:
    found = value.value if isinstance(value, Literal) else ""
    return literals.plain(found) if isinstance(found, bool) or found is None else str(found)


def _computed_key(path: Value, said: str) -> str:
    if isinstance(path, Literal):
        return literals.key(str(path.value))
    return f"[{said}]"


def _piece(said: str) -> str:
    if len(said) > 1 and said[0] == said[-1] and said[0] in "'\"" and "\\" not in said:
        return literals.template(said[1:-1])
    return "${" + said + "}"


def _span(seconds: int) -> str:
    for name, size in (("24 * 60 * 60 * 1000", 86400), ("60 * 60 * 1000", 3600), ("60_000", 60)):
        if seconds % size == 0:
            times = seconds // size
            return name if times == 1 else f"{times} * {name}"
    return f"{seconds}_000"
