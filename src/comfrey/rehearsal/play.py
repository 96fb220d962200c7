"""The interpreter: one case of a plan, played against the running app and its database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from comfrey.bench.database import Refused
from comfrey.model import step as steps
from comfrey.model.exchange import Disagreement, Exchange
from comfrey.model.plan import Case, Variation
from comfrey.model.step import Step
from comfrey.rehearsal.login import Door
from comfrey.rehearsal.rows import Rows
from comfrey.rehearsal.stage import Stage
from comfrey.rehearsal.world import LEFT_OUT, Answer, World
from comfrey.verdict.matching import ABSENT, at, same, shown, unmet
from comfrey.verdict.traceback import error_of, frames

MODEL_STEPS = (steps.Save, steps.Change, steps.Remove, steps.Ask, steps.Refused, steps.Expect)
ASTRAY = "X-Astray"
"""Tells the app on the bench that a form comes from elsewhere."""
UNSEEN_STEPS = (steps.Logged, steps.Page)


class Unplayable(Exception):
    """The case cannot be played here, though a written test can (a flaw that no token can have)."""


@dataclass(frozen=True)
class Failed(Exception):
    """An expectation was not met."""

    expected: str
    actual: str


def playable(case: Case) -> bool:
    """Whether every step speaks HTTP, database or double; model steps are played by written tests."""
    return not any(isinstance(each, MODEL_STEPS) for each in case.steps)


class Player:
    """Plays cases one after the other; between them the database is as it was."""

    def __init__(self, stage: Stage, client: httpx.Client, rows: Rows, door: Door) -> None:
        self.stage = stage
        self.client = client
        self.rows = rows
        self.door = door
        self.log_mark = 0

    def play(self, case: Case, variation: Variation | None) -> Disagreement | None:
        """None when every expectation was met; raises `Unplayable`."""
        if not playable(case):
            raise Unplayable("model steps are first played by the written tests")
        cells = dict(variation.cells) if variation else {}
        world = World(cells=cells, hash=self.rows.hash, environ=self.stage.environ)
        self.rows.fresh()
        self.log_mark = self.stage.log_mark()
        for each in case.steps:
            try:
                self._step(each, world)
            except Failed as failed:
                return self._disagreement(case, variation, each, failed, world)
            except Refused as refused:
                unread = Failed("the database answers", str(refused))
                return self._disagreement(case, variation, each, unread, world)
        return None

    def _disagreement(
        self, case: Case, variation: Variation | None, each: Step, failed: Failed, world: World
    ) -> Disagreement:
        log = self.stage.log_since(self.log_mark)
        return Disagreement(
            case=case.id,
            variation=variation.id if variation else "",
            step=each,
            expected=failed.expected,
            actual=failed.actual,
            exchanges=tuple(world.exchanges),
            trace=frames(log, self.stage.folder),
            error=error_of(log),
        )

    def _step(self, each: Step, world: World) -> None:
        action = self._actions().get(type(each))
        if action is not None:
            action(each, world)
        elif not isinstance(each, UNSEEN_STEPS):
            raise Unplayable(f"{type(each).__name__} is not played over HTTP")

    def _actions(self) -> dict[type, Callable[[Any, World], None]]:
        return {
            steps.Seed: self._seed,
            steps.Login: self._login,
            steps.Stub: self._stub,
            steps.Fail: self._fail,
            steps.Remember: self._remember,
            steps.Call: self._call,
            steps.Together: self._together,
            steps.Repeat: self._repeat,
            steps.Wait: lambda each, _: time.sleep(min(each.seconds, 0.3)),
            steps.Status: self._status,
            steps.Header: self._header,
            steps.Body: self._body,
            steps.Row: self._row,
            steps.Rows: self._rows,
            steps.Unchanged: self._unchanged,
            steps.Sent: self._sent,
        }

    # --- arrange

    def _seed(self, each: steps.Seed, world: World) -> None:
        try:
            world.bound[each.name] = self.rows.seed(each.record, world.pairs(each.values), world)
        except Exception as error:
            raise Failed(f"a row of {each.record} can be stored", str(error)) from error

    def _login(self, each: steps.Login, world: World) -> None:
        user = world.bound.get(each.user, {})
        headers = self.door.headers(user, world.text(each.flaw))
        if headers is None:
            raise Unplayable(f"no token can be {each.flaw}")
        world.logins[each.name] = headers

    def _double(self, service: str) -> Any:
        double = self.stage.doubles.get(service)
        if double is None:
            raise Unplayable(f"{service} has no double")
        return double

    def _stub(self, each: steps.Stub, world: World) -> None:
        double, kind = self._double(each.service), world.text(each.kind)
        if kind == "ok":
            body = world.value(each.body) if each.body is not None else None
            double.answer(each.call, status=each.status or 200, body=body)
        else:
            double.fail(kind, times=each.times, call=each.call)

    def _fail(self, each: steps.Fail, _: World) -> None:
        record = self.rows.project.record(each.record)
        self.stage.fail_next(record.table if record else each.record, each.operation, each.nth)

    def _remember(self, each: steps.Remember, world: World) -> None:
        world.remembered[each.name] = {name: self.rows.read(name) for name in each.records}

    # --- act

    def _call(self, each: steps.Call, world: World) -> None:
        world.bound[each.name] = self._send(each, world)

    def _repeat(self, each: steps.Repeat, world: World) -> None:
        for _ in range(each.times):
            self._call(each.call, world)

    def _together(self, each: steps.Together, world: World) -> None:
        with ThreadPoolExecutor(len(each.calls)) as pool:
            world.bound[each.name] = list(
                pool.map(lambda call: self._send(call, world), each.calls)
            )

    def _send(self, each: steps.Call, world: World) -> Answer:
        request = self._request(each, world)
        request.read()  # a form in parts is a stream until then
        start = time.monotonic()
        try:
            response = self.client.send(request)
        except httpx.HTTPError as error:
            world.exchanges.append(_exchange(request, 0, repr(error), start))
            return Answer(0, repr(error), {})
        answer = Answer(response.status_code, _document(response), dict(response.headers))
        world.exchanges.append(_exchange(request, answer.status, answer.body, start))
        return answer

    def _request(self, each: steps.Call, world: World) -> httpx.Request:
        path = world.text(each.path)
        for name, value in world.pairs(each.parameters).items():
            path = path.replace(f"{{{name}}}", str(value))
        query = world.pairs(each.query)
        if each.query_of is not None:
            query |= world.value(each.query_of)
        headers = {name: str(value) for name, value in world.pairs(each.headers).items()}
        login = world.text(each.login)
        headers |= world.logins.get(login, {})
        headers |= {ASTRAY: "1"} if each.astray else {}
        body = world.value(each.body) if each.body is not None else LEFT_OUT
        content = _content(body, each.media)
        if "content" in content:
            headers.setdefault("Content-Type", each.media)
        return self.client.build_request(
            world.text(each.method),
            path,
            params=query,
            headers=headers,
            cookies={name: str(value) for name, value in world.pairs(each.cookies).items()} or None,
            **content,
        )

    # --- assert

    def _status(self, each: steps.Status, world: World) -> None:
        answer = world.bound[each.of]
        codes = each.codes if isinstance(each.codes, tuple) else world.value(each.codes)
        codes = (codes,) if isinstance(codes, int) else tuple(codes)
        for one in answer if isinstance(answer, list) else [answer]:
            met = one.status in codes if codes else one.status not in (0, *each.other_than)
            if not met:
                wanted = " or ".join(map(str, codes)) or f"not {each.other_than}"
                raise Failed(f"status {wanted}", f"status {one.status}: {shown(one.body)}")

    def _header(self, each: steps.Header, world: World) -> None:
        actual = world.bound[each.of].headers.get(each.name.lower(), ABSENT)
        self._meet(f"header {each.name}", each.match, actual, world.value(each.value))

    def _body(self, each: steps.Body, world: World) -> None:
        answer = world.bound[each.of]
        body = [one.body for one in answer] if isinstance(answer, list) else answer.body
        actual = at(body, each.path)
        where = ".".join(map(str, each.path)) or "the answer"
        self._meet(where, each.match, actual, world.value(each.value), each.key)

    def _meet(self, where: str, match: str, actual: Any, expected: Any, key: str = "") -> None:
        problem = unmet(match, actual, expected, key)
        if problem:
            raise Failed(f"{where} {match} {shown(expected)}", problem)

    def _row(self, each: steps.Row, world: World) -> None:
        where = world.pairs(each.where)
        found = self.rows.read(each.record, where)
        if each.absent:
            if found:
                raise Failed(f"no {each.record} with {shown(where)}", shown(found[0]))
            return
        if len(found) != 1:
            raise Failed(f"one {each.record} with {shown(where)}", f"{len(found)} rows")
        for name, expected in world.pairs(each.values).items():
            if not same(found[0].get(name), expected):
                wanted = f"{each.record}.{name} is {shown(expected)}"
                raise Failed(wanted, shown(found[0].get(name, ABSENT)))
        for name, matcher, value in each.matches:
            self._match_field(each.record, name, matcher, found[0].get(name), world.value(value))

    def _match_field(self, record: str, name: str, matcher: str, actual: Any, value: Any) -> None:
        if matcher == "hash_of":
            if not actual or actual == value:
                raise Failed(f"{record}.{name} is a hash", "the text itself")
        elif matcher == "not":
            if same(actual, value):
                raise Failed(f"{record}.{name} is no longer {shown(value)}", shown(actual))
        elif matcher != "recent":
            self._meet(f"{record}.{name}", matcher, actual, value)

    def _rows(self, each: steps.Rows, world: World) -> None:
        count = each.count if isinstance(each.count, int) else world.value(each.count)
        where = world.pairs(each.where)
        found = self.rows.read(each.record, where)
        if len(found) != count:
            raise Failed(f"{count} rows of {each.record} with {shown(where)}", f"{len(found)} rows")

    def _unchanged(self, each: steps.Unchanged, world: World) -> None:
        for record, before in world.remembered[each.name].items():
            ignored = {field for name, field in each.but if name == record}
            after = self.rows.read(record)
            if not same(_without(after, ignored), _without(before, ignored)):
                changes = "; ".join(_changes(before, after)) or f"{len(before)} rows → {len(after)}"
                raise Failed(f"{record} rows stay as they were", changes)

    def _sent(self, each: steps.Sent, world: World) -> None:
        double = self._double(each.service)
        count = each.count if isinstance(each.count, int | None) else world.value(each.count)
        double.await_calls(count or 0)
        calls = [call for call in double.calls if _is_call(call, each, world)]
        if count is not None and len(calls) != count:
            raise Failed(f"{count} requests to {each.service}", f"{len(calls)} requests")
        if not calls:
            return
        last = calls[-1]
        headers = {name.lower(): value for name, value in dict(last.headers).items()}
        for name, expected in world.pairs(each.headers).items():
            self._meet(f"header {name}", "equals", headers.get(name.lower(), ABSENT), expected)
        for name in each.header_present:
            self._meet(f"header {name}", "present", headers.get(name.lower(), ABSENT), None)
        for name in each.same_header:
            self._alike(each.service, name, calls)
        for name, expected in world.pairs(each.body).items():
            actual = at(last.body, name.split("."))
            if isinstance(actual, list) and len(actual) == 1 and not isinstance(expected, list):
                actual = actual[0]
            matched = same(actual, expected) or str(actual) == str(expected)
            if not matched:
                raise Failed(f"{each.service} gets {name} {shown(expected)}", shown(actual))

    def _alike(self, service: str, name: str, calls: list[Any]) -> None:
        """One value of the header over all requests."""
        sent = {{k.lower(): v for k, v in dict(e.headers).items()}.get(name.lower()) for e in calls}
        if len(sent) != 1:
            raise Failed(f"{service} gets one {name} over all tries", f"{len(sent)} of them")


def _content(body: Any, media: str) -> dict[str, Any]:
    """The keyword arguments of `httpx` that send `body` as `media`."""
    if body is LEFT_OUT:
        return {}
    if isinstance(body, bytes):
        return {"content": body}
    if media == "application/x-www-form-urlencoded":
        return {"data": body}
    if media == "multipart/form-data":
        sent = {name: value for name, value in body.items() if isinstance(value, bytes)}
        files = {name: (_file_name(name, value), value) for name, value in sent.items()}
        return {"files": files, "data": {k: v for k, v in body.items() if k not in files}}
    return {"content": json.dumps(body, default=str)}


PICTURES = {b"GIF8": "gif", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


def _file_name(name: str, data: bytes) -> str:
    """A picture is called by its kind: many apps look at the end of its name first."""
    kinds = (kind for head, kind in PICTURES.items() if data.startswith(head))
    return f"{name}.{kind}" if (kind := next(kinds, "")) else name


def _document(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _exchange(request: httpx.Request, status: int, response: Any, start: float) -> Exchange:
    return Exchange(
        method=request.method,
        path=request.url.raw_path.decode(),
        status=status,
        request=request.content.decode("utf-8", "replace")[:2000],
        response=response if status else None,
        seconds=round(time.monotonic() - start, 3),
        log=response if not status else "",
    )


def _without(rows: list[dict[str, Any]], ignored: set[str]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in ignored} for row in rows]


def _changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[str]:
    if len(before) != len(after):
        yield f"{len(before)} rows → {len(after)}"
        return
    for old, new in zip(before, after, strict=True):
        for name, value in old.items():
            if not same(new.get(name), value):
                yield f"{name} {shown(value)} → {shown(new.get(name))}"


def _is_call(call: Any, each: steps.Sent, world: World) -> bool:
    path = world.text(each.path)
    right_method = not each.method or call.method == each.method
    right_path = not path or call.path.split("?")[0] == path
    return (
        right_method
        and right_path
        and (not each.call or getattr(call, "call", "") in ("", each.call))
    )
