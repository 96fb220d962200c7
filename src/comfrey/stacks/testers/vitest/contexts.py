"""What each step's template is told: one function per kind of step."""

from __future__ import annotations

from typing import Any

from comfrey.model.record import Field, Record
from comfrey.model.step import (
    Ask,
    Body,
    Call,
    Change,
    Expect,
    Fail,
    Header,
    Logged,
    Login,
    Refused,
    Remember,
    Remove,
    Repeat,
    Row,
    Rows,
    Save,
    Seed,
    Sent,
    Status,
    Step,
    Stub,
    Together,
    Unchanged,
    Wait,
)
from comfrey.model.value import Column, Literal, Mapping, Ref, Value, With
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import tag_of
from comfrey.stacks.testers.scope import Binding, Scope
from comfrey.stacks.testers.vitest import literals
from comfrey.stacks.testers.vitest.expressions import Speaker, is_document_id, variable
from comfrey.stacks.testers.vitest.matching import any_of, equals, matched
from comfrey.stacks.testers.vitest.store import Store

Context = dict[str, Any]
Pairs = tuple[tuple[str, Value], ...]
SHOWN = "{subject}, {of}.text"


class Contexts:
    """Understands steps for one test; `context(position)` is None for a step that writes nothing.

    A context's `part` is (subject, key, expectation) where neighbours may be said in one `toMatchObject`."""

    def __init__(
        self, scope: Scope, steps: tuple[Step, ...], store: Store, *, typed: bool, telling: bool
    ) -> None:
        self.scope = scope
        self.steps = steps
        self.store = store
        self.typed = typed
        self.telling = telling
        """Whether `expect` takes a message."""
        self.say = Speaker(scope)
        self.forced = False
        """Whether values are to be sent that their types forbid."""
        self.position = 0
        self.bound: set[str] = set()

    def context(self, position: int) -> Context | None:
        """The context of the step at `position`; steps must be asked for in order."""
        self.position = position
        step = self.steps[position]
        found: Context | None = getattr(self, "_" + tag_of(step))(step)
        return found

    def cell(self, column: str, value: Value) -> str:
        """One cell of the table; statuses are lists where one row allows several."""
        statuses = (each.codes for each in self.steps if isinstance(each, Status))
        holds = any(isinstance(each, Column) and each.name == column for each in statuses)
        if holds and self.scope.several(column) and isinstance(value, Literal):
            codes = value.value if isinstance(value.value, list | tuple) else [value.value]
            return literals.plain(list(codes))
        return self.say.sent(value)

    # --- arrange -----------------------------------------------------------------

    def _seed(self, step: Seed) -> Context:
        values = self._object(step.record, step.values)
        given = "" if values == "{}" else values
        authentication = self.scope.project.authentication
        if authentication is not None and authentication.user == step.record:
            self.scope.need("factories:createTestUser")
            making = f"createTestUser({given})"
        else:
            self.scope.need("factories:seedTestData")
            making = f"seedTestData.{variable(step.record)}({given})"
        self.scope.bind(step.name, Binding("row", step.record, empty=self._empty(step)))
        return {"target": self._target(step.name), "making": making}

    def _empty(self, step: Seed) -> frozenset[str]:
        """The fields that nothing fills: not the case, not the factory, not a default."""
        record = self.scope.project.record(step.record)
        builders = (each for each in self.scope.plan.builders if each.record == step.record)
        builder = next(builders, None)
        filled = {name for name, value in step.values if value != Literal(value=None)}
        if builder is not None:
            for pairs in (builder.defaults, builder.parents, builder.sequences):
                filled |= {name for name, _ in pairs}
            filled.add(builder.password)
        return frozenset(
            each.name
            for each in (record.fields if record else ())
            if each.nullable and not each.default_from and each.name not in filled
        )

    def _login(self, step: Login) -> None:
        self.scope.bind(step.name, Binding("login", login=step))

    def _stub(self, step: Stub) -> Context:
        action = "answer" if step.kind == "ok" else "fail"
        said = [] if step.kind == "ok" else [self._kind(step)]
        if step.kind == "ok" and (step.status or step.body is not None):
            said.append(str(step.status or 200))
        if step.kind == "ok" and step.body is not None:
            said.append(self.say.sent(step.body))
        if step.times:
            said.append(str(step.times))
        return {"double": self._double(step.service), "action": f"{action}({', '.join(said)})"}

    def _kind(self, step: Stub) -> str:
        return literals.text(step.kind) if isinstance(step.kind, str) else self.say.sent(step.kind)

    def _fail(self, step: Fail) -> Context:
        self.scope.need("database:refuse")
        nth = f", {step.nth}" if step.nth != 1 else ""
        table = literals.text(self._table(step.record))
        if self._is_document(step.record):
            return {"said": f"refuse({table})"}
        return {"said": f"refuse({table}, {literals.text(step.operation)}{nth})"}

    def _remember(self, step: Remember) -> Context:
        self.scope.bind(step.name, Binding("value"))
        said = self._snapshot(step.name, step.records)
        return {"target": self._target(step.name), "said": said}

    def _unchanged(self, step: Unchanged) -> Context:
        remembered = (each for each in self.steps if isinstance(each, Remember))
        records = next((each.records for each in remembered if each.name == step.name), ())
        return {"name": variable(step.name), "said": self._snapshot(step.name, records)}

    def _snapshot(self, name: str, records: tuple[str, ...]) -> str:
        self.scope.need("database:snapshot")
        tables = [literals.text(self._table(each)) for each in records]
        later = (each for each in self.steps if isinstance(each, Unchanged) and each.name == name)
        spared = sorted({pair for each in later for pair in each.but})
        columns = [
            literals.text(f"{self._table(record)}.{self._column(record, field)}")
            for record, field in spared
        ]
        but = f", {{ but: [{', '.join(columns)}] }}" if columns else ""
        return f"snapshot([{', '.join(tables)}]{but})"

    # --- act ---------------------------------------------------------------------

    def _call(self, step: Call) -> Context:
        given, step = self._given(step)
        request = self.say.request(step)
        self.scope.bind(step.name, Binding("response"))
        return {"target": self._target(step.name), "request": request, "given": given}

    def _given(self, step: Call) -> tuple[str, Call]:
        """A line that names the accepted body which a table varies, and the call that uses it."""
        if not isinstance(step.body, With) or not isinstance(step.body.base, Mapping):
            return "", step
        if not isinstance(step.body.path, Column) or len(step.body.base.members) < 3:
            return "", step
        name = self.scope.fresh("valid", "valid_body")
        self.scope.bind(name, Binding("value"))
        line = f"const {variable(name)} = {self.say.sent(step.body.base)};"
        return line, step.replace(body=step.body.replace(base=Ref(name=name)))

    def _repeat(self, step: Repeat) -> Context:
        later = any(getattr(each, "of", "") == step.call.name for each in self.steps)
        context = self._call(step.call)
        name = variable(step.call.name)
        return {**context, "target": f"{name} = " if later else "", "name": later and name} | {
            "times": step.times
        }

    def _together(self, step: Together) -> Context:
        requests = [self.say.request(each) for each in step.calls]
        self.scope.bind(step.name, Binding("responses"))
        return {"target": self._target(step.name), "requests": requests}

    def _wait(self, step: Wait) -> Context:
        return {"milliseconds": int(step.seconds * 1000)}

    def _save(self, step: Save) -> Context:
        values = self._object(step.record, step.values)
        said = self.store.create(self._model(step.record), self._forced(values))
        self.scope.bind(step.name, Binding("row", step.record))
        return {"target": self._target(step.name), "said": said}

    def _change(self, step: Change) -> Context:
        name = variable(step.name)
        keys = self._keys(step.record, name)
        values = self._object(step.record, step.values)
        model = self._model(step.record)
        return {"said": self.store.change(model, name, keys, self._forced(values))}

    def _forced(self, values: str) -> str:
        return f"{values} as never" if self.forced else values

    def _remove(self, step: Remove) -> Context:
        name = variable(step.name)
        keys = self._keys(step.record, name)
        return {"said": self.store.remove(self._model(step.record), name, keys)}

    def _ask(self, step: Ask) -> Context:
        model, where = self._model(step.record), self._object(step.record, step.where)
        self.scope.bind(step.name, Binding("row" if step.form == "one" else "rows", step.record))
        looks = [each for each in self.steps if isinstance(each, Expect) and each.name == step.name]
        read = [part for each in looks for part in each.path[-1:] if isinstance(part, str)]
        joined = step.join or self._joined(step.record, read)
        said = self.store.ask(model, where, step.form, step.order, step.offset, step.limit, joined)
        return {"target": self._target(step.name), "said": said}

    def _refused(self, step: Refused) -> Context:
        self.forced = self.typed and step.kind == "not_null"
        inner = getattr(self, "_" + tag_of(step.step))(step.step)
        self.forced = False
        return {"said": inner["said"], "refusal": self.store.refusal(step.kind, step.names)}

    # --- assert ------------------------------------------------------------------

    def _status(self, step: Status) -> Context:
        of = variable(step.of)
        if self._is(step.of, "responses"):
            codes = step.codes if isinstance(step.codes, tuple) else ()
            return {"said": self._every_status(of, codes)}
        status = f"{of}.status"
        if not isinstance(step.codes, tuple):
            said = self.say.sent(step.codes)
            several = isinstance(step.codes, Column) and self.scope.several(step.codes.name)
            return {
                "said": f"expect({said}).toContain({status})"
                if several
                else f"expect({status}).toBe({said})"
            }
        if not step.codes:
            return {"said": _other(self._told(status, of), step.other_than)}
        if len(step.codes) > 1:
            return {"said": f"expect({literals.plain(list(step.codes))}).toContain({status})"}
        well = 200 <= step.codes[0] < 300
        shown = self._told(status, of) if well else status
        return {"said": f"expect({shown}).toBe({step.codes[0]})"}

    def _told(self, status: str, of: str) -> str:
        """The status, and where `expect` takes a message the answer's text."""
        return SHOWN.format(subject=status, of=of) if self.telling else status

    def _every_status(self, of: str, codes: tuple[int, ...]) -> str:
        listed = f"{of}.map((each) => each.status)"
        if len(codes) == 1:
            wanted = f"{of}.map(() => {codes[0]})"
            return f"expect({listed}).toEqual({wanted})"
        return f"expect({literals.plain(list(codes))}).toEqual(expect.arrayContaining({listed}))"

    def _header(self, step: Header) -> Context:
        headers = f"{variable(step.of)}.headers"
        if step.match in ("present", "absent"):
            negated = "" if step.match == "present" else ".not"
            name = literals.plain([step.name.lower()])
            return {"said": f"expect({headers}){negated}.toHaveProperty({name})"}
        subject = headers + literals.member(step.name.lower())
        if step.match == "equals" and step.name.lower() == "content-type":
            said = self.say.sent(step.value)
            return {"said": f"expect({subject}).toContain({said})"}
        return {"said": self._match(subject, step.match, step.value)}

    def _body(self, step: Body) -> Context:
        of = variable(step.of)
        if step.match == "not_text":
            return {"said": f"expect({of}.text).not.toContain({self.say.sent(step.value)})"}
        if step.match == "names_field":
            self.scope.need("answers:refusedFields")
            wanted = self.say.sent(step.value)
            return {"said": f"expect(refusedFields({of})).toContain({wanted})"}
        if step.match in ("present", "absent") and step.path:
            negated = "" if step.match == "present" else ".not"
            parent, last = self.say.json(step.of, step.path[:-1]), literals.plain(step.path[-1])
            shown = f"[{last}]" if "." in last else last
            return {"said": f"expect({parent}){negated}.toHaveProperty({shown})"}
        subject = self.say.json(step.of, step.path)
        said = self._match(subject, step.match, step.value, step.key)
        return {"said": said, "part": self._part(step)}

    def _part(self, step: Body) -> tuple[str, str, str] | None:
        """(subject, key, expectation) of a member of an answer's object."""
        if not step.path or not isinstance(step.path[-1], str):
            return None
        wanted = ""
        if step.match == "equals" and _is_scalar(step.value):
            wanted = self.say.sent(step.value)
        elif step.match == "null":
            wanted = "null"
        elif step.match == "type" and isinstance(step.value, Literal):
            wanted = any_of(str(step.value.value))
        if not wanted:
            return None
        return self.say.json(step.of, step.path[:-1]), step.path[-1], wanted

    def _expect(self, step: Expect) -> Context:
        binding = self.scope.bindings.get(step.name, Binding("value"))
        names_ = [each for each in step.path if isinstance(each, str)]
        field = self.field(binding.record, names_[-1]) if names_ and binding.record else None
        whole = step.match == "null"
        way = literals.way(field, step.path[-1], whole=whole) if field else step.path[-1:]
        subject = variable(step.name) + literals.access((*step.path[:-1], *way))
        if step.match == "null" and self._is_document(binding.record):
            return {"said": self._unset(subject)}
        record = self.record(binding.record)
        if step.match == "equals" and record and field and is_document_id(record, field):
            own = subject.removesuffix(literals.member(field.name))
            return {"said": f"expect({own}.id).toBe({self.say.sent(step.value)})"}
        numbered = _is_number(field, step.value)
        value = self.say.sent(step.value) if numbered else self.say.stored(step.value, field)
        shown = f"Number({subject})" if numbered else subject
        keyed = self.field(binding.record, step.key) if step.key and binding.record else None
        number = keyed is not None and keyed.type in literals.NUMBERED
        said = matched(shown, step.match, value, step.key, typed=self.typed, number=number)
        return {"said": said}

    def _row(self, step: Row) -> Context:
        model, where = self._model(step.record), self._object(step.record, step.where)
        if step.absent:
            return {
                "found": "",
                "lines": [f"expect(await {self.store.first(model, where)}).toBeNull()"],
            }
        if not (step.values or step.matches):
            said = f"expect(await {self.store.first(model, where)}).not.toBeNull()"
            return {"found": "", "lines": [said]}
        snake = names.snake(step.record)
        name = variable(
            self.scope.fresh(
                *((f"saved_{snake}",) if snake in self.scope.locals else (snake, f"saved_{snake}"))
            )
        )
        joined = self._joined(
            step.record, [*dict(step.values), *(each for each, _, _ in step.matches)]
        )
        said = self.store.ask(model, where, "one", (), None, None, joined)
        found = f"const {name} = await {said};"
        return {"found": found, "lines": self._held(step, name)}

    def _held(self, step: Row, name: str) -> list[str]:
        """The expectations on a row: what is plainly equal in one, the rest one by one."""
        plain, lines = [], []
        for field_name, value in step.values:
            field = self.field(step.record, field_name)
            if field is not None and field.through:
                way = literals.way(field, field_name, whole=value == Literal(value=None))
                lines.append(equals(name + literals.access(way), self.say.stored(value, field)))
            elif _is_number(field, value):
                subject = f"Number({name}{literals.member(field_name)})"
                lines.append(equals(subject, self.say.sent(value)))
            elif value == Literal(value=None) and self._is_document(step.record):
                lines.append(self._unset(f"{name}{literals.member(field_name)}"))
            else:
                plain.append((field_name, self.say.stored(value, field)))
        for field_name, match, value in step.matches:
            field = self.field(step.record, field_name)
            whole = match in ("null", "not_null")
            subject = name + literals.access(literals.way(field, field_name, whole=whole))
            if match == "null" and self._is_document(step.record):
                lines.append(self._unset(subject))
                continue
            lines.append(self._beyond(subject, field, match, value))
        if len(plain) == 1:
            return [equals(f"{name}{literals.member(plain[0][0])}", plain[0][1]), *lines]
        together = [f"expect({name}).toMatchObject({literals.members(plain)})"] if plain else []
        return together + lines

    def _unset(self, said: str) -> str:
        """A field that a document does not hold is as empty as one that holds null."""
        return f"expect({said} ?? null).toBeNull()"

    def _beyond(self, said: str, field: Field | None, match: str, value: Value) -> str:
        if match == "null":
            return f"expect({said}).toBeNull()"
        if match == "recent" and field is not None and field.type == "datetime":
            return f"expect(Math.abs(Date.now() - {said}.getTime())).toBeLessThan(60_000)"
        if match in ("not_null", "recent"):
            return f"expect({said}).not.toBeNull()"
        if match == "hash_of":
            return f"expect({said}).not.toBe({self.say.sent(value)})"
        return f"expect({said}).not.toEqual({self.say.stored(value, field)})"

    def _rows(self, step: Rows) -> Context:
        count = self._count(step.count)
        model, where = self._model(step.record), self._object(step.record, step.where)
        return {"said": f"expect(await {self.store.count(model, where)}).toBe({count})"}

    def _sent(self, step: Sent) -> Context:
        double = self._double(step.service)
        calls = f"{double}.{self._calls(step)}"
        lines = []
        count = "" if step.count is None else self._count(step.count)
        if step.service in self.scope.late:
            lines.append(f"await {double}.arrived({count or 1})")
        if count:
            lines.append(f"expect({calls}).toHaveLength({count})")
        name, found = "", ""
        if step.method or step.path or step.headers or step.header_present or step.body:
            name = variable(self.scope.fresh("sent", f"sent_to_{names.snake(double)}"))
            found = f"const {name} = {calls}.at(-1){'!' if self.typed else ''};"
        return {"counted": lines, "found": found, "lines": self._of_call(step, name, calls)}

    def _count(self, count: int | Value) -> str:
        return str(count) if isinstance(count, int) else self.say.sent(count)

    def _calls(self, step: Sent) -> str:
        """How the calls to one path are told from the service's others, where there are several."""
        paths = self.scope.doubles.get(step.service, ("", ()))[1]
        if len(paths) < 2 or not isinstance(step.path, str) or step.path not in paths:
            return "calls"
        return f"callsTo({literals.text(step.path)})"

    def _of_call(self, step: Sent, name: str, calls: str) -> list[str]:
        head = [("method", literals.text(step.method))] if step.method else []
        if step.path:
            path = literals.text(step.path) if isinstance(step.path, str) else ""
            head.append(("path", path or self.say.sent(step.path)))  # type: ignore[arg-type]
        lines = [equals(f"{name}.{key}", said) for key, said in head[:1]] if len(head) == 1 else []
        if len(head) > 1:
            lines = [f"expect({name}).toMatchObject({literals.members(head)})"]
        for header, value in step.headers:
            subject = f"{name}.headers{literals.member(header.lower())}"
            lines.append(equals(subject, self.say.sent(value)))
        for header in step.header_present:
            lines.append(f"expect({name}.headers{literals.member(header.lower())}).toBeTruthy()")
        for header in step.same_header:
            every = f"{calls}.map((each) => each.headers{literals.member(header.lower())})"
            lines.append(f"expect(new Set({every}).size).toBe(1)")
        return lines + self._of_content(step, name)

    def _of_content(self, step: Sent, name: str) -> list[str]:
        exact = [(key, self.say.sent(value)) for key, value in step.body if key != "text"]
        texts = [self.say.sent(value) for key, value in step.body if key == "text"]
        lines = [f"expect({name}.body.text).toContain({said})" for said in texts]
        if len(exact) == 1:
            return [equals(f"{name}.body{literals.member(exact[0][0])}", exact[0][1]), *lines]
        together = f"expect({name}.body).toMatchObject({literals.members(exact)})"
        return [together, *lines] if exact else lines

    def _logged(self, step: Logged) -> Context:
        self.scope.need("app:logged")
        text = literals.text(step.text) if step.text else ""
        return {
            "said": f"expect(logged().some((line) => line.includes({text or chr(39) * 2}))).toBe(true)"
        }

    # --- words -------------------------------------------------------------------

    def _target(self, name: str) -> str:
        """`const name = ` for a new name, `name = ` for one that is bound again."""
        said = variable(name)
        again = said in self.bound
        self.bound.add(said)
        if again:
            return f"{said} = "
        return f"{'let' if self._rebound(name) else 'const'} {said} = "

    def _rebound(self, name: str) -> bool:
        later = self.steps[self.position + 1 :]
        return any(_binds(each) == name for each in later)

    def record(self, name: str) -> Record | None:
        return self.scope.project.record(name)

    def _model(self, name: str) -> str:
        record = self.record(name)
        said, needs = self.store.model(record, name)
        self.scope.need(*needs)
        return said

    def _table(self, name: str) -> str:
        record = self.record(name)
        return record.table if record else name

    def _is_document(self, name: str) -> bool:
        record = self.record(name)
        return record is not None and record.store == "document"

    def _column(self, record: str, name: str) -> str:
        field = self.field(record, name)
        return (field.column if field else "") or name

    def field(self, record: str, name: str) -> Field | None:
        found = self.record(record)
        return found.field(name) if found else None

    def _keys(self, record: str, name: str) -> str:
        found = self.record(record)
        keys = [each.name for each in (found.primary_key if found else ())] or ["id"]
        return literals.members((each, f"{name}{literals.member(each)}") for each in keys)

    def _object(self, record: str, values: Pairs) -> str:
        return literals.members(
            literals.part(field, name, self.say.stored(each, field))
            for name, each in values
            for field in (self.field(record, name),)
        )

    def _joined(self, record: str, names_: list[str]) -> str:
        """The relations that must be loaded for these fields to be read, parted by spaces."""
        found = (self.field(record, each) for each in names_)
        return " ".join(dict.fromkeys(each.through for each in found if each and each.through))

    def _match(self, subject: str, match: str, value: Value, key: str = "") -> str:
        if match == "type" and isinstance(value, Literal):
            kinds = value.value if isinstance(value.value, list | tuple) else [value.value]
            return matched(subject, match, " or ".join(map(str, kinds)), key)
        if match == "matches" and isinstance(value, Literal):
            return matched(subject, match, literals.pattern(str(value.value)), key)
        if match == "keys" and isinstance(value, Literal):
            return matched(subject, match, literals.plain(sorted(value.value)), key)
        return matched(subject, match, self.say.sent(value), key, typed=self.typed)

    def _double(self, service: str) -> str:
        name = self.scope.doubles.get(service, (variable(service), ()))[0]
        self.scope.need(f"doubles:{name}")
        return name

    def _is(self, name: str, kind: str) -> bool:
        return name in self.scope.bindings and self.scope.bindings[name].kind == kind


def _binds(step: Step) -> str:
    if isinstance(step, Repeat):
        return step.call.name
    if isinstance(step, Refused):
        return ""
    if isinstance(step, Seed | Remember | Call | Together | Save | Ask):
        return step.name
    return ""


def _is_scalar(value: Value) -> bool:
    if isinstance(value, Literal):
        return not isinstance(value.value, dict | list | tuple)
    if isinstance(value, Ref):
        return bool(value.path)
    return not isinstance(value, Mapping | With)


def _other(status: str, spared: tuple[int, ...]) -> str:
    if not spared:
        return f"expect({status}).toBeLessThan(500)"
    if len(spared) == 1:
        return f"expect({status}).not.toBe({spared[0]})"
    bare = status.partition(",")[0]
    return f"expect({literals.plain(list(spared))}).not.toContain({bare})"


def _is_number(field: Field | None, value: Value) -> bool:
    """Whether a driver may give the field as text while a number is expected of it."""
    empty = isinstance(value, Literal) and value.value is None
    return field is not None and field.type in literals.NUMBERED and not empty
