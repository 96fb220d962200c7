"""Frameworks that live inside another's: django-ninja's API is mounted in Django's URL configuration.

Such a folder `extends` its host and has a `mounted.py`, which the host asks about what it meets and does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from comfrey.model.endpoint import Endpoint
from comfrey.source.codebase import Codebase
from comfrey.source.value import Instance, Value
from comfrey.stacks import shelf
from comfrey.stacks.requests import Request, Rescue
from comfrey.stacks.shapes import Shapes


class Guest(Protocol):
    """A guest's `mounted.py`."""

    def serves(self, mounted: Value, codebase: Codebase) -> bool:
        """Whether an object that was mounted is the guest's own."""
        ...

    def endpoints(
        self, mounted: Instance, path: str, codebase: Codebase, shapes: Shapes, answers: Shapes
    ) -> Iterator[Endpoint]:
        """What is served below `path`."""
        ...

    def requests(
        self, mounted: Instance, path: str, codebase: Codebase, shapes: Shapes, user: Value
    ) -> Iterator[Request]:
        """What each handler is given; `user` stands for the caller's row."""
        ...

    def rescues(self, mounted: Instance, codebase: Codebase) -> Iterator[Rescue]:
        """How exceptions that no handler catches are answered."""
        ...


def guests(host: str) -> tuple[Guest, ...]:
    """The guests of a framework."""
    found = (each for each in shelf.folders("frameworks") if each.about.extends == host)
    return tuple(cast(Guest, each.module("mounted")) for each in found if each.has("mounted.py"))


def guest_of(host: str, mounted: Value | None, codebase: Codebase) -> Guest | None:
    """The guest that an object belongs to."""
    if mounted is None:
        return None
    return next((each for each in guests(host) if each.serves(mounted, codebase)), None)
