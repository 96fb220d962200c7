"""Plan values as Go expressions inside one test."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
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
from comfrey.stacks.testers import names
from comfrey.stacks.testers.gotest import literals
from comfrey.stacks.testers.scope import Binding, Scope

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?(?:\.\.\.)?\}")
OPERATORS = {"add": " + ", "sub": " - ", "mul": " * ", "sum": " + "}
METHODS = {"lower": "strings.ToLower", "upper": "strings.ToUpper", "strip": "strings.TrimSpace"}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
UNITS = ((86400, "24*time.Hour"), (3600, "time.Hour"), (60, "time.Minute"), (1, "time.Second"))
INITIALS = {"id": "ID", "url": "URL", "isbn": "ISBN", "api": "API", "http": "HTTP", "json": "JSON"}


def variable(name: str) -> str:
    """A plan's name as a Go variable."""
    first, *rest = names.snake(name).split("_") or ["value"]
    said = (first or "value") + "".join(INITIALS.get(each, each.capitalize()) for each in rest)
    said = said if not said[0].isdigit() else f"n{said}"
    return f"{said}Row" if said in literals.KEYWORDS else said


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
                dated = field is not None and field.type in literals.TIMED
                return self._stored_moment(value.value) if dated else literals.plain(value.value)
            case Ref():
                return self._ref(value)
            case Column(name=name):
                return f"tc.{variable(name)}"
            case Moment():
                return self._moment(value, field)
            case Repeated(unit=unit, times=times):
                return f"strings.Repeat({literals.text(unit)}, {times})"
            case Variable(name=name):
                return f"os.Getenv({literals.text(name)})"
            case Data():
                return self._data(value)
            case Computed():
                return self._computed(value, field)
            case Mapping(members=members):
                return literals.members((key, self._say(each, None)) for key, each in members)
            case Sequence(items=items):
                return literals.items(self._say(each, None) for each in items)
            case With():
                return self._with(value)
            case Missing():
                return "missing"

    def _with(self, value: With) -> str:
        base, changed = self._say(value.base, None), self._say(value.value, None)
        path = value.path
        plain = isinstance(path, Literal) and "." not in str(path.value)
        if plain and isinstance(value.base, Mapping) and not isinstance(value.value, Missing):
            name = str(path.value) if isinstance(path, Literal) else ""
            kept = [pair for pair in value.base.members if pair[0] != name]
            said = [(key, self._say(each, None)) for key, each in kept]
            return literals.members([*said, (name, changed)])
        return f"altered({base}, {self._say(path, None)}, {changed})"

    def _ref(self, value: Ref) -> str:
        binding = self.scope.bindings.get(value.name, Binding("value"))
        if binding.kind == "row":
            return self.of_row(value.name, value.path)
        if binding.kind == "response":
            return self.json(value.name, value.path)
        return variable(value.name) + "".join(_step(each) for each in value.path)

    def of_row(self, name: str, path: tuple[str | int, ...]) -> str:
        """A column of the row bound to `name`; deeper steps go into its JSON."""
        record = self.scope.bindings[name].record
        if not path:
            return variable(name)
        first = f"{variable(name)}[{literals.text(self.column(record, str(path[0])))}]"
        if len(path) == 1:
            return first
        return f"at({first}, {', '.join(literals.plain(each) for each in path[1:])})"

    def column(self, record: str, name: str) -> str:
        """The database's name of a record's field."""
        found = self.scope.project.record(record)
        field = found.field(name) if found else None
        return (field.column if field else "") or name

    def _stored_moment(self, value: object) -> str:
        """A fixed moment as its column wants it; SQLite has texts."""
        found = datetime_of(value)
        if found is None:
            return literals.plain(value)
        if self.scope.dialect == "sqlite":
            return literals.text(found.strftime("%Y-%m-%d %H:%M:%S"))
        numbers = (found.year, found.month, found.day, found.hour, found.minute, found.second)
        return f"time.Date({', '.join(map(str, numbers))}, 0, time.UTC)"

    def _moment(self, value: Moment, field: Field | None) -> str:
        now = "time.Now()"
        if value.seconds:
            now += f".Add({_span(value.seconds)})"
        if value.form == "epoch" and field is None:
            return f"{now}.Unix()"
        if field is not None and field.type in literals.TIMED:
            form = ".Format(time.DateTime)" if self.scope.dialect == "sqlite" else ""
            return f"{now}.UTC(){form}"
        layout = "time.DateOnly" if value.form == "date" else "time.RFC3339"
        return f"{now}.UTC().Format({layout})"

    def _data(self, value: Data) -> str:
        head = bytes.fromhex(value.head)
        rest = max(value.size - len(head), 0)
        if not rest:
            return literals.raw(head)
        return f"padded({literals.raw(head)}, {value.size})"

    def _computed(self, value: Computed, field: Field | None) -> str:
        parts = [self._say(each, field) for each in value.of]
        if value.operation in OPERATORS:
            return OPERATORS[value.operation].join(_numeric(each) for each in parts)
        if value.operation == "concat":
            return " + ".join(_textual(each) for each in parts)
        if value.operation in METHODS:
            return f"{METHODS[value.operation]}({_textual(parts[0])})"
        if value.operation == "str":
            return _textual(parts[0])
        if value.operation == "json":
            return f"jsonText({parts[0]})"
        return f"hashed({_textual(parts[0])})"

    # --- answers -----------------------------------------------------------------

    def json(self, name: str, path: tuple[str | int, ...] = ()) -> str:
        """What stands at `path` of the answer bound to `name`."""
        if not path:
            return f"{variable(name)}.body"
        return f"{variable(name)}.at({', '.join(literals.plain(each) for each in path)})"

    # --- requests ----------------------------------------------------------------

    def request(self, call: Call) -> str:
        """The request as an expression on the test's server."""
        method = (
            self.sent(call.method)
            if not isinstance(call.method, str)
            else literals.text(call.method)
        )
        given = ", ".join(f"{key}: {said}" for key, said in self._parts(call))
        options = f", request{{{given}}}" if given else ""
        return f"server.call(t, {method}, {self.url(call)}{options})"

    def _parts(self, call: Call) -> list[tuple[str, str]]:
        found = []
        if call.login:
            found.append(("auth", self.credential(call.login)))
        query = self._query(call)
        if query:
            found.append(("query", query))
        headers = [pair for pair in call.headers if not isinstance(pair[1], Missing)]
        if call.cookies:
            said = " + ".join(
                f"{literals.text(f'{key}=')} + {_textual(self.sent(each))}"
                for key, each in call.cookies
            )
            found.append(("cookie", said))
        if headers:
            said = literals.members(
                ((key, _textual(self.sent(each))) for key, each in headers), "headers"
            )
            found.append(("header", said))
        return found + self._payload(call)

    def _query(self, call: Call) -> str:
        whole = self.sent(call.query_of) if call.query_of is not None else ""
        pairs = [pair for pair in call.query if not isinstance(pair[1], Missing)]
        if not pairs:
            return whole
        said = literals.members((key, self.sent(each)) for key, each in pairs)
        return f"joined({whole}, {said})" if whole else said

    def _payload(self, call: Call) -> list[tuple[str, str]]:
        body = call.body
        if body is None:
            return []
        if isinstance(body, Data) and call.media == JSON:
            return [("media", literals.text(call.media)), ("raw", self._data(body))]
        if call.media == JSON:
            return [("body", self.sent(body))] if body != Literal() else [("raw", '[]byte("null")')]
        if call.media.endswith("+json"):
            shown = (
                literals.text(json.dumps(body.value))
                if isinstance(body, Literal)
                else f"jsonText({self.sent(body)})"
            )
            return [("media", literals.text(call.media)), ("raw", f"[]byte({shown})")]
        if call.media == FORM:
            return [("form", self.sent(body))]
        if call.media == MULTIPART:
            return [("parts", self._multipart(body))]
        media = [("media", literals.text(call.media))]
        said = self.sent(body)
        bare = said.startswith(("[]byte(", "padded("))
        return [*media, ("raw", said if bare else f"[]byte({_textual(said)})")]

    def _multipart(self, body: Value) -> str:
        if not isinstance(body, Mapping):
            return self.sent(body)
        return literals.members((key, self._file(each)) for key, each in body.members)

    def _file(self, value: Value) -> str:
        if not isinstance(value, Data):
            return self.sent(value)
        given = f"{literals.text(value.filename or 'file')}, {literals.text(value.media)}"
        return f"upload{{{given}, {self._data(value)}}}"

    def url(self, call: Call) -> str:
        """The path with its parameters filled in."""
        if isinstance(call.path, Column):
            return self.sent(call.path)
        given = dict(call.parameters)
        pieces = PARAMETER.split(str(call.path))
        said, arguments = "", []
        for position, piece in enumerate(pieces):
            value = given.get(piece) if position % 2 else None
            if position % 2 == 0 or value is None:
                said += piece if position % 2 == 0 else f"{{{piece}}}"
            elif isinstance(value, Literal):
                said += quote(str(value.value), safe="~@:")
            else:
                said += "\0"
                arguments.append(self.sent(value))
        if not arguments:
            return literals.text(said)
        layout = literals.text(said.replace("%", "%%").replace("\0", "%v"))
        return f"fmt.Sprintf({layout}, {', '.join(arguments)})"

    def credential(self, login: str | Value) -> str:
        """Who sends the request, as the value of its header."""
        if not isinstance(login, str):
            return self.sent(login)
        binding = self.scope.bindings.get(login)
        step = binding.login if binding else None
        if step is None:
            return variable(login)
        user = variable(step.user) if step.user else "nil"
        if not step.flaw:
            return f"signIn(t, {user})"
        flaw = literals.text(step.flaw) if isinstance(step.flaw, str) else self.sent(step.flaw)
        return f"flawedSignIn(t, {user}, {flaw})"


def datetime_of(value: object) -> datetime | None:
    """A moment in UTC that a text spells, else None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo else found


def _numeric(said: str) -> str:
    return said if re.fullmatch(r"-?[\d.]+", said) else f"number({said})"


def _textual(said: str) -> str:
    """The expression as a string."""
    bare = said[:1] in '"`' or said.startswith(("strings.", "text(", "jsonText(", "signIn("))
    return said if bare or re.match(r"time\.Now.*Format\(", said) else f"text({said})"


def _step(each: str | int) -> str:
    return f"[{literals.plain(each)}]"


def _span(seconds: int) -> str:
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    size, unit = next(pair for pair in UNITS if rest % pair[0] == 0)
    times = rest // size
    return f"{sign}{unit}" if times == 1 else f"{sign}{times}*{unit}"
