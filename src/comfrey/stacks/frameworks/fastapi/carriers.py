"""Where code looks for a credential by itself: headers, cookies, the session."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Guard
from comfrey.model.place import Place
from comfrey.source.node import Attribute, Call, Constant, FunctionDef, Name, Subscript, walk
from comfrey.source.value import plain
from comfrey.stacks.frameworks.fastapi.dependencies import Ask, Dependency
from comfrey.stacks.frameworks.fastapi.facts import CREDENTIAL

READERS = {"headers": "header", "cookies": "cookie", "session": "session"}


def wire(ask: Ask) -> str:
    """The name of an input on the wire."""
    alias = plain(ask.marker.kwarg("alias")) if ask.marker else None
    if isinstance(alias, str):
        return alias
    return ask.name.replace("_", "-") if ask.word == "Header" else ask.name


def reader(ask: Ask, dependency: Dependency, status: int | None) -> Guard:
    """The guard that a declared header, cookie or query parameter makes."""
    name = wire(ask)
    where = ask.word.lower()
    bearer = name.lower() == "authorization"
    return Guard(
        scheme="bearer" if bearer else "session" if where == "cookie" else "apikey",
        name=dependency.spelling,
        carrier=f"{where}:{'Authorization' if bearer else name}",
        prefix="Bearer" if bearer else "",
        status=status,
        place=ask.place,
    )


def readers(dependency: Dependency, scheme: bool = False) -> Iterator[Guard]:
    """Headers, cookies and session keys that a function takes from the request itself: those that go by a
    credential's name, all of them where the function is a security scheme's own."""
    function = dependency.function
    if function is None or not isinstance(function.node, FunctionDef):
        return
    for statement in function.node.body:
        for node in walk(statement):
            found = _read_of(node)
            if found is None:
                continue
            if scheme or found[0] == "session" or CREDENTIAL.search(found[1]):
                yield _carried(*found, dependency, function.place)


def _read_of(node: object) -> tuple[str, str] | None:
    match node:
        case Call(
            function=Attribute(of=Attribute(of=Name(), name=bag), name="get"), arguments=(key, *_)
        ) if bag in READERS and isinstance(key.value, Constant):
            return READERS[bag], str(key.value.value)
        case Subscript(of=Attribute(of=Name(), name=bag), index=Constant(value=key)) if (
            bag in READERS
        ):
            return READERS[bag], str(key)
    return None


def _carried(where: str, name: str, dependency: Dependency, place: Place) -> Guard:
    bearer = name.lower() == "authorization"
    return Guard(
        scheme="bearer" if bearer else "apikey" if where == "header" else "session",
        name=dependency.spelling,
        carrier=f"{where}:{'Authorization' if bearer else name}",
        prefix="Bearer" if bearer else "",
        place=place,
    )
