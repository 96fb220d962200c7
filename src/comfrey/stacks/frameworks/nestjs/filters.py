"""Exception filters of NestJS, tried out: what an app answers to an error that nobody caught."""

from __future__ import annotations

from dataclasses import dataclass, field

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    Instance,
    Value,
)
from comfrey.stacks.admission.passage import dotted, likely, passage
from comfrey.stacks.admission.visits import Stage, Visitor
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.context import CONTEXT, of_context, status_of
from comfrey.stacks.statuses import number

EVERY_HTTP, BROKEN = "HttpException", 500


@dataclass
class Filters:
    """The filters of one app, the first to be asked first."""

    codebase: Codebase
    filters: tuple[Value, ...]
    _known: dict[int, int | None] = field(default_factory=dict)
    _replied: list[int | None] = field(default_factory=list)

    def status(self, error: Value, _code: int | None = None) -> int | None:
        """The status that the app answers to an error; None where that is not told. One of Nest's own exceptions keeps
        its status in any filter; what is answered to whatever else there may be is no promise."""
        own = status_of(error)
        methods = () if own is not None else (self._catching(e, error) for e in self.filters)
        method = next((each for each in methods if each is not None), None)
        if method is None:
            return own
        told = self._answered(method, error)
        return None if told == BROKEN else told

    def _catching(self, filter_: Value, error: Value) -> BoundMethod | None:
        """`catch` of a filter that is there for such an error."""
        made = Instance(filter_, symbolic=True) if isinstance(filter_, ClassValue) else filter_
        if not isinstance(made, Instance) or not isinstance(made.of, ClassValue):
            return None
        mark = marks.first(marks.of_class(self.codebase, made.of), "Catch")
        kinds = mark.args if mark is not None else ()
        method = self.codebase.method(made, "catch")
        fits = not kinds or any(self._is_kind(error, each) for each in kinds)
        return method if fits and isinstance(method, BoundMethod) else None

    def _is_kind(self, error: Value, kind: Value) -> bool:
        if isinstance(kind, External) and kind.last == EVERY_HTTP:
            return status_of(error) is not None
        known = self.codebase.ancestry(kind)[:1]
        thrown = error.of if isinstance(error, Instance) else None
        if isinstance(kind, External) and isinstance(thrown, External):
            return kind.last == thrown.last  # a generated client exports its errors anew
        return bool(known) and self.codebase.is_a(error, *known)

    def _answered(self, method: BoundMethod, error: Value) -> int | None:
        self._replied.clear()
        stage = Stage(self.codebase, enter=self._enter, meets=self._meets, errors=status_of)
        found = likely(passage(stage, method, Visitor(anonymous=False), error))
        told = [each.status for each in found if each.kind == "answer"] or self._replied
        return told[-1] if told and None not in told else None

    def _enter(self, function: Value, given: tuple[Value, ...]) -> Value:
        """`catch(exception, host)`."""
        error, request, reply, _ = given
        host = Instance(CONTEXT, fields={"request": request, "response": reply})
        return self.codebase.evaluator.call(function, (error, host))

    def _meets(self, visitor: Visitor, called: Value, given: Arguments) -> Value | None:
        """The host leads to the reply, an exception knows its status, and an adapter replies by itself."""
        receiver = called.receiver if isinstance(called, BoundExternal) else None
        name = called.name if isinstance(called, BoundExternal) else dotted(called)
        if isinstance(receiver, Instance) and receiver.of is CONTEXT:
            return of_context(receiver, name)
        if name == "getStatus" and receiver is not None:
            known = status_of(receiver)
            return None if known is None else Const(known)
        if name == "reply" and len(given[0]) > 2:
            self._replied.append(number(given[0][2]))
        return None
