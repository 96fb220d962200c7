"""What containers of dependencies hand out when they are asked for a class: an object of it.

Sources: https://github.com/microsoft/tsyringe, https://docs.typestack.community/typedi/,
https://inversify.io/docs/api/container/.
"""

from __future__ import annotations

from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import Arguments, ClassValue, External, Instance, Value

ASKING = ("tsyringe.container.resolve", "typedi.Container.get", "typedi.get")
CONTAINERS = ("inversify.Container", "typedi.ContainerInstance", "typedi.Container")
METHODS = ("get", "resolve", "getAsync")


def call(_: Evaluator, name: str, arguments: Arguments, __: Call | None) -> Value | None:
    """`container.resolve(Stable)`, `Container.get(Stable)`."""
    return _object(arguments) if name in ASKING else None


def method(
    _: Evaluator, receiver: Value, name: str, arguments: Arguments, __: Call | None
) -> Value | None:
    """`container.get(Stable)` of a container that the tree makes itself."""
    match receiver:
        case Instance(of=External(name=container)) if container in CONTAINERS and name in METHODS:
            return _object(arguments)
    return None


def _object(arguments: Arguments) -> Value | None:
    first = arguments[0][0] if arguments[0] else None
    return Instance(first, symbolic=True) if isinstance(first, ClassValue) else None
