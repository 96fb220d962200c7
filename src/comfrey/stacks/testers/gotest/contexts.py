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
from comfrey.stacks.testers.gotest import literals
from comfrey.stacks.testers.gotest.expressions import Speaker, variable
from comfrey.stacks.testers.gotest.matching import matched
from comfrey.stacks.testers.gotest.sql import Sql
from comfrey.stacks.testers.scope import Binding, Scope

Context = dict[str, Any]
Pairs = tuple[tuple[str, Value], ...]


class Contexts:
    """Understands steps for one test; `context(position)` is None for a step that writes nothing.

    A context's `part` is (subject, key, expression) where neighbours may be said in one `contains`."""

    def __init__(self, scope: Scope, steps: tuple[Step, ...], sql: Sql) -> None:
        self.scope = scope
        self.steps = steps
        self.sql = sql
        self.say = Speaker(scope)
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
        if self.holds_status(column) and self.scope.several(column) and isinstance(value, Literal):
            codes = value.value if isinstance(value.value, list | tuple) else [value.value]
            return literals.items(map(literals.plain, codes), "[]int")
        return self.say.sent(value)

    def holds_status(self, column: str) -> bool:
        """Whether the column says which statuses are right."""
        statuses = (each.codes for each in self.steps if isinstance(each, Status))
        return any(isinstance(each, Column) and each.name == column for each in statuses)

    # --- arrange -----------------------------------------------------------------

    def _seed(self, step: Seed) -> Context:
        values = self._row_of(step.record, step.values)
        authentication = self.scope.project.authentication
        user = authentication is not None and authentication.user == step.record
        function = "createTestUser" if user else f"seed{exported(step.record)}"
        given = f", {values}" if step.values else ""
        self.scope.bind(step.name, Binding("row", step.record))
        return {"said": f"{self._target(step.name)}{function}(t{given})"}

    def _login(self, step: Login) -> None:
        self.scope.bind(step.name, Binding("login", login=step))

    def _stub(self, step: Stub) -> Context:
        if step.kind == "ok":
            body = self.say.sent(step.body) if step.body is not None else "object{}"
            said = (
                f"answer({step.status or 200}, {body})"
                if step.status or step.body is not None
                else "forget()"
            )
        else:
            kind = (
                literals.text(step.kind)
                if isinstance(step.kind, str)
                else _text(self.say.sent(step.kind))
            )
            said = f"fail({kind}, {step.times})"
        return {"said": f"{self._double(step.service)}.{said}"}

    def _fail(self, step: Fail) -> Context:
        table = literals.text(self._table(step.record))
        return {"said": f"refuse(t, {table}, {literals.text(step.operation)}, {step.nth})"}

    def _remember(self, step: Remember) -> Context:
        self.scope.bind(step.name, Binding("value"))
        return {
            "said": f"{self._target(step.name)}snapshot(t, {self._snapshot(step.name, step.records)})"
        }

    def _unchanged(self, step: Unchanged) -> Context:
        remembered = (each for each in self.steps if isinstance(each, Remember))
        records = next((each.records for each in remembered if each.name == step.name), ())
        snapshot = f"snapshot(t, {self._snapshot(step.name, records)})"
        return {"said": f"equal(t, {snapshot}, {variable(step.name)})"}

    def _snapshot(self, name: str, records: tuple[str, ...]) -> str:
        tables = [literals.text(self._table(each)) for each in records]
        later = (each for each in self.steps if isinstance(each, Unchanged) and each.name == name)
        spared = sorted({pair for each in later for pair in each.but})
        columns = [
            literals.text(f"-{self._table(record)}.{self.say.column(record, field)}")
            for record, field in spared
        ]
        return ", ".join([*tables, *columns])

    # --- act ---------------------------------------------------------------------

    def _call(self, step: Call) -> Context:
        given, step = self._given(step)
        request = self.say.request(step)
        self.scope.bind(step.name, Binding("response"))
        return {"said": f"{self._target(step.name)}{request}", "given": given}

    def _given(self, step: Call) -> tuple[str, Call]:
        """A line that names the accepted body which a table varies, and the call that uses it."""
        if not isinstance(step.body, With) or not isinstance(step.body.base, Mapping):
            return "", step
        if not isinstance(step.body.path, Column) or len(step.body.base.members) < 3:
            return "", step
        name = self.scope.fresh("valid", "valid_body")
        self.scope.bind(name, Binding("value"))
        line = f"{variable(name)} := {self.say.sent(step.body.base)}"
        return line, step.replace(body=step.body.replace(base=Ref(name=name)))

    def _repeat(self, step: Repeat) -> Context:
        later = any(getattr(each, "of", "") == step.call.name for each in self.steps)
        request = self.say.request(step.call)
        name = variable(step.call.name)
        declared = name in self.bound
        self.scope.bind(step.call.name, Binding("response"))
        self.bound.add(name)
        return {
            "declared": "" if declared or not later else f"var {name} *reply",
            "said": f"{name} = {request}" if later else request,
            "times": step.times,
        }

    def _together(self, step: Together) -> Context:
        requests = [self.say.request(each) for each in step.calls]
        self.scope.bind(step.name, Binding("responses"))
        return {"target": self._target(step.name), "requests": requests}

    def _wait(self, step: Wait) -> Context:
        return {"milliseconds": int(step.seconds * 1000)}

    def _save(self, step: Save) -> Context:
        table = literals.text(self._table(step.record))
        values = self._row_of(step.record, step.values)
        self.scope.bind(step.name, Binding("row", step.record))
        return {
            "said": f"{self._target(step.name)}insert(t, {table}, {values})",
            "tried": f"tryInsert({table}, {values})",
        }

    def _change(self, step: Change) -> Context:
        table = literals.text(self._table(step.record))
        values = self._row_of(step.record, step.values)
        keys = self._keys(step.record, step.name)
        said = f"{table}, {keys}, {values}"
        return {"said": f"update(t, {said})", "tried": f"tryUpdate({said})"}

    def _remove(self, step: Remove) -> Context:
        said = f"{literals.text(self._table(step.record))}, {self._keys(step.record, step.name)}"
        return {"said": f"remove(t, {said})", "tried": f"tryRemove({said})"}

    def _ask(self, step: Ask) -> Context:
        one = step.form == "one"
        record = self.record(step.record)
        where = [
            (self.say.column(step.record, name), self.say.stored(value, self.field(step.record, name)))
            for name, value in step.where
        ]  # fmt: skip
        statement, arguments = self.sql.select(record, step, where)
        call = ", ".join([literals.text(statement), *arguments])
        kind = "row" if one else "rows"
        other = self.sql.joined(record, step.join)
        bound = Binding(kind, other.name if other else step.record, alias=step.join)
        self.scope.bind(step.name, bound)
        word = {"count": "queryValue", "one": "queryRow", "all": "queryRows"}.get(step.form)
        return {"said": f"{self._target(step.name)}{word or 'queryValue'}(t, {call})"}

    def _refused(self, step: Refused) -> Context:
        inner = getattr(self, "_" + tag_of(step.step))(step.step)
        named = f", {literals.text(step.names)}" if step.names else ""
        sign = "=" if "err" in self.bound else ":="
        self.bound.add("err")
        target = f"_, err {sign} " if isinstance(step.step, Save) else f"err {sign} "
        return {
            "tried": target + inner["tried"],
            "said": f"refused(t, err, {literals.text(step.kind)}{named})",
        }

    # --- assert ------------------------------------------------------------------

    def _status(self, step: Status) -> Context:
        of = variable(step.of)
        if self._is(step.of, "responses"):
            codes = step.codes if isinstance(step.codes, tuple) else ()
            return {"said": f"wantStatuses(t, {of}, {', '.join(map(str, codes))})"}
        if not isinstance(step.codes, tuple):
            said = self.say.sent(step.codes)
            several = isinstance(step.codes, Column) and self.scope.several(step.codes.name)
            return {"said": f"wantStatus(t, {of}, {said}{'...' if several else ''})"}
        if step.codes:
            return {"said": f"wantStatus(t, {of}, {', '.join(map(str, step.codes))})"}
        spared = "".join(f", {code}" for code in step.other_than)
        return {"said": f"wantOtherStatus(t, {of}{spared})"}

    def _header(self, step: Header) -> Context:
        subject = f"{variable(step.of)}.header.Get({literals.text(step.name)})"
        if step.match in ("present", "absent"):
            word = "notEqual" if step.match == "present" else "equal"
            return {"said": f'{word}(t, {subject}, "")'}
        if step.match == "equals" and step.name.lower() == "content-type":
            return {"said": f"includes(t, {subject}, {self.say.sent(step.value)})"}
        return {"said": self._match(subject, step.match, step.value)}

    def _body(self, step: Body) -> Context:
        of = variable(step.of)
        if step.match == "not_text":
            return {"said": f"excludes(t, {of}.text, {self.say.sent(step.value)})"}
        if step.match == "names_field":
            return {"said": f"namesField(t, {of}, {self.say.sent(step.value)})"}
        if step.match in ("present", "absent") and step.path:
            word = "hasKey" if step.match == "present" else "lacksKey"
            parent, last = (
                self.say.json(step.of, step.path[:-1]),
                literals.text(str(step.path[-1])),
            )
            return {"said": f"{word}(t, {parent}, {last})"}
        subject = self.say.json(step.of, step.path)
        said = self._match(subject, step.match, step.value, step.key)
        return {"said": said, "part": self._part(step)}

    def _part(self, step: Body) -> tuple[str, str, str] | None:
        """(subject, key, expression) of a member of an answer's object."""
        if not step.path or not isinstance(step.path[-1], str):
            return None
        if step.match == "equals" and _is_scalar(step.value):
            wanted = self.say.sent(step.value)
        elif step.match == "null":
            wanted = "nil"
        else:
            return None
        return self.say.json(step.of, step.path[:-1]), step.path[-1], wanted

    def _expect(self, step: Expect) -> Context:
        binding = self.scope.bindings.get(step.name, Binding("value"))
        path = tuple(
            self.say.column(binding.record, each) if isinstance(each, str) else each
            for each in step.path
            if each != binding.alias
        )
        subject = variable(step.name) + "".join(f"[{literals.plain(each)}]" for each in path)
        named = [each for each in step.path if isinstance(each, str)]
        field = self.field(binding.record, named[-1]) if named and binding.record else None
        key = literals.text(self.say.column(binding.record, step.key)) if step.key else ""
        return {"said": matched(subject, step.match, self.say.stored(step.value, field), key)}

    def _row(self, step: Row) -> Context:
        table = literals.text(self._table(step.record))
        where = self._row_of(step.record, step.where)
        if step.absent or not (step.values or step.matches):
            count = 0 if step.absent else 1
            return {"lines": [f"equal(t, countRows(t, {table}, {where}), {count})"]}
        snake = names.snake(step.record)
        taken = snake in self.scope.locals
        name = variable(
            self.scope.fresh(*((f"saved_{snake}",) if taken else (snake, f"saved_{snake}")))
        )
        found = f"{name} := findRow(t, {table}, {where})"
        return {"lines": [found, *self._held(step, name)]}

    def _held(self, step: Row, name: str) -> list[str]:
        """The assertions on a row: what is plainly equal in one, the rest one by one."""
        plain = [
            (self.say.column(step.record, each), self.say.stored(value, self.field(step.record, each)))
            for each, value in step.values
        ]  # fmt: skip
        lines = []
        for each, match, value in step.matches:
            subject = f"{name}[{literals.text(self.say.column(step.record, each))}]"
            lines.append(self._beyond(subject, match, value))
        if len(plain) == 1:
            return [f"equal(t, {name}[{literals.text(plain[0][0])}], {plain[0][1]})", *lines]
        together = f"contains(t, {name}, {literals.members(plain)})"
        return [together, *lines] if plain else lines

    def _beyond(self, subject: str, match: str, value: Value) -> str:
        said = self.say.sent(value)
        if match == "hash_of":
            return f"notEqual(t, {subject}, {said})"
        return matched(subject, match, said)

    def _rows(self, step: Rows) -> Context:
        count = str(step.count) if isinstance(step.count, int) else self.say.sent(step.count)
        table = literals.text(self._table(step.record))
        where = self._row_of(step.record, step.where) if step.where else "nil"
        return {"said": f"equal(t, countRows(t, {table}, {where}), {count})"}

    def _sent(self, step: Sent) -> Context:
        double = self._double(step.service)
        calls = f"{double}.{self._calls(step)}"
        lines = []
        if step.count is not None:
            count = str(step.count) if isinstance(step.count, int) else self.say.sent(step.count)
            lines.append(f"equal(t, len({calls}), {count})")
        if step.method or step.path or step.headers or step.header_present or step.body:
            name = variable(self.scope.fresh("sent", f"sent_to_{names.snake(double)}"))
            lines += [f"{name} := last(t, {calls})", *self._of_call(step, name)]
        lines += [f"sameHeader(t, {calls}, {literals.text(each)})" for each in step.same_header]
        return {"lines": lines}

    def _calls(self, step: Sent) -> str:
        """How the calls to one path are told from the service's others, where there are several."""
        paths = self.scope.doubles.get(step.service, ("", ()))[1]
        if len(paths) < 2 or not isinstance(step.path, str) or step.path not in paths:
            return "sent()"
        return f"sentTo({literals.text(step.path)})"

    def _of_call(self, step: Sent, name: str) -> list[str]:
        lines = [f"equal(t, {name}.method, {literals.text(step.method)})"] if step.method else []
        if step.path:
            said = (
                literals.text(step.path) if isinstance(step.path, str) else self.say.sent(step.path)
            )
            lines.append(f"equal(t, {name}.path, {said})")
        for header, value in step.headers:
            subject = f"{name}.header.Get({literals.text(header)})"
            lines.append(f"equal(t, {subject}, {self.say.sent(value)})")
        for header in step.header_present:
            lines.append(f'notEqual(t, {name}.header.Get({literals.text(header)}), "")')
        exact = [(key, self.say.sent(value)) for key, value in step.body if key != "text"]
        if exact:
            lines.append(f"contains(t, {name}.body, {literals.members(exact)})")
        texts = [self.say.sent(value) for key, value in step.body if key == "text"]
        return lines + [f'includes(t, at({name}.body, "text"), {said})' for said in texts]

    def _logged(self, step: Logged) -> Context:
        return {"said": f"includes(t, app.log.since(t), {literals.text(step.text)})"}

    # --- words -------------------------------------------------------------------

    def _target(self, name: str) -> str:
        """`name := ` for a new name, `name = ` for one that is bound again."""
        said = variable(name)
        again = said in self.bound
        self.bound.add(said)
        return f"{said} = " if again else f"{said} := "

    def record(self, name: str) -> Record | None:
        return self.scope.project.record(name)

    def _table(self, name: str) -> str:
        record = self.record(name)
        return (record.table if record else "") or name

    def field(self, record: str, name: str) -> Field | None:
        found = self.record(record)
        return found.field(name) if found else None

    def _keys(self, record: str, name: str) -> str:
        found = self.record(record)
        keys = [each.column or each.name for each in (found.primary_key if found else ())] or ["id"]
        said = [(each, f"{variable(name)}[{literals.text(each)}]") for each in keys]
        return literals.members(said, "row")

    def _row_of(self, record: str, values: Pairs) -> str:
        pairs = (
            (self.say.column(record, name), self.say.stored(each, self.field(record, name)))
            for name, each in values
        )
        return literals.members(pairs, "row")

    def _match(self, subject: str, match: str, value: Value, key: str = "") -> str:
        shown = literals.text(key) if key else ""
        if isinstance(value, Literal):
            if match == "type":
                kinds = value.value if isinstance(value.value, list | tuple) else [value.value]
                return matched(subject, match, ", ".join(map(literals.plain, kinds)))
            if match == "matches":
                return matched(subject, match, literals.pattern(str(value.value)))
            if match == "keys":
                return matched(subject, match, literals.plain(sorted(value.value)))
        return matched(subject, match, self.say.sent(value), shown)

    def _double(self, service: str) -> str:
        return self.scope.doubles.get(service, (variable(service), ()))[0]

    def _is(self, name: str, kind: str) -> bool:
        return name in self.scope.bindings and self.scope.bindings[name].kind == kind


def exported(name: str) -> str:
    """`order_item` and `OrderItem` → `OrderItem`."""
    return "".join(each.capitalize() for each in names.snake(name).split("_"))


def _text(said: str) -> str:
    return said if said.startswith(("tc.", '"')) else f"text({said})"


def _is_scalar(value: Value) -> bool:
    if isinstance(value, Literal):
        return not isinstance(value.value, dict | list | tuple)
    if isinstance(value, Ref):
        return bool(value.path)
    return not isinstance(value, Mapping | With)
