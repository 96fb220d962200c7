"""What each step's template is told: one function per kind of step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from comfrey.model.record import Field
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
    Page,
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
)
from comfrey.model.value import Column, Literal, Mapping, Ref, Value, With
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.expressions import Speaker
from comfrey.stacks.testers.pytest.matching import matched
from comfrey.stacks.testers.scope import Binding, Scope

Context = dict[str, Any]
Pairs = tuple[tuple[str, Value], ...]


class Contexts:
    """Understands steps for one test; `context(step)` is None for a step that writes nothing."""

    def __init__(self, scope: Scope, steps: tuple[Step, ...], snake: Callable[[str], str]) -> None:
        self.scope = scope
        self.steps = steps
        self.snake = snake
        self.say = Speaker(scope)
        self.position = 0
        self.codes = {
            each.codes.name
            for each in steps
            if isinstance(each, Status) and isinstance(each.codes, Column)
        }
        """The columns that hold statuses."""

    def context(self, position: int) -> Context | None:
        """The context of the step at `position`; steps must be asked for in order."""
        self.position = position
        step = self.steps[position]
        found: Context | None = getattr(self, "_" + _tag(step))(step)
        return found

    def cell(self, column: str, value: Value) -> str:
        """One cell of the table; statuses are tuples where one row allows several."""
        if column in self.codes and self.scope.several(column) and isinstance(value, Literal):
            codes = value.value if isinstance(value.value, list | tuple) else (value.value,)
            return str(tuple(codes))
        return self.say.sent(value)

    # --- arrange -----------------------------------------------------------------

    def _seed(self, step: Seed) -> Context:
        keywords = self._keywords(step.record, step.values)
        binding = Binding("row", step.record, empty=self._empty(step))
        self.scope.bind(step.name, binding)
        factory = f"{self.scope.owner}seed_data.{self.snake(step.record)}"
        return {"name": step.name, "factory": factory, "keywords": keywords}

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

    def _login(self, step: Login) -> Context | None:
        self.scope.bind(step.name, Binding("login", login=step))
        if not step.kept:
            return None
        credential = self.say.credential(step.name)
        self.scope.bindings[step.name] = Binding("value")
        return {"name": step.name, "credential": credential}

    def _stub(self, step: Stub) -> Context:
        arguments = self._stub_arguments(step)
        action = "answer" if step.kind == "ok" else "fail"
        return {"double": self._double(step.service), "action": f"{action}({arguments})"}

    def _stub_arguments(self, step: Stub) -> str:
        kind = literals.text(step.kind) if isinstance(step.kind, str) else self.say.sent(step.kind)
        said = [] if step.kind == "ok" else [kind]
        if step.status and step.kind == "ok":
            said.append(f"status={step.status}")
        if step.body is not None and step.kind == "ok":
            said.append(f"body={self.say.sent(step.body)}")
        if step.times:
            said.append(f"times={step.times}")
        return ", ".join(said)

    def _fail(self, step: Fail) -> Context:
        return {"model": self.model(step.record), "operation": step.operation, "nth": step.nth}

    def _remember(self, step: Remember) -> Context:
        self.scope.bind(step.name, Binding("value"))
        models = [self.model(each) for each in step.records]
        return {"name": step.name, "models": models, "but": self._but(step.name)}

    def _unchanged(self, step: Unchanged) -> Context:
        remembered = (each for each in self.steps if isinstance(each, Remember))
        records = next((each.records for each in remembered if each.name == step.name), ())
        models = [self.model(each) for each in records]
        return {"name": step.name, "models": models, "but": self._but(step.name)}

    def _but(self, name: str) -> str:
        later = (each for each in self.steps if isinstance(each, Unchanged) and each.name == name)
        spared = sorted({pair for each in later for pair in each.but})
        said = (
            literals.text(field)
            if self.say.links.get("mapping")
            else f"{self.model(record)}.{field}"
            for record, field in spared
        )
        shown = ", ".join(dict.fromkeys(said))
        return f", but=[{shown}]" if shown else ""

    # --- act ---------------------------------------------------------------------

    def _call(self, step: Call) -> Context:
        given, step = self._given(step)
        request = self.say.request(step)
        name = self.scope.bind(step.name, Binding("response"))
        return {"name": name, "request": request, "given": given}

    def _given(self, step: Call) -> tuple[str, Call]:
        """A line that names the accepted body which a table varies, and the call that uses it."""
        if not isinstance(step.body, With) or not isinstance(step.body.base, Mapping):
            return "", step
        if not isinstance(step.body.path, Column) or len(step.body.base.members) < 3:
            return "", step
        name = self.scope.fresh("valid", "valid_body")
        self.scope.bind(name, Binding("value"))
        line = f"{name} = {self.say.sent(step.body.base)}"
        return line, step.replace(body=step.body.replace(base=Ref(name=name)))

    def _repeat(self, step: Repeat) -> Context:
        return {**self._call(step.call), "times": step.times}

    def _together(self, step: Together) -> Context:
        self.scope.need("import asyncio", "from concurrent.futures import ThreadPoolExecutor")
        requests = [self.say.request(each) for each in step.calls]
        later = self.steps[self.position + 1 :]
        looked_at = any(getattr(each, "of", "") == step.name for each in later)
        name = self.scope.bind(step.name, Binding("responses"))
        return {"name": name, "requests": requests, "looked_at": looked_at}

    def _save(self, step: Save) -> Context:
        keywords = self._keywords(step.record, step.values)
        self.scope.bind(step.name, Binding("row", step.record))
        return {
            "name": step.name,
            "model": self.model(step.record),
            "keywords": keywords,
            "forget": self._read_later(),
        }

    def _change(self, step: Change) -> Context:
        return {
            "name": step.name,
            "model": self.model(step.record),
            "changes": self._pairs(step.record, step.values),
            "forget": self._read_later(),
        }

    def _read_later(self) -> bool:
        """Whether rows are read after this step: then from the database, not from the session's memory."""
        later = any(_reads_row(each) for each in self.steps[self.position + 1 :])
        if later:
            self.scope.read.clear()
        return later

    def _remove(self, step: Remove) -> Context:
        return {"name": step.name, "model": self.model(step.record)}

    def _ask(self, step: Ask) -> Context:
        pairs = self._conditions(step.record, step.where)
        self.scope.bind(step.name, Binding("row" if step.form == "one" else "rows", step.record))
        return {
            "name": step.name,
            "model": self.model(step.record),
            "pairs": pairs,
            "form": step.form,
            "order": step.order,
            "offset": step.offset,
            "limit": step.limit,
            "join": step.join,
            "many": self._leads_to_many(step),
        }

    def _leads_to_many(self, step: Ask) -> bool:
        record = self.scope.project.record(step.record)
        found = (each for each in (record.relations if record else ()) if each.name == step.join)
        return any(each.kind.endswith("to_many") for each in found)

    def _refused(self, step: Refused) -> Context:
        inner = step.step
        context: Context = {"changes": [], **getattr(self, "_" + _tag(inner))(inner)}
        return context | {
            "tag": _tag(inner),
            "attach": not isinstance(inner, Save),
            "kind": step.kind,
            "match": literals.text(re.escape(step.names)) if step.names else "",
        }

    # --- assert ------------------------------------------------------------------

    def _status(self, step: Status) -> Context:
        status = f"{step.of}.status_code"
        if self._is(step.of, "responses"):
            codes = step.codes if isinstance(step.codes, tuple) else ()
            wanted = f"== {codes[0]}" if len(codes) == 1 else f"in {codes}"
            every = f"all(each.status_code {wanted} for each in {step.of})"
            return {"condition": every, "because": f", {step.of}"}
        if not isinstance(step.codes, tuple):
            several = isinstance(step.codes, Column) and self.scope.several(step.codes.name)
            if several:
                return {"condition": f"{status} in {self.say.sent(step.codes)}", "because": ""}
            return {"condition": f"{status} == {self.say.sent(step.codes)}", "because": ""}
        if not step.codes:
            return {
                "condition": _other(status, step.other_than),
                "because": f", {step.of}.{self.say.client.text}",
            }
        one = len(step.codes) == 1
        condition = f"{status} == {step.codes[0]}" if one else f"{status} in {step.codes}"
        well = all(200 <= code < 300 for code in step.codes)
        because = f", {step.of}.{self.say.client.text}" if well else ""
        return {"condition": condition, "because": because}

    def _header(self, step: Header) -> Context:
        name = literals.text(step.name)
        headers = f"{step.of}.headers"
        if step.match in ("present", "absent"):
            word = "in" if step.match == "present" else "not in"
            return {"condition": f"{name} {word} {headers}"}
        return {"condition": self._match(f"{headers}[{name}]", step.match, step.value)}

    def _body(self, step: Body) -> Context:
        alias, source = self._alias(step)
        if step.match == "not_text":
            said, shown = self.say.sent(step.value), f"{step.of}.{self.say.client.text}"
            shown += ".decode()" if shown.endswith(".content") else ""
            return {"alias": alias, "source": source, "condition": f"{said} not in {shown}"}
        if step.match == "names_field":
            self.scope.need("from .answers import refused_fields")
            condition = f"{self.say.sent(step.value)} in refused_fields({step.of})"
            return {"alias": alias, "source": source, "condition": condition}
        if step.match in ("present", "absent") and step.path:
            word = "in" if step.match == "present" else "not in"
            parent = self.say.json(step.of, step.path[:-1])
            condition = f"{literals.plain(step.path[-1])} {word} {parent}"
            return {"alias": alias, "source": source, "condition": condition}
        subject = self.say.json(step.of, step.path)
        condition = self._match(subject, step.match, step.value, step.key)
        return {"alias": alias, "source": source, "condition": condition}

    def _page(self, step: Page) -> Context:
        conditions = []
        if step.template:
            names = f"[each.name for each in {step.of}.templates]"
            conditions.append(f"{literals.text(step.template)} in {names}")
        if step.row:
            shown = f"{step.of}.context[{literals.text(step.shows)}]"
            conditions.append(f"{shown} == {step.row}")
        return {"conditions": conditions}

    def _alias(self, step: Body) -> tuple[str, str]:
        """A local name for the answer's body, when it is looked at more than once."""
        binding = self.scope.bindings.get(step.of)
        if binding is None or binding.kind != "response" or binding.alias:
            return "", ""
        if not _reads_json(step) or self._readings(step.of) < 2:
            return "", ""
        wanted = "body" if step.of == "response" else f"{step.of}_body"
        alias = self.scope.fresh(wanted, f"{step.of}_body")
        source = self.say.json(step.of)
        self.scope.bindings[step.of] = Binding("response", alias=alias)
        return alias, source

    def _readings(self, name: str) -> int:
        count = 0
        for step in self.steps[self.position :]:
            if isinstance(step, Call) and step.name == name:
                break
            count += isinstance(step, Body) and step.of == name and _reads_json(step)
        return count

    def _expect(self, step: Expect) -> Context:
        said = step.name + "".join(
            f"[{each}]" if isinstance(each, int) else f".{each}" for each in step.path
        )
        binding = self.scope.bindings.get(step.name, Binding("value"))
        names = [each for each in step.path if isinstance(each, str)]
        field = self.field(binding.record, names[-1]) if names and binding.record else None
        value = self.say.stored(step.value, field)
        if names and binding.record and len(step.path) == len(names) <= 2:
            said = self._led(step.name, binding.record, names, value)
        return {"condition": matched(said, step.match, value, step.key, attributes=True)}

    def _led(self, row: str, record: str, names: list[str], value: str) -> str:
        """A field of a row, or the key of the row to which one leads."""
        first = self.field(record, names[0])
        if first is not None and self.say.key_of(first) and not self.say.holds_row(first):
            names = names[:1]
        if len(names) == 2:
            return row + self.say.access(tuple(names))
        return self._held(row, record, names[0], value)

    def _row(self, step: Row) -> Context:
        model = self.model(step.record)
        pairs = self._conditions(step.record, step.where)
        if self._joins(step.record) and not step.absent:
            pairs += self._conditions(step.record, step.values)
            return {"model": model, "pairs": pairs, "absent": False, "conditions": []}
        context: Context = {"model": model, "pairs": pairs, "absent": step.absent}
        if step.absent or not (step.values or step.matches):
            return context | {"conditions": []}
        snake = self.snake(step.record)
        name = self.scope.fresh(f"saved_{snake}" if snake in self.scope.locals else snake)
        stale = step.record in self.scope.read
        self.scope.read.add(step.record)
        equal = [
            matched(self._held(name, step.record, field, said), "equals", said)
            for field, said in self._pairs(step.record, step.values)
        ]
        more = [
            self._beyond(
                name + self.say.access((field,)), self.field(step.record, field), match, value
            )
            for field, match, value in step.matches
        ]
        return context | {"name": name, "stale": stale, "conditions": equal + more}

    def _held(self, row: str, record: str, name: str, said: str) -> str:
        """What a row holds in a field; of one that refers to a row the key, where it is compared with a key."""
        field, held = self.field(record, name), row + self.say.access((name,))
        if field is None or said == "None" or (self.say.holds_row(field) and said.isidentifier()):
            return held
        return held + self.say.key_of(field)

    def _beyond(self, said: str, field: Field | None, match: str, value: Value) -> str:
        if match == "null":
            return f"{said} is None"
        if match == "recent" and field is not None and field.timezone:
            self.scope.need("from datetime import UTC, datetime, timedelta")
            return f"abs(datetime.now(UTC) - {said}) < timedelta(minutes=1)"
        if match in ("not_null", "recent"):
            return f"{said} is not None"
        if match == "hash_of":
            return f"{said} != {self.say.sent(value)}"
        return f"{said} != {self.say.stored(value, field)}"

    def _rows(self, step: Rows) -> Context:
        count = step.count if isinstance(step.count, int) else self.say.sent(step.count)
        pairs = self._conditions(step.record, step.where)
        return {"model": self.model(step.record), "pairs": pairs, "count": count}

    def _sent(self, step: Sent) -> Context:
        if step.service in self.scope.outboxes:
            return self._mailed(step)
        double = self._double(step.service)
        only = self._only(step)
        name = (
            self.scope.fresh("sent", f"sent_to_{double.removeprefix(self.scope.owner)}")
            if _looks_inside(step)
            else ""
        )
        return {
            "calls": f"{double}.calls{only}",
            "count": self._count(step),
            "name": name,
            "conditions": self._sent_conditions(step, name, f"{double}.calls{only}"),
        }

    def _mailed(self, step: Sent) -> Context:
        """What Django keeps of the mails that are sent while it is tested."""
        taken = self.scope.project.record("Mail") is not None
        self.scope.need(f"from django.core import mail{' as outgoing' if taken else ''}")
        outbox = "outgoing.outbox" if taken else "mail.outbox"
        name = self.scope.fresh("sent", "sent_mail") if step.body else ""
        return {
            "calls": outbox,
            "count": self._count(step),
            "name": name,
            "conditions": [self._of_mail(name, member, value) for member, value in step.body],
        }

    def _of_mail(self, mail: str, member: str, value: Value) -> str:
        said = self.say.sent(value)
        if member == "to":
            return f"{mail}.to == [{said}]"
        return f"{said} in {mail}.body" if member == "text" else f"{mail}.{member} == {said}"

    def _count(self, step: Sent) -> str | int | None:
        if step.count is None or isinstance(step.count, int):
            return step.count
        return self.say.sent(step.count)

    def _only(self, step: Sent) -> str:
        """How the calls to one path are told from the service's others, where there are several."""
        paths = self.scope.doubles.get(step.service, ("", ()))[1]
        if len(paths) < 2 or not isinstance(step.path, str) or step.path not in paths:
            return ""
        return f"_to({literals.text(step.path)})"

    def _sent_conditions(self, step: Sent, name: str, calls: str) -> list[str]:
        said = []
        if step.method:
            said.append(f"{name}.method == {literals.text(step.method)}")
        if step.path:
            path = literals.text(step.path) if isinstance(step.path, str) else ""
            said.append(f"{name}.path == {path or self.say.sent(step.path)}")  # type: ignore[arg-type]
        for header, value in step.headers:
            said.append(f"{name}.headers[{literals.text(header)}] == {self.say.sent(value)}")
        said += [f"{literals.text(each)} in {name}.headers" for each in step.header_present]
        for header in step.same_header:
            every = f"{{each.headers[{literals.text(header)}] for each in {calls}}}"
            said.append(f"len({every}) == 1")
        for member, value in step.body:
            wanted = self.say.sent(value)
            subject = f"{name}.body[{literals.text(member)}]"
            word = "in" if member == "text" else "=="
            said.append(f"{wanted} in {subject}" if word == "in" else f"{subject} == {wanted}")
        return said

    def _logged(self, step: Logged) -> Context:
        self.scope.fixtures.add("caplog")
        self.scope.need("import logging")
        level = f"record.levelno >= logging.{step.level}"
        text = f" and {literals.text(step.text)} in record.getMessage()" if step.text else ""
        return {"condition": level + text}

    # --- words -------------------------------------------------------------------

    def model(self, record: str) -> str:
        """The model's class name, imported; the name of a collection where there are no models."""
        if self.say.links.get("mapping"):
            return self.say.collection(record)
        found = self.scope.project.record(record)
        if found is None or not found.module:
            return record
        said = found.code if found.joins else found.name
        self.scope.need(f"from {found.module} import {said.partition('.')[0]}")
        return said

    def _joins(self, record: str) -> bool:
        """Whether rows of it are asked for by the table itself, and are no objects of a class."""
        found = self.scope.project.record(record)
        return found is not None and found.joins and "." not in found.code

    def field(self, record: str, name: str) -> Field | None:
        found = self.scope.project.record(record)
        return found.field(name) if found else None

    def _pairs(self, record: str, values: Pairs) -> list[tuple[str, str]]:
        return [(name, self.say.stored(each, self.field(record, name))) for name, each in values]

    def _conditions(self, record: str, values: Pairs) -> list[tuple[str, str]]:
        """The same where rows are asked for: a field that refers to another is asked for the key that it holds."""
        return [
            (name + self.say.asked_of(self.field(record, name)), said)
            for name, said in self._pairs(record, values)
        ]

    def _keywords(self, record: str, values: Pairs) -> str:
        return ", ".join(f"{name}={said}" for name, said in self._pairs(record, values))

    def _match(self, subject: str, match: str, value: Value, key: str = "") -> str:
        if match == "type" and isinstance(value, Literal):
            kinds = value.value if isinstance(value.value, list | tuple) else [value.value]
            return matched(subject, match, " or ".join(map(str, kinds)), key)
        return matched(subject, match, self.say.sent(value), key)

    def _double(self, service: str) -> str:
        name = self.scope.doubles.get(service, (self.snake(service), ()))[0]
        self.scope.fixtures.add(name)
        return self.scope.owner + name

    def _is(self, name: str, kind: str) -> bool:
        return name in self.scope.bindings and self.scope.bindings[name].kind == kind


def _tag(step: Step) -> str:
    return str(step.__struct_config__.tag)


def _looks_inside(step: Sent) -> bool:
    return bool(step.method or step.path or step.headers or step.header_present or step.body)


def _reads_row(step: Step) -> bool:
    if isinstance(step, Ask):
        return step.form in ("one", "all")
    return isinstance(step, Row) and bool(step.values or step.matches)


def _reads_json(step: Body) -> bool:
    return step.match not in ("not_text", "names_field")


def _other(status: str, spared: tuple[int, ...]) -> str:
    if not spared:
        return f"{status} < 500"
    if len(spared) == 1:
        return f"{status} != {spared[0]}"
    return f"{status} not in {spared}"


__all__ = ["Column", "Contexts"]
